//! What the language has and this version gives no meaning to. Nothing of it is ever ignored: what would change what
//! may pass or be reached is refused, with its own code.

use segc_grammar::ast::{Clause, ClauseKind, Statement, StatementKind};

use crate::diagnostics::{Diagnostic, names};

const LATER: &str = "ignored, the policy would not mean what it says";

/// Refuses what is not built yet in one statement.
pub fn statement(statement: &Statement<'_>, found: &mut Vec<Diagnostic>) {
    let whole = match statement.kind {
        StatementKind::Watch { .. } => Some("`watch`"),
        StatementKind::Firewall { on: Some(_), .. } => Some("a firewall on hosts"),
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
    let (what, help) = match &clause.kind {
        ClauseKind::SelfIs(_) => ("`self`", "delete the clause for now: traffic to the firewall itself is left alone"),
        ClauseKind::Rate(_) => ("`rate`", "delete the clause for now: no limit is kept"),
        _ => return,
    };
    found.push(names::not_supported(what, LATER, clause.keyword, help));
}
