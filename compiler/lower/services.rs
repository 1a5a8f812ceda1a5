//! Sets of services → lists of matches, each different list once.

use rustc_hash::FxHashMap;
use segc_backends::rules::Match;

use crate::model::ServiceSet;

/// Each different set, once.
#[derive(Default)]
pub struct ServiceTable {
    known: FxHashMap<ServiceSet, u32>,
    lists: Vec<Vec<Match>>,
}

impl ServiceTable {
    /// The set's number.
    pub fn intern(&mut self, set: &ServiceSet) -> u32 {
        if let Some(&id) = self.known.get(set) {
            return id;
        }
        let id = self.lists.len() as u32;
        self.lists.push(matches(set));
        self.known.insert(set.clone(), id);
        id
    }

    /// All lists, by number.
    pub fn finish(self) -> Vec<Vec<Match>> {
        self.lists
    }
}

/// A match as a set.
pub fn set_of(service: Match) -> ServiceSet {
    let (low, high) = match service {
        Match::Any => return ServiceSet::any(),
        Match::Ports { protocol, low, high } => {
            (u32::from(protocol) << 16 | u32::from(low), u32::from(protocol) << 16 | u32::from(high))
        }
        Match::Icmp { v6, low, high } => {
            let protocol = if v6 { 58 << 16 } else { 1 << 16 };
            (protocol | u32::from(low), protocol | u32::from(high))
        }
        Match::Protocol(number) => (u32::from(number) << 16, u32::from(number) << 16 | 0xffff),
    };
    ServiceSet::interval(low, high)
}

/// A set as matches: intervals cut where the protocol changes.
pub fn matches(set: &ServiceSet) -> Vec<Match> {
    if set.is_any() {
        return vec![Match::Any];
    }
    let mut out = Vec::new();
    for &(low, high) in set.intervals() {
        for protocol in low >> 16..=high >> 16 {
            let first = if protocol == low >> 16 { low as u16 } else { 0 };
            let last = if protocol == high >> 16 { high as u16 } else { u16::MAX };
            out.push(match protocol as u8 {
                1 => Match::Icmp { v6: false, low: first, high: last },
                58 => Match::Icmp { v6: true, low: first, high: last },
                protocol @ (6 | 17 | 132) => Match::Ports { protocol, low: first, high: last },
                protocol => Match::Protocol(protocol),
            });
        }
    }
    out
}
