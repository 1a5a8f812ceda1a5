//! What `ipset save` prints: sets of addresses, and of addresses and ports.

use crate::read::ranges::{complement, intersection, union};
use crate::read::{Unreadable, words};
use crate::rules::program::Family;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

type Ranges = Vec<(u128, u128)>;

/// Inclusive keys, as in [`crate::rules::program::Condition::Service`].
type Services = (u32, u32);

/// An element.
struct Element {
    /// Of its prefix.
    length: u32,
    range: (u128, u128),
    services: Services,
    /// `nomatch`.
    exception: bool,
}

/// A set.
#[derive(Default)]
pub(super) struct Set {
    pub(super) kind: Kind,
    pub(super) v6: bool,
    /// Its elements come and go, or are of a type that is not understood.
    pub(super) opaque: bool,
    elements: Vec<Element>,
    /// Of a list: its sets.
    pub(super) members: Vec<String>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Addresses,
    Services,
    List,
}

/// By name.
pub(super) type Sets = BTreeMap<String, Set>;

/// An address, a prefix or a range: its length and what it holds.
pub(super) fn range(word: &str, family: Family) -> Option<(u32, (u128, u128))> {
    let bits = if family == Family::V4 { 32 } else { 128 };
    let address = |word: &str| match family {
        Family::V4 => word.parse::<Ipv4Addr>().ok().map(|address| u128::from(u32::from(address))),
        Family::V6 => word.parse::<Ipv6Addr>().ok().map(u128::from),
    };
    if let Some((low, high)) = word.split_once('-') {
        let (low, high) = (address(low)?, address(high)?);
        return (low <= high).then_some((bits, (low, high)));
    }
    let (low, length) = match word.split_once('/') {
        None => (address(word)?, bits),
        Some((low, length)) => match length.parse::<u32>() {
            Ok(length) => (address(low)?, length),
            Err(_) => {
                // A mask, as in `10.0.0.0/255.0.0.0`; one with holes is no prefix.
                let mask = address(length)? << (128 - bits);
                (mask.count_ones() == mask.leading_ones()).then_some((address(low)?, mask.count_ones()))?
            }
        },
    };
    let host = bits.checked_sub(length)?;
    let mask = if host == 128 { u128::MAX } else { (1u128 << host) - 1 };
    Some((length, (low & !mask, low | mask)))
}

/// `tcp:80`, `udp:53-60`, `icmp:echo-request`, `icmp:3/4`.
fn service(word: &str) -> Option<(u32, u32)> {
    let (protocol, port) = word.split_once(':').unwrap_or(("tcp", word));
    let number = |word: &str| word.parse::<u32>().ok().filter(|number| *number < 65_536 && !word.starts_with('+'));
    match protocol {
        "tcp" | "udp" | "sctp" | "udplite" => {
            let base = u32::from(words::find(words::PROTOCOLS, protocol.as_bytes())?) << 16;
            let (low, high) = port.split_once('-').unwrap_or((port, port));
            let (low, high) = (number(low)?, number(high)?);
            (low <= high).then_some((base | low, base | high))
        }
        "icmp" | "icmpv6" | "ipv6-icmp" => {
            let v4 = protocol == "icmp";
            let base = if v4 { 1 << 16 } else { 58 << 16 };
            let key = match (port, v4) {
                ("echo-request" | "ping", true) => 8 << 8,
                ("echo-reply" | "pong", true) => 0,
                ("echo-request" | "ping", false) => 128 << 8,
                ("echo-reply" | "pong", false) => 129 << 8,
                _ => {
                    let (kind, code) = port.split_once('/')?;
                    let small = |word| number(word).filter(|number| *number < 256);
                    small(kind)? << 8 | small(code)?
                }
            };
            Some((base | key, base | key))
        }
        _ => None,
    }
}

