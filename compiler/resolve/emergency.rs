//! Break-glass allows: an `emergency` begins on a day, is over the day after at the latest, and is reviewed.

use jiff::ToSpan;
use segc_grammar::ast::{Clause, ClauseKind, Date, Text};

use crate::diagnostics::{Diagnostic, ownership as say};

/// How many days after its first one the last day of a break-glass allow may be.
const LONGEST: i64 = 1;

/// The incident that an allow names, if it breaks the glass. Each thing that it lacks is reported.
pub fn resolve<'a>(clauses: &'a [Clause<'a>], found: &mut Vec<Diagnostic>) -> Option<&'a Text<'a>> {
    let (incident, clause) = clauses.iter().find_map(|c| match &c.kind {
        ClauseKind::Emergency(incident) => Some((incident, c.span)),
        _ => None,
    })?;
    let date = |is: fn(&ClauseKind<'a>) -> Option<Date>| clauses.iter().find_map(|c| is(&c.kind));
    let from = date(|kind| if let ClauseKind::From(d) = kind { Some(*d) } else { None });
    let until = date(|kind| if let ClauseKind::Until(d) = kind { Some(*d) } else { None });
    let review = date(|kind| if let ClauseKind::Review(d) = kind { Some(*d) } else { None });
    let after = |day: jiff::civil::Date| day.checked_add(LONGEST.days()).unwrap_or(day);
    if from.is_none() {
        let help = match until {
            Some(until) => format!("add the day on which the incident began, such as `from {}`", until.day),
            None => "add `from` and the day on which the incident began".to_owned(),
        };
        found.push(say::emergency_lacks("from", clause, help));
    }
    if until.is_none() {
        let help = match from {
            Some(from) => format!("add `until {}`, or the same day as `from`", after(from.day)),
            None => "add `until` and the last day, at most one after `from`".to_owned(),
        };
        found.push(say::emergency_lacks("until", clause, help));
    }
    if review.is_none() {
        let help = "add `review` and the day by which somebody will have looked at what was done through it";
        found.push(say::emergency_lacks("review", clause, help.to_owned()));
    }
    if let (Some(from), Some(until)) = (from, until)
        && until.day > after(from.day)
    {
        found.push(say::emergency_too_long(from.day, (until.day, until.span), after(from.day)));
    }
    if let (Some(from), Some(review)) = (from, review)
        && review.day < from.day
    {
        found.push(say::emergency_reviewed_before(review.span, from.span));
    }
    Some(incident)
}
