//! Zones may share addresses only where one is declared in the other. Own addresses (a zone's less its children's)
//! then never meet; where they do, two zones overlap that must not.

use rustc_hash::FxHashSet;
use segc_grammar::Span;
use segc_grammar::ast::StatementKind;

use super::addresses::Hosts;
use super::scope::ZoneDeclared;
use crate::diagnostics::{Diagnostic, addresses as say};
use crate::model::{AddressSet, Bits, Ranges, ZoneId, Zones};

/// Reports every pair of zones that overlap without nesting, once.
pub fn check(
    zones: &Zones<'_>,
    own: &[AddressSet],
    declared: &[ZoneDeclared<'_>],
    hosts: &[Hosts],
    found: &mut Vec<Diagnostic>,
) {
    let mut pairs = meeting(own, |s| &s.v4);
    pairs.extend(meeting(own, |s| &s.v6));
    pairs.sort_unstable();
    pairs.dedup();
    if pairs.is_empty() {
        return;
    }
    let written: rustc_hash::FxHashMap<&str, usize> =
        declared.iter().enumerate().map(|(i, d)| (d.name.text, i)).collect();
    let mut told = FxHashSet::default();
    for (a, b) in pairs {
        let (a, b) = (ZoneId(a), ZoneId(b));
        if lost_parent(zones, a) || lost_parent(zones, b) || !told.insert((a, b)) {
            continue;
        }
        let shared = zones[a].hosts.intersection(&zones[b].hosts);
        let place = |zone: ZoneId| {
            let item = written.get(zones[zone].name).and_then(|&i| {
                hosts[i].1.iter().find(|(_, part)| !part.intersection(&shared).is_empty()).map(|(span, _)| *span)
            });
            (zones[zone].name, item.unwrap_or(zones[zone].name_span))
        };
        let mut ends: [(&str, Span); 2] = [place(a), place(b)];
        ends.sort_by_key(|e| e.1);
        let inner = [(a, b), (b, a)].into_iter().find(|&(x, y)| zones[x].hosts.difference(&zones[y].hosts).is_empty());
        let inner = inner.map(|(x, y)| (zones[x].name, zones[y].name));
        found.push(say::overlap(ends[0], ends[1], &shared.words(2), inner));
    }
}

/// Its parent is unknown or on a ring, which is reported: where the zone should lie nobody can tell.
fn lost_parent(zones: &Zones<'_>, zone: ZoneId) -> bool {
    let declared_in = |z: ZoneId| match zones[z].statement.map(|s| &s.kind) {
        Some(StatementKind::Zone { parent, .. }) => parent.is_some(),
        _ => false,
    };
    zones.ancestry(zone).any(|z| zones[z].parent.is_none() && declared_in(z))
}

/// Pairs of classes that share an address of one family. A sweep over all ranges by their first address.
fn meeting<T: Bits>(own: &[AddressSet], family: impl Fn(&AddressSet) -> &Ranges<T>) -> Vec<(u32, u32)> {
    let declared = &own[..own.len().saturating_sub(1)];
    let mut ranges: Vec<(T, T, u32)> = declared
        .iter()
        .enumerate()
        .flat_map(|(i, set)| family(set).as_slice().iter().map(move |&(a, b)| (a, b, i as u32)))
        .collect();
    ranges.sort_unstable();
    let mut pairs = Vec::new();
    let mut widest: Option<(T, u32)> = None;
    for (first, last, zone) in ranges {
        match widest {
            Some((end, other)) if first <= end => {
                if other != zone {
                    pairs.push((other.min(zone), other.max(zone)));
                }
                if last > end {
                    widest = Some((last, zone));
                }
            }
            _ => widest = Some((last, zone)),
        }
    }
    pairs
}
