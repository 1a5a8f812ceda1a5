//! SEG05xx: statements that can never mean anything. SEG10xx: direct connections that are or are not allowed.

use segc_grammar::Span;

use super::{Diagnostic, Severity, count};

/// The two ends of a pair that was named outright have no family in common.
pub fn no_common_family(left: (&str, Span, &str), right: (&str, Span, &str)) -> Diagnostic {
    Diagnostic::error("SEG0501", format!("`{}` and `{}` have no address family in common", left.0, right.0))
        .at(left.1, format!("`{}` has {} only", left.0, left.2))
        .at(right.1, format!("`{}` has {} only", right.0, right.2))
        .help("give one of the zones addresses of the other's family, or leave the pair out: nothing can flow here")
}

/// A statement that speaks of no pair at all.
pub fn nothing_left(keyword: &str, at: Span, why: &str) -> Diagnostic {
    Diagnostic::error("SEG0502", format!("this `{keyword}` speaks of nothing at all")).at(at, why).help(
        if why.starts_with("`except`") {
            "take less away, or delete it"
        } else {
            "a zone is paired with itself only where the statement is written `z -> z`"
        },
    )
}

/// `internet -> internet`
pub fn internet_to_itself(at: Span) -> Diagnostic {
    Diagnostic::error("SEG0503", "`internet -> internet` can never be allowed")
        .at(at, "traffic between strangers is nobody's to allow")
        .help("name the zone of yours that one end is in")
}

/// `from` after `until`.
pub fn dates_reversed(from: Span, until: Span) -> Diagnostic {
    Diagnostic::error("SEG0504", "this statement ends before it begins")
        .at(from, "begins here")
        .at(until, "`until` is the last day that it holds")
        .help("exchange the dates, or correct one")
}

/// A service that the families of its pairs do not have.
pub fn service_without_family(at: Span, families: &str, only: &str) -> Diagnostic {
    Diagnostic::error("SEG0505", format!("this service cannot pass here: these zones share {families} only"))
        .at(at, format!("exists in {only} only"))
        .help("use the twin of the other family (`icmp/…` is IPv4, `icmpv6/…` is IPv6, `ping` is both), or delete it")
}

/// An isolated zone that may talk to itself.
pub fn isolated_talks_to_itself(zone: &str, at: Span, declared: Span) -> Diagnostic {
    Diagnostic::error("SEG0506", format!("members of `{zone}` may not talk to each other, yet this allows it"))
        .at(at, "allowed here")
        .at(declared, "declared `isolated`")
        .help("delete the allow, or the flag")
}

/// A forbidden connection that some allow lets in. `more` other allows do as well.
pub fn forbidden_connection(forbid: Span, pair: &str, allow: Span, services: &str, more: &[Span]) -> Diagnostic {
    let mut d = Diagnostic::error("SEG1001", format!("forbidden, but allowed: {pair} on {services}"))
        .at(forbid, "forbidden here")
        .at(allow, "allowed here");
    for span in more.iter().take(4) {
        d = d.at(*span, "and here");
    }
    let all = 1 + more.len();
    d.help(if all == 1 {
        "narrow or delete the allow, or say in the forbid what is meant to be possible (`any except …`)".to_owned()
    } else {
        format!(
            "{} break this forbid; narrow or delete each, or say in the forbid what is meant to be possible",
            count(all, "allow")
        )
    })
}

/// A required connection that nothing allows. `nearest` is an allow that comes close, and why it does not do.
pub fn required_connection(require: Span, pair: &str, services: &str, nearest: Option<(Span, String)>) -> Diagnostic {
    let mut d = Diagnostic::error("SEG1002", format!("required, but not allowed: {pair} on {services}"))
        .at(require, "required here");
    let help = match nearest {
        Some((span, why)) => {
            d = d.at(span, why);
            "widen that allow, or add one for what is missing"
        }
        None => "add an allow for what is missing, or narrow the require",
    };
    d.help(help)
}

/// What will break on a later day.
pub fn breaks_later(later: Diagnostic, day: jiff::civil::Date, change: &str) -> Diagnostic {
    let mut d = later.with_severity(Severity::Warning);
    d.message = format!("on {day}, {}", d.message);
    d.help = format!("on that day {change}; {}", d.help);
    d.code = if matches!(d.code, "SEG1101" | "SEG1106") { "SEG1105" } else { "SEG1003" };
    d
}

/// More days than are judged ahead.
pub fn days_not_judged(day: jiff::civil::Date, days: usize) -> Diagnostic {
    Diagnostic::note("SEG1004", format!("forbids and requires were not judged from {day} on"))
        .help(format!("{} with changes lie beyond; ask for one with `--at {day}`", count(days, "later day")))
}
