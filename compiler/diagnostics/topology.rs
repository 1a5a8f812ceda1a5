//! SEG09xx: firewalls and routers that cannot stand as they are written. SEG15xx, from 1503 on: what they do not do.

use segc_grammar::Span;

use super::{Diagnostic, list};

/// A firewall without a dialect.
pub fn no_target(name: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG0901", format!("nothing says what language the firewall `{name}` speaks"))
        .at(at, "no `target`")
        .help("add `target …`; `segc targets` lists them. Of a box that filters nothing, write `router`")
}

/// A device on which nothing hangs.
pub fn no_interface(name: &str, at: Span, router: bool) -> Diagnostic {
    let help = if router {
        "add `interface NAME : ZONES` for each of its sides, or delete it"
    } else {
        "add `interface NAME : ZONES` for each of its sides; for a firewall on the hosts of a zone, write `firewall NAME on ZONE`"
    };
    Diagnostic::error("SEG0902", format!("nothing hangs on `{name}`")).at(at, "no `interface`").help(help)
}

/// An interface of a firewall on hosts.
pub fn interface_on_a_host(name: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG0903", format!("`{name}` stands on hosts, and hosts are not asked for their interfaces"))
        .at(at, "an interface of which host?")
        .help("delete the line: a host filters what it sends and receives, on whatever interface")
}

/// `self` of a firewall on hosts.
pub fn own_on_a_host(name: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG0903", format!("the addresses of `{name}` are those of the hosts it stands on"))
        .at(at, "said already, by `on`")
        .help("delete the line")
}

/// A zone on two interfaces of one device.
pub fn two_interfaces(zone: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::error("SEG0904", format!("`{zone}` hangs on two interfaces of one device"))
        .at(again, "again here")
        .at(first, "first here")
        .help(
            "name it on one of them. A zone whose addresses arrive on both is two zones: declare each half `in` the zone, and hang the halves",
        )
}

/// A child that is taken out of what hangs on an interface.
pub fn child_cut_off(child: &str, zone: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG0905", format!("`{child}` is in `{zone}` and hangs where it does"))
        .at(at, format!("takes `{child}` away"))
        .help(format!("leave the `except` out; if `{child}` hangs elsewhere, name it on that interface: what is named itself hangs there"))
}

/// Something else than one zone with addresses. `what` begins the sentence, `is` says what stands there.
pub fn not_one_zone(what: &str, is: &str, help: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG0906", format!("{what} one zone that has `hosts`")).at(at, is).help(help)
}

/// An interface that a device has twice.
pub fn interface_twice(device: &str, interface: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::error("SEG0203", format!("`{device}` has two interfaces `{interface}`"))
        .at(again, "again here")
        .at(first, "first here")
        .help(format!("write all that is behind it in one place, `interface {interface} : …, …`, or name the other one as the device does"))
}

/// Two firewalls with the same own addresses.
pub fn own_twice(zone: &str, one: &str, other: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::error("SEG0907", format!("`{zone}` cannot be both `{one}` and `{other}`"))
        .at(again, format!("`{one}` itself"))
        .at(first, format!("`{other}` itself"))
        .help("give each firewall a zone of its own addresses")
}

/// Own addresses that hang on an interface.
pub fn own_behind_an_interface(zone: &str, device: &str, at: Span, interface: Span) -> Diagnostic {
    Diagnostic::error("SEG0907", format!("`{zone}` is `{device}` itself and hangs on no interface"))
        .at(at, "the firewall's own addresses")
        .at(interface, "behind this interface")
        .help("take it off the interface: other firewalls find it where this one is")
}

/// Two firewalls on one host.
pub fn two_on_a_host(zone: &str, one: (&str, Span), other: (&str, Span)) -> Diagnostic {
    Diagnostic::error(
        "SEG0908",
        format!("the hosts of `{zone}` would have two firewalls, `{}` and `{}`", other.0, one.0),
    )
    .at(one.1, "stands on them")
    .at(other.1, "and so does this one")
    .help("keep one of them: a firewall on a zone is on the hosts of the zones in it, too")
}

/// A zone that hangs nowhere.
pub fn unattached(zone: &str, at: Span) -> Diagnostic {
    Diagnostic::warning("SEG1504", format!("`{zone}` hangs on no firewall and no router"))
        .at(at, "no interface names it, nor a zone it is in")
        .help("name it on the interface that its packets come from; until then no firewall has rules for it")
}

/// `internet` hangs nowhere, and is spoken of.
pub fn internet_unattached(at: Span) -> Diagnostic {
    Diagnostic::warning("SEG1504", "`internet` hangs on no firewall and no router")
        .at(at, "no interface leads there")
        .help("name `internet` on the interface that leads out; until then no firewall has rules for it")
}

/// A flow between places that nothing joins.
pub fn unroutable(from: &str, to: &str, more: usize, at: Span) -> Diagnostic {
    let more = match more {
        0 => String::new(),
        1 => ", and for one more pair".to_owned(),
        more => format!(", and for {more} more pairs"),
    };
    Diagnostic::warning("SEG1505", format!("no path leads from `{from}` to `{to}`{more}"))
        .at(at, "allowed, and no firewall or router can carry it")
        .help("attach both to devices that are joined (a zone on two devices joins them), or delete the allow")
}

/// A forbid between places that hang together.
pub fn forbidden_on_one_wire(from: &str, to: &str, at: Span) -> Diagnostic {
    Diagnostic::warning("SEG1503", format!("nothing enforces what is forbidden from `{from}` to `{to}`"))
        .at(at, format!("`{from}` and `{to}` hang together: no firewall sees what goes from one to the other"))
        .help("hang each on an interface of its own, or put a firewall on their hosts (`firewall NAME on ZONE`)")
}

/// Denials that nothing enforces.
pub struct Unenforced<'a> {
    /// The first pair.
    pub from: &'a str,
    /// Its other end.
    pub to: &'a str,
    /// How packets get there, as words joined by arrows.
    pub path: String,
    /// How many more ordered pairs.
    pub more: usize,
    /// There are no others. If not, nobody has counted them.
    pub all: bool,
    /// Zones that reach one another.
    pub zones: Vec<&'a str>,
    /// Where they are joined.
    pub joined: Vec<Span>,
    /// They are on one wire.
    pub one_wire: bool,
}

/// See [`Unenforced`].
pub fn unenforced(found: &Unenforced<'_>) -> Diagnostic {
    let least = if found.all { "" } else { "at least " };
    let more = match found.more {
        0 => String::new(),
        1 => format!(", and for {least}one more pair"),
        more => format!(", and for {least}{more} more pairs"),
    };
    let mut d = Diagnostic::warning(
        "SEG1503",
        format!("nothing enforces what is denied from `{}` to `{}`{more}", found.from, found.to),
    );
    for (number, at) in found.joined.iter().take(4).enumerate() {
        let label = match number {
            0 => format!("{}: past no firewall", found.path),
            _ => "and here".to_owned(),
        };
        d = d.at(*at, label);
    }
    let zones = list(found.zones.iter().copied(), 6);
    let wire = if found.one_wire { "hang each on an interface of its own, " } else { "" };
    d.help(format!("{wire}put a firewall between {zones}, or one on their hosts (`firewall NAME on ZONE`)"))
}
