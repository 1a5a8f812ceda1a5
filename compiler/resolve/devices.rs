//! Firewalls and routers: what hangs on which interface, on whose hosts, and which addresses are their own.

use segc_backends::BACKENDS;
use segc_grammar::Span;
use segc_grammar::ast::{ClauseKind, Item, Name, Statement, StatementKind, Zones as Written};

use super::scope::Scope;
use super::sides::{self, Place};
use crate::diagnostics::{Diagnostic, topology as say};
use crate::model::{ClassSet, Device, DeviceKind, Interface, Term, ZoneId};

/// All devices, sorted by name. One with an error is left out, and the policy is not built.
pub fn resolve<'a>(
    scope: &Scope<'a>,
    statements: &[&'a Statement<'a>],
    found: &mut Vec<Diagnostic>,
) -> Vec<Device<'a>> {
    let mut all: Vec<Device<'a>> = Vec::new();
    for &statement in statements {
        let (name, sort) = match &statement.kind {
            StatementKind::Router { name } => (*name, Sort::Router),
            StatementKind::Firewall { name, on: None } => (*name, Sort::Network),
            StatementKind::Firewall { name, on: Some(on) } => (*name, Sort::Host(on)),
            _ => continue,
        };
        let before = found.len();
        let device = device(scope, statement, name, sort, found);
        // Of two with one name the first counts; that there are two is told.
        let known = all.iter().any(|d| d.name == name.text);
        all.extend(device.filter(|_| found.len() == before && !known));
    }
    all.sort_by_key(|d| d.name);
    own_addresses(scope, &all, found);
    on_the_same_hosts(scope, &all, found);
    all
}

enum Sort<'a> {
    Router,
    Network,
    Host(&'a Item<'a>),
}

fn device<'a>(
    scope: &Scope<'a>,
    statement: &'a Statement<'a>,
    name: Name<'a>,
    sort: Sort<'a>,
    found: &mut Vec<Diagnostic>,
) -> Option<Device<'a>> {
    let clauses = || statement.clauses.iter();
    let target = clauses().find_map(|c| match c.kind {
        ClauseKind::Target(name) => Some(name),
        _ => None,
    });
    let own = clauses().find_map(|c| match &c.kind {
        ClauseKind::SelfIs(item) => Some((item, c.span)),
        _ => None,
    });
    let interfaces: Vec<Interface<'a>> = clauses()
        .filter_map(|c| match &c.kind {
            ClauseKind::Interface { name, zones } => interface(scope, (&name.text, name.span), zones, found),
            _ => None,
        })
        .collect();
    let none = !clauses().any(|c| matches!(c.kind, ClauseKind::Interface { .. }));
    twice(scope, name.text, &interfaces, found);
    if target.is_none() && !matches!(sort, Sort::Router) {
        found.push(say::no_target(name.text, name.span));
    }
    if let Some(target) = target
        && !BACKENDS.iter().any(|backend| backend.name() == target.text)
    {
        let known = BACKENDS.iter().map(|backend| backend.name());
        found.push(crate::diagnostics::targets::unknown_here(target.text, target.span, known));
    }
    let kind = match sort {
        Sort::Router | Sort::Network if none => {
            found.push(say::no_interface(name.text, name.span, matches!(sort, Sort::Router)));
            return None;
        }
        Sort::Router => DeviceKind::Router,
        Sort::Network => DeviceKind::Network { target: target? },
        Sort::Host(item) => {
            let on = zone(scope, item, "a firewall stands on", found)?;
            if let Some(extra) = clauses().find(|c| matches!(c.kind, ClauseKind::Interface { .. })) {
                found.push(say::interface_on_a_host(name.text, extra.span));
            }
            if let Some((_, at)) = own {
                found.push(say::own_on_a_host(name.text, at));
            }
            DeviceKind::Host { target: target?, on }
        }
    };
    let own = match own {
        Some((item, at)) => Some((zone(scope, item, "`self` is", found)?, at)),
        None => None,
    };
    Some(Device { name: name.text, statement, name_span: name.span, kind, interfaces, own })
}

