//! The addresses of each zone: its `hosts` clauses, joined, each less its own `except`.

use std::net::IpAddr;

use rustc_hash::FxHashMap;
use segc_grammar::Span;
use segc_grammar::ast::{Address, AddressKind, ClauseKind};

use super::nesting;
use super::scope::ZoneDeclared;
use crate::diagnostics::names::Is;
use crate::diagnostics::{Diagnostic, addresses as say, names};
use crate::inventory::Inventories;
use crate::model::{AddressSet, Ranges};

/// For each zone its addresses, and where in the text each of its items puts which.
pub type Hosts = (AddressSet, Vec<(Span, AddressSet)>);

/// Addresses of all zones, in the order of `declared`. Empty ones are reported.
pub fn resolve(
    declared: &[ZoneDeclared<'_>],
    by_name: &FxHashMap<&str, usize>,
    inventories: &Inventories,
    kind_of: &dyn Fn(&str) -> Is,
    found: &mut Vec<Diagnostic>,
) -> Vec<Hosts> {
    let rests_on: Vec<Vec<usize>> = declared.iter().map(|d| excepted_zones(d, by_name, kind_of, found)).collect();
    let ordered = nesting::order(&rests_on);
    if let Some(ring) = nesting::ring(&rests_on, &ordered) {
        let names: Vec<_> = ring.iter().map(|&i| (declared[i].name.text, declared[i].name.span)).collect();
        found.push(names::cycle("zones", "takes away", &names));
    }
    let mut hosts: Vec<Hosts> = vec![Hosts::default(); declared.len()];
    for i in ordered {
        hosts[i] = one(&declared[i], by_name, &hosts, inventories, found);
    }
    hosts
}

/// Zones that a zone's `except` names.
fn excepted_zones(
    declared: &ZoneDeclared<'_>,
    by_name: &FxHashMap<&str, usize>,
    kind_of: &dyn Fn(&str) -> Is,
    found: &mut Vec<Diagnostic>,
) -> Vec<usize> {
    let mut named = Vec::new();
    for clause in &declared.statement.clauses {
        let ClauseKind::Hosts { except, .. } = &clause.kind else { continue };
        for item in except {
            let AddressKind::Zone(name) = item.kind else { continue };
            match by_name.get(name) {
                Some(&zone) => named.push(zone),
                None => found.push(names::unknown_zone(name, item.span, by_name.keys().copied(), kind_of(name))),
            }
        }
    }
    named
}

fn one(
    declared: &ZoneDeclared<'_>,
    by_name: &FxHashMap<&str, usize>,
    hosts: &[Hosts],
    inventories: &Inventories,
    found: &mut Vec<Diagnostic>,
) -> Hosts {
    let mut all = AddressSet::default();
    let mut items = Vec::new();
    let mut written = None;
    // What is refused elsewhere (an inventory that cannot be read, `domains`) must not be called empty as well.
    let mut blamed = declared.statement.clauses.iter().any(|c| matches!(c.kind, ClauseKind::Domains(_)));
    for clause in &declared.statement.clauses {
        let ClauseKind::Hosts { addresses, except } = &clause.kind else { continue };
        written = Some(clause.span);
        let mut set = AddressSet::default();
        for item in addresses {
            let Some(part) = address(item, inventories) else {
                blamed = true;
                continue;
            };
            set = set.union(&part);
            items.push((item.span, part));
        }
        let mut taken = AddressSet::default();
        for item in except {
            let part = match item.kind {
                AddressKind::Zone(name) => by_name.get(name).map(|&z| hosts[z].0.clone()),
                _ => address(item, inventories),
            };
            let Some(part) = part else {
                blamed = true;
                continue;
            };
            if part.intersection(&set).is_empty() && !set.is_empty() && !part.is_empty() {
                let written = match item.kind {
                    AddressKind::Zone(name) => name.to_owned(),
                    _ => part.words(1),
                };
                found.push(say::except_without_effect(&written, item.span));
            }
            taken = taken.union(&part);
        }
        all = all.union(&set.difference(&taken));
    }
    if all.is_empty() && !blamed {
        found.push(match written {
            Some(hosts) => say::all_excepted(declared.name.text, declared.name.span, hosts),
            None => say::no_hosts(declared.name.text, declared.name.span),
        });
    }
    (all, items)
}

/// One item's addresses; `None` for an inventory that could not be read, which is reported where it is.
fn address(item: &Address<'_>, inventories: &Inventories) -> Option<AddressSet> {
    let range = |first: IpAddr, last: IpAddr| match (first, last) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            AddressSet { v4: Ranges::new(vec![(a.to_bits(), b.to_bits())]), ..AddressSet::default() }
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => {
            AddressSet { v6: Ranges::new(vec![(a.to_bits(), b.to_bits())]), ..AddressSet::default() }
        }
        _ => AddressSet::default(),
    };
    match &item.kind {
        AddressKind::Prefix(net) => Some(range(net.network(), net.broadcast())),
        AddressKind::Range(first, last) => Some(range(*first, *last)),
        AddressKind::Inventory { .. } => {
            let hosts = inventories.hosts(item.span)?;
            Some(hosts.iter().map(|&a| range(a, a)).fold(AddressSet::default(), |all, one| all.union(&one)))
        }
        AddressKind::Zone(_) => None,
    }
}
