//! Comparisons as conditions.

use super::super::tree::{Elements, Keys, Right, Selector};
use super::super::values::last;
use super::{Draft, Lower};
use crate::read::Unreadable;
use crate::read::ranges::{complement, union};
use crate::rules::program::{Condition, Family, Kinds};

impl Lower {
    /// A comparison with one or several fields.
    pub(super) fn compare(
        &mut self,
        drafts: &mut Vec<Draft>,
        selectors: &[Selector],
        not: bool,
        right: &Right,
        text: &str,
        inet: bool,
    ) -> Result<(), Unreadable> {
        let unknown = |drafts: &mut Vec<Draft>| {
            let (family, protocol) = super::super::expressions::implied(selectors);
            for draft in drafts.iter_mut() {
                family.iter().for_each(|family| draft.family(*family));
                protocol.iter().for_each(|protocol| {
                    draft.service(&[(u32::from(*protocol) << 16, u32::from(*protocol) << 16 | 0xffff)]);
                });
                draft.unknown(text);
            }
        };
        if let Right::Named(index) = right {
            let set = &self.tree.sets[*index];
            let kinds: Vec<_> = selectors.iter().map(|selector| selector.kind()).collect();
            if set.map {
                return Err(Unreadable {
                    line: set.line,
                    what: format!("`{}` is a map, and is used as a set", set.name),
                });
            }
            if set.runtime {
                let address = matches!(selectors, [Selector::Source(_) | Selector::Destination(_)]);
                let name = set.name.clone();
                match selectors {
                    [selector] if address && !not => {
                        let family = super::super::expressions::implied(&[*selector]).0;
                        for draft in drafts.iter_mut() {
                            family.iter().for_each(|family| draft.family(*family));
                            draft.others.push(Condition::Runtime(name.clone()));
                        }
                    }
                    _ => unknown(drafts),
                }
                return Ok(());
            }
            // An address set may have been moved into the program already, its type with it.
            let moved =
                self.named.contains_key(index) && matches!(selectors, [Selector::Source(_) | Selector::Destination(_)]);
            if !moved && set.elements.kinds() != kinds {
                unknown(drafts);
                return Ok(());
            }
        }
        match (selectors, right) {
            ([selector @ (Selector::Source(family) | Selector::Destination(family))], _) => {
                let positive = match right {
                    Right::One(low, high) => self.one(*family, *low, *high),
                    Right::Some(elements) => self.anonymous(elements),
                    Right::Named(index) => match self.named_set(*index, *family) {
                        Some(set) => set,
                        None => {
                            unknown(drafts);
                            return Ok(());
                        }
                    },
                };
                let set = if not { self.complement(positive) } else { positive };
                for draft in drafts {
                    match selector {
                        Selector::Source(_) => draft.source(*family, set),
                        _ => draft.destination(*family, set),
                    }
                }
            }
            ([selector], Right::One(low, high)) => {
                drafts.iter_mut().for_each(|draft| self.condition(draft, *selector, &[(*low, *high)], not, inet, text));
            }
            ([selector], Right::Some(elements)) => {
                let ranges = ranges(elements);
                drafts.iter_mut().for_each(|draft| self.condition(draft, *selector, &ranges, not, inet, text));
            }
            ([selector], Right::Named(index)) => {
                let ranges = ranges(&self.tree.sets[*index].elements);
                drafts.iter_mut().for_each(|draft| self.condition(draft, *selector, &ranges, not, inet, text));
            }
            // All but some pairs is no product.
            (_, _) if not => unknown(drafts),
            (selectors, Right::Some(elements)) => *drafts = self.product(drafts, selectors, elements, text, inet),
            (selectors, Right::Named(index)) => {
                let elements = std::mem::take(&mut self.tree.sets[*index].elements);
                *drafts = self.product(drafts, selectors, &elements, text, inet);
                self.tree.sets[*index].elements = elements;
            }
            (_, Right::One(..)) => unknown(drafts),
        }
        Ok(())
    }

    /// One draft per element of a concatenation.
    fn product(
        &mut self,
        drafts: &[Draft],
        selectors: &[Selector],
        elements: &Elements,
        text: &str,
        inet: bool,
    ) -> Vec<Draft> {
        let Keys::Concat(kinds, keys) = &elements.keys else { return drafts.to_vec() };
        if elements.all {
            let mut all = drafts.to_vec();
            all.iter_mut().for_each(|draft| draft.unknown(text));
            return all;
        }
        let mut all = Vec::new();
        for draft in drafts {
            for fields in keys.chunks_exact(kinds.len()) {
                all.push(self.element(draft, selectors, fields, text, inet));
                if all.len() > super::MOST {
                    return all;
                }
            }
            if keys.is_empty() {
                let mut never = draft.clone();
                never.never();
                all.push(never);
            }
        }
        all
    }

    /// The draft, and one element of a concatenation.
    pub(super) fn element(
        &mut self,
        draft: &Draft,
        selectors: &[Selector],
        fields: &[(u128, u128)],
        text: &str,
        inet: bool,
    ) -> Draft {
        let mut draft = draft.clone();
        for (selector, (low, high)) in selectors.iter().zip(fields) {
            self.condition(&mut draft, *selector, &[(*low, *high)], false, inet, text);
        }
        draft
    }

