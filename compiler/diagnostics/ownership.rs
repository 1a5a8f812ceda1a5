//! SEG15xx and SEG16xx: what nothing enforces, what nobody owns, what has run out, and what `controls` demand.

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
    Diagnostic::warning("SEG1601", format!("this {what} ended on {last}"))
        .at(at, consequence.to_owned())
        .help("renew it with a later `until`, or delete it")
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
