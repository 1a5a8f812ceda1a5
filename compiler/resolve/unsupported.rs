//! What the language has and this version gives no meaning to. Nothing of it is ever ignored: what would change what
//! may pass or be reached is refused, with its own code.

use segc_grammar::ast::{Clause, ClauseKind, Statement, StatementKind};

use crate::diagnostics::{Diagnostic, names};

const LATER: &str = "ignored, the policy would not mean what it says";

/// Refuses what is not built yet in one statement.
pub fn statement(statement: &Statement<'_>, found: &mut Vec<Diagnostic>) {
    let whole = match statement.kind {
        StatementKind::Watch { .. } => Some("`watch`"),
        _ => None,
    };
    if let Some(what) = whole {
        found.push(names::not_supported(what, LATER, statement.keyword, "delete the statement for now"));
        return;
    }
    for c in &statement.clauses {
        clause(c, found);
    }
}

fn clause(clause: &Clause<'_>, found: &mut Vec<Diagnostic>) {
    if let ClauseKind::Rate(_) = clause.kind {
        let help = "delete the clause for now: no limit is kept";
        found.push(names::not_supported("`rate`", LATER, clause.keyword, help));
    }
}
