//! The conditions of one rule: what a service becomes in nft's words.

use crate::rules::Match;
use std::fmt::Write as _;

/// What one rule can say of a packet. [`Match`], but for ICMP, where types and codes are two fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Condition {
    Any,
    Ports {
        protocol: u8,
        low: u16,
        high: u16,
    },
    /// All codes of these types.
    Types {
        v6: bool,
        low: u8,
        high: u8,
    },
    /// Some codes of one type.
    Codes {
        v6: bool,
        of: u8,
        low: u8,
        high: u8,
    },
    Protocol(u8),
}

/// The conditions whose union is `service`: one, or up to three where a range of ICMP keys begins or ends within a type.
pub(super) fn conditions(service: Match) -> impl Iterator<Item = Condition> {
    let all = match service {
        Match::Any => [Some(Condition::Any), None, None],
        Match::Ports { protocol, low, high } => [Some(Condition::Ports { protocol, low, high }), None, None],
        Match::Protocol(number) => [Some(Condition::Protocol(number)), None, None],
        Match::Icmp { v6, low, high } => icmp(v6, low, high),
    };
    all.into_iter().flatten()
}

fn icmp(v6: bool, low: u16, high: u16) -> [Option<Condition>; 3] {
    let ([mut first, start], [last, end]) = (low.to_be_bytes(), high.to_be_bytes());
    if first == last && (start, end) != (0, 255) {
        return [Some(Condition::Codes { v6, of: first, low: start, high: end }), None, None];
    }
    let head = (start != 0).then_some(Condition::Codes { v6, of: first, low: start, high: 255 });
    let tail = (end != 255).then_some(Condition::Codes { v6, of: last, low: 0, high: end });
    // A head or tail means that `first` is less than `last`, so neither step leaves the byte.
    first += u8::from(head.is_some());
    let last = last - u8::from(tail.is_some());
    [head, (first <= last).then_some(Condition::Types { v6, low: first, high: last }), tail]
}

/// Writes `condition` with a space after it; nothing for [`Condition::Any`].
///
/// All of ICMP is `icmp type 0-255`: nft 1.0.6 lists `meta nfproto ipv4 meta l4proto icmp` as `meta l4proto icmp`, which
/// IPv6 packets may also match, so the condition would be gone from a saved listing (measured).
pub(super) fn spell(out: &mut String, condition: Condition) {
    let family = |v6| if v6 { "icmpv6" } else { "icmp" };
    match condition {
        Condition::Any => {}
        Condition::Ports { protocol, low: 0, high: u16::MAX } => _ = write!(out, "meta l4proto {} ", name(protocol)),
        Condition::Ports { protocol, low, high } => {
            let _ = write!(out, "{} dport ", name(protocol));
            range(out, low, high);
        }
        Condition::Types { v6, low, high } => {
            let _ = write!(out, "{} type ", family(v6));
            range(out, low.into(), high.into());
        }
        Condition::Codes { v6, of, low, high } => {
            let _ = write!(out, "{0} type {of} {0} code ", family(v6));
            range(out, low.into(), high.into());
        }
        Condition::Protocol(number) => _ = write!(out, "meta l4proto {number} "),
    }
}

fn range(out: &mut String, low: u16, high: u16) {
    let _ = if low == high { write!(out, "{low} ") } else { write!(out, "{low}-{high} ") };
}

fn name(protocol: u8) -> &'static str {
    match protocol {
        6 => "tcp",
        17 => "udp",
        132 => "sctp",
        other => unreachable!("protocol {other} has no ports; `well_formed` refuses it"),
    }
}
