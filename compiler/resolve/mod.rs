//! Tree → model: every name is looked up, groups and nesting are multiplied out, and what this version gives no
//! meaning to is refused. A statement with an error is left out of the model.

mod addresses;
mod controls;
mod flows;
mod groups;
mod internet;
mod invariants;
mod nesting;
mod overlaps;
mod prelude;
mod scope;
mod services;
mod sides;
mod unsupported;
mod zones;

use segc_grammar::ast::{Statement, StatementKind, Tree};

use crate::diagnostics::Diagnostic;
use crate::inventory::Inventories;
use crate::model::Model;

pub use internet::{INTERNET_V6, SPECIAL_V4, SPECIAL_V6};
pub use prelude::PRELUDE;
use scope::Scope;

/// The model of a policy that may stand in several files, and what is wrong with it.
pub fn resolve<'a>(trees: &'a [Tree<'a>], inventories: &Inventories) -> (Model<'a>, Vec<Diagnostic>) {
    let statements: Vec<&'a Statement<'a>> = trees.iter().flat_map(|t| &t.statements).collect();
    let mut found = Vec::new();
    for statement in &statements {
        unsupported::statement(statement, &mut found);
    }
    let declared = scope::declarations(&statements, &mut found);
    let zones = zones::resolve(&declared.zones, inventories, &mut found);
    let services = services::resolve(&declared.services, &mut found);
    let mut scope = Scope::new(zones, services);
    scope.groups = groups::resolve(&declared.groups, &mut scope, &mut found);

    let mut model = Model::default();
    for statement in statements {
        match &statement.kind {
            StatementKind::Allow { left, right, services } => {
                model.flows.extend(flows::resolve(&scope, statement, (left, right, services), &mut found));
            }
            StatementKind::Forbid { arrow, left, right, services } => {
                model.forbids.extend(invariants::forbid(&scope, statement, *arrow, (left, right, services), &mut found));
            }
            StatementKind::Require { left, right, services } => {
                model.requires.extend(invariants::require(&scope, statement, (left, right, services), &mut found));
            }
            StatementKind::Controls => controls::resolve(&scope, statement, &mut model.controls, &mut found),
            _ => {}
        }
    }
    model.prelude = scope.services.prelude();
    model.services = scope.own_services();
    model.groups = scope.groups;
    model.zones = scope.zones;
    (model, found)
}
