//! One side of an arrow, or the zones of a clause: what it names, and what `except` takes away.

use segc_grammar::Span;
use segc_grammar::ast::{Item, ItemKind, Zones as Written};

use super::scope::Scope;
use crate::diagnostics::{Diagnostic, names};
use crate::model::{ClassSet, Side, Term, Zone, ZoneId};

/// Where a list of zones stands, which decides what its names bring along.
#[derive(Clone, Copy)]
pub struct Place {
    /// What stands there, for saying what cannot.
    word: &'static str,
    /// A zone brings the processes on its hosts along.
    processes: bool,
    /// A process may be named.
    process: bool,
    /// `internet` and `any` bring the zones of names along.
    domains: Brings,
    /// A zone of names may be named.
    domain: bool,
}

/// Which of `internet` and `any` bring zones of names along.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Brings {
    None,
    Any,
    Both,
}

impl Place {
    /// Left of an allow or a require: a zone does not stand for its processes, and nothing comes from a name.
    pub const SOURCE: Self =
        Self { word: "a source", processes: false, process: true, domains: Brings::None, domain: false };
    /// Right of an allow or a require: an allow to `internet` is one to each zone of names.
    pub const DESTINATION: Self =
        Self { word: "a destination", processes: false, process: false, domains: Brings::Both, domain: true };
    /// Left of a forbid: all that is on the hosts.
    pub const FORBIDDEN_SOURCE: Self =
        Self { word: "a source", processes: true, process: true, domains: Brings::Both, domain: true };
    /// Right of `forbid ->`: an allow to a zone of names is no breach of a forbid on `internet`.
    pub const FORBIDDEN_DESTINATION: Self =
        Self { word: "a destination", processes: true, process: false, domains: Brings::Any, domain: true };
    /// Right of `forbid =>`.
    pub const FORBIDDEN_PREY: Self = Self { process: true, ..Self::FORBIDDEN_DESTINATION };
    /// Behind an interface: what has addresses. Names lie where `internet` does, processes on their hosts.
    pub const ATTACHED: Self =
        Self { word: "behind an interface", processes: false, process: false, domains: Brings::None, domain: false };
    /// `on` and `self`: one name, which is looked at there.
    pub const STOOD_ON: Self = Self { word: "", process: true, domain: true, ..Self::ATTACHED };
    /// `except via`: all that is on the hosts.
    pub const VIA: Self = Self { word: "passed through", ..Self::FORBIDDEN_SOURCE };
    /// `held by`: a process that is contained does not hold what its hosts hold.
    pub const HOLDER: Self =
        Self { word: "a holder", processes: false, process: true, domains: Brings::None, domain: true };
    /// `opens`, `publishes to` and `shares cache with`.
    pub const OPENED: Self =
        Self { word: "what is opened, published to or shared with", processes: false, ..Self::FORBIDDEN_DESTINATION };
}

