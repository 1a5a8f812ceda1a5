//! Where packets may come in: a map from interfaces to chains, each of which lets on what may come from there.

use super::elements::{ranges, set};
use super::text::escape;
use super::write::cut;
use crate::Refusal;
use crate::rules::{Arrival, RuleSet};
use std::fmt::Write as _;

/// Bytes of an interface's name (`IFNAMSIZ` of `linux/if.h`, less its NUL).
const LONGEST: usize = 15;

/// Names that no interface of Linux can have (`dev_valid_name` of `net/core/dev.c`), or that cannot be part of a name of
/// nft's.
pub(super) fn refuses(rules: &RuleSet) -> Vec<Refusal> {
    let odd = |byte: u8| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
    let all = rules.arrivals.iter().flat_map(|arrival| &arrival.interfaces);
    let wrong =
        all.filter(|(name, _)| name.len() > LONGEST || name.bytes().any(odd) || matches!(name.as_str(), "." | ".."));
    wrong
        .map(|(name, origin)| Refusal {
            origin: Some(*origin),
            cannot: format!("have an interface called `{}`", escape(name)),
            help: format!(
                "write the interface's name as `ip link` shows it: at most {LONGEST} letters, digits, `_`, `.` and `-`"
            ),
        })
        .collect()
}

/// The elements of the map, by name.
pub(super) fn elements(rules: &RuleSet) -> String {
    let mut all: Vec<(&str, &str)> = rules
        .arrivals
        .iter()
        .flat_map(|arrival| arrival.interfaces.iter().map(|(name, _)| (name.as_str(), stem(arrival))))
        .collect();
    all.sort_unstable();
    let mut out = String::new();
    for (name, behind) in all {
        let _ = writeln!(out, "\t\t\t\"{name}\" : goto behind_{behind},");
    }
    cut(out)
}

/// The first interface names what is behind all of them.
fn stem(arrival: &Arrival) -> &str {
    arrival.interfaces.iter().map(|(name, _)| name.as_str()).min().unwrap_or_default()
}

/// For each group of interfaces the sets of addresses behind them, and the chain that asks them.
pub(super) fn behind(rules: &RuleSet) -> String {
    let mut arrivals: Vec<&Arrival> = rules.arrivals.iter().collect();
    arrivals.sort_by_key(|arrival| stem(arrival));
    let mut out = String::new();
    for arrival in arrivals {
        let name = stem(arrival);
        let classes = || arrival.classes.iter().map(|class| &rules.classes[class.0 as usize]);
        let v4 = joined(classes().flat_map(|class| class.v4.iter().map(|(a, b)| (a.to_bits(), b.to_bits()))).collect());
        let v6 = joined(classes().flat_map(|class| class.v6.iter().map(|(a, b)| (a.to_bits(), b.to_bits()))).collect());
        let v4: Vec<_> =
            v4.into_iter().map(|(a, b)| (std::net::Ipv4Addr::from(a), std::net::Ipv4Addr::from(b))).collect();
        let v6: Vec<_> =
            v6.into_iter().map(|(a, b)| (std::net::Ipv6Addr::from(a), std::net::Ipv6Addr::from(b))).collect();
        let stem = format!("behind_{name}.v");
        set(&mut out, &stem, "4", "ipv4_addr\n\t\tflags interval", ranges(&v4, |ip| ip.to_bits().into(), 32));
        set(&mut out, &stem, "6", "ipv6_addr\n\t\tflags interval", ranges(&v6, |ip| ip.to_bits(), 128));
        let _ = writeln!(out, "\tchain behind_{name} {{");
        if !v4.is_empty() {
            let _ = writeln!(out, "\t\tip saddr @{stem}4 goto judge");
        }
        if !v6.is_empty() {
            let _ = writeln!(out, "\t\tip6 saddr @{stem}6 goto judge");
        }
        out.push_str("\t\tgoto spoofed\n\t}\n");
    }
    cut(out)
}

/// Sorted, and neighbours as one.
fn joined<N: Copy + Ord + Into<u128>>(mut ranges: Vec<(N, N)>) -> Vec<(N, N)> {
    ranges.sort_unstable();
    ranges.dedup_by(|next, last| {
        let touch = last.1.into().checked_add(1) == Some(next.0.into());
        last.1 = if touch { next.1 } else { last.1 };
        touch
    });
    ranges
}
