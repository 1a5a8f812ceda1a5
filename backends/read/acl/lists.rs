//! A list as it is read, line by line, and then as a device asks it: by number.

use super::entry::{Entry, keys, parse};
use super::{Reader, Unreadable, Words};
use crate::read::draft::Draft;
use crate::rules::program::{Action, Addresses, Condition, Family, Kinds, Rule, SetId, Verdict};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The entries of a list, by number.
#[derive(Default)]
pub(super) struct List {
    entries: BTreeMap<u64, Rule>,
    last: u32,
}

impl List {
    /// In order, with what devices add at the end; none for a list without entries, which denies nothing.
    pub(super) fn rules(self, words: &Words, v6: bool) -> Result<Vec<Rule>, Unreadable> {
        let mut rules: Vec<Rule> = self.entries.into_values().collect();
        if rules.is_empty() {
            return Ok(rules);
        }
        let mut push = |draft: &Draft, verdict| {
            rules.push(Rule { at: self.last, conditions: draft.conditions(), action: Action::Verdict(verdict) });
        };
        for kind in words.hidden.iter().filter(|_| v6) {
            let mut draft = Draft::new();
            draft.family(Family::V6);
            draft.service(&[keys(58, u32::from(*kind) << 8, u32::from(*kind) << 8 | 255)]);
            push(&draft, Verdict::Accept);
        }
        push(&Draft::new(), Verdict::Drop);
        Ok(rules)
    }
}

impl Reader<'_> {
    /// A line of a list.
    pub(super) fn entry(&mut self, at: u32, key: &(bool, String), all: &[&str]) -> Result<(), Unreadable> {
        let v6 = key.0;
        let mut words = all;
        let mut number = None;
        if let Some(rest) = words.strip_prefix(self.words.sequence[usize::from(v6)])
            && let Some((first, rest)) = rest.split_first()
            && let Some(found) = decimal(first).filter(|n| (1..=u64::from(u32::MAX)).contains(n))
        {
            (number, words) = (Some(found), rest);
        }
        if words.first() == Some(&"remark") || words == self.words.first {
            return Ok(());
        }
        let rule = self.rule(at, v6, words);
        let Some(list) = self.lists.get_mut(key) else { return Ok(()) };
        let next = || list.entries.last_key_value().map_or(10, |(last, _)| last + 10);
        let number = number.unwrap_or_else(next);
        list.last = list.last.max(at);
        match list.entries.insert(number, rule) {
            None => Ok(()),
            Some(_) => Err(Unreadable { line: at, what: format!("entry {number} of `{}` stands twice", key.1) }),
        }
    }

    fn rule(&mut self, at: u32, v6: bool, words: &[&str]) -> Rule {
        let text = words.join(" ");
        let verdict = match words.first() {
            Some(&"permit") => Verdict::Accept,
            Some(&"deny") => Verdict::Drop,
            _ => return Rule { at, conditions: smallvec::smallvec![], action: Action::Unknown(text) },
        };
        let family = if v6 { Family::V6 } else { Family::V4 };
        let mut draft = Draft::new();
        draft.family(family);
        match parse(self.words, v6, &words[1..]) {
            Some(Entry { source, destination, service, source_port, established, rest }) => {
                if let Some(ranges) = source {
                    let set = self.set(v6, ranges);
                    draft.source(family, set);
                }
                if let Some(ranges) = destination {
                    let set = self.set(v6, ranges);
                    draft.destination(family, set);
                }
                if let Some(service) = service {
                    draft.service(&service);
                }
                if let Some(ports) = source_port {
                    draft.others.push(Condition::SourcePort(ports.into_iter().collect()));
                }
                if established {
                    draft.kinds(Kinds(Kinds::ALL.0 & !Kinds::FIRST.0));
                }
                if let Some(rest) = rest {
                    draft.unknown(&rest);
                }
            }
            None => draft.unknown(&text),
        }
        Rule { at, conditions: draft.conditions(), action: Action::Verdict(verdict) }
    }

    fn set(&mut self, v6: bool, ranges: Vec<(u128, u128)>) -> SetId {
        let sets = &mut self.program.sets;
        *self.sets.entry((v6, ranges)).or_insert_with_key(|(_, ranges)| {
            let small = |value: u128| Ipv4Addr::from(u32::try_from(value).unwrap_or(u32::MAX));
            sets.push(match v6 {
                false => Addresses::V4(ranges.iter().map(|(low, high)| (small(*low), small(*high))).collect()),
                true => Addresses::V6(ranges.iter().map(|(a, b)| (Ipv6Addr::from(*a), Ipv6Addr::from(*b))).collect()),
            });
            SetId(u32::try_from(sets.len() - 1).unwrap_or(u32::MAX))
        })
    }
}

/// A number without sign or leading zeros.
pub(super) fn decimal(word: &str) -> Option<u64> {
    let plain = word.bytes().all(|byte| byte.is_ascii_digit()) && (word == "0" || !word.starts_with('0'));
    plain.then(|| word.parse().ok()).flatten()
}
