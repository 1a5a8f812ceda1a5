//! Reviews that are due: the day in `review` has passed.

use segc_grammar::ast::{Clause, ClauseKind};

use super::Context;
use crate::diagnostics::{Diagnostic, ownership};
use crate::model::head;

/// Everything whose review was due before the context's day. What has ended needs none, but for a break-glass allow:
/// its review is meant to come after it.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let (model, day) = (context.model, context.day);
    let mut judge = |of: &str, statement, clauses: &[Clause<'_>]| {
        let due = clauses.iter().find_map(|c| match &c.kind {
            ClauseKind::Review(date) => Some((date.day, c.span)),
            _ => None,
        });
        if let Some((due, at)) = due.filter(|(due, _)| *due < day) {
            let days = (day - due).get_days();
            found.push(ownership::review_overdue(of, due, days, at, statement, super::owner(clauses)));
        }
    };
    for flow in model.flows.iter().filter(|f| f.emergency.is_some() || !f.window.is_over(day)) {
        let of = if flow.emergency.is_some() { "break-glass allow" } else { "allow" };
        judge(of, flow.head(), &flow.statement.clauses);
    }
    for forbid in &model.forbids {
        judge("forbid", head(forbid.statement), &forbid.statement.clauses);
        for waiver in forbid.waivers.iter().filter(|w| !w.window.is_over(day)) {
            judge("waiver", waiver.span, waiver.clauses);
        }
    }
    for require in &model.requires {
        judge("require", head(require.statement), &require.statement.clauses);
    }
    for credential in &model.credentials {
        judge("credential", head(credential.statement), &credential.statement.clauses);
    }
}
