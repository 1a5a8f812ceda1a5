//! SEG15xx and SEG16xx: what nothing enforces, what nobody owns, what has run out, what is due, and what `controls` demand.

use jiff::civil::Date;
use segc_grammar::Span;

use super::Diagnostic;

/// `isolated` that no firewall sees to.
pub fn isolation_unenforced(zone: &str, at: Span) -> Diagnostic {
    Diagnostic::warning("SEG1501", format!("nothing keeps the members of `{zone}` apart"))
        .at(at, "declared `isolated`")
        .help("a firewall between zones never sees traffic within one; until every member has its own, paths run through the zone")
}

/// An allow of a process that a network firewall gives to all of its hosts.
pub fn widened(process: &str, host: &str, allow: Span, declared: Span) -> Diagnostic {
    Diagnostic::warning(
        "SEG1502",
        format!("on the network this allow is one for all of `{host}`, not for `{process}` alone"),
    )
    .at(allow, "a network firewall knows the host, and not which process sends")
    .at(declared, "this process")
    .help(format!("allow `{host}` too if that is meant, or have the hosts of `{host}` keep their processes apart"))
}

/// Something that no longer holds.
pub fn expired(what: &str, last: Date, at: Span, consequence: &str) -> Diagnostic {
    let help = match what {
        "break-glass allow" => "delete it, and look at what was done through it",
        _ => "renew it with a later `until`, or delete it",
    };
    Diagnostic::warning("SEG1601", format!("this {what} ended on {last}")).at(at, consequence.to_owned()).help(help)
}

/// A statement that lacks what `every` demands.
pub fn control_broken(what: &str, at: Span, lacks: &str, control: Span, help: String) -> Diagnostic {
    Diagnostic::error("SEG1602", format!("this {what} {lacks}"))
        .at(at, format!("this {what}"))
        .at(control, "demanded here")
        .help(help)
}

/// An allow without an owner.
pub fn unowned(at: Span) -> Diagnostic {
    Diagnostic::warning("SEG1603", "nobody owns this allow")
        .at(at, "has no `owner`")
        .help("add `owner \"…\"`: who is asked whether it is still needed?")
}

/// A review that is due. `of` is what was to be reviewed, such as `allow`.
pub fn review_overdue(of: &str, due: Date, days: i32, at: Span, statement: Span, owner: Option<&str>) -> Diagnostic {
    let who = owner.map_or("whoever is to own it".to_owned(), |owner| format!("`{owner}`"));
    let late = super::count(days.unsigned_abs() as usize, "day");
    Diagnostic::warning("SEG1604", format!("the review of this {of} was due on {due}, {late} ago"))
        .at(at, "was to be looked at by this day")
        .at(statement, format!("this {of}"))
        .help(format!(
            "ask {who} whether it is still needed and still right; then write the day of the next review, or delete it"
        ))
}

/// Something of a statement that will end.
pub struct Ending {
    /// Its last day.
    pub last: Date,
    /// Its place.
    pub at: Span,
    /// What it is, such as `allow`.
    pub what: &'static str,
}

/// What of one statement ends soon, the first to end at the head. `days` counts from the day of the check to it.
pub fn ends_soon(endings: &[Ending], days: i32, owner: Option<&str>) -> Option<Diagnostic> {
    let first = endings.first()?;
    let when = match days {
        0 => "today".to_owned(),
        days => format!("in {}", super::count(days.unsigned_abs() as usize, "day")),
    };
    let more = match endings.len() {
        1 => String::new(),
        n => format!(
            ", and {} soon after",
            if n == 2 { "something else".to_owned() } else { format!("{} more things", n - 1) }
        ),
    };
    let message = format!("the last day of this {} is {}, {when}{more}", first.what, first.last);
    let mut d = Diagnostic::warning("SEG1605", message);
    for ending in endings {
        let words = match ending.what {
            "allow" => "no longer allowed from the day after",
            "waiver" => "excuses nothing from the day after",
            _ => "not relied upon from the day after",
        };
        d = d.at(ending.at, words);
    }
    let next = first.last.tomorrow().unwrap_or(first.last);
    let who = owner.map_or("whoever is to own it".to_owned(), |owner| format!("`{owner}`"));
    Some(d.help(format!(
        "ask {who} now: write a later `until`, or let it end and delete it; `--at {next}` shows what changes then"
    )))
}

/// A break-glass allow that is open.
pub fn emergency_open(incident: &str, until: Date, review: Date, at: (Span, Span), owner: Option<&str>) -> Diagnostic {
    let owns = owner.map_or("nobody owns it".to_owned(), |owner| format!("`{owner}` owns it"));
    Diagnostic::warning("SEG1606", format!("break-glass is open for `{incident}`: it ends on {until}, and {owns}"))
        .at(at.0, "open beside the ordinary procedure")
        .at(at.1, "for this")
        .help(format!("delete it once the incident is over; what was done through it is to be reviewed by {review}"))
}

/// A break-glass allow without one of the dates that it must have.
pub fn emergency_lacks(clause: &str, at: Span, help: String) -> Diagnostic {
    Diagnostic::error("SEG1607", format!("this break-glass allow has no `{clause}`"))
        .at(at, "whoever breaks the glass says when, for how long, and when somebody looks at it")
        .help(help)
}

/// A break-glass allow that lasts.
pub fn emergency_too_long(from: Date, until: (Date, Span), latest: Date) -> Diagnostic {
    Diagnostic::error("SEG1608", format!("this break-glass allow is open from {from} until {}", until.0))
        .at(until.1, "more than one day after it begins")
        .help(format!("write `until {latest}` at the latest; what is needed for longer is an allow like any other, without `emergency`"))
}

/// A break-glass allow whose review comes before it.
pub fn emergency_reviewed_before(review: Span, from: Span) -> Diagnostic {
    Diagnostic::error("SEG1608", "this break-glass allow is reviewed before it begins")
        .at(review, "there is nothing to look at yet")
        .at(from, "begins here")
        .help("write a day after the incident")
}
