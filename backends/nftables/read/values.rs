//! Words of nft as ranges of numbers, by kind.

use super::tree::{Kind, Selector};
use crate::read::words::{self, ICMP_CODES, ICMP_TYPES, ICMPV6_CODES, ICMPV6_TYPES, PROTOCOLS, find, number};
use crate::rules::program::{Family, interface};
use std::net::Ipv6Addr;

/// An address of IPv4 in four decimal numbers without leading zeros.
pub(super) fn v4(word: &[u8]) -> Option<u32> {
    let mut address = 0u32;
    let mut parts = 0;
    for part in word.split(|byte| *byte == b'.') {
        if part.is_empty() || part.len() > 3 || (part.len() > 1 && part[0] == b'0') {
            return None;
        }
        let mut value = 0u32;
        for digit in part {
            if !digit.is_ascii_digit() {
                return None;
            }
            value = value * 10 + u32::from(digit - b'0');
        }
        if value > 255 {
            return None;
        }
        address = address << 8 | value;
        parts += 1;
    }
    (parts == 4).then_some(address)
}

/// An address of IPv6.
pub(super) fn v6(word: &[u8]) -> Option<u128> {
    let word = std::str::from_utf8(word).ok()?;
    word.parse::<Ipv6Addr>().ok().map(u128::from)
}

/// A single value.
pub(super) fn value(kind: Kind, word: &[u8]) -> Option<u128> {
    let within = |last: u64| number(word).filter(|number| *number <= last).map(u128::from);
    let named = |table: &words::Words| find(table, word).map(u128::from);
    match kind {
        Kind::V4 => v4(word).map(u128::from),
        Kind::V6 => v6(word),
        Kind::Port => within(65_535).or_else(|| words::port(word).map(u128::from)),
        Kind::Protocol => within(255).or_else(|| named(PROTOCOLS)),
        Kind::NfProto => match word {
            b"ipv4" | b"2" => Some(4),
            b"ipv6" | b"10" => Some(6),
            _ => None,
        },
        Kind::EtherType => match word {
            b"ip" => Some(0x0800),
            b"ip6" => Some(0x86dd),
            b"arp" => Some(0x0806),
            _ => None,
        },
        Kind::IcmpType => within(255).or_else(|| named(ICMP_TYPES)),
        Kind::Icmpv6Type => within(255).or_else(|| named(ICMPV6_TYPES)),
        Kind::IcmpCode => within(255).or_else(|| named(ICMP_CODES)),
        Kind::Icmpv6Code => within(255).or_else(|| named(ICMPV6_CODES)),
        Kind::CtState => match word {
            b"invalid" => Some(1),
            b"established" => Some(2),
            b"related" => Some(4),
            b"new" => Some(8),
            b"untracked" => Some(64),
            _ => None,
        },
        Kind::CtDirection => match word {
            b"original" | b"0" => Some(0),
            b"reply" | b"1" => Some(1),
            _ => None,
        },
        Kind::Class => class(word).map(u128::from),
        // What is quoted is a date in somebody's time zone; seconds fit 63 bits.
        Kind::Time => number(word).filter(|time| *time < 1 << 40).map(u128::from),
        Kind::Interface => interface(word),
        Kind::Opaque => None,
    }
}

/// A value of `meta priority`: `5e55:6200`, a number, `none` or `root` (`TC_H_ROOT` of `linux/pkt_sched.h`).
pub(super) fn class(word: &[u8]) -> Option<u32> {
    if let Some(colon) = word.iter().position(|byte| *byte == b':') {
        let half = |digits: &[u8]| {
            if digits.is_empty() || digits.len() > 4 {
                return None;
            }
            digits.iter().try_fold(0u32, |value, digit| Some(value << 4 | char::from(*digit).to_digit(16)?))
        };
        return Some(half(&word[..colon])? << 16 | half(&word[colon + 1..])?);
    }
    match word {
        b"none" => Some(0),
        b"root" => Some(u32::MAX),
        word => u32::try_from(number(word)?).ok(),
    }
}

/// The last value of a kind.
pub(super) fn last(kind: Kind) -> u128 {
    match kind {
        Kind::V6 | Kind::Interface => u128::MAX,
        Kind::Port => 65_535,
        Kind::Protocol | Kind::IcmpType | Kind::Icmpv6Type | Kind::IcmpCode | Kind::Icmpv6Code => 255,
        _ => u128::from(u32::MAX),
    }
}

/// Whether less and more mean anything.
pub(super) fn have_order(kind: Kind) -> bool {
    !matches!(kind, Kind::CtState | Kind::CtDirection | Kind::NfProto | Kind::EtherType | Kind::Interface)
}

/// The addresses of a prefix. Bits beyond its length are refused: a listing has none.
pub(super) fn prefix(kind: Kind, address: &[u8], length: u64) -> Option<(u128, u128)> {
    let bits = match kind {
        Kind::V4 => 32,
        Kind::V6 => 128,
        _ => return None,
    };
    let host = bits - u32::try_from(length).ok().filter(|length| *length <= bits)?;
    let low = value(kind, address)?;
    let mask = if host == 128 { u128::MAX } else { (1u128 << host) - 1 };
    (low & mask == 0).then_some((low, low | mask))
}