fn interface<'a>(
    scope: &Scope<'a>,
    (name, span): (&'a str, Span),
    written: &Written<'_>,
    found: &mut Vec<Diagnostic>,
) -> Option<Interface<'a>> {
    let side = sides::resolve(scope, written, Place::ATTACHED, found)?;
    let zones: Vec<ZoneId> = side.names.iter().map(ZoneId).filter(|zone| !side.except.contains(zone.0)).collect();
    for &zone in &zones {
        let cut = scope.zones.classes(zone).intersection(&side.except);
        if let Some(child) = cut.iter().next() {
            found.push(say::child_cut_off(scope.zones[ZoneId(child)].name, scope.zones[zone].name, written.span));
            return None;
        }
    }
    if zones.is_empty() {
        found.push(crate::diagnostics::flows::nothing_left("interface", written.span, "`except` takes all of it away"));
        return None;
    }
    Some(Interface { name, span, zones })
}

/// An interface, or a zone, that a device has twice.
fn twice(scope: &Scope<'_>, device: &str, interfaces: &[Interface<'_>], found: &mut Vec<Diagnostic>) {
    for (at, later) in interfaces.iter().enumerate() {
        for first in &interfaces[..at] {
            if first.name == later.name {
                found.push(say::interface_twice(device, later.name, later.span, first.span));
                break;
            }
            if let Some(&zone) = later.zones.iter().find(|zone| first.zones.contains(zone)) {
                found.push(say::two_interfaces(scope.zones[zone].name, later.span, first.span));
            }
        }
    }
}

/// One zone with addresses.
fn zone(scope: &Scope<'_>, item: &Item<'_>, what: &str, found: &mut Vec<Diagnostic>) -> Option<ZoneId> {
    let written = Written { items: vec![*item], except: Vec::new(), span: item.span };
    let side = sides::resolve(scope, &written, Place::STOOD_ON, found)?;
    let (term, _) = side.terms.first()?;
    let (is, help) = match *term {
        Term::Zone(zone) if zone == scope.zones.internet() => ("not ours", "name a zone with `hosts`"),
        Term::Zone(zone) if scope.zones[zone].is_process() => {
            ("a process", "name its zone: a process has no addresses of its own")
        }
        Term::Zone(zone) if scope.zones[zone].is_domains() => ("known by name only", "name a zone with `hosts`"),
        Term::Zone(zone) => return Some(zone),
        Term::Any | Term::Group(_) => {
            ("several zones", "name one zone; for several, declare them `in` one, or write a firewall for each")
        }
    };
    found.push(say::not_one_zone(what, is, help, item.span));
    None
}

/// The addresses of a firewall are its own.
fn own_addresses(scope: &Scope<'_>, all: &[Device<'_>], found: &mut Vec<Diagnostic>) {
    let mut known: Vec<(ClassSet, &str, Span)> = Vec::new();
    for device in all {
        let Some((zone, at)) = device.own else { continue };
        let classes = scope.zones.classes(zone);
        if let Some((_, other, before)) = known.iter().find(|(set, ..)| set.meets(&classes)) {
            found.push(say::own_twice(scope.zones[zone].name, device.name, other, at, *before));
        }
        for interface in all.iter().flat_map(|d| &d.interfaces) {
            if interface.zones.contains(&zone) {
                found.push(say::own_behind_an_interface(scope.zones[zone].name, device.name, at, interface.span));
            }
        }
        known.push((classes, device.name, at));
    }
}

/// A host has one filter.
fn on_the_same_hosts(scope: &Scope<'_>, all: &[Device<'_>], found: &mut Vec<Diagnostic>) {
    let hosts: Vec<(&Device<'_>, ClassSet)> =
        all.iter().filter_map(|d| Some((d, scope.zones.classes(d.on()?)))).collect();
    for (at, (device, classes)) in hosts.iter().enumerate() {
        if let Some((other, shared)) = hosts[..at].iter().find(|(_, set)| set.meets(classes)) {
            let both = shared.intersection(classes).iter().next().map_or("", |c| scope.zones[ZoneId(c)].name);
            found.push(say::two_on_a_host(both, (device.name, device.name_span), (other.name, other.name_span)));
        }
    }
}
