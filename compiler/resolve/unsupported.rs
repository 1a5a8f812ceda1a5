//! What the language has and this version gives no meaning to. Nothing of it is ever ignored: what would change what
//! may pass or be reached is refused, with its own code.

use segc_grammar::ast::{Clause, ClauseKind, FlagKind, Statement, StatementKind};

use crate::diagnostics::{Diagnostic, names};

const LATER: &str = "ignored, the policy would not mean what it says";

/// Refuses what is not built yet in one statement.
pub fn statement(statement: &Statement<'_>, found: &mut Vec<Diagnostic>) {
    let whole = match statement.kind {
        StatementKind::Credential { .. } => Some("`credential`"),
        StatementKind::Watch { .. } => Some("`watch`"),
        StatementKind::Firewall { .. } => Some("`firewall`"),
        StatementKind::Router { .. } => Some("`router`"),
        _ => None,
    };
    if let Some(what) = whole {
        let help = match statement.kind {
            StatementKind::Firewall { .. } | StatementKind::Router { .. } => {
                "delete the statement for now; one firewall that sees everything is taken for granted"
            }
            _ => "delete the statement for now",
        };
        found.push(names::not_supported(what, LATER, statement.keyword, help));
        return;
    }
    for c in &statement.clauses {
        clause(c, found);
    }
}

fn clause(clause: &Clause<'_>, found: &mut Vec<Diagnostic>) {
    let (what, help) = match &clause.kind {
        ClauseKind::Domains(_) => {
            ("`domains`", "put a proxy with an address of its own before them, make it a zone, and allow that")
        }
        ClauseKind::SharesCache(_) => ("`shares cache with`", "delete the clause for now"),
        ClauseKind::Process { .. } => ("`process`", "allow the whole zone, or none of it, for now"),
        ClauseKind::Needs(_) => ("`needs`", "delete the clause: paths are then judged as if anyone could connect"),
        ClauseKind::Pulls { .. } => ("`pulls`", "delete the clause for now, and say it in `reason`"),
        ClauseKind::Vetted(_) => ("`vetted`", "delete the clause: it matters only together with `pulls`"),
        ClauseKind::Emergency(_) => ("`emergency`", "write `from`, `until` and `reason` instead"),
        ClauseKind::Rate(_) => ("`rate`", "delete the clause for now: no limit is kept"),
        ClauseKind::Is(flags) => {
            for flag in flags {
                let word = match flag.kind {
                    FlagKind::Agentic => "`agentic`",
                    FlagKind::PublicWritable => "`public-writable`",
                    FlagKind::PublicTrigger => "`public-trigger`",
                    FlagKind::Critical | FlagKind::Gpu | FlagKind::Isolated => continue,
                };
                found.push(names::not_supported(word, LATER, flag.span, "delete the flag for now"));
            }
            return;
        }
        _ => return,
    };
    found.push(names::not_supported(what, LATER, clause.keyword, help));
}
