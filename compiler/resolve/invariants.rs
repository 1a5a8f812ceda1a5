//! Forbids and requires.

use segc_grammar::ast::{Arrow, ClauseKind, Statement};

use super::flows::{Parts, shared, why_nothing, written_to_itself};
use super::scope::Scope;
use super::sides::Place;
use super::{services, sides};
use crate::diagnostics::{Diagnostic, flows as say, names};
use crate::model::{Forbid, Require, ServiceSet, Waiver, Window, boxes};

/// One forbid; `None` if it has an error.
pub fn forbid<'a>(
    scope: &Scope<'a>,
    statement: &'a Statement<'a>,
    arrow: Arrow,
    (left, right, written): Parts<'a>,
    found: &mut Vec<Diagnostic>,
) -> Option<Forbid<'a>> {
    let before = found.len();
    let prey = if arrow == Arrow::Path { Place::FORBIDDEN_PREY } else { Place::FORBIDDEN_DESTINATION };
    let from = sides::resolve(scope, left, Place::FORBIDDEN_SOURCE, found);
    let to = sides::resolve(scope, right, prey, found);
    let set = if written.is_empty() { Some(ServiceSet::any()) } else { services::set_of(scope, written, found) };
    let mut over = None;
    let mut waivers = Vec::new();
    for clause in &statement.clauses {
        let word = match clause.kind {
            ClauseKind::Over(_) => "`over`",
            ClauseKind::ExceptVia { .. } => "`except via`",
            _ => continue,
        };
        if arrow == Arrow::Direct {
            let help = "write `=>`, or delete the clause: a direct connection passes through nothing";
            found.push(names::misplaced(
                &format!("{word} fits `=>` only"),
                "this forbid is written `->`",
                clause.keyword,
                help,
            ));
            continue;
        }
        match &clause.kind {
            ClauseKind::Over(list) => over = services::set_of(scope, list, found),
            ClauseKind::ExceptVia { zones, until, clauses } => {
                if let Some(zones) = sides::classes(scope, zones, Place::VIA, found) {
                    let window = Window { from: None, until: until.map(|d| d.day) };
                    waivers.push(Waiver { span: clause.span, clauses, zones, window });
                }
            }
            _ => {}
        }
    }
    let (from, to, set) = (from?, to?, set?);
    let boxes = boxes(&scope.zones, &from, &to, written_to_itself((left, &from), (right, &to)));
    if boxes.is_empty() {
        found.push(say::nothing_left("forbid", left.span.to(right.span), why_nothing(&from, &to)));
    }
    // A forbid that speaks of packets that cannot exist would hold whatever is allowed.
    let (has_left, has_right) = (scope.zones.families(&from.classes), scope.zones.families(&to.classes));
    let families = if arrow == Arrow::Direct { has_left.and(has_right) } else { has_right };
    services::exist_in(scope, written, families, found);
    for clause in &statement.clauses {
        if let ClauseKind::Over(list) = &clause.kind {
            services::exist_in(scope, list, scope.zones.families(&scope.zones.any()), found);
        }
    }
    let services = (!written.is_empty()).then_some(set);
    (found.len() == before).then(|| Forbid { statement, arrow, left: from, right: to, boxes, services, over, waivers })
}

/// One require; `None` if it has an error.
pub fn require<'a>(
    scope: &Scope<'a>,
    statement: &'a Statement<'a>,
    (left, right, written): Parts<'a>,
    found: &mut Vec<Diagnostic>,
) -> Option<Require<'a>> {
    let before = found.len();
    let from = sides::resolve(scope, left, Place::SOURCE, found);
    let to = sides::resolve(scope, right, Place::DESTINATION, found);
    let set = services::set_of(scope, written, found);
    let (from, to, services) = (from?, to?, set?);
    let boxes = boxes(&scope.zones, &from, &to, written_to_itself((left, &from), (right, &to)));
    if boxes.is_empty() {
        found.push(say::nothing_left("require", left.span.to(right.span), why_nothing(&from, &to)));
    }
    shared(scope, &from, &to, found);
    let families = scope.zones.families(&from.classes).and(scope.zones.families(&to.classes));
    services::exist_in(scope, written, families, found);
    (found.len() == before).then(|| Require { statement, left: from, right: to, boxes, services })
}
