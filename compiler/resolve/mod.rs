//! Tree → model: every name is looked up, groups and nesting are multiplied out, and what this version gives no
//! meaning to is refused. A statement with an error is left out of the model.

mod addresses;
mod blank;
mod controls;
mod credentials;
mod devices;
mod emergency;
mod flows;
mod groups;
mod internet;
mod invariants;
mod nesting;
mod overlaps;
mod places;
mod prelude;
mod scope;
mod services;
mod sides;
mod unsupported;
mod zones;

use segc_grammar::ast::{ClauseKind, Statement, StatementKind, Tree};

use crate::diagnostics::Diagnostic;
use crate::inventory::Inventories;
use crate::model::Model;

use credentials::Numbers;
pub use internet::{INTERNET_V6, SPECIAL_V4, SPECIAL_V6};
pub use prelude::PRELUDE;
use scope::Scope;
use sides::Place;

/// The model of a policy that may stand in several files, and what is wrong with it.
pub fn resolve<'a>(trees: &'a [Tree<'a>], inventories: &Inventories) -> (Model<'a>, Vec<Diagnostic>) {
    let statements: Vec<&'a Statement<'a>> = trees.iter().flat_map(|t| &t.statements).collect();
    let mut found = Vec::new();
    for wrong in side_by_side(&statements, refused) {
        found.extend(wrong);
    }
    let declared = scope::declarations(&statements, &mut found);
    let kind_of = |name: &str| declared.kind_of(name);
    let zones = zones::resolve(&declared.zones, inventories, &kind_of, &mut found);
    places::domains(&declared.zones, &mut found);
    places::processes(&zones, &mut found);
    let services = services::resolve(&declared.services, &kind_of, &mut found);
    let mut scope = Scope::new(zones, services);
    scope.groups = groups::resolve(&declared.groups, &mut scope, &mut found);

    let credentials = credentials::numbers(&statements);
    share_caches(&mut scope, &mut found);
    let held = credentials::resolve(&scope, &statements, &mut found);
    let room = statements.iter().filter(|s| matches!(s.kind, StatementKind::Allow { .. })).count();
    let mut model = Model::default();
    for (part, wrong) in side_by_side(&statements, |part| rules_of(&scope, &credentials, part, room)) {
        // The first part becomes the whole, for which it has room.
        if model.flows.is_empty() {
            model.flows = part.flows;
        } else {
            model.flows.extend(part.flows);
        }
        model.forbids.extend(part.forbids);
        model.requires.extend(part.requires);
        found.extend(wrong);
    }
    model.credentials = held;
    for statement in statements.iter().filter(|s| matches!(s.kind, StatementKind::Controls)) {
        controls::resolve(&scope, statement, &mut model.controls, &mut found);
    }
    model.devices = devices::resolve(&scope, &statements, &mut found);
    model.prelude = scope.services.prelude();
    model.services = scope.own_services();
    model.groups = scope.groups;
    model.zones = scope.zones;
    model.holes = crate::place::holes(&model);
    (model, found)
}

/// What some statements say that this version gives no meaning to, or that says nothing.
fn refused(statements: &[&Statement<'_>]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for statement in statements {
        unsupported::statement(statement, &mut found);
        blank::statement(statement, &mut found);
    }
    found
}

/// Puts in with whom each zone shares a cache.
fn share_caches(scope: &mut Scope<'_>, found: &mut Vec<Diagnostic>) {
    let mut shares = Vec::new();
    for (id, zone) in scope.zones.declared() {
        for clause in zone.statement.into_iter().flat_map(|s| &s.clauses) {
            if let ClauseKind::SharesCache(zones) = &clause.kind {
                let set = sides::classes(scope, zones, Place::OPENED, found);
                shares.extend(set.map(|set| (id, (clause.span, set))));
            }
        }
    }
    for (id, share) in shares {
        scope.zones[id].shares = Some(share);
    }
}

/// Below this many statements a second thread costs more than it gives.
const FEW: usize = 2_000;

/// The two halves of a list, in order, worked on at the same time.
fn side_by_side<S: Sync, T: Send>(list: &[S], work: impl Fn(&[S]) -> T + Sync) -> Vec<T> {
    if list.len() < FEW {
        return vec![work(list)];
    }
    let (first, second) = list.split_at(list.len() / 2);
    std::thread::scope(|threads| {
        let other = threads.spawn(|| work(second));
        let one = work(first);
        vec![one, other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))]
    })
}

/// Allows, forbids and requires among some statements, with room for so many allows.
fn rules_of<'a>(
    scope: &Scope<'a>,
    credentials: &Numbers<'a>,
    statements: &[&'a Statement<'a>],
    room: usize,
) -> (Model<'a>, Vec<Diagnostic>) {
    let (mut model, mut found) = (Model { flows: Vec::with_capacity(room), ..Model::default() }, Vec::new());
    for &statement in statements {
        match &statement.kind {
            StatementKind::Allow { left, right, services } => {
                model.flows.extend(flows::resolve(scope, credentials, statement, (left, right, services), &mut found));
            }
            StatementKind::Forbid { arrow, left, right, services } => {
                let parts = (left, right, services);
                model.forbids.extend(invariants::forbid(scope, statement, *arrow, parts, &mut found));
            }
            StatementKind::Require { left, right, services } => {
                model.requires.extend(invariants::require(scope, statement, (left, right, services), &mut found));
            }
            _ => {}
        }
    }
    (model, found)
}
