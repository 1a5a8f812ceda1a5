//! Classes, sides and services in the policy's own words.

use crate::model::{ClassSet, Model, NamedService, ServiceSet, Side, Term, ZoneId};

/// The first zone of a set, and how many more.
pub fn classes(model: &Model<'_>, set: &ClassSet) -> String {
    // A zone with all that is in it is said by its own name.
    let mut names = Vec::new();
    let mut rest = set.clone();
    while let Some(first) = rest.runs().first().map(|r| r.0) {
        let whole = model.zones.ancestry(ZoneId(first)).filter(|&z| z.0 >= first);
        let zone = whole.filter(|&z| model.zones.classes(z).within(&rest)).last().unwrap_or(ZoneId(first));
        names.push(model.zones[zone].name);
        rest = rest.difference(&model.zones.classes(zone));
        if names.len() > 3 {
            break;
        }
    }
    let more = rest.len();
    let all: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    if more > 0 { format!("{} and {more} more", all.join(", ")) } else { all.join(", ") }
}

/// A side as written.
pub fn side(model: &Model<'_>, side: &Side) -> String {
    let term = |t: &Term| match t {
        Term::Any => "any",
        Term::Zone(zone) => model.zones[*zone].name,
        Term::Group(group) => model.groups[group.0 as usize].name,
    };
    let mut text = side.terms.iter().map(|(t, _)| term(t)).collect::<Vec<_>>().join(", ");
    if !side.except.is_empty() {
        text.push_str(" except ");
        text.push_str(&classes(model, &side.except).replace('`', ""));
    }
    text
}

/// Services as one would write them: by the policy's name where one fits, else by protocol and port.
pub fn services(model: &Model<'_>, set: &ServiceSet) -> String {
    if set.is_any() {
        return "any service".to_owned();
    }
    let own = model.services.iter().find(|s: &&NamedService<'_>| s.set == *set);
    if let Some(service) = own {
        return format!("`{}`", service.name);
    }
    let mut words: Vec<String> = Vec::new();
    for &(low, high) in set.intervals().iter().take(4) {
        words.push(interval(low, high));
    }
    let more = set.intervals().len().saturating_sub(4);
    let text = words.join(", ");
    if more > 0 { format!("{text} and {more} more") } else { text }
}

fn interval(low: u32, high: u32) -> String {
    let (protocol, port, last) = (low >> 16, low & 0xffff, high & 0xffff);
    if high >> 16 != protocol {
        return format!("proto/{protocol}-{}", high >> 16);
    }
    let name = match protocol {
        1 => "icmp",
        6 => "tcp",
        17 => "udp",
        58 => "icmpv6",
        132 => "sctp",
        _ => return format!("proto/{protocol}"),
    };
    match (port, last) {
        (0, 0xffff) => format!("{name}/any"),
        (a, b) if matches!(protocol, 1 | 58) && a >> 8 == b >> 8 && a & 0xff == 0 && b & 0xff == 0xff => {
            format!("{name}/{}", a >> 8)
        }
        (a, b) if matches!(protocol, 1 | 58) && a == b => format!("{name}/{}/{}", a >> 8, a & 0xff),
        (a, b) if matches!(protocol, 1 | 58) => format!("{name}/{}-{}", a >> 8, b >> 8),
        (a, b) if a == b => format!("{name}/{a}"),
        (a, b) => format!("{name}/{a}-{b}"),
    }
}
