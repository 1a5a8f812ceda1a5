//! What a name stands for while a policy is resolved.

use std::sync::atomic::{AtomicUsize, Ordering};

use rustc_hash::{FxHashMap, FxHashSet};
use segc_grammar::Span;
use segc_grammar::ast::{Name, Service, Statement, StatementKind, Zones as ZonesWritten};

use super::prelude::PRELUDE;
use super::services::Services;
use crate::diagnostics::names::Is;
use crate::diagnostics::{Diagnostic, names};
use crate::model::{Group, GroupId, NamedService, Term, ZoneId, Zones};

/// Declarations by kind, each name once, in source order.
#[derive(Default)]
pub struct Declared<'a> {
    pub zones: Vec<ZoneDeclared<'a>>,
    pub groups: Vec<GroupDeclared<'a>>,
    pub services: Vec<ServiceDeclared<'a>>,
}

pub struct ZoneDeclared<'a> {
    pub statement: &'a Statement<'a>,
    pub name: Name<'a>,
    pub parent: Option<Name<'a>>,
}

pub struct GroupDeclared<'a> {
    pub statement: &'a Statement<'a>,
    pub name: Name<'a>,
    pub zones: &'a ZonesWritten<'a>,
}

pub struct ServiceDeclared<'a> {
    pub statement: &'a Statement<'a>,
    pub name: Name<'a>,
    pub services: &'a [Service<'a>],
}

impl Declared<'_> {
    /// What a name is declared as, for saying so where it stands in the wrong place.
    pub fn kind_of(&self, name: &str) -> Is {
        if self.groups.iter().any(|g| g.name.text == name) {
            Is::Group
        } else if self.zones.iter().any(|z| z.name.text == name) {
            Is::Zone
        } else if self.services.iter().any(|s| s.name.text == name) || PRELUDE.iter().any(|(n, _)| *n == name) {
            Is::Service
        } else {
            Is::Unknown
        }
    }
}

/// Collects declarations; a name that is declared twice keeps its first meaning.
pub fn declarations<'a>(statements: &[&'a Statement<'a>], found: &mut Vec<Diagnostic>) -> Declared<'a> {
    let mut declared = Declared::default();
    let mut first: FxHashMap<(&str, &str), Span> = FxHashMap::default();
    for &statement in statements {
        let (kind, name) = match &statement.kind {
            StatementKind::Zone { name, .. } | StatementKind::Group { name, .. } => ("zone", *name),
            StatementKind::Service { name, .. } => ("service", *name),
            StatementKind::Credential { name } => ("credential", *name),
            StatementKind::Firewall { name, .. } | StatementKind::Router { name } => ("device", *name),
            _ => continue,
        };
        if let Some(&before) = first.get(&(kind, name.text)) {
            found.push(names::declared_twice(name.text, name.span, before, kind == "zone"));
            continue;
        }
        first.insert((kind, name.text), name.span);
        match &statement.kind {
            StatementKind::Zone { parent, .. } => {
                declared.zones.push(ZoneDeclared { statement, name, parent: *parent });
            }
            StatementKind::Group { zones, .. } => declared.groups.push(GroupDeclared { statement, name, zones }),
            StatementKind::Service { services, .. } => {
                declared.services.push(ServiceDeclared { statement, name, services })
            }
            _ => {}
        }
    }
    declared
}

/// Everything that statements may name.
pub struct Scope<'a> {
    pub zones: Zones<'a>,
    pub groups: Vec<Group<'a>>,
    pub services: Services<'a>,
    /// Declared groups that could not be resolved: not unknown, but without meaning.
    pub broken: FxHashSet<&'a str>,
    pub suggestions: Suggestions,
}

impl<'a> Scope<'a> {
    pub fn new(zones: Zones<'a>, services: Services<'a>) -> Self {
        Self { zones, groups: Vec::new(), services, broken: FxHashSet::default(), suggestions: Suggestions::default() }
    }

    /// The zone or group of that name.
    pub fn term(&self, name: &str) -> Option<Term> {
        if let Some(zone) = self.zones.find(name) {
            return Some(Term::Zone(zone));
        }
        let at = self.groups.binary_search_by_key(&name, |g| g.name).ok()?;
        Some(Term::Group(GroupId(at as u32)))
    }

    /// Names that may stand beside an arrow.
    pub fn zone_names(&self) -> Vec<&'a str> {
        self.zones.iter().map(|(_, z)| z.name).chain(self.groups.iter().map(|g| g.name)).collect()
    }

    /// What a name is that is not what is asked for: a service where a zone is meant, or the reverse.
    pub fn kind_of(&self, name: &str, service_meant: bool) -> Is {
        match self.term(name) {
            Some(Term::Group(_)) if service_meant => Is::Group,
            Some(_) if service_meant => Is::Zone,
            _ if !service_meant && self.services.get(name).is_some() => Is::Service,
            _ => Is::Unknown,
        }
    }

    /// Zones that a term names.
    pub fn members(&self, term: Term) -> Vec<ZoneId> {
        match term {
            Term::Any => self.zones.iter().map(|(id, _)| id).collect(),
            Term::Zone(zone) => vec![zone],
            Term::Group(group) => self.groups[group.0 as usize].zones.clone(),
        }
    }

    /// The policy's own services, by name.
    pub fn own_services(&self) -> Vec<NamedService<'a>> {
        self.services.own()
    }
}

/// Comparing a misspelt name with all others takes time; a policy in which hundreds are wrong gets no suggestions for
/// the later ones.
#[derive(Default)]
pub struct Suggestions {
    given: AtomicUsize,
}

impl Suggestions {
    const MOST: usize = 100;

    /// The names to compare with.
    pub fn of<'n>(&self, known: impl FnOnce() -> Vec<&'n str>) -> Vec<&'n str> {
        if self.given.fetch_add(1, Ordering::Relaxed) >= Self::MOST { Vec::new() } else { known() }
    }
}
