//! Sets and maps of a tree as those of a program, and lookups of verdicts.

use super::super::tree::{Elements, Keys, Kind, Right, Selector};
use super::conditions::ranges;
use super::{Draft, Lower, emit};
use crate::read::Unreadable;
use crate::read::ranges::{complement, union};
use crate::rules::program::{Action, Addresses, Entries, Family, Key, Map, MapId, Rule, SetId, Value};
use std::net::{Ipv4Addr, Ipv6Addr};

/// Pairs of elements that are compared before a map of concatenations is left unknown.
const MOST_PAIRS: usize = 20_000_000;

fn v4(ranges: Vec<(u32, u32)>) -> Addresses {
    Addresses::V4(ranges.into_iter().map(|(low, high)| (Ipv4Addr::from(low), Ipv4Addr::from(high))).collect())
}

fn v6(ranges: Vec<(u128, u128)>) -> Addresses {
    Addresses::V6(ranges.into_iter().map(|(low, high)| (Ipv6Addr::from(low), Ipv6Addr::from(high))).collect())
}

impl Lower {
    fn add(&mut self, addresses: Addresses) -> SetId {
        self.program.sets.push(addresses);
        SetId(u32::try_from(self.program.sets.len() - 1).unwrap_or(u32::MAX))
    }

    /// The set of one range.
    pub(super) fn one(&mut self, family: Family, low: u128, high: u128) -> SetId {
        if let Some(set) = self.single.get(&(family, low, high)) {
            return *set;
        }
        let small = |value: u128| u32::try_from(value).unwrap_or(u32::MAX);
        let set = match family {
            Family::V4 => self.add(v4(vec![(small(low), small(high))])),
            Family::V6 => self.add(v6(vec![(low, high)])),
        };
        self.single.insert((family, low, high), set);
        set
    }

    pub(super) fn anonymous(&mut self, elements: &Elements) -> SetId {
        let addresses = match &elements.keys {
            Keys::V6(_) if elements.all => v6(vec![(0, u128::MAX)]),
            Keys::V6(keys) => v6(union(keys.clone())),
            Keys::V4(_) if elements.all => v4(vec![(0, u32::MAX)]),
            Keys::V4(keys) => v4(union(keys.clone())),
            Keys::Number(..) | Keys::Interface(_) | Keys::Concat(..) | Keys::Opaque => v4(Vec::new()),
        };
        self.add(addresses)
    }

    /// A named set, if it is of that family. Its elements move into the program.
    pub(super) fn named_set(&mut self, index: usize, family: Family) -> Option<SetId> {
        let set = match self.named.get(&index) {
            Some(set) => *set,
            None => {
                let elements = std::mem::take(&mut self.tree.sets[index].elements);
                let addresses = match elements.keys {
                    Keys::V6(_) if elements.all => v6(vec![(0, u128::MAX)]),
                    Keys::V6(keys) => v6(union(keys)),
                    Keys::V4(_) if elements.all => v4(vec![(0, u32::MAX)]),
                    Keys::V4(keys) => v4(union(keys)),
                    Keys::Number(..) | Keys::Interface(_) | Keys::Concat(..) | Keys::Opaque => return None,
                };
                let set = self.add(addresses);
                self.named.insert(index, set);
                set
            }
        };
        let found = match self.program.sets[set.0 as usize] {
            Addresses::V4(_) => Family::V4,
            Addresses::V6(_) => Family::V6,
        };
        (found == family).then_some(set)
    }

    pub(super) fn complement(&mut self, set: SetId) -> SetId {
        if let Some(rest) = self.complements.get(&set) {
            return *rest;
        }
        let rest = match &self.program.sets[set.0 as usize] {
            Addresses::V4(ranges) => {
                let ranges: Vec<(u32, u32)> =
                    ranges.iter().map(|(low, high)| ((*low).into(), (*high).into())).collect();
                v4(complement(&ranges, u32::MAX))
            }
            Addresses::V6(ranges) => {
                let ranges: Vec<(u128, u128)> =
                    ranges.iter().map(|(low, high)| ((*low).into(), (*high).into())).collect();
                v6(complement(&ranges, u128::MAX))
            }
        };
        let rest = self.add(rest);
        self.complements.insert(set, rest);
        rest
    }

