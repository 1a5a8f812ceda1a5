//! Break-glass allows that a change opens, closes or edits, on whatever day they are live.

use segc_grammar::ast::{ClauseKind, Statement};

use super::{place, quoted};
use crate::diff::{Diff, Version};

/// What was done to break-glass allows: a sentence each, and what a reviewer should ask.
pub fn tell(diff: &Diff<'_>, old: &Version<'_>, new: &Version<'_>) -> Vec<(String, String)> {
    let mut told = Vec::new();
    for edit in &diff.edits {
        let before = edit.old.and_then(|s| Emergency::of(s, old));
        let after = edit.new.and_then(|s| Emergency::of(s, new));
        told.extend(match (before, after) {
            (None, Some(opened)) => Some((
                format!("opened for {}", opened.words()),
                format!(
                    "{} breaks the glass for {}, until {}: who has agreed to go past the ordinary procedure, and who closes it?",
                    opened.place, opened.incident, opened.until
                ),
            )),
            (Some(closed), None) => Some((
                format!("closed for {}", closed.words()),
                format!(
                    "Break-glass for {} (at {}) is closed, its review due on {}: has somebody looked at what was done through it?",
                    closed.incident, closed.place, closed.review
                ),
            )),
            (Some(before), Some(after)) => Some((
                format!("edited for {}", after.words()),
                format!(
                    "{} still breaks the glass, for {} until {} (before: for {} until {}): is the incident not over?",
                    after.place, after.incident, after.until, before.incident, before.until
                ),
            )),
            (None, None) => None,
        });
    }
    told
}

struct Emergency {
    incident: String,
    place: String,
    from: String,
    until: String,
    review: String,
    owner: Option<String>,
}

impl Emergency {
    fn of(statement: &Statement<'_>, version: &Version<'_>) -> Option<Self> {
        let (mut incident, mut owner) = (None, None);
        let [mut from, mut until, mut review] = [const { String::new() }; 3];
        for clause in &statement.clauses {
            match &clause.kind {
                ClauseKind::Emergency(text) => incident = Some(quoted(&text.text)),
                ClauseKind::Owner(text) => owner = Some(quoted(&text.text)),
                ClauseKind::From(date) => from = date.day.to_string(),
                ClauseKind::Until(date) => until = date.day.to_string(),
                ClauseKind::Review(date) => review = date.day.to_string(),
                _ => {}
            }
        }
        Some(Self { incident: incident?, place: place(version.sources, statement.span), from, until, review, owner })
    }

    fn words(&self) -> String {
        let owns = self.owner.as_ref().map_or("nobody owns it".to_owned(), |owner| format!("{owner} owns it"));
        format!(
            "{} at {}: from {} until {}, to be reviewed by {}; {owns}",
            self.incident, self.place, self.from, self.until, self.review
        )
    }
}
