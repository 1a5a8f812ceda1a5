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

/// Addresses in two zones that do not nest. `inner` is the one that lies wholly in the other, if one does.
pub fn overlap(a: (&str, Span), b: (&str, Span), shared: &str, inner: Option<(&str, &str)>) -> Diagnostic {
    let help = match inner {
        Some((inner, outer)) => format!(
            "if `{inner}` is part of `{outer}`, declare it so: `zone {inner} in {outer}`; if not, take it out with `except {inner}`"
        ),
        None => "take the shared addresses out of one of them with `except`".to_owned(),
    };
    Diagnostic::error("SEG0302", format!("zones `{}` and `{}` overlap in {shared}", a.0, b.0))
        .at(b.1, format!("part of `{}`", b.0))
        .at(a.1, format!("part of `{}`", a.0))
        .help(help)
}

/// A child with addresses that its parent lacks.
pub fn not_inside(child: &str, parent: &str, at: Span, parent_at: Span, outside: &str) -> Diagnostic {
    Diagnostic::error("SEG0303", format!("zone `{child}` is declared in `{parent}` but is not inside it"))
        .at(at, format!("not in `{parent}`: {outside}"))
        .at(parent_at, format!("`{parent}`"))
        .help(format!("add {outside} to the hosts of `{parent}`, or take it out of `{child}`"))
}

/// A zone with addresses and names.
pub fn hosts_and_domains(zone: &str, domains: Span, hosts: Span) -> Diagnostic {
    Diagnostic::error("SEG0305", format!("zone `{zone}` has both addresses and names"))
        .at(domains, "names")
        .at(hosts, "addresses")
        .help("make two zones of it: what is known by name only lies in the internet, what has addresses is yours")
}

/// A zone of names that is declared in another.
pub fn name_in_a_zone(zone: &str, parent: Span) -> Diagnostic {
    Diagnostic::error("SEG0305", format!("`{zone}` is known by name only; it lies in no other zone"))
        .at(parent, "no parent is possible")
        .help("leave `in …` out: what is known by name only lies in the internet")
}

/// A zone that is declared in a zone of names.
pub fn in_a_name(zone: &str, parent: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG0305", format!("`{zone}` is declared in `{parent}`, which is known by name only"))
        .at(at, "has no addresses that another zone could be part of")
        .help(format!("leave `in {parent}` out"))
}

/// A process that nothing tells from the others on its hosts.
pub fn process_of_nobody(process: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG0306", format!("nothing tells `{process}` from other processes"))
        .at(at, "has neither `user` nor `cgroup`")
        .help("say whose it is: `user \"agent\"`, `user 2000` or `cgroup \"agents.slice\"`")
}

/// Two processes that may be one.
pub fn same_user(a: (&str, Span), b: (&str, Span)) -> Diagnostic {
    Diagnostic::error("SEG0306", format!("`{}` and `{}` may be the same process", b.0, a.0))
        .at(a.1, format!("on the same hosts, nothing parts this from `{}`", b.0))
        .at(b.1, format!("`{}`", b.0))
        .help("give each a user or a control group of its own")
}

/// An `except` in `hosts` that touches nothing.
pub fn except_without_effect(what: &str, at: Span) -> Diagnostic {
    Diagnostic::warning("SEG0304", format!("`except {what}` takes nothing away"))
        .at(at, "no host of this clause is in it")
        .help("correct the address or delete it: a hole that is not there protects nothing")
}
