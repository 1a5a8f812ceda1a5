//! The words of one entry: `tcp 10.0.0.0 0.0.0.255 eq 443 any established`.

use super::Words;
use super::lists::decimal;
use crate::read::ranges::{complement, union};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr};

/// What an entry asks for; `None` stands for everything.
pub(super) struct Entry {
    pub source: Option<Vec<(u128, u128)>>,
    pub destination: Option<Vec<(u128, u128)>>,
    pub service: Option<Vec<(u32, u32)>>,
    pub source_port: Option<Vec<(u32, u32)>>,
    pub established: bool,
    /// What is not understood behind all that is.
    pub rest: Option<String>,
}

/// A run of keys of a protocol.
pub(super) fn keys(protocol: u32, low: u32, high: u32) -> (u32, u32) {
    (protocol << 16 | low, protocol << 16 | high)
}

/// Without `permit` or `deny`; `None` where even its shape is not understood.
pub(super) fn parse(words: &Words, v6: bool, all: &[&str]) -> Option<Entry> {
    let (name, mut rest) = all.split_first()?;
    let protocol = protocol(words, v6, name)?;
    let source = address(v6, words, &mut rest)?;
    let from = ports(words, protocol, &mut rest)?;
    let destination = address(v6, words, &mut rest)?;
    let to = ports(words, protocol, &mut rest)?;
    let mut service = protocol.map(|number| vec![keys(number, 0, 0xffff)]);
    if let (Some(number), Some(to)) = (protocol, &to) {
        service = Some(to.iter().map(|&(low, high)| keys(number, low, high)).collect());
    }
    if let (Some(number @ (1 | 58)), [kind, ..]) = (protocol, rest)
        && (number == 58) == v6
        && let Some((low, high)) = kinds(words, v6, kind)
    {
        rest = &rest[1..];
        service = Some(vec![keys(number, low, high)]);
        if let (Some(code), true) = (rest.first().and_then(|word| decimal(word)), decimal(kind).is_some()) {
            let key = low | u32::try_from(code).ok().filter(|code| *code < 256)?;
            service = Some(vec![keys(number, key, key)]);
            rest = &rest[1..];
        }
    }
    let established = protocol == Some(6) && rest.first() == Some(&"established");
    if established {
        rest = &rest[1..];
    }
    if rest.first() == Some(&"log") {
        rest = &rest[1..];
    }
    let number = protocol.unwrap_or_default();
    let source_port = from.map(|from| from.iter().map(|&(low, high)| keys(number, low, high)).collect());
    let rest = (!rest.is_empty()).then(|| rest.join(" "));
    Some(Entry { source, destination, service, source_port, established, rest })
}

/// `Some(None)` for every protocol.
fn protocol(words: &Words, v6: bool, name: &str) -> Option<Option<u32>> {
    if name == if v6 { "ipv6" } else { "ip" } {
        return Some(None);
    }
    if name == "icmp" || (v6 && name == words.icmp6) {
        return Some(Some(if v6 { 58 } else { 1 }));
    }
    let known = words.protocols.iter().find(|known| known.0 == name).map(|known| u32::from(known.1));
    // By its number 0 is every protocol, on some devices.
    let numbered = || decimal(name).filter(|number| (1..256).contains(number)).and_then(|n| u32::try_from(n).ok());
    known.or_else(numbered).map(Some)
}

/// `Some(None)` for every address.
#[allow(clippy::option_option, reason = "not understood, everything, something")]
fn address(v6: bool, words: &Words, rest: &mut &[&str]) -> Option<Option<Vec<(u128, u128)>>> {
    let (first, behind) = rest.split_first()?;
    *rest = behind;
    let single = |word: &str| match (word.parse::<IpAddr>().ok()?, v6) {
        (IpAddr::V4(address), false) => Some(u128::from(address.to_bits())),
        (IpAddr::V6(address), true) => Some(address.to_bits()),
        _ => None,
    };
    if *first == "any" {
        return Some(None);
    }
    if *first == "host" {
        let (word, behind) = rest.split_first()?;
        *rest = behind;
        let address = single(word)?;
        return Some(Some(vec![(address, address)]));
    }
    if first.contains('/') {
        if !v6 && words.wildcards {
            return None;
        }
        let net: IpNet = first.parse().ok()?;
        // A device that takes bits behind the prefix drops them, or refuses.
        if net.network() != net.addr() {
            return None;
        }
        return match (net, v6) {
            (IpNet::V4(net), false) => {
                Some(Some(vec![(net.network().to_bits().into(), net.broadcast().to_bits().into())]))
            }
            (IpNet::V6(net), true) => Some(Some(vec![(net.network().to_bits(), net.broadcast().to_bits())])),
            _ => None,
        };
    }
    let (mask, behind) = rest.split_first()?;
    if v6 {
        return None;
    }
    *rest = behind;
    let (address, mask) = (first.parse::<Ipv4Addr>().ok()?.to_bits(), mask.parse::<Ipv4Addr>().ok()?.to_bits());
    // Wildcards with holes are legal, and not understood here.
    let whole = mask.checked_add(1).is_none_or(u32::is_power_of_two);
    (whole && address & mask == 0).then(|| Some(vec![(address.into(), (address | mask).into())]))
}

/// `Some(None)` where nothing is asked.
#[allow(clippy::option_option, reason = "not understood, everything, something")]
fn ports(words: &Words, protocol: Option<u32>, rest: &mut &[&str]) -> Option<Option<Vec<(u32, u32)>>> {
    let Some(operator) = rest.first().filter(|word| matches!(**word, "eq" | "gt" | "lt" | "neq" | "range")) else {
        return Some(None);
    };
    let number = protocol.filter(|number| matches!(number, 6 | 17))?;
    let port = |word: &str| {
        let named = || words.ports.iter().find(|known| known.0 == word && u32::from(known.1) == number).map(|p| p.2);
        let numbered = decimal(word).and_then(|port| u16::try_from(port).ok());
        numbered.or_else(named).map(u32::from)
    };
    *rest = &rest[1..];
    let mut found = Vec::new();
    while let Some(port) = rest.first().and_then(|word| port(word)) {
        found.push(port);
        *rest = &rest[1..];
        if found.len() == if *operator == "range" { 2 } else { usize::MAX } {
            break;
        }
    }
    let ranges = match (*operator, &found[..]) {
        ("eq", [_, ..]) => union(found.iter().map(|&port| (port, port)).collect()),
        ("neq", [port]) => complement(&[(*port, *port)], 0xffff),
        ("gt", &[port]) if port < 0xffff => vec![(port + 1, 0xffff)],
        ("lt", &[port]) if port > 0 => vec![(0, port - 1)],
        ("range", &[low, high]) if low <= high => vec![(low, high)],
        _ => return None,
    };
    Some(Some(ranges))
}

/// The types and codes of a word.
fn kinds(words: &Words, v6: bool, word: &str) -> Option<(u32, u32)> {
    let whole = |kind: u32| (kind << 8, kind << 8 | 255);
    if let Some(kind) = decimal(word) {
        return u32::try_from(kind).ok().filter(|kind| *kind < 256).map(whole);
    }
    let known = if v6 { words.icmp6_types } else { words.icmp_types };
    known.iter().find(|known| known.0 == word).map(|&(_, kind, code)| match code {
        None => whole(kind.into()),
        Some(code) => (u32::from(kind) << 8 | u32::from(code), u32::from(kind) << 8 | u32::from(code)),
    })
}