    /// A map from addresses or numbers; `None` where the kinds do not fit.
    fn map(&mut self, right: &Right, kind: Kind, at: u32) -> Result<Option<MapId>, Unreadable> {
        let (elements, name, line) = match right {
            Right::One(..) => return Ok(None),
            Right::Some(elements) => (elements.as_ref(), elements.text.clone(), at),
            Right::Named(index) => {
                let set = &self.tree.sets[*index];
                if !set.map {
                    return Err(Unreadable {
                        line: set.line,
                        what: format!("`{}` is a set, and is used as a map", set.name),
                    });
                }
                if let Some(map) = self.maps.get(index) {
                    let fits = match self.program.maps[map.0 as usize].entries {
                        Entries::V4(_) => Kind::V4,
                        Entries::V6(_) => Kind::V6,
                        Entries::Number(_) => Kind::Class,
                    };
                    return Ok((fits == kind).then_some(*map));
                }
                if set.runtime {
                    return Ok(None);
                }
                (&set.elements, set.name.clone(), set.line)
            }
        };
        let overlap = |what: String| Unreadable {
            line,
            what: format!("map `{name}` holds {what} twice: the kernel refuses that"),
        };
        let entries = match &elements.keys {
            Keys::V4(keys) if kind == Kind::V4 => {
                let entries = keys
                    .iter()
                    .zip(&elements.values)
                    .map(|((low, high), value)| (Ipv4Addr::from(*low), Ipv4Addr::from(*high), *value));
                Entries::V4(sorted(entries.collect()).map_err(|address| overlap(address.to_string()))?)
            }
            Keys::V6(keys) if kind == Kind::V6 => {
                let entries = keys
                    .iter()
                    .zip(&elements.values)
                    .map(|((low, high), value)| (Ipv6Addr::from(*low), Ipv6Addr::from(*high), *value));
                Entries::V6(sorted(entries.collect()).map_err(|address| overlap(address.to_string()))?)
            }
            Keys::Number(Kind::Class, keys) if kind == Kind::Class => {
                let entries = keys.iter().zip(&elements.values).map(|((low, high), value)| (*low, *high, *value));
                Entries::Number(
                    sorted(entries.collect())
                        .map_err(|number| overlap(format!("{:x}:{:x}", number >> 16, number & 0xffff)))?,
                )
            }
            _ => return Ok(None),
        };
        let map = MapId(u32::try_from(self.program.maps.len()).unwrap_or(u32::MAX));
        let default = elements.default;
        self.program.maps.push(Map { name, entries, default });
        if let Right::Named(index) = right {
            self.maps.insert(*index, map);
        }
        Ok(Some(map))
    }

    /// What `meta priority set` looks up.
    pub(super) fn number_map(
        &mut self,
        selector: Selector,
        right: &Right,
        at: u32,
    ) -> Result<Option<(Key, MapId)>, Unreadable> {
        let map = self.map(right, selector.kind(), at)?;
        Ok(key(selector).zip(map))
    }

    /// Rules for a lookup of verdicts; `false` where it is not understood.
    #[expect(clippy::too_many_arguments, reason = "all parts of one statement")]
    pub(super) fn look_up(
        &mut self,
        drafts: &[Draft],
        at: u32,
        selectors: &[Selector],
        right: &Right,
        text: &str,
        inet: bool,
        out: &mut Vec<Rule>,
    ) -> Result<bool, Unreadable> {
        if let [selector] = selectors
            && let Some(key) = key(*selector)
        {
            let Some(map) = self.map(right, selector.kind(), at)? else { return Ok(false) };
            emit(drafts, at, &Action::Lookup { key, map }, out);
            return Ok(true);
        }
        let taken;
        let elements = match right {
            Right::One(..) => return Ok(false),
            Right::Some(elements) => elements.as_ref(),
            Right::Named(index) => {
                let set = &mut self.tree.sets[*index];
                let kinds: Vec<Kind> = selectors.iter().map(|selector| selector.kind()).collect();
                if set.runtime || !set.map || set.elements.kinds() != kinds {
                    return Ok(false);
                }
                taken = std::mem::take(&mut set.elements);
                &taken
            }
        };
        let found = self.each(drafts, at, selectors, elements, text, inet, out);
        if let Right::Named(index) = right {
            // Put back for the next rule that asks it.
            let elements = Elements {
                keys: clone(&elements.keys),
                values: elements.values.clone(),
                all: elements.all,
                default: elements.default,
                text: String::new(),
            };
            self.tree.sets[*index].elements = elements;
        }
        Ok(found)
    }

