//! Ranges of addresses as prefixes, the way most devices write them.

use crate::rules::{ClassId, RuleSet};
use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};

/// Addresses: inclusive ranges of each family, sorted, disjoint, not touching.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ranges {
    pub v4: Vec<(u32, u32)>,
    pub v6: Vec<(u128, u128)>,
}

impl Ranges {
    /// All addresses of some classes.
    pub(crate) fn of(rules: &RuleSet, classes: &[ClassId]) -> Self {
        let classes = || classes.iter().map(|class| &rules.classes[class.0 as usize]);
        let v4 = classes().flat_map(|class| class.v4.iter().map(|(a, b)| (a.to_bits(), b.to_bits())));
        let v6 = classes().flat_map(|class| class.v6.iter().map(|(a, b)| (a.to_bits(), b.to_bits())));
        Self { v4: joined(v4.collect(), |n| n.checked_add(1)), v6: joined(v6.collect(), |n| n.checked_add(1)) }
    }

    /// All other addresses.
    pub(crate) fn complement(&self) -> Self {
        let v4 = outside(self.v4.iter().map(|r| (r.0.into(), r.1.into())), u32::MAX.into());
        Self {
            v4: v4.into_iter().map(|(a, b)| (a as u32, b as u32)).collect(),
            v6: outside(self.v6.iter().copied(), u128::MAX),
        }
    }

    /// As prefixes, in order; the fewest there are.
    pub(crate) fn prefixes(&self, v6: bool) -> Vec<IpNet> {
        if v6 {
            let cut = |&(low, high): &(u128, u128)| Ipv6Subnets::new(low.into(), high.into(), 0);
            self.v6.iter().flat_map(cut).map(IpNet::V6).collect()
        } else {
            let cut = |&(low, high): &(u32, u32)| Ipv4Subnets::new(low.into(), high.into(), 0);
            self.v4.iter().flat_map(cut).map(IpNet::V4).collect()
        }
    }
}

fn outside(ranges: impl Iterator<Item = (u128, u128)>, last: u128) -> Vec<(u128, u128)> {
    let (mut out, mut next) = (Vec::new(), Some(0));
    for (low, high) in ranges {
        if let Some(next) = next.filter(|&next| next < low) {
            out.push((next, low - 1));
        }
        next = high.checked_add(1);
    }
    out.extend(next.filter(|&next| next <= last).map(|next| (next, last)));
    out
}

fn joined<N: Copy + Ord>(mut ranges: Vec<(N, N)>, next: impl Fn(N) -> Option<N>) -> Vec<(N, N)> {
    ranges.sort_unstable();
    ranges.dedup_by(|later, last| {
        let touch = next(last.1).is_none_or(|next| later.0 <= next);
        last.1 = if touch { last.1.max(later.1) } else { last.1 };
        touch
    });
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v4(low: [u8; 4], high: [u8; 4]) -> Vec<String> {
        let ranges = Ranges { v4: vec![(u32::from_be_bytes(low), u32::from_be_bytes(high))], v6: vec![] };
        ranges.prefixes(false).iter().map(IpNet::to_string).collect()
    }

    #[test]
    fn ranges_become_the_fewest_prefixes() {
        assert_eq!(v4([10, 0, 0, 0], [10, 255, 255, 255]), ["10.0.0.0/8"]);
        assert_eq!(v4([10, 0, 0, 1], [10, 0, 0, 6]), ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/31", "10.0.0.6/32"]);
        assert_eq!(v4([0, 0, 0, 0], [255, 255, 255, 255]), ["0.0.0.0/0"]);
        assert_eq!(v4([255, 255, 255, 255], [255, 255, 255, 255]), ["255.255.255.255/32"]);
        let all = Ranges { v4: vec![], v6: vec![(0, u128::MAX)] };
        assert_eq!(all.prefixes(true), ["::/0".parse().expect("a prefix")]);
        assert_eq!(all.prefixes(false), []);
    }

    #[test]
    fn a_complement_holds_what_is_left() {
        let some = Ranges { v4: vec![(0, 9), (20, u32::MAX)], v6: vec![] };
        let rest = some.complement();
        assert_eq!(rest, Ranges { v4: vec![(10, 19)], v6: vec![(0, u128::MAX)] });
        assert_eq!(rest.complement(), some);
    }
}
