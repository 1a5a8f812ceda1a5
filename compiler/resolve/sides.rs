//! One side of an arrow: what it names, and what `except` takes away.

use segc_grammar::ast::{Item, ItemKind, Zones as Written};

use super::scope::Scope;
use crate::diagnostics::{Diagnostic, names};
use crate::model::{ClassSet, Side, Term};

/// Resolves a list; `None` if a name in it means nothing (which is then reported).
pub fn resolve(scope: &Scope<'_>, written: &Written<'_>, found: &mut Vec<Diagnostic>) -> Option<Side> {
    let mut side = Side::default();
    let mut complete = true;
    for item in &written.items {
        match term(scope, item, found) {
            Some(term) if side.terms.iter().any(|(known, _)| *known == term) => {}
            Some(term) => {
                side.terms.push((term, item.span));
                match term {
                    Term::Any => {
                        side.names = scope.zones.any();
                        side.classes = scope.zones.any();
                    }
                    Term::Zone(zone) => {
                        side.names = side.names.union(&ClassSet::run(zone.0, zone.0 + 1));
                        side.classes = side.classes.union(&scope.zones.classes(zone));
                    }
                    Term::Group(group) => {
                        let zones = &scope.groups[group.0 as usize].zones;
                        side.names = side.names.union(&zones.iter().map(|z| z.0).collect());
                        let all = zones.iter().flat_map(|&z| scope.zones.classes(z).runs().to_vec()).collect();
                        side.classes = side.classes.union(&ClassSet::new(all));
                    }
                }
            }
            None => complete = false,
        }
    }
    let mut taken = ClassSet::default();
    for item in &written.except {
        match term(scope, item, found) {
            Some(term) => {
                for zone in scope.members(term) {
                    taken = taken.union(&scope.zones.classes(zone));
                }
            }
            None => complete = false,
        }
    }
    if !taken.is_empty() {
        side.except = side.classes.intersection(&taken);
        side.classes = side.classes.difference(&taken);
    }
    complete.then_some(side)
}

/// The classes that a list of zones stands for.
pub fn classes(scope: &Scope<'_>, written: &Written<'_>, found: &mut Vec<Diagnostic>) -> Option<ClassSet> {
    resolve(scope, written, found).map(|side| side.classes)
}

fn term(scope: &Scope<'_>, item: &Item<'_>, found: &mut Vec<Diagnostic>) -> Option<Term> {
    match item.kind {
        ItemKind::Any => Some(Term::Any),
        ItemKind::Internet => Some(Term::Zone(scope.zones.internet())),
        ItemKind::Name(name) => {
            let term = scope.term(name);
            if term.is_none() && !scope.broken.contains(name) {
                let known = scope.suggestions.of(|| scope.zone_names());
                found.push(names::unknown_zone(name, item.span, known, scope.kind_of(name, false)));
            }
            term
        }
        ItemKind::Process(..) => {
            let help = "name the zone, or leave the process out, for now";
            found.push(names::not_supported(
                "a process",
                "ignored, the policy would not mean what it says",
                item.span,
                help,
            ));
            None
        }
    }
}