/// Resolves a list; `None` if a name in it means nothing, or cannot stand there (which is then reported).
pub fn resolve(scope: &Scope<'_>, written: &Written<'_>, place: Place, found: &mut Vec<Diagnostic>) -> Option<Side> {
    let zones = &scope.zones;
    let mut side = Side::default();
    let mut complete = true;
    // Hosts of processes: `except` takes addresses away, and a process has theirs.
    let mut hosts = ClassSet::default();
    // Zones of names that belong here.
    let mut domains = ClassSet::default();
    for item in &written.items {
        let Some(term) = term(scope, item, found).filter(|&term| fits(scope, term, item.span, place, found)) else {
            complete = false;
            continue;
        };
        if side.terms.iter().any(|(known, _)| *known == term) {
            continue;
        }
        side.terms.push((term, item.span));
        let named = match term {
            Term::Any => zones.any().difference(zones.processes()).difference(zones.domains()),
            Term::Zone(zone) => ClassSet::run(zone.0, zone.0 + 1),
            Term::Group(_) => scope.members(term).into_iter().map(|zone| zone.0).collect(),
        };
        let along = match term {
            Term::Any => place.domains != Brings::None,
            _ => place.domains == Brings::Both && named.contains(zones.internet().0),
        };
        if along {
            domains = zones.domains().clone();
        }
        for zone in named.intersection(zones.processes()).iter().map(ZoneId) {
            hosts = hosts.union(&zones.hosts_of(zone));
        }
        let all = match term {
            Term::Any => zones.any(),
            Term::Zone(zone) => zones.classes(zone),
            Term::Group(_) => {
                ClassSet::new(named.iter().flat_map(|z| zones.classes(ZoneId(z)).runs().to_vec()).collect())
            }
        };
        domains = domains.union(&named.intersection(zones.domains()));
        if term == Term::Any {
            side.names = side.names.union(&domains);
        }
        side.names = side.names.union(&named);
        side.classes = side.classes.union(&all);
    }
    side.classes = side.classes.difference(zones.domains()).union(&domains);
    if !place.processes {
        let named = side.names.intersection(zones.processes());
        side.classes = side.classes.difference(zones.processes()).union(&named);
    }
    let mut taken = ClassSet::default();
    for item in &written.except {
        match term(scope, item, found) {
            Some(Term::Zone(zone)) if zones[zone].is_process() && !place.processes => {
                let help = "an allow has a zone's processes only where it names them; leave it out";
                let what = "a process cannot be taken away here";
                found.push(names::misplaced(what, "no address is its alone", item.span, help));
                complete = false;
            }
            Some(term) => {
                for zone in scope.members(term) {
                    taken = taken.union(&zones.classes(zone));
                }
            }
            None => complete = false,
        }
    }
    if !taken.is_empty() {
        side.except = side.classes.union(&hosts).intersection(&taken);
        side.classes = side.classes.difference(&taken);
    }
    complete.then_some(side)
}

/// The classes that a list of zones stands for.
pub fn classes(
    scope: &Scope<'_>,
    written: &Written<'_>,
    place: Place,
    found: &mut Vec<Diagnostic>,
) -> Option<ClassSet> {
    resolve(scope, written, place, found).map(|side| side.classes)
}

/// May it stand there? Says why not.
fn fits(scope: &Scope<'_>, term: Term, at: Span, place: Place, found: &mut Vec<Diagnostic>) -> bool {
    if scope.zones.processes().is_empty() && scope.zones.domains().is_empty() || term == Term::Any {
        return true;
    }
    let members = scope.members(term);
    let misfit = |zone: &&Zone<'_>| zone.is_process() && !place.process || zone.is_domains() && !place.domain;
    let Some(zone) = members.iter().map(|&zone| &scope.zones[zone]).find(misfit) else { return true };
    let (is, help) = if zone.is_process() {
        ("is a process", "name its zone: packets do not say which process sends or answers them")
    } else {
        ("is known by name only", "give the zone `hosts`, or write `internet`: packets carry addresses, not names")
    };
    let what = format!("`{}` {is}; it cannot be {}", zone.name, place.word);
    found.push(names::misplaced(&what, "cannot stand here", at, help));
    false
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
        ItemKind::Process(zone, process) => {
            let found_there = scope.zones.find(&format!("{zone}.{process}"));
            if found_there.is_none() {
                found.push(match scope.zones.find(zone) {
                    Some(host) => {
                        let host = scope.zones.classes(host);
                        let known = host.iter().map(|z| &scope.zones[ZoneId(z)]).filter(|z| z.is_process());
                        names::unknown_process(zone, process, item.span, known.map(|z| z.name))
                    }
                    None => {
                        let known = scope.suggestions.of(|| scope.zone_names());
                        names::unknown_zone(zone, item.span, known, scope.kind_of(zone, false))
                    }
                });
            }
            found_there.map(Term::Zone)
        }
    }
}
