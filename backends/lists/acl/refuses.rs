//! What access lists cannot say, beyond what a target's capabilities tell.

use super::{Spelling, entry, escape};
use crate::Refusal;
use crate::lists::{Entry, entries};
use crate::rules::{Match, Origin, RuleSet};
use std::collections::BTreeSet;

/// Entries of one list. No vendor names a limit that holds for all its devices; hardware holds far fewer.
const MOST: usize = 65_535;

/// Numbers that are no protocol in a list: 0 stands for all of IP, and the others are extension headers of IPv6 (RFC 8200),
/// of which devices see the last or the first.
const NO_PROTOCOL: [u8; 7] = [0, 43, 44, 60, 135, 139, 140];

pub(super) fn refuses(spelling: &Spelling, rules: &RuleSet) -> Vec<Refusal> {
    let mut found = services(rules);
    found.extend(interfaces(rules));
    if found.is_empty() {
        found.extend(too_long(spelling, rules));
    }
    found
}

fn services(rules: &RuleSet) -> Vec<Refusal> {
    let mut all = BTreeSet::new();
    for rule in &rules.rules {
        for service in &rules.services[rule.services.0 as usize] {
            match service {
                Match::Any => _ = all.insert((rule.origin, None)),
                Match::Protocol(number) if NO_PROTOCOL.contains(number) => {
                    _ = all.insert((rule.origin, Some(*number)));
                }
                _ => {}
            }
        }
    }
    let refuse = |(origin, number): (Origin, Option<u8>)| match number {
        None => Refusal {
            origin: Some(origin),
            cannot: "keep state, so replies to `any` would be everything".to_owned(),
            help: "name the services of this allow, or choose a target that keeps state".to_owned(),
        },
        Some(number) => Refusal {
            origin: Some(origin),
            cannot: format!("match protocol {number}: in its lists that means something else"),
            help: "take this `proto/N` out of the allow, or choose another target".to_owned(),
        },
    };
    all.into_iter().map(refuse).collect()
}

/// The letters and the number of an interface's name; `None` for what no interface of these devices is called.
fn parts(name: &str) -> Option<(String, &str)> {
    let at = name.find(|c: char| c.is_ascii_digit())?;
    let (word, number) = name.split_at(at);
    let letters = word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    let numbers = number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'/' | b'.' | b':'))
        && number.ends_with(|c: char| c.is_ascii_digit());
    (letters && numbers && name.len() <= 64).then(|| (word.to_ascii_lowercase(), number))
}

/// Names that no interface has, and names that the device takes for one and the same: it ignores case, and completes
/// what is abbreviated.
fn interfaces(rules: &RuleSet) -> Vec<Refusal> {
    let mut found = Vec::new();
    let mut known: Vec<(&str, (String, &str))> = Vec::new();
    for (name, origin) in rules.arrivals.iter().flat_map(|arrival| &arrival.interfaces) {
        let Some((word, number)) = parts(name) else {
            found.push(Refusal {
                origin: Some(*origin),
                cannot: format!("have an interface called `{}`", escape(name)),
                help:
                    "write the interface's name as the device's configuration has it: letters, then a number such as \
                       `1/0/24`"
                        .to_owned(),
            });
            continue;
        };
        let same = |(_, (other, its)): &&(&str, (String, &str))| {
            *its == number && (other.starts_with(&word) || word.starts_with(other.as_str()))
        };
        if let Some((other, _)) = known.iter().find(same) {
            found.push(Refusal {
                origin: Some(*origin),
                cannot: format!("tell interface `{name}` from `{other}`: both may be one"),
                help: "write both names in full, as the device's configuration has them".to_owned(),
            });
        }
        known.push((name, (word, number)));
    }
    found
}

/// Lists that are too long, by the statement that makes the most of them.
fn too_long(spelling: &Spelling, rules: &RuleSet) -> Vec<Refusal> {
    let groups: Vec<_> = match rules.arrivals.is_empty() {
        true => vec![None],
        false => rules.arrivals.iter().map(Some).collect(),
    };
    let mut origins = BTreeSet::new();
    for group in groups {
        let all = entries(rules, group, None, true);
        for v6 in [false, true] {
            let count = |entry: &Entry<'_>| entry::count(spelling, rules, entry, v6);
            if all.iter().map(count).fold(0, usize::saturating_add) > MOST {
                let longest = all.iter().filter(|entry| entry.permits.is_some()).max_by_key(|entry| count(entry));
                origins.insert(longest.and_then(|entry| entry.permits).map(|permit| permit.rule.origin));
            }
        }
    }
    let refuse = |origin| Refusal {
        origin,
        cannot: format!("hold a list of more than {MOST} entries"),
        help: "allow whole zones, whose addresses are few prefixes, or split the policy between several firewalls"
            .to_owned(),
    };
    origins.into_iter().map(refuse).collect()
}
