//! Break-glass allows that are open. No level turns this off: what stands beside the ordinary procedure is always told.

use segc_grammar::ast::ClauseKind;

use super::Context;
use crate::diagnostics::{Diagnostic, ownership};

/// Every break-glass allow that is live on the context's day.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for flow in context.model.flows.iter().filter(|f| f.window.holds(context.day)) {
        let Some(incident) = flow.emergency else { continue };
        let clauses = &flow.statement.clauses;
        let review = clauses.iter().find_map(|c| match &c.kind {
            ClauseKind::Review(date) => Some(date.day),
            _ => None,
        });
        // Without either it is refused before.
        let (Some(until), Some(review)) = (flow.window.until, review) else { continue };
        let at = (flow.head(), incident.span);
        found.push(ownership::emergency_open(&incident.text, until, review, at, super::owner(clauses)));
    }
}
