//! Named services: the prelude's and the policy's own.

use rustc_hash::FxHashMap;
use segc_grammar::Span;
use segc_grammar::ast::{Service, ServiceKind, Statement, StatementKind};

use super::nesting;
use super::prelude::PRELUDE;
use super::scope::ServiceDeclared;
use crate::diagnostics::names::Is;
use crate::diagnostics::{Diagnostic, flows, names};
use crate::model::{Families, NamedService, ServiceSet};

/// What each service's name means.
pub struct Services<'a> {
    sets: FxHashMap<&'a str, ServiceSet>,
    own: FxHashMap<&'a str, (Span, &'a Statement<'a>)>,
}

impl<'a> Services<'a> {
    /// What a name means.
    pub fn get(&self, name: &str) -> Option<&ServiceSet> {
        self.sets.get(name)
    }

    /// All names, sorted.
    pub fn names(&self) -> Vec<&'a str> {
        let mut all: Vec<&str> = PRELUDE.iter().map(|(name, _)| *name).chain(self.own.keys().copied()).collect();
        all.sort_unstable();
        all
    }

    /// The prelude, sorted by name.
    pub fn prelude(&self) -> Vec<(&'static str, ServiceSet)> {
        PRELUDE.iter().filter_map(|(name, _)| Some((*name, self.sets.get(name)?.clone()))).collect()
    }

    /// The policy's own, sorted by name.
    pub fn own(&self) -> Vec<NamedService<'a>> {
        let of = |(&name, &(name_span, statement))| {
            Some(NamedService { name, statement, name_span, set: self.sets.get(name)?.clone() })
        };
        let mut own: Vec<_> = self.own.iter().filter_map(of).collect();
        own.sort_by_key(|s| s.name);
        own
    }
}

/// The prelude as sets. Its text is in the language, so the language's own parser reads it.
fn prelude() -> FxHashMap<&'static str, ServiceSet> {
    let text: String = PRELUDE.iter().map(|(name, spec)| format!("service {name} = {spec}\n")).collect();
    let (tree, errors) = segc_grammar::parse(&text, 0);
    debug_assert!(errors.is_empty(), "{errors:?}");
    let set = |statement: &Statement<'_>| match &statement.kind {
        StatementKind::Service { services, .. } => services
            .iter()
            .filter_map(|s| ServiceSet::of(s.kind))
            .fold(ServiceSet::default(), |all, one| all.union(&one)),
        _ => ServiceSet::default(),
    };
    PRELUDE.iter().zip(&tree.statements).map(|((name, _), s)| (*name, set(s))).collect()
}

/// Gives every declared service its meaning; those in a ring or resting on an unknown name have none.
pub fn resolve<'a>(
    declared: &[ServiceDeclared<'a>],
    kind_of: &dyn Fn(&str) -> Is,
    found: &mut Vec<Diagnostic>,
) -> Services<'a> {
    let mut services = Services { sets: prelude(), own: FxHashMap::default() };
    let mut by_name: FxHashMap<&str, usize> = FxHashMap::default();
    for (i, d) in declared.iter().enumerate() {
        if let Some((_, spec)) = PRELUDE.iter().find(|(name, _)| *name == d.name.text) {
            found.push(names::redefines_prelude(d.name.text, spec, d.name.span));
        } else {
            by_name.insert(d.name.text, i);
            services.own.insert(d.name.text, (d.name.span, d.statement));
        }
    }
    let known: Vec<&str> = services.names();
    let mut rests_on: Vec<Vec<usize>> = vec![Vec::new(); declared.len()];
    let mut broken = vec![false; declared.len()];
    for (i, d) in declared.iter().enumerate() {
        for s in d.services {
            let ServiceKind::Name(name) = s.kind else { continue };
            if let Some(&below) = by_name.get(name) {
                rests_on[i].push(below);
            } else if !services.sets.contains_key(name) {
                broken[i] = true;
                found.push(names::unknown_service(name, s.span, known.iter().copied(), kind_of(name)));
            }
        }
    }
    let ordered = nesting::order(&rests_on);
    for &i in &ordered {
        if broken[i] || rests_on[i].iter().any(|&below| broken[below]) || !by_name.contains_key(declared[i].name.text) {
            broken[i] = true;
            continue;
        }
        let mut set = ServiceSet::default();
        for s in declared[i].services {
            set = match s.kind {
                ServiceKind::Name(name) => services.sets.get(name).map(|part| set.union(part)).unwrap_or(set),
                kind => set.union(&ServiceSet::of(kind).unwrap_or_default()),
            };
        }
        services.sets.insert(declared[i].name.text, set);
    }
    if let Some(ring) = nesting::ring(&rests_on, &ordered) {
        let names: Vec<_> = ring.iter().map(|&i| (declared[i].name.text, declared[i].name.span)).collect();
        found.push(names::cycle("services", "names", &names));
    }
    services
}

/// The union of a written list; `None` if a name in it means nothing (which is then reported).
pub fn set_of(scope: &super::Scope<'_>, written: &[Service<'_>], found: &mut Vec<Diagnostic>) -> Option<ServiceSet> {
    let mut intervals = smallvec::SmallVec::new();
    let mut complete = true;
    for service in written {
        match service.kind {
            ServiceKind::Name(name) => match scope.services.get(name) {
                Some(set) => intervals.extend(set.intervals().iter().copied()),
                None => {
                    complete = false;
                    // A declared service without a meaning was reported where it is declared.
                    if !scope.services.own.contains_key(name) {
                        let known = scope.suggestions.of(|| scope.services.names());
                        found.push(names::unknown_service(name, service.span, known, scope.kind_of(name, true)));
                    }
                }
            },
            kind => intervals.extend(ServiceSet::of(kind).unwrap_or_default().intervals().iter().copied()),
        }
    }
    complete.then(|| ServiceSet::new(intervals))
}

/// Reports services of a list that cannot exist in any of `families`: `icmp/…` between zones without IPv4.
pub fn exist_in(scope: &super::Scope<'_>, written: &[Service<'_>], families: Families, found: &mut Vec<Diagnostic>) {
    // Whatever there is exists in one of both.
    if families.is_none() || families == Families::BOTH {
        return;
    }
    for service in written {
        let set = match service.kind {
            ServiceKind::Name(name) => scope.services.get(name).cloned(),
            kind => ServiceSet::of(kind),
        };
        let Some(has) = set.map(|s| s.families()) else { continue };
        if has.and(families).is_none() {
            found.push(flows::service_without_family(service.span, families.words(), has.words()));
        }
    }
}
