//! `controls { every … needs … }`: what each statement of a kind must carry.

use jiff::ToSpan;
use jiff::civil::Date;
use segc_grammar::Span;
use segc_grammar::ast::{Clause, ClauseKind};

use super::Context;
use crate::diagnostics::{Diagnostic, ownership};
use crate::model::{Requirement, Subject, Test, head};

/// Judges every `every`.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for control in &context.model.controls.every {
        let mut judge = |what: &str, at: Span, clauses: &[Clause<'_>], until: Option<Date>| {
            let subject = Subjected { what, at, clauses, until };
            found.extend(control.requirements.iter().filter_map(|r| subject.lacks(context.day, r)));
        };
        let model = context.model;
        match &control.subject {
            Subject::Allow | Subject::AllowInto(_) => {
                let concerned = |f: &&crate::model::Flow<'_>| match &control.subject {
                    Subject::AllowInto(zones) => f.boxes.iter().any(|(_, to)| to.meets(zones)),
                    _ => true,
                };
                for flow in model.flows.iter().filter(concerned) {
                    judge("allow", flow.head(), &flow.statement.clauses, None);
                }
            }
            Subject::Forbid => {
                for forbid in &model.forbids {
                    judge("forbid", head(forbid.statement), &forbid.statement.clauses, None);
                }
            }
            Subject::Waiver => {
                for waiver in model.forbids.iter().flat_map(|f| &f.waivers) {
                    judge("waiver", waiver.span, waiver.clauses, waiver.window.until);
                }
            }
        }
    }
}

/// One statement or waiver under an `every`.
struct Subjected<'s> {
    what: &'s str,
    at: Span,
    clauses: &'s [Clause<'s>],
    /// A waiver's `until`, which stands before its block.
    until: Option<Date>,
}

/// What a clause holds.
enum Held<'s> {
    Text(&'s str),
    Day(Date),
    Something,
}

impl Subjected<'_> {
    fn lacks(&self, day: Date, requirement: &Requirement<'_>) -> Option<Diagnostic> {
        let clause = requirement.clause;
        let broken = |lacks: String, help: String| {
            Some(ownership::control_broken(self.what, self.at, &lacks, requirement.span, help))
        };
        let Some(held) = self.held(clause) else {
            return broken(format!("has no `{clause}`"), format!("add `{clause}`{}", example(clause)));
        };
        match (&requirement.test, held) {
            (Test::Matches(regex, pattern), Held::Text(text)) if !regex.is_match(text) => broken(
                format!("has {clause} `{text}`, which does not match"),
                format!("write a {clause} of the form `{pattern}`"),
            ),
            (Test::WithinDays(days), Held::Day(date)) => {
                let latest = day.checked_add(i64::from(*days).days()).unwrap_or(Date::MAX);
                if date <= latest {
                    return None;
                }
                broken(
                    format!("has `{clause} {date}`, more than {days} days away"),
                    format!("choose a day up to {latest}"),
                )
            }
            (Test::DiffersFrom(other), held) => match (held, self.held(other)) {
                (Held::Text(a), Some(Held::Text(b))) if a == b => broken(
                    format!("has `{a}` both as `{clause}` and as `{other}`"),
                    format!("let somebody else be `{clause}`"),
                ),
                (Held::Day(a), Some(Held::Day(b))) if a == b => {
                    broken(format!("has {a} both as `{clause}` and as `{other}`"), "choose two days".to_owned())
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn held(&self, clause: &str) -> Option<Held<'_>> {
        if clause == "until"
            && let Some(until) = self.until
        {
            return Some(Held::Day(until));
        }
        self.clauses.iter().find_map(|c| {
            Some(match (&c.kind, clause) {
                (ClauseKind::Owner(t), "owner")
                | (ClauseKind::Reason(t), "reason")
                | (ClauseKind::Ticket(t), "ticket")
                | (ClauseKind::ApprovedBy(t), "approved-by")
                | (ClauseKind::Emergency(t), "emergency") => Held::Text(&t.text),
                (ClauseKind::Inert(a), "inert") | (ClauseKind::Vetted(a), "vetted") => Held::Text(&a.why.text),
                (ClauseKind::Review(d), "review") | (ClauseKind::From(d), "from") | (ClauseKind::Until(d), "until") => {
                    Held::Day(d.day)
                }
                (ClauseKind::Log, "log") | (ClauseKind::Pulls { .. }, "pulls") | (ClauseKind::Rate(_), "rate") => {
                    Held::Something
                }
                (ClauseKind::Needs(names), "needs") => Held::Text(names.first()?.text),
                _ => return None,
            })
        })
    }
}

/// How a clause is written.
fn example(clause: &str) -> &'static str {
    match clause {
        "review" | "from" | "until" => " and a date, such as `2027-06-30`",
        "log" => "",
        _ => " and a text in quotes",
    }
}
