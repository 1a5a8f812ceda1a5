//! What passes beyond the policy, since a box could not live without it.

use super::Match;
use super::program::Point;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Packets that pass whatever the policy says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// What for: `neighbour discovery`.
    pub why: &'static str,
    /// Where.
    pub at: Point,
    /// Coming in by which group of interfaces: an index into [`RuleSet::arrivals`](super::RuleSet::arrivals); `None` for
    /// all of them.
    pub arrival: Option<usize>,
    /// Only what claims to be of a connection that is open, such as a segment of TCP with ACK: it opens none.
    pub later: bool,
    /// From where; inclusive ranges of one family or both.
    pub sources: Ends,
    /// To where.
    pub destinations: Ends,
    /// On what.
    pub service: Match,
}

/// Addresses: inclusive ranges, sorted, disjoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// IPv4.
    pub v4: Vec<(Ipv4Addr, Ipv4Addr)>,
    /// IPv6.
    pub v6: Vec<(Ipv6Addr, Ipv6Addr)>,
}

impl Ends {
    /// Every address of IPv4.
    #[must_use]
    pub fn every_v4() -> Ends {
        Ends { v4: vec![(Ipv4Addr::UNSPECIFIED, Ipv4Addr::BROADCAST)], v6: Vec::new() }
    }

    /// Every address of IPv6.
    #[must_use]
    pub fn every_v6() -> Ends {
        Ends { v4: Vec::new(), v6: vec![(Ipv6Addr::UNSPECIFIED, Ipv6Addr::from_bits(u128::MAX))] }
    }

    /// One range of IPv6.
    #[must_use]
    pub fn v6(low: Ipv6Addr, high: Ipv6Addr) -> Ends {
        Ends { v4: Vec::new(), v6: vec![(low, high)] }
    }
}
