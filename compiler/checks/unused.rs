//! Names that nothing uses.

use rustc_hash::FxHashSet;
use segc_grammar::ast::{
    AddressKind, Clause, ClauseKind, ControlKind, Item, ItemKind, Service, ServiceKind, Statement, StatementKind, Zones,
};

use super::Context;
use crate::diagnostics::{Diagnostic, tidiness};

/// Zones, groups and services that no other statement names. `any` in an allow uses every zone.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let model = context.model;
    let mut used = Used::default();
    let statements = model
        .zones
        .declared()
        .filter_map(|(_, z)| z.statement)
        .chain(model.groups.iter().map(|g| g.statement))
        .chain(model.services.iter().map(|s| s.statement))
        .chain(model.credentials.iter().map(|c| c.statement))
        .chain(model.flows.iter().map(|f| f.statement))
        .chain(model.forbids.iter().map(|f| f.statement))
        .chain(model.requires.iter().map(|r| r.statement))
        .chain(model.devices.iter().map(|d| d.statement));
    for statement in statements {
        used.statement(statement);
    }
    for (id, zone) in model.zones.declared() {
        // What is allowed to a parent is allowed to its children: they are used with it.
        let named = model.zones.ancestry(id).any(|z| used.zones.contains(model.zones[z].name));
        if !used.any && !named && !used.parents.contains(zone.name) {
            found.push(tidiness::unused("zone", zone.name, zone.name_span));
        }
    }
    for group in model.groups.iter().filter(|g| !used.zones.contains(g.name)) {
        found.push(tidiness::unused("group", group.name, group.name_span));
    }
    for service in model.services.iter().filter(|s| !used.services.contains(s.name)) {
        found.push(tidiness::unused("service", service.name, service.name_span));
    }
}

#[derive(Default)]
struct Used<'a> {
    any: bool,
    zones: FxHashSet<&'a str>,
    /// Named by their children alone.
    parents: FxHashSet<&'a str>,
    services: FxHashSet<&'a str>,
}

impl<'a> Used<'a> {
    fn statement(&mut self, statement: &'a Statement<'a>) {
        match &statement.kind {
            StatementKind::Zone { parent, .. } => self.parents.extend(parent.map(|p| p.text)),
            StatementKind::Group { zones, .. } => self.list(zones),
            StatementKind::Service { services, .. } => self.on(services),
            StatementKind::Allow { left, right, services } => {
                self.any |= left.items.iter().chain(&right.items).any(|i| i.kind == ItemKind::Any);
                self.list(left);
                self.list(right);
                self.on(services);
            }
            StatementKind::Forbid { left, right, services, .. } | StatementKind::Require { left, right, services } => {
                self.list(left);
                self.list(right);
                self.on(services);
            }
            StatementKind::Firewall { on: Some(item), .. } => self.zones.extend(name(item)),
            _ => {}
        }
        statement.clauses.iter().for_each(|c| self.clause(c));
    }

    fn clause(&mut self, clause: &'a Clause<'a>) {
        match &clause.kind {
            ClauseKind::Hosts { except, .. } => {
                for address in except {
                    if let AddressKind::Zone(name) = address.kind {
                        self.zones.insert(name);
                    }
                }
            }
            ClauseKind::Over(services) => self.on(services),
            ClauseKind::SelfIs(item) => self.zones.extend(name(item)),
            ClauseKind::ExceptVia { zones, .. }
            | ClauseKind::Interface { zones, .. }
            | ClauseKind::HeldBy(zones)
            | ClauseKind::Opens(zones)
            | ClauseKind::PublishesTo(zones)
            | ClauseKind::SharesCache(zones) => self.list(zones),
            ClauseKind::Every { kind: ControlKind::Allow { into: Some(zones) }, .. } => self.list(zones),
            _ => {}
        }
    }

    fn list(&mut self, zones: &'a Zones<'a>) {
        self.zones.extend(zones.items.iter().chain(&zones.except).filter_map(name));
    }

    fn on(&mut self, services: &'a [Service<'a>]) {
        for service in services {
            if let ServiceKind::Name(name) = service.kind {
                self.services.insert(name);
            }
        }
    }
}

fn name<'a>(item: &Item<'a>) -> Option<&'a str> {
    match item.kind {
        ItemKind::Name(name) | ItemKind::Process(name, _) => Some(name),
        ItemKind::Any | ItemKind::Internet => None,
    }
}
