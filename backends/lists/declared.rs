//! What lists without state cannot help but let pass beside the policy: whatever looks like a reply, and neighbour
//! discovery.

use super::{Ranges, classes, within};
use crate::rules::program::Point;
use crate::rules::{Arrival, ClassId, Declared, DeclaredEnds, Match, RuleSet};
use std::net::{Ipv4Addr, Ipv6Addr};

/// The least port that a reply over a protocol without flags is let through to.
pub(crate) const CLIENT: u16 = 1024;

/// The types of ICMP and ICMPv6 that are asked and answered (RFC 792, RFC 950, RFC 4443, RFC 4620).
const ASKED: [(bool, u16, u16); 6] =
    [(false, 8, 0), (false, 13, 14), (false, 15, 16), (false, 17, 18), (true, 128, 129), (true, 139, 140)];

/// Everything that lists with an entry for each reply let pass beside the rules, for each group of interfaces: segments of
/// TCP that claim to be of a connection; whatever a server sends from its port to a client's port over UDP or SCTP; answers
/// to `ping`; all of a protocol without ports; and neighbour discovery (RFC 4861), of everybody with everybody.
pub(crate) fn declared(rules: &RuleSet) -> Vec<Declared> {
    let mut all = Vec::new();
    for kind in [135u16, 136] {
        let every = DeclaredEnds::every_v6;
        let service = Match::Icmp { v6: true, low: kind << 8, high: kind << 8 | 255 };
        all.push(beside("neighbour discovery", None, false, (every(), every()), service));
    }
    let groups: Vec<(Option<usize>, Option<&Arrival>)> = match rules.arrivals.is_empty() {
        true => vec![(None, None)],
        false => rules.arrivals.iter().enumerate().map(|(at, arrival)| (Some(at), Some(arrival))).collect(),
    };
    for (group, arrival) in groups {
        for rule in &rules.rules {
            let sources = within(classes(rules, &rule.to), arrival);
            if sources.is_empty() {
                continue;
            }
            let ends = (ends(rules, &sources), ends(rules, &classes(rules, &rule.from)));
            for service in &rules.services[rule.services.0 as usize] {
                all.extend(holes(*service).map(|(why, later, hole)| beside(why, group, later, ends.clone(), hole)));
            }
        }
    }
    all.dedup();
    all
}

/// What lists without state let pass the other way so that replies to a service come back: what for, whether only what claims
/// to be of a connection, and on what.
pub fn holes(service: Match) -> impl Iterator<Item = (&'static str, bool, Match)> {
    let (mut one, mut answers) = (None, [None; 4]);
    match service {
        Match::Ports { protocol: 6, .. } => {
            one = Some(("segments of TCP with ACK or RST", true, Match::Ports { protocol: 6, low: 0, high: u16::MAX }));
        }
        Match::Ports { protocol, .. } => {
            one = Some(("what looks like a reply", false, Match::Ports { protocol, low: CLIENT, high: u16::MAX }));
        }
        Match::Icmp { v6, low, high } => {
            for (slot, (_, asked, answer)) in answers.iter_mut().zip(ASKED.iter().filter(|asked| asked.0 == v6)) {
                if low <= asked << 8 | 255 && asked << 8 <= high {
                    let service = Match::Icmp { v6, low: answer << 8, high: answer << 8 | 255 };
                    let why = if matches!(asked, 8 | 128) { "answers to ping" } else { "answers to ICMP requests" };
                    *slot = Some((why, false, service));
                }
            }
        }
        Match::Protocol(_) | Match::Any => one = Some(("what looks like a reply", false, service)),
    }
    one.into_iter().chain(answers.into_iter().flatten())
}

fn beside(
    why: &'static str,
    arrival: Option<usize>,
    later: bool,
    (sources, destinations): (DeclaredEnds, DeclaredEnds),
    service: Match,
) -> Declared {
    Declared { why, at: Point::Forward, arrival, later, sources, destinations, service }
}

fn ends(rules: &RuleSet, classes: &[ClassId]) -> DeclaredEnds {
    let ranges = Ranges::of(rules, classes);
    DeclaredEnds {
        v4: ranges.v4.iter().map(|&(a, b)| (Ipv4Addr::from_bits(a), Ipv4Addr::from_bits(b))).collect(),
        v6: ranges.v6.iter().map(|&(a, b)| (Ipv6Addr::from_bits(a), Ipv6Addr::from_bits(b))).collect(),
    }
}