/// A value, `ADDRESS/LENGTH` or `FIRST-LAST`.
pub(super) fn range(kind: Kind, word: &[u8]) -> Option<(u128, u128)> {
    match kind {
        Kind::V4 | Kind::V6 => {
            // From behind: what follows is shorter than an address, and these two do not stand in one.
            for (at, byte) in word.iter().enumerate() {
                match byte {
                    b'/' => return prefix(kind, &word[..at], decimal(&word[at + 1..])?),
                    b'-' => return ordered(value(kind, &word[..at])?, value(kind, &word[at + 1..])?),
                    _ => {}
                }
            }
            value(kind, word).map(|value| (value, value))
        }
        // The names of states and dates have no order.
        Kind::CtState | Kind::CtDirection | Kind::NfProto | Kind::EtherType | Kind::Interface | Kind::Opaque => {
            value(kind, word).map(|value| (value, value))
        }
        _ => value(kind, word).map(|value| (value, value)).or_else(|| {
            // A name may hold a dash too: whichever makes two values is the one.
            let dashes = word.iter().enumerate().filter(|(_, byte)| **byte == b'-');
            let mut ranges =
                dashes.filter_map(|(at, _)| ordered(value(kind, &word[..at])?, value(kind, &word[at + 1..])?));
            ranges.next().filter(|_| ranges.next().is_none())
        }),
    }
}

fn decimal(word: &[u8]) -> Option<u64> {
    word.iter().all(u8::is_ascii_digit).then(|| number(word)).flatten()
}

/// A range that is not empty.
pub(super) fn ordered(low: u128, high: u128) -> Option<(u128, u128)> {
    (low <= high).then_some((low, high))
}

/// The name of a type of keys, as a kind.
pub(super) fn kind(name: &[u8]) -> Kind {
    match name {
        b"ipv4_addr" => Kind::V4,
        b"ipv6_addr" => Kind::V6,
        b"inet_service" => Kind::Port,
        b"inet_proto" => Kind::Protocol,
        b"nf_proto" => Kind::NfProto,
        b"ether_type" => Kind::EtherType,
        b"icmp_type" => Kind::IcmpType,
        b"icmpv6_type" => Kind::Icmpv6Type,
        b"icmp_code" => Kind::IcmpCode,
        b"icmpv6_code" => Kind::Icmpv6Code,
        b"ct_state" => Kind::CtState,
        b"ct_dir" => Kind::CtDirection,
        b"classid" => Kind::Class,
        b"ifname" => Kind::Interface,
        _ => Kind::Opaque,
    }
}

/// A field of a header, or of `meta` or `ct`.
pub(super) fn selector(of: &[u8], field: &[u8]) -> Option<Selector> {
    let protocol = || find(PROTOCOLS, of);
    Some(match (of, field) {
        (b"ip", b"saddr") => Selector::Source(Family::V4),
        (b"ip", b"daddr") => Selector::Destination(Family::V4),
        (b"ip", b"protocol") => Selector::IpProtocol,
        (b"ip", _) => Selector::Other(Some(Family::V4), None),
        (b"ip6", b"saddr") => Selector::Source(Family::V6),
        (b"ip6", b"daddr") => Selector::Destination(Family::V6),
        (b"ip6", b"nexthdr") => Selector::NextHeader,
        (b"ip6", _) => Selector::Other(Some(Family::V6), None),
        (b"th", b"dport") => Selector::Port(None),
        (b"tcp" | b"udp" | b"sctp" | b"dccp" | b"udplite", b"dport") => Selector::Port(protocol()),
        (b"icmp", b"type") => Selector::IcmpType,
        (b"icmp", b"code") => Selector::IcmpCode,
        (b"icmp" | b"igmp", _) => Selector::Other(Some(Family::V4), protocol()),
        (b"icmpv6", b"type") => Selector::Icmpv6Type,
        (b"icmpv6", b"code") => Selector::Icmpv6Code,
        (b"icmpv6", _) => Selector::Other(Some(Family::V6), protocol()),
        (b"tcp" | b"udp" | b"sctp" | b"dccp" | b"udplite", _) => Selector::Other(None, protocol()),
        (b"meta", b"nfproto") => Selector::NfProto,
        (b"meta", b"protocol") => Selector::EtherType,
        (b"meta", b"l4proto") => Selector::L4Protocol,
        (b"meta", b"priority") => Selector::Class,
        (b"meta", b"time") => Selector::Time,
        (b"meta", b"iifname") => Selector::Interface,
        (b"meta", b"oifname") => Selector::Leaving,
        (b"ct", b"state") => Selector::CtState,
        (b"ct", b"direction") => Selector::CtDirection,
        (b"th" | b"meta" | b"ct" | b"ether" | b"vlan" | b"arp" | b"ah" | b"esp" | b"comp", _) => {
            Selector::Other(None, None)
        }
        _ => return None,
    })
}
