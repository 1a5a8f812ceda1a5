//! Sets of services: intervals over protocol and port, or ICMP type and code.

use segc_grammar::ast::{ServiceKind, Transport};
use smallvec::{SmallVec, smallvec};

use super::Families;

/// A set of (protocol, port or ICMP type and code): keys are `protocol << 16 | port` and
/// `protocol << 16 | type << 8 | code`, as sorted inclusive intervals that do not touch within one protocol. A
/// protocol without ports fills its 65,536 keys. ICMP is 1 and exists in IPv4 only; ICMPv6 is 58 and exists in IPv6
/// only. Numbers: IANA protocol numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceSet(SmallVec<[(u32, u32); 3]>);

const ICMP: u32 = 1;
const ICMPV6: u32 = 58;
const LAST_KEY: u32 = 255 << 16 | 0xffff;

impl ServiceSet {
    /// Every packet of every protocol.
    pub fn any() -> Self {
        Self(smallvec![(0, LAST_KEY)])
    }

    /// The keys from `low` to `high`.
    pub fn interval(low: u32, high: u32) -> Self {
        Self(smallvec![(low, high)])
    }

    /// Is it everything?
    pub fn is_any(&self) -> bool {
        self.0.as_slice() == [(0, LAST_KEY)]
    }

    /// From intervals in any order, overlapping or not.
    pub fn new(mut intervals: SmallVec<[(u32, u32); 3]>) -> Self {
        if intervals.len() < 2 {
            return Self(intervals);
        }
        intervals.sort_unstable();
        let mut merged: SmallVec<[(u32, u32); 3]> = SmallVec::new();
        for (low, high) in intervals {
            match merged.last_mut() {
                Some(before) if before.1 >= low || before.1 + 1 == low => before.1 = before.1.max(high),
                _ => merged.push((low, high)),
            }
        }
        Self(merged)
    }

    /// One item as written; `None` for a name, which has no meaning by itself.
    pub fn of(kind: ServiceKind<'_>) -> Option<Self> {
        let (protocol, low, high) = match kind {
            ServiceKind::Any => return Some(Self::any()),
            ServiceKind::Name(_) => return None,
            ServiceKind::Ports { protocol, low, high } => {
                let number = match protocol {
                    Transport::Tcp => 6,
                    Transport::Udp => 17,
                    Transport::Sctp => 132,
                };
                (number, u32::from(low), u32::from(high))
            }
            ServiceKind::Icmp { v6, kind, code } => {
                let number = if v6 { ICMPV6 } else { ICMP };
                match (kind.map(u32::from), code.map(u32::from)) {
                    (None, _) => (number, 0, 0xffff),
                    (Some(kind), None) => (number, kind << 8, kind << 8 | 0xff),
                    (Some(kind), Some(code)) => (number, kind << 8 | code, kind << 8 | code),
                }
            }
            ServiceKind::Protocol(number) => (u32::from(number), 0, 0xffff),
        };
        Some(Self(smallvec![(protocol << 16 | low, protocol << 16 | high)]))
    }

    /// Its intervals.
    pub fn intervals(&self) -> &[(u32, u32)] {
        &self.0
    }

    /// Nothing in it?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything in either.
    pub fn union(&self, other: &Self) -> Self {
        Self::new(self.0.iter().chain(&other.0).copied().collect())
    }

    /// Have they anything in common?
    pub fn meets(&self, other: &Self) -> bool {
        let (mut i, mut j) = (0, 0);
        while i < self.0.len() && j < other.0.len() {
            let (a, b) = (self.0[i], other.0[j]);
            if a.0.max(b.0) <= a.1.min(b.1) {
                return true;
            }
            if a.1 < b.1 { i += 1 } else { j += 1 }
        }
        false
    }

    /// Is all of it in `other`?
    pub fn within(&self, other: &Self) -> bool {
        self.0.iter().all(|a| {
            let after = other.0.partition_point(|r| r.0 <= a.0);
            after > 0 && other.0[after - 1].1 >= a.1
        })
    }

    /// Everything in both.
    pub fn intersection(&self, other: &Self) -> Self {
        let (mut i, mut j, mut out) = (0, 0, SmallVec::new());
        while i < self.0.len() && j < other.0.len() {
            let (a, b) = (self.0[i], other.0[j]);
            let (low, high) = (a.0.max(b.0), a.1.min(b.1));
            if low <= high {
                out.push((low, high));
            }
            if a.1 < b.1 { i += 1 } else { j += 1 }
        }
        Self(out)
    }

    /// Everything in `self` that is not in `other`.
    pub fn difference(&self, other: &Self) -> Self {
        let mut out = SmallVec::new();
        for &(low, high) in &self.0 {
            let mut next = Some(low);
            for cut in other.0.iter().filter(|r| r.1 >= low && r.0 <= high) {
                if let Some(from) = next
                    && from < cut.0
                {
                    out.push((from, cut.0 - 1));
                }
                next = next.map(|n| n.max(cut.1 + 1)).filter(|&n| n <= high);
            }
            if let Some(from) = next {
                out.push((from, high));
            }
        }
        Self(out)
    }

    /// Families in which some packet of it can exist.
    pub fn families(&self) -> Families {
        let beyond = |only: u32| self.0.iter().any(|&(a, b)| a >> 16 != only || b >> 16 != only);
        Families { v4: beyond(ICMPV6), v6: beyond(ICMP) }
    }

    /// Only what can exist in one of `families`. Everything stays everything: a packet may say any protocol number in
    /// either family.
    pub fn only(&self, families: Families) -> Self {
        let mut out = self.clone();
        // Nearly all services exist in both.
        let icmp = |protocol: u32| Self::interval(protocol << 16, protocol << 16 | 0xffff);
        if self.is_any() && !families.is_none() || !self.meets(&icmp(ICMP)) && !self.meets(&icmp(ICMPV6)) {
            return out;
        }
        for (present, protocol) in [(families.v4, ICMP), (families.v6, ICMPV6)] {
            if !present {
                out = out.difference(&icmp(protocol));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ports(protocol: Transport, low: u16, high: u16) -> ServiceSet {
        ServiceSet::of(ServiceKind::Ports { protocol, low, high }).unwrap()
    }

    #[test]
    fn p9_protocols_do_not_mix() {
        let both = ports(Transport::Tcp, 443, 443).union(&ports(Transport::Udp, 53, 53));
        assert!(!both.meets(&ports(Transport::Udp, 443, 443)));
        assert!(!both.meets(&ports(Transport::Tcp, 53, 53)));
    }

    #[test]
    fn p15_icmp_belongs_to_one_family() {
        let echo = ServiceSet::of(ServiceKind::Icmp { v6: false, kind: Some(8), code: None }).unwrap();
        assert_eq!(echo.families(), Families { v4: true, v6: false });
        assert!(echo.only(Families { v4: false, v6: true }).is_empty());
        assert_eq!(ServiceSet::any().families(), Families::BOTH);
    }

    #[test]
    fn difference_keeps_both_rims() {
        let hole = ports(Transport::Tcp, 8000, 8100).difference(&ports(Transport::Tcp, 8001, 8099));
        assert_eq!(hole, ports(Transport::Tcp, 8000, 8000).union(&ports(Transport::Tcp, 8100, 8100)));
        assert!(ServiceSet::any().difference(&ServiceSet::any()).is_empty());
    }
}
