//! Classes, sides and services in the policy's own words.

use segc_grammar::ast::{Statement, StatementKind};

use crate::model::{AddressSet, ClassSet, Model, ServiceSet, Side, Term, ZoneId};
use crate::source::Sources;

/// The first zone of a set, and how many more.
pub fn classes(model: &Model<'_>, set: &ClassSet) -> String {
    // A zone with all that is in it is said by its own name.
    let mut names = Vec::new();
    let mut rest = set.clone();
    while let Some(first) = rest.runs().first().map(|r| r.0) {
        let whole = model.zones.ancestry(ZoneId(first)).filter(|&z| z.0 >= first);
        let zone = whole.filter(|&z| model.zones.classes(z).within(&rest)).last().unwrap_or(ZoneId(first));
        let lacking = model.zones.classes(zone).difference(&rest);
        let inner = lacking.runs().first().map(|r| model.zones[ZoneId(r.0)].name);
        names.push(match inner {
            Some(inner) if lacking.runs().len() == 1 && model.zones.classes(ZoneId(lacking.runs()[0].0)) == lacking => {
                format!("`{}` except `{inner}`", model.zones[zone].name)
            }
            Some(_) => format!("`{}` except what is in it", model.zones[zone].name),
            None => format!("`{}`", model.zones[zone].name),
        });
        rest = rest.difference(&model.zones.classes(zone));
        if names.len() > 3 {
            break;
        }
    }
    let more = rest.len();
    if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") }
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

/// The services of an allow as they are written.
pub fn written_services(sources: &Sources, statement: &Statement<'_>) -> String {
    let StatementKind::Allow { services, .. } = &statement.kind else { return String::new() };
    let words: Vec<&str> = services.iter().take(4).map(|s| sources.text(s.span)).collect();
    let more = services.len().saturating_sub(4);
    let text = words.join(", ");
    if more > 0 { format!("{text} and {more} more") } else { text }
}

/// Services as one would write them: by name where a name says just this, else by protocol and port; at most four.
pub fn services(model: &Model<'_>, set: &ServiceSet) -> String {
    let mut words = all_services(model, set);
    let more = words.len().saturating_sub(4);
    words.truncate(4);
    let text = words.join(", ");
    if more > 0 { format!("{text} and {more} more") } else { text }
}

/// The same with nothing left out.
pub fn all_services(model: &Model<'_>, set: &ServiceSet) -> Vec<String> {
    if set.is_any() {
        return vec!["any service".to_owned()];
    }
    if let Some(name) = named(model, set) {
        return vec![name.to_owned()];
    }
    let mut words: Vec<String> = Vec::new();
    let mut rest: Vec<(u32, u32)> = set.intervals().iter().flat_map(|&(low, high)| by_protocol(low, high)).collect();
    while let Some(&(low, high)) = rest.first() {
        match widest_named(model, &rest, low) {
            Some((name, part)) => {
                words.push(name.to_owned());
                rest.retain(|i| !part.intervals().contains(i));
            }
            None => {
                words.push(interval(low, high));
                rest.remove(0);
            }
        }
    }
    words
}

/// An interval cut where a protocol ends and it does not: `any` without one port is not `proto/6-255`.
fn by_protocol(low: u32, high: u32) -> Vec<(u32, u32)> {
    let mut pieces = Vec::new();
    let mut from = low;
    loop {
        // Whole protocols in a row stay together.
        let whole = if from & 0xffff == 0 { (high + 1) >> 16 << 16 } else { 0 };
        let to = if whole > from { whole - 1 } else { (from | 0xffff).min(high) };
        pieces.push((from, to));
        if to == high {
            return pieces;
        }
        from = to + 1;
    }
}

fn all_named<'m>(model: &'m Model<'_>) -> impl Iterator<Item = (&'m str, &'m ServiceSet)> {
    let own = model.services.iter().map(|s| (s.name, &s.set));
    own.chain(model.prelude.iter().map(|(name, set)| (*name, set)))
}

/// The service that is just this; the policy's own come first.
fn named<'m>(model: &'m Model<'_>, set: &ServiceSet) -> Option<&'m str> {
    all_named(model).find(|(_, s)| *s == set).map(|(name, _)| name)
}

/// The widest service that begins at `key`, lies in `rest` as whole intervals, and so can be said by name.
fn widest_named<'m>(model: &'m Model<'_>, rest: &[(u32, u32)], key: u32) -> Option<(&'m str, &'m ServiceSet)> {
    let whole = |s: &ServiceSet| s.intervals().iter().all(|i| rest.contains(i));
    let fits = |(_, s): &(&str, &ServiceSet)| s.intervals().first().is_some_and(|i| i.0 == key) && whole(s);
    all_named(model).filter(fits).max_by_key(|(_, s)| s.intervals().len())
}

/// One packet's service: `tcp/443`, `icmp/8/0`, `proto/47`.
pub fn key(key: u32) -> String {
    match key >> 16 {
        1 | 6 | 17 | 58 | 132 => interval(key, key),
        protocol => format!("proto/{protocol}"),
    }
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

/// Addresses by the zones that hold them: a zone by its name, a part of one with the addresses that are meant, and what
/// is in none.
pub fn addresses(model: &Model<'_>, set: &AddressSet) -> String {
    let families = set.families();
    let (mut whole, mut parts, mut rest) = (Vec::new(), Vec::new(), set.clone());
    for (id, zone) in model.zones.iter() {
        let own = AddressSet {
            v4: if families.v4 { zone.own.v4.clone() } else { Default::default() },
            v6: if families.v6 { zone.own.v6.clone() } else { Default::default() },
        };
        let held = own.intersection(set);
        if held.is_empty() {
            continue;
        }
        if held == own {
            whole.push(id.0);
        } else {
            parts.push(format!("`{}` ({})", zone.name, held.words(3)));
        }
        rest = rest.difference(&held);
    }
    let whole: ClassSet = whole.into_iter().collect();
    let mut words = Vec::new();
    if !whole.is_empty() {
        words.push(classes(model, &whole));
    }
    let more = parts.len().saturating_sub(3);
    words.extend(parts.into_iter().take(3));
    if more > 0 {
        words.push(format!("parts of {more} more zones"));
    }
    if !rest.is_empty() {
        words.push(format!("{} (in no zone)", rest.words(3)));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_everything_is_said_exactly() {
        let words = |set: ServiceSet| all_services(&Model::default(), &set).join(" ");
        let port = ServiceSet::interval(6 << 16 | 443, 6 << 16 | 443);
        assert_eq!(words(ServiceSet::any().difference(&port)), "proto/0-5 tcp/0-442 tcp/444-65535 proto/7-255");
        let tcp = ServiceSet::interval(6 << 16, 6 << 16 | 0xffff);
        assert_eq!(words(ServiceSet::any().difference(&tcp)), "proto/0-5 proto/7-255");
        assert_eq!(words(tcp), "tcp/any");
    }
}