    /// One rule per element.
    #[expect(clippy::too_many_arguments, reason = "all parts of one statement")]
    fn each(
        &mut self,
        drafts: &[Draft],
        at: u32,
        selectors: &[Selector],
        elements: &Elements,
        text: &str,
        inet: bool,
        out: &mut Vec<Rule>,
    ) -> bool {
        let width = selectors.len();
        let plain;
        let keys: &[(u128, u128)] = match &elements.keys {
            Keys::Concat(_, keys) => keys,
            Keys::Opaque => return false,
            _ => {
                let without = Elements { keys: clone(&elements.keys), ..Elements::default() };
                plain = ranges(&without);
                &plain
            }
        };
        // A verdict that comes back would be followed by the rule of an overlapping element. And what a lookup by the
        // number jumps to may write it.
        if overlapping(keys, width) || (width > 1 && selectors.contains(&Selector::Class)) {
            return false;
        }
        if elements.default.is_some() && width > 1 {
            return false;
        }
        let mut rules = Vec::new();
        for draft in drafts {
            for (fields, value) in keys.chunks_exact(width).zip(&elements.values) {
                let Value::Verdict(verdict) = value else { return false };
                let draft = self.element(draft, selectors, fields, text, inet);
                emit(&[draft], at, &Action::Verdict(*verdict), &mut rules);
                if rules.len() > super::MOST {
                    return false;
                }
            }
            if let Some(default) = elements.default {
                let Value::Verdict(verdict) = default else { return false };
                let mut draft = draft.clone();
                self.condition(&mut draft, selectors[0], keys, true, inet, text);
                emit(&[draft], at, &Action::Verdict(verdict), &mut rules);
            }
        }
        out.append(&mut rules);
        true
    }
}

fn key(selector: Selector) -> Option<Key> {
    match selector {
        Selector::Source(_) => Some(Key::Source),
        Selector::Destination(_) => Some(Key::Destination),
        Selector::Class => Some(Key::Number),
        _ => None,
    }
}

fn clone(keys: &Keys) -> Keys {
    match keys {
        Keys::V4(keys) => Keys::V4(keys.clone()),
        Keys::V6(keys) => Keys::V6(keys.clone()),
        Keys::Interface(keys) => Keys::Interface(keys.clone()),
        Keys::Number(kind, keys) => Keys::Number(*kind, keys.clone()),
        Keys::Concat(kinds, keys) => Keys::Concat(kinds.clone(), keys.clone()),
        Keys::Opaque => Keys::Opaque,
    }
}

/// Sorted by key; the key where two overlap that are not the same in all.
fn sorted<T: Copy + Ord>(mut entries: Vec<(T, T, Value)>) -> Result<Vec<(T, T, Value)>, T> {
    if !entries.is_sorted_by_key(|entry| entry.0) {
        entries.sort_by_key(|entry| entry.0);
    }
    entries.dedup();
    match entries.windows(2).find(|pair| pair[1].0 <= pair[0].1) {
        Some(pair) => Err(pair[1].0),
        None => Ok(entries),
    }
}

/// Whether two elements may hold the same packet, as far as can be said at bounded cost.
fn overlapping(keys: &[(u128, u128)], width: usize) -> bool {
    let mut elements: Vec<&[(u128, u128)]> = keys.chunks_exact(width).collect();
    elements.sort_unstable();
    let mut pairs = 0;
    for (index, element) in elements.iter().enumerate() {
        for later in elements[index + 1..].iter().take_while(|later| later[0].0 <= element[0].1) {
            pairs += 1;
            if pairs > MOST_PAIRS || element.iter().zip(*later).all(|(a, b)| a.0 <= b.1 && b.0 <= a.1) {
                return true;
            }
        }
    }
    false
}
