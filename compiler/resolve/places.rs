//! Zones without addresses of their own: processes, and zones that are known by name only. What they may and may not be.

use segc_grammar::Span;
use segc_grammar::ast::{ClauseKind, User};

use super::scope::ZoneDeclared;
use crate::diagnostics::{Diagnostic, addresses as say, names};
use crate::model::{Kind, Process, ZoneId, Zones};

/// Zones of names: neither hosts nor parents nor children.
pub fn domains(declared: &[ZoneDeclared<'_>], found: &mut Vec<Diagnostic>) {
    let clause = |d: &ZoneDeclared<'_>, is: fn(&ClauseKind<'_>) -> bool| {
        d.statement.clauses.iter().find(|c| is(&c.kind)).map(|c| c.keyword)
    };
    let of_names = |d: &ZoneDeclared<'_>| clause(d, |c| matches!(c, ClauseKind::Domains(_)));
    for d in declared {
        if let Some(parent) = d.parent
            && let Some(above) = declared.iter().find(|z| z.name.text == parent.text)
            && of_names(above).is_some()
        {
            found.push(say::in_a_name(d.name.text, above.name.text, parent.span));
        }
        let Some(at) = of_names(d) else { continue };
        if let Some(hosts) = clause(d, |c| matches!(c, ClauseKind::Hosts { .. })) {
            found.push(say::hosts_and_domains(d.name.text, at, hosts));
        }
        if let Some(parent) = d.parent {
            found.push(say::name_in_a_zone(d.name.text, parent.span));
        }
        if let Some(process) = clause(d, |c| matches!(c, ClauseKind::Process { .. })) {
            let help = "declare the process in the zone that has the hosts it runs on";
            let what = format!("`{}` is known by name only; it has no processes", d.name.text);
            found.push(names::misplaced(&what, "on whose hosts?", process, help));
        }
    }
}

/// Processes: each can be told apart, and no user is two of them on one host.
pub fn processes(zones: &Zones<'_>, found: &mut Vec<Diagnostic>) {
    for (_, zone) in zones.declared() {
        let Some(statement) = zone.statement else { continue };
        let mut first: Vec<(&str, Span)> = Vec::new();
        for clause in &statement.clauses {
            let ClauseKind::Process { name, full, .. } = &clause.kind else { continue };
            match first.iter().find(|(known, _)| *known == name.text) {
                Some(&(_, before)) => found.push(names::declared_twice(full, name.span, before, false)),
                None => first.push((name.text, name.span)),
            }
        }
    }
    let all: Vec<(ZoneId, &Process<'_>)> = zones
        .iter()
        .filter_map(|(id, zone)| match &zone.kind {
            Kind::Process(process) => Some((id, process)),
            _ => None,
        })
        .collect();
    for (at, &(id, process)) in all.iter().enumerate() {
        if process.user.is_none() && process.cgroup.is_none() {
            found.push(say::process_of_nobody(zones[id].name, zones[id].name_span));
        }
        for &(other, before) in &all[..at] {
            let nested = |a: ZoneId, b: ZoneId| zones.ancestry(a).any(|z| Some(z) == zones[b].parent);
            if (nested(id, other) || nested(other, id)) && shares_user(process, before) {
                let (a, b) = (&zones[id], &zones[other]);
                found.push(say::same_user((a.name, a.name_span), (b.name, b.name_span)));
            }
        }
    }
}

/// May one process on a host be both? A name and a number are taken for different: which number a name has is the
/// host's affair. Control groups part what users do not.
fn shares_user(a: &Process<'_>, b: &Process<'_>) -> bool {
    if a.cgroup.is_some() && b.cgroup.is_some() && a.cgroup != b.cgroup {
        return false;
    }
    match (a.user, b.user) {
        (Some(User::Name(a)), Some(User::Name(b))) => a.text == b.text,
        (Some(User::Ids(a, last_a)), Some(User::Ids(b, last_b))) => a <= last_b && b <= last_a,
        (Some(_), Some(_)) => false,
        // One of them is anybody in a control group.
        _ => true,
    }
}
