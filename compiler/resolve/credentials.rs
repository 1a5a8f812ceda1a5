//! Credentials.

use rustc_hash::FxHashMap;
use segc_grammar::ast::{ClauseKind, Name, Statement, StatementKind};
use smallvec::SmallVec;

use super::scope::Scope;
use super::sides::{self, Place};
use crate::diagnostics::{Diagnostic, flows as say, names};
use crate::model::{ClassSet, Credential, CredentialId, Places};

/// Numbers of credentials by name.
pub type Numbers<'a> = FxHashMap<&'a str, CredentialId>;

/// The names of all credentials, in order; of two with one name the first counts.
pub fn numbers<'a>(statements: &[&'a Statement<'a>]) -> Numbers<'a> {
    let mut names: Vec<&str> = statements.iter().filter_map(|s| name(s)).map(|name| name.text).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().zip((0..).map(CredentialId)).collect()
}

fn name<'a>(statement: &'a Statement<'a>) -> Option<Name<'a>> {
    match statement.kind {
        StatementKind::Credential { name } => Some(name),
        _ => None,
    }
}

/// All credentials, in the order of their numbers. One with an error holds what could be understood of it.
pub fn resolve<'a>(
    scope: &Scope<'a>,
    statements: &[&'a Statement<'a>],
    found: &mut Vec<Diagnostic>,
) -> Vec<Credential<'a>> {
    let mut all: Vec<Credential<'a>> =
        statements.iter().filter_map(|s| Some(credential(scope, s, name(s)?, found))).collect();
    all.sort_by_key(|c| c.name);
    all.dedup_by_key(|c| c.name);
    all
}

fn credential<'a>(
    scope: &Scope<'a>,
    statement: &'a Statement<'a>,
    name: Name<'a>,
    found: &mut Vec<Diagnostic>,
) -> Credential<'a> {
    let mut credential = Credential {
        name: name.text,
        statement,
        name_span: name.span,
        held: None,
        opens: None,
        publishes: None,
        anywhere: None,
        lifetime: None,
    };
    for clause in &statement.clauses {
        let mut places = |zones, place| -> Places {
            let set: ClassSet = sides::classes(scope, zones, place, found)?;
            if set.is_empty() {
                found.push(say::nothing_left("credential", zones.span, "`except` takes all of it away"));
            }
            Some((clause.span, set))
        };
        match &clause.kind {
            ClauseKind::HeldBy(zones) => credential.held = places(zones, Place::HOLDER),
            ClauseKind::Opens(zones) => credential.opens = places(zones, Place::OPENED),
            ClauseKind::PublishesTo(zones) => credential.publishes = places(zones, Place::OPENED),
            ClauseKind::UsableAnywhere => credential.anywhere = Some(clause.span),
            ClauseKind::Lifetime(seconds) => credential.lifetime = Some(*seconds),
            _ => {}
        }
    }
    credential
}

/// Credentials that a `needs` names, each once; `None` if one is not declared.
pub fn named(
    written: &[Name<'_>],
    numbers: &Numbers<'_>,
    found: &mut Vec<Diagnostic>,
) -> Option<SmallVec<[CredentialId; 1]>> {
    let mut all: SmallVec<[CredentialId; 1]> = SmallVec::new();
    let mut complete = true;
    for name in written {
        match numbers.get(name.text) {
            Some(&id) => all.push(id),
            None => {
                complete = false;
                let mut known: Vec<&str> = numbers.keys().copied().collect();
                known.sort_unstable();
                found.push(names::unknown_credential(name.text, name.span, known));
            }
        }
    }
    all.sort_unstable();
    all.dedup();
    complete.then_some(all)
}
