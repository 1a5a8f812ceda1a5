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
            Subject::Firewall => {
                for device in model.devices.iter().filter(|d| d.target().is_some()) {
                    judge("firewall", device.name_span, &device.statement.clauses, None);
                }
            }
            Subject::Credential => {
                for credential in &model.credentials {
                    judge("credential", head(credential.statement), &credential.statement.clauses, None);
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
    Names(Vec<&'s str>),
    Day(Date),
    Seconds(u64),
    Something,
}

impl Subjected<'_> {
    fn lacks(&self, day: Date, requirement: &Requirement<'_>) -> Option<Diagnostic> {
        let clause = requirement.clause;
        let broken = |lacks: String, help: String| {
            Some(ownership::control_broken(self.what, self.at, &lacks, requirement.span, help))
        };
        let Some(held) = self.held(clause) else {
            return broken(format!("has no `{}`", spoken(clause)), format!("add `{}`", requirement.written));
        };
        match (&requirement.test, held) {
            (Test::Matches(regex, pattern), Held::Text(text)) if !regex.is_match(text) => broken(
                format!("has {clause} `{text}`, which does not match"),
                format!("write a {clause} of the form `{pattern}`"),
            ),
            (Test::Matches(regex, pattern), Held::Names(names)) => {
                let other = names.into_iter().find(|name| !regex.is_match(name))?;
                broken(
                    format!("{clause} `{other}`, which does not match"),
                    format!("name only what is of the form `{pattern}`"),
                )
            }
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
            (Test::WithinDays(days), Held::Seconds(seconds)) if seconds > u64::from(*days) * 86_400 => broken(
                format!("has a {clause} of more than {days} days"),
                format!("write at most `lifetime {days} days`"),
            ),
            (Test::DiffersFrom(other, written), held) => match (held, self.held(other)) {
                // Nobody can tell whether somebody unnamed is somebody else.
                (_, None) => broken(
                    format!("has no `{other}` that its `{clause}` could differ from"),
                    format!("add `{written}`"),
                ),
                (Held::Text(a), Some(Held::Text(b))) if folded(a) == folded(b) => broken(
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
                (ClauseKind::Target(name), "target") => Held::Text(name.text),
                (ClauseKind::Interface { .. }, "interface") | (ClauseKind::SelfIs(_), "self") => Held::Something,
                (ClauseKind::Owner(t), "owner")
                | (ClauseKind::About(t), "about")
                | (ClauseKind::Reason(t), "reason")
                | (ClauseKind::Ticket(t), "ticket")
                | (ClauseKind::ApprovedBy(t), "approved-by")
                | (ClauseKind::Emergency(t), "emergency") => Held::Text(&t.text),
                (ClauseKind::Inert(a), "inert") | (ClauseKind::Vetted(a), "vetted") => Held::Text(&a.why.text),
                (ClauseKind::Review(d), "review") | (ClauseKind::From(d), "from") | (ClauseKind::Until(d), "until") => {
                    Held::Day(d.day)
                }
                (ClauseKind::Lifetime(seconds), "lifetime") => Held::Seconds(*seconds),
                (ClauseKind::Needs(names), "needs") => Held::Names(names.iter().map(|n| n.text).collect()),
                (ClauseKind::Log, "log")
                | (ClauseKind::Pulls { .. }, "pulls")
                | (ClauseKind::Rate(_), "rate")
                | (ClauseKind::Over(_), "over")
                | (ClauseKind::ExceptVia { .. }, "except")
                | (ClauseKind::HeldBy(_), "held")
                | (ClauseKind::Opens(_), "opens")
                | (ClauseKind::PublishesTo(_), "publishes")
                | (ClauseKind::UsableAnywhere, "usable") => Held::Something,
                _ => return None,
            })
        })
    }
}

/// A text as far as it tells people apart: `Shop` and `shop ` are one team.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A clause of which a requirement gives the first word alone.
fn spoken(clause: &str) -> &str {
    match clause {
        "except" => "except via",
        "held" => "held by",
        "publishes" => "publishes to",
        "usable" => "usable anywhere",
        _ => clause,
    }
}
