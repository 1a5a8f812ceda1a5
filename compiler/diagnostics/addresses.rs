//! SEG03xx: what is in which zone.

use segc_grammar::Span;

use super::Diagnostic;

/// A zone without a single address.
pub fn no_hosts(zone: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG0301", format!("zone `{zone}` is empty"))
        .at(at, "has no `hosts`")
        .help("give it addresses: `hosts 192.0.2.0/24, 2001:db8::/48`; an empty zone is never taken for `any`")
}

/// A zone whose `except` leaves nothing.
pub fn all_excepted(zone: &str, name: Span, hosts: Span) -> Diagnostic {
    Diagnostic::error("SEG0301", format!("zone `{zone}` is empty"))
        .at(hosts, "`except` takes all of it away")
        .at(name, "this zone")
        .help("take less away, or delete the zone; an empty zone is never taken for `any`")
}

/// Addresses in two zones that do not nest.
pub fn overlap(a: (&str, Span), b: (&str, Span), shared: &str) -> Diagnostic {
    Diagnostic::error("SEG0302", format!("zones `{}` and `{}` overlap in {shared}", a.0, b.0))
        .at(b.1, format!("`{}` has it here", b.0))
        .at(a.1, format!("and `{}` here", a.0))
        .help(format!(
            "take it out of one with `except`, or, if one is part of the other, declare it so: `zone {} in {} {{ … }}`",
            b.0, a.0
        ))
}

/// A child with addresses that its parent lacks.
pub fn not_inside(child: &str, parent: &str, at: Span, parent_at: Span, outside: &str) -> Diagnostic {
    Diagnostic::error("SEG0303", format!("zone `{child}` is declared in `{parent}` but is not inside it"))
        .at(at, format!("{outside} is not in `{parent}`"))
        .at(parent_at, format!("`{parent}`"))
        .help(format!("add {outside} to the hosts of `{parent}`, or take it away from `{child}`"))
}

/// An `except` in `hosts` that touches nothing.
pub fn except_without_effect(what: &str, at: Span) -> Diagnostic {
    Diagnostic::warning("SEG0304", format!("`except {what}` takes nothing away"))
        .at(at, "none of these hosts are in it")
        .help("correct the address or delete it: a hole that is not there protects nothing")
}
