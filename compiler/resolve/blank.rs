//! Texts that say nothing. A reason or an owner that is only spaces would satisfy a control and close a path.

use segc_grammar::ast::{Clause, ClauseKind, Statement, Text};

use crate::diagnostics::{Diagnostic, names};

/// Reports every blank text of a statement's block.
pub fn statement(statement: &Statement<'_>, found: &mut Vec<Diagnostic>) {
    statement.clauses.iter().for_each(|c| clause(c, found));
}

fn clause(clause: &Clause<'_>, found: &mut Vec<Diagnostic>) {
    let text: &Text<'_> = match &clause.kind {
        ClauseKind::About(t)
        | ClauseKind::Owner(t)
        | ClauseKind::Reason(t)
        | ClauseKind::Ticket(t)
        | ClauseKind::ApprovedBy(t)
        | ClauseKind::Emergency(t) => t,
        ClauseKind::Vetted(a) | ClauseKind::Inert(a) | ClauseKind::Barrier(a) | ClauseKind::Contained(a) => &a.why,
        ClauseKind::Process { clauses, .. } | ClauseKind::ExceptVia { clauses, .. } => {
            return clauses.iter().for_each(|c| self::clause(c, found));
        }
        _ => return,
    };
    if text.text.trim().is_empty() {
        found.push(names::blank(text.span));
    }
}