    /// A comparison of one field with ranges.
    pub(super) fn condition(
        &mut self,
        draft: &mut Draft,
        selector: Selector,
        ranges: &[(u128, u128)],
        not: bool,
        inet: bool,
        text: &str,
    ) {
        // By far the most frequent one.
        if let (Selector::Port(Some(protocol)), [(low, high)], false) = (selector, ranges, not) {
            let key = |port: &u128| u32::from(protocol) << 16 | u32::try_from(*port).unwrap_or(0xffff).min(0xffff);
            draft.service(&[(key(low), key(high))]);
            return;
        }
        let holds = |value: u128| ranges.iter().any(|(low, high)| (*low..=*high).contains(&value)) != not;
        let numbers = || -> Vec<(u32, u32)> {
            let end = last(selector.kind());
            let small = |value: u128| u32::try_from(value.min(end)).unwrap_or(u32::MAX);
            let given = union(ranges.iter().map(|(low, high)| (small(*low), small(*high))).collect());
            if not { complement(&given, small(end)) } else { given }
        };
        let scaled = |base: u32, bits: u32| -> Vec<(u32, u32)> {
            let spread = (1 << bits) - 1;
            numbers().iter().map(|(low, high)| (base | low << bits, base | high << bits | spread)).collect()
        };
        match selector {
            Selector::Source(family) | Selector::Destination(family) => {
                // Of several ranges only [`Lower::compare`] makes sets.
                for (low, high) in ranges.iter().take(1) {
                    let set = self.one(family, *low, *high);
                    let set = if not { self.complement(set) } else { set };
                    match selector {
                        Selector::Source(_) => draft.source(family, set),
                        _ => draft.destination(family, set),
                    }
                }
                if ranges.len() != 1 {
                    draft.unknown(text);
                }
            }
            Selector::NfProto | Selector::EtherType => {
                let (v4, v6) = if selector == Selector::NfProto { (4, 6) } else { (0x0800, 0x86dd) };
                match (holds(v4), holds(v6)) {
                    (true, true) => {}
                    (true, false) => draft.family(Family::V4),
                    (false, true) => draft.family(Family::V6),
                    (false, false) => draft.never(),
                }
            }
            Selector::L4Protocol => {
                draft.lone = match ranges {
                    [(1, 1)] if inet => Some(Family::V4),
                    [(58, 58)] if inet => Some(Family::V6),
                    _ => draft.lone,
                };
                draft.service(&scaled(0, 16));
            }
            Selector::IpProtocol => {
                draft.family(Family::V4);
                draft.service(&scaled(0, 16));
            }
            Selector::NextHeader => {
                // The first header behind the fixed one, which need not be the one that ends the chain of headers.
                draft.family(Family::V6);
                if !not {
                    draft.service(&scaled(0, 16));
                }
                draft.unknown(if text.is_empty() { "ip6 nexthdr" } else { text });
            }
            Selector::Port(Some(protocol)) => draft.service(&scaled(u32::from(protocol) << 16, 0)),
            Selector::Port(None) => draft.any_port(&numbers(), if text.is_empty() { "th dport" } else { text }),
            Selector::IcmpType => {
                dependency(draft, Family::V4, inet);
                draft.service(&scaled(1 << 16, 8));
            }
            Selector::Icmpv6Type => {
                dependency(draft, Family::V6, inet);
                draft.service(&scaled(58 << 16, 8));
            }
            Selector::IcmpCode | Selector::Icmpv6Code => {
                let (family, protocol) =
                    if selector == Selector::IcmpCode { (Family::V4, 1) } else { (Family::V6, 58) };
                dependency(draft, family, inet);
                let codes = numbers();
                let of = |kind: u32| {
                    codes
                        .iter()
                        .map(move |(low, high)| (protocol << 16 | kind << 8 | low, protocol << 16 | kind << 8 | high))
                };
                draft.service(&union((0..256).flat_map(of).collect()));
            }
            // Untracked packets have no direction, and one state of their own.
            Selector::CtState | Selector::CtDirection if self.untracked => {
                draft.unknown(if text.is_empty() { "ct" } else { text })
            }
            Selector::CtState => {
                if !not && holds(64) && !holds(8) {
                    return draft.unknown(if text.is_empty() { "ct state untracked" } else { text });
                }
                let established = Kinds::LATER.or(Kinds::REPLY);
                let states = [(1, Kinds::INVALID), (2, established), (4, Kinds::RELATED), (8, Kinds::FIRST)];
                let held = states.into_iter().filter(|(bit, _)| holds(*bit)).map(|(_, kinds)| kinds);
                draft.kinds(held.fold(Kinds(0), Kinds::or));
            }
            // What is related or invalid may go either way.
            Selector::CtDirection => {
                let either = Kinds::RELATED.or(Kinds::INVALID);
                let directions = [(0, Kinds::FIRST.or(Kinds::LATER).or(either)), (1, Kinds::REPLY.or(either))];
                let held = directions.into_iter().filter(|(value, _)| holds(*value)).map(|(_, kinds)| kinds);
                draft.kinds(held.fold(Kinds(0), Kinds::or));
            }
            Selector::Class => draft.number(&numbers()),
            Selector::Interface | Selector::Leaving => {
                let given = union(ranges.to_vec());
                let given = if not { complement(&given, u128::MAX) } else { given };
                draft.interface(&given, selector == Selector::Leaving);
            }
            Selector::Time | Selector::Other(..) => draft.unknown(text),
        }
    }
}

/// The family of a protocol of ICMP, which nft asks for unless a family is known already (seen with `--debug=netlink`).
fn dependency(draft: &mut Draft, family: Family, inet: bool) {
    if inet && draft.families == [true; 2] {
        draft.family(family);
    }
}

/// The keys of a set of one field.
pub(super) fn ranges(elements: &Elements) -> Vec<(u128, u128)> {
    if elements.all {
        return vec![(0, u128::MAX)];
    }
    match &elements.keys {
        Keys::Number(_, keys) | Keys::V4(keys) => {
            keys.iter().map(|(low, high)| ((*low).into(), (*high).into())).collect()
        }
        Keys::V6(keys) | Keys::Interface(keys) => keys.clone(),
        Keys::Concat(..) | Keys::Opaque => Vec::new(),
    }
}
