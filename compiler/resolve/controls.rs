//! `controls`: what every statement of a kind must carry, and the levels of checks.

use segc_grammar::ast::{ClauseKind, Condition, ControlKind, Requirement as Written, Statement};

use super::scope::Scope;
use super::sides::{self, Place};
use crate::checks::CHECKS;
use crate::diagnostics::{Diagnostic, names};
use crate::model::{ClassSet, Control, Controls, Requirement, Subject, Test};

/// Clauses that an `every` may ask for: what they hold, and how they are written. Which statement may have which is
/// the grammar's to say.
const CLAUSES: &[(&str, Holds, &str)] = &[
    ("about", Holds::Text, "about \"…\""),
    ("approved-by", Holds::Text, "approved-by \"…\""),
    ("emergency", Holds::Text, "emergency \"INC-42\""),
    ("except", Holds::Nothing, "except via ZONES"),
    ("from", Holds::Date, "from 2027-06-30"),
    ("held", Holds::Nothing, "held by ZONES"),
    ("inert", Holds::Text, "inert \"why\""),
    ("interface", Holds::Nothing, "interface NAME : ZONES"),
    ("lifetime", Holds::Time, "lifetime 15 minutes"),
    ("log", Holds::Nothing, "log"),
    ("needs", Holds::Names, "needs CREDENTIAL"),
    ("opens", Holds::Nothing, "opens ZONES"),
    ("over", Holds::Nothing, "over SERVICES"),
    ("owner", Holds::Text, "owner \"…\""),
    ("publishes", Holds::Nothing, "publishes to ZONES"),
    ("pulls", Holds::Nothing, "pulls code"),
    ("rate", Holds::Nothing, "rate 100/second"),
    ("reason", Holds::Text, "reason \"…\""),
    ("review", Holds::Date, "review 2027-06-30"),
    ("self", Holds::Nothing, "self ZONE"),
    ("target", Holds::Text, "target nftables"),
    ("ticket", Holds::Text, "ticket \"…\""),
    ("until", Holds::Date, "until 2027-06-30"),
    ("usable", Holds::Nothing, "usable anywhere"),
    ("vetted", Holds::Text, "vetted \"why\""),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Text,
    Names,
    Date,
    Time,
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
                    ControlKind::Credential => Some(Subject::Credential),
                    ControlKind::Firewall => Some(Subject::Firewall),
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
    let all = || crate::diagnostics::list(CLAUSES.iter().map(|(n, ..)| *n), usize::MAX);
    let known = |n: &str| CLAUSES.iter().find(|(c, ..)| *c == n).map(|&(_, holds, written)| (holds, written));
    let mut impossible = |what: String, help: &str| {
        found.push(names::impossible_requirement(what, written.span, help));
        None
    };
    let Some((holds, as_written)) = known(name) else {
        return impossible(format!("there is no clause `{name}`"), &format!("the clauses are {}", all()));
    };
    let test = match &written.condition {
        None => Test::Present,
        Some(Condition::Matching(_)) if !matches!(holds, Holds::Text | Holds::Names) => {
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
        Some(Condition::WithinDays(_)) if !matches!(holds, Holds::Date | Holds::Time) => {
            return impossible(
                format!("`{name}` is no date"),
                "`within` fits `from`, `until` and `review`, and the `lifetime` of a credential",
            );
        }
        Some(Condition::WithinDays(days)) => Test::WithinDays(*days),
        Some(Condition::DiffersFrom(other)) => match known(other.text) {
            _ if other.text == name => {
                return impossible(format!("`{name}` can never differ from itself"), "name another clause");
            }
            Some((other_holds, other_written))
                if other_holds == holds && matches!(holds, Holds::Text | Holds::Date) =>
            {
                Test::DiffersFrom(other.text, other_written)
            }
            Some(_) => {
                return impossible(
                    format!("`{name}` and `{}` cannot be compared", other.text),
                    "compare two clauses that hold a text, or two that hold a date",
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
    Some(Requirement { clause: name, written: as_written, span: written.span, test })
}