/// One line of `ipset save`.
pub(super) fn line(words: &[super::Word<'_>], sets: &mut Sets, line: u32) -> Result<(), Unreadable> {
    let error = |what: String| Unreadable { line, what };
    let mut rest = words[1..].iter().filter(|word| !matches!(word.as_ref(), "-exist" | "-!")).map(AsRef::as_ref);
    let name = rest.next().ok_or_else(|| error("a set is missing".to_owned()))?;
    if words[0] == "create" {
        let kind = rest.next().unwrap_or_default();
        let mut set = Set::default();
        match kind {
            "hash:ip" | "hash:net" => {}
            "hash:ip,port" | "hash:net,port" => set.kind = Kind::Services,
            "list:set" => set.kind = Kind::List,
            _ => set.opaque = true,
        }
        while let Some(option) = rest.next() {
            match option {
                "family" => set.v6 = rest.next() == Some("inet6"),
                "hashsize" | "maxelem" | "bucketsize" | "initval" | "size" => drop(rest.next()),
                "comment" | "counters" | "skbinfo" | "forceadd" => {}
                // `timeout`, `netmask` and whatever else changes what an element means.
                _ => set.opaque = true,
            }
        }
        if sets.insert(name.to_owned(), set).is_some() {
            return Err(error(format!("set `{name}` is created twice")));
        }
        return Ok(());
    }
    let set = sets.get_mut(name).ok_or_else(|| error(format!("there is no set `{name}`")))?;
    let element = rest.next().ok_or_else(|| error("an element is missing".to_owned()))?;
    let mut exception = false;
    while let Some(option) = rest.next() {
        match option {
            "nomatch" => exception = true,
            "comment" | "packets" | "bytes" | "skbmark" | "skbprio" | "skbqueue" => drop(rest.next()),
            _ => set.opaque = true,
        }
    }
    if set.opaque {
        return Ok(());
    }
    let family = if set.v6 { Family::V6 } else { Family::V4 };
    let bad = || error(format!("`{element}` is no element that is understood"));
    match set.kind {
        Kind::List => set.members.push(element.to_owned()),
        Kind::Addresses => {
            let (length, range) = range(element, family).ok_or_else(bad)?;
            set.elements.push(Element { length, range, services: (0, u32::MAX), exception });
        }
        Kind::Services => {
            let (address, port) = element.split_once(',').ok_or_else(bad)?;
            let (length, range) = range(address, family).ok_or_else(bad)?;
            match service(port) {
                Some(services) => set.elements.push(Element { length, range, services, exception }),
                None => set.opaque = true,
            }
        }
    }
    Ok(())
}

impl Set {
    /// Each list of services with the addresses that match it; `None` where that cannot be said exactly. The most
    /// specific prefix decides (ipset(8), `nomatch`).
    pub(super) fn products(&self) -> Option<Vec<(Services, Ranges)>> {
        let mut groups: BTreeMap<Services, Vec<&Element>> = BTreeMap::new();
        for element in &self.elements {
            groups.entry(element.services).or_default().push(element);
        }
        let exceptions = self.elements.iter().any(|element| element.exception);
        let services: Vec<Services> = groups.keys().copied().collect();
        if exceptions && services.windows(2).any(|pair| pair[1].0 <= pair[0].1) {
            return None;
        }
        Some(groups.into_iter().map(|(services, elements)| (services, decided(&elements))).collect())
    }
}

/// From the widest prefix to the most specific one: each level overrides what is wider.
fn decided(elements: &[&Element]) -> Ranges {
    if !elements.iter().any(|element| element.exception) {
        return union(elements.iter().map(|element| element.range).collect());
    }
    let mut levels: BTreeMap<u32, [Ranges; 2]> = BTreeMap::new();
    for element in elements {
        levels.entry(element.length).or_default()[usize::from(element.exception)].push(element.range);
    }
    levels.into_values().fold(Vec::new(), |mut all, [mut matches, exceptions]| {
        all.append(&mut matches);
        intersection(&union(all), &complement(&union(exceptions), u128::MAX))
    })
}
