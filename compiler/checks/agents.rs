//! What agents are: whose processes, how far from their hosts, and with whose authority.

use std::collections::BTreeMap;

use segc_grammar::Span;
use segc_grammar::ast::{FlagKind, Service, ServiceKind, StatementKind, User};

use super::public::name;
use super::trifecta::holds;
use super::{Context, at_hand};
use crate::diagnostics::{Diagnostic, untrusted as say};
use crate::model::{ClassSet, CredentialId, Flow, Kind, Model, Process, Zone, ZoneId};
use crate::words;

/// Agentic processes.
fn agents<'m>(model: &'m Model<'m>) -> impl Iterator<Item = (ZoneId, &'m Zone<'m>, &'m Process<'m>)> {
    model.zones.iter().filter(|(_, zone)| zone.flags.contains(&FlagKind::Agentic)).filter_map(|(id, zone)| match &zone
        .kind
    {
        Kind::Process(process) => Some((id, zone, process)),
        _ => None,
    })
}

/// Agents that run as root: what holds other users holds them not.
pub fn root(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, zone, process) in agents(context.model) {
        let root = match process.user {
            Some(User::Name(name)) => name.text == "root",
            Some(User::Ids(first, _)) => *first == 0,
            None => false,
        };
        if root {
            found.push(say::agent_is_root(zone.name, zone.name_span));
        }
    }
}

/// Agents that nothing contains, and those that may open more of their own hosts than named ports.
pub fn reaches_own_host(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let model = context.model;
    for (id, zone, process) in agents(model) {
        let host = zone.parent.map_or("", |host| model.zones[host].name);
        let contained = process.contained.filter(|c| c.window.holds(context.day));
        let hosts = model.zones.hosts_of(id);
        let own = ClassSet::run(id.0, id.0 + 1);
        let opens = context.index().candidates(&own, &hosts).into_iter().map(|flow| &model.flows[flow.0 as usize]);
        let loopback = opens.into_iter().find(|flow| {
            let joins = flow.boxes.iter().any(|(from, to)| from.contains(id.0) && to.meets(&hosts));
            let inert = flow.inert.is_some_and(|a| a.window.holds(context.day));
            joins && flow.window.holds(context.day) && !inert && beyond_named_ports(model, flow)
        });
        match (contained, loopback) {
            (None, flow) => found.push(say::agent_not_contained(zone.name, host, zone.name_span, flow.map(Flow::head))),
            (Some(claim), Some(flow)) => {
                found.push(say::agent_opens_own_host(zone.name, host, flow.head(), claim.span));
            }
            (Some(_), None) => {}
        }
    }
}

/// Does the allow say more than ports one by one? Only these protocols have any.
fn beyond_named_ports(model: &Model<'_>, flow: &Flow<'_>) -> bool {
    let StatementKind::Allow { services, .. } = &flow.statement.kind else { return false };
    services.iter().any(|service| is_range(model, service))
}

fn is_range(model: &Model<'_>, service: &Service<'_>) -> bool {
    match service.kind {
        ServiceKind::Any => true,
        ServiceKind::Ports { low, high, .. } => low != high,
        ServiceKind::Icmp { .. } | ServiceKind::Protocol(_) => false,
        ServiceKind::Name(name) => {
            // What every policy has is a list of known ports.
            let own = model.services.iter().find(|own| own.name == name);
            own.is_some_and(|own| match &own.statement.kind {
                StatementKind::Service { services, .. } => services.iter().any(|inner| is_range(model, inner)),
                _ => false,
            })
        }
    }
}

/// Agents with credentials for zones of different owners.
pub fn mixed_authority(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let model = context.model;
    if model.credentials.is_empty() || !model.zones.iter().any(|(_, z)| z.flags.contains(&FlagKind::Agentic)) {
        return;
    }
    let owners: Vec<Option<&str>> = model.zones.iter().map(|(id, _)| owner(model, id)).collect();
    let opened: Vec<Vec<Opened<'_>>> =
        (0..model.credentials.len() as u32).map(|c| opens(model, &owners, CredentialId(c))).collect();
    let mut told: BTreeMap<[(CredentialId, u32, u32); 2], ClassSet> = BTreeMap::new();
    for place in context.graph().agentic.iter() {
        let hand = at_hand::of(context, place);
        let all: Vec<&Opened<'_>> = hand.credentials.iter().flat_map(|c| &opened[c.0 as usize]).collect();
        let Some(one) = all.first() else { continue };
        let Some(other) = all.iter().find(|o| o.owner != one.owner) else { continue };
        let with = |o: &Opened<'_>| Some((o.credential, hand.holder(context, o.credential)?, o.zone));
        let (Some(one), Some(other)) = (with(one), with(other)) else { continue };
        let places = told.entry([one, other]).or_default();
        *places = places.union(&ClassSet::run(place, place + 1));
    }
    for (both, places) in told {
        let who = places.iter().next().unwrap_or_default();
        let label = |(credential, holder, _): (CredentialId, u32, u32)| holds(context, who, holder, credential);
        let opens = |(credential, _, zone): (CredentialId, u32, u32)| {
            let (span, _) = model.credentials[credential.0 as usize].opens.as_ref()?;
            Some((*span, format!("opens {}, owned by \"{}\"", name(context, zone), owners[zone as usize]?)))
        };
        let mut labels: Vec<(Span, String)> =
            both.into_iter().flat_map(|both| [label(both), opens(both)]).flatten().collect();
        labels.dedup();
        let [one, other] = both.map(|(_, _, zone)| owners[zone as usize].unwrap_or_default());
        found.push(say::mixed_authority(&words::classes(model, &places), one, other, &labels));
    }
}

/// A zone that a credential opens, and its owner.
struct Opened<'m> {
    credential: CredentialId,
    zone: u32,
    owner: &'m str,
}

/// Zones of two different owners that a credential opens, or of the one that there is.
fn opens<'m>(model: &Model<'m>, owners: &[Option<&'m str>], credential: CredentialId) -> Vec<Opened<'m>> {
    let mut all: Vec<Opened<'m>> = Vec::new();
    let opens = model.credentials[credential.0 as usize].opens.iter().flat_map(|(_, set)| set.iter());
    for (zone, owner) in opens.filter_map(|zone| Some((zone, owners[zone as usize]?))) {
        if all.iter().all(|known| known.owner != owner) {
            all.push(Opened { credential, zone, owner });
        }
        if all.len() == 2 {
            break;
        }
    }
    all
}

/// Who owns a zone: what the zone says, or the nearest one around it.
fn owner<'m>(model: &Model<'m>, zone: ZoneId) -> Option<&'m str> {
    use segc_grammar::ast::ClauseKind::Owner;
    let said = |zone: ZoneId| {
        let clauses = &model.zones[zone].statement?.clauses;
        clauses.iter().find_map(|c| if let Owner(text) = &c.kind { Some(text.text.as_ref()) } else { None })
    };
    model.zones.ancestry(zone).find_map(said)
}
