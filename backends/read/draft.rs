//! The conditions of one rule, gathered.

use crate::read::ranges::intersection;
use crate::rules::program::{Condition, Family, Kinds, SetId};
use smallvec::{SmallVec, smallvec};

/// Protocols whose first four bytes are two ports: TCP, UDP, DCCP, SCTP, UDP-Lite.
const WITH_PORTS: [u32; 5] = [6, 17, 33, 132, 136];

#[derive(Clone, Default)]
pub(crate) struct Draft {
    pub(crate) families: [bool; 2],
    never: bool,
    kinds: Option<Kinds>,
    addresses: Vec<Condition>,
    service: Option<Vec<(u32, u32)>>,
    /// The port of a protocol that nothing names yet, as it is written.
    any_port: Option<String>,
    number: Option<Vec<(u32, u32)>>,
    /// By which it came in, and by which it leaves.
    interfaces: [Option<Vec<(u128, u128)>>; 2],
    pub(crate) others: Vec<Condition>,
    /// `meta l4proto icmp` (or 58), whose family a listing may have lost.
    pub(crate) lone: Option<Family>,
}

impl Draft {
    pub(crate) fn new() -> Draft {
        Draft { families: [true; 2], ..Draft::default() }
    }

    pub(crate) fn never(&mut self) {
        self.never = true;
    }

    /// What connection tracking must say.
    pub(crate) fn kinds(&mut self, kinds: Kinds) {
        self.kinds = Some(self.kinds.map_or(kinds, |before| before.and(kinds)));
    }

    pub(crate) fn family(&mut self, family: Family) {
        self.families[usize::from(family == Family::V4)] = false;
    }

    pub(crate) fn source(&mut self, family: Family, set: SetId) {
        self.family(family);
        self.addresses.push(Condition::Source(set));
    }

    pub(crate) fn destination(&mut self, family: Family, set: SetId) {
        self.family(family);
        self.addresses.push(Condition::Destination(set));
    }

    pub(crate) fn service(&mut self, keys: &[(u32, u32)]) {
        self.service = Some(match &self.service {
            Some(service) => intersection(service, keys),
            None => keys.to_vec(),
        });
    }

    /// A port of whatever protocol has ports: a condition only together with such protocols.
    pub(crate) fn any_port(&mut self, ports: &[(u32, u32)], text: &str) {
        let mut keys = Vec::new();
        let mut next = 0;
        for protocol in WITH_PORTS {
            if next < protocol << 16 {
                keys.push((next, (protocol << 16) - 1));
            }
            keys.extend(ports.iter().map(|(low, high)| (protocol << 16 | low, protocol << 16 | high)));
            next = (protocol + 1) << 16;
        }
        keys.push((next, 255 << 16 | 0xffff));
        self.service(&crate::read::ranges::union(keys));
        self.any_port = Some(text.to_owned());
    }

    pub(crate) fn number(&mut self, keys: &[(u32, u32)]) {
        self.number = Some(match &self.number {
            Some(number) => intersection(number, keys),
            None => keys.to_vec(),
        });
    }

    /// By which interface it came in or leaves, see [`crate::rules::program::interface`].
    pub(crate) fn interface(&mut self, names: &[(u128, u128)], leaving: bool) {
        let known = &mut self.interfaces[usize::from(leaving)];
        *known = Some(match &*known {
            Some(before) => intersection(before, names),
            None => names.to_vec(),
        });
    }

    pub(crate) fn asks_number(&self) -> bool {
        self.number.is_some()
    }

    pub(crate) fn unknown(&mut self, text: &str) {
        self.others.push(Condition::Unknown(text.to_owned()));
    }

    /// All of them, in one order.
    pub(crate) fn conditions(&self) -> SmallVec<[Condition; 1]> {
        let empty = |ranges: &Option<Vec<(u32, u32)>>| ranges.as_ref().is_some_and(Vec::is_empty);
        if self.never
            || self.kinds == Some(Kinds(0))
            || self.families == [false; 2]
            || empty(&self.service)
            || empty(&self.number)
            || self.interfaces.iter().flatten().any(Vec::is_empty)
        {
            return smallvec![Condition::Never];
        }
        let mut all = SmallVec::with_capacity(self.addresses.len() + self.others.len() + 2);
        match self.families {
            _ if !self.addresses.is_empty() => {}
            [true, false] => all.push(Condition::Family(Family::V4)),
            [false, true] => all.push(Condition::Family(Family::V6)),
            _ => {}
        }
        all.extend(self.addresses.iter().cloned());
        if let Some(service) = &self.service {
            if let Some(text) = &self.any_port {
                let with_ports: Vec<(u32, u32)> =
                    WITH_PORTS.iter().map(|protocol| (protocol << 16, protocol << 16 | 0xffff)).collect();
                let without = crate::read::ranges::complement(&crate::read::ranges::union(with_ports), u32::MAX);
                if !intersection(service, &without).is_empty() {
                    all.push(Condition::Unknown(text.clone()));
                }
            }
            all.push(Condition::Service(SmallVec::from_slice(service)));
        }
        all.extend(self.number.clone().map(Condition::Number));
        all.extend(self.interfaces[0].clone().map(Condition::Interface));
        all.extend(self.interfaces[1].clone().map(Condition::Leaving));
        all.extend(self.kinds.filter(|kinds| *kinds != Kinds::ALL).map(Condition::Connection));
        all.extend(self.others.iter().cloned());
        all
    }
}
