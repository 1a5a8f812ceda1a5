//! `controls`: what every statement of a kind must carry, and the levels of checks.

use segc_grammar::ast::{ClauseKind, Condition, ControlKind, Requirement as Written, Statement};

use super::scope::Scope;
use super::sides::{self, Place};
use crate::checks::{CHECKS, LATER_CHECKS};
use crate::diagnostics::{Diagnostic, names};
use crate::model::{ClassSet, Control, Controls, Requirement, Subject, Test};

/// Clauses that an `every` may ask for, and what they hold.
const CLAUSES: &[(&str, Holds)] = &[
    ("approved-by", Holds::Text),
    ("emergency", Holds::Text),
    ("from", Holds::Date),
    ("inert", Holds::Text),
    ("log", Holds::Nothing),
    ("needs", Holds::Text),
    ("owner", Holds::Text),
    ("pulls", Holds::Nothing),
    ("rate", Holds::Nothing),
    ("reason", Holds::Text),
    ("review", Holds::Date),
    ("ticket", Holds::Text),
    ("until", Holds::Date),
    ("vetted", Holds::Text),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Text,
    Date,
    Nothing,
}

/// Adds one `controls` block.
pub fn resolve<'a>(
    scope: &Scope<'a>,
    statement: &'a Statement<'a>,
    controls: &mut Controls<'a>,
    found: &mut Vec<Diagnostic>,
) {
    for clause in &statement.clauses {
        match &clause.kind {
            ClauseKind::Every { kind, requirements } => {
                let subject = match kind {
                    ControlKind::Allow { into: None } => Some(Subject::Allow),
                    ControlKind::Allow { into: Some(zones) } => {
                        let classes = sides::classes(scope, zones, Place::DESTINATION, found);
                        // An `every` that speaks of nothing would be met by everything.
                        if classes.as_ref().is_some_and(ClassSet::is_empty) {
                            let why = "`except` takes all of it away";
                            found.push(crate::diagnostics::flows::nothing_left("every", zones.span, why));
                        }
                        classes.map(Subject::AllowInto)
                    }
                    ControlKind::Forbid => Some(Subject::Forbid),
                    ControlKind::Waiver => Some(Subject::Waiver),
                    ControlKind::Credential | ControlKind::Firewall => {
                        let why = "there is none in this version that it could speak of";
                        let credential = matches!(kind, ControlKind::Credential);
                        let what = if credential { "`every credential`" } else { "`every firewall`" };
                        found.push(names::not_supported(what, why, clause.keyword, "delete the line for now"));
                        None
                    }
                };
                let requirements: Vec<_> = requirements.iter().filter_map(|r| requirement(r, found)).collect();
                if let Some(subject) = subject {
                    controls.every.push(Control { span: clause.span, subject, requirements });
                }
            }
            ClauseKind::Level { level, checks } => {
                for check in checks {
                    if CHECKS.iter().any(|c| c.name == check.text) {
                        if let Some((name, _, first)) = controls.levels.iter().find(|(n, ..)| *n == check.text) {
                            found.push(names::levelled_twice(name, check.span, *first));
                        } else {
                            controls.levels.push((check.text, *level, check.span));
                        }
                    } else if LATER_CHECKS.contains(&check.text) {
                        let why = "nothing would be checked";
                        let what = format!("the check `{}`", check.text);
                        found.push(names::not_supported(&what, why, check.span, "delete the name for now"));
                    } else {
                        found.push(names::unknown_check(check.text, check.span, CHECKS.iter().map(|c| c.name)));
                    }
                }
            }
            _ => {}
        }
    }
}

fn requirement<'a>(written: &'a Written<'a>, found: &mut Vec<Diagnostic>) -> Option<Requirement<'a>> {
    let name = written.clause.text;
    let all = || crate::diagnostics::list(CLAUSES.iter().map(|(n, _)| *n), usize::MAX);
    let known = |n: &str| CLAUSES.iter().find(|(c, _)| *c == n).map(|(_, holds)| *holds);
    let mut impossible = |what: String, help: &str| {
        found.push(names::impossible_requirement(what, written.span, help));
        None
    };
    let Some(holds) = known(name) else {
        return impossible(format!("there is no clause `{name}`"), &format!("the clauses are {}", all()));
    };
    let test = match &written.condition {
        None => Test::Present,
        Some(Condition::Matching(_)) if holds != Holds::Text => {
            return impossible(format!("`{name}` holds no text that could match"), "leave `matching` out");
        }
        Some(Condition::Matching(pattern)) => {
            let whole = format!("^(?:{})$", pattern.text);
            match regex::RegexBuilder::new(&whole).size_limit(1 << 20).build() {
                Ok(regex) => Test::Matches(regex, &pattern.text),
                Err(error) => {
                    let why = error.to_string();
                    let why = why
                        .lines()
                        .last()
                        .unwrap_or_default()
                        .trim()
                        .trim_start_matches("error: ")
                        .trim_end_matches('.');
                    let help = "write a regular expression in Rust's syntax; it must match the whole text";
                    return impossible(format!("`{}` is no regular expression: {why}", pattern.text), help);
                }
            }
        }
        Some(Condition::WithinDays(_)) if holds != Holds::Date => {
            return impossible(format!("`{name}` is no date"), "`within` fits `from`, `until` and `review`");
        }
        Some(Condition::WithinDays(days)) => Test::WithinDays(*days),
        Some(Condition::DiffersFrom(other)) => match known(other.text) {
            Some(other_holds) if other_holds == holds && holds != Holds::Nothing && other.text != name => {
                Test::DiffersFrom(other.text)
            }
            Some(_) if other.text == name => {
                return impossible(format!("`{name}` can never differ from itself"), "name another clause");
            }
            Some(_) => {
                return impossible(
                    format!("`{name}` and `{}` cannot be compared", other.text),
                    "compare two clauses of one kind",
                );
            }
            None => {
                return impossible(
                    format!("there is no clause `{}`", other.text),
                    &format!("the clauses are {}", all()),
                );
            }
        },
    };
    Some(Requirement { clause: name, span: written.span, test })
}
