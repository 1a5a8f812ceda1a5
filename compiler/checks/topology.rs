//! Where the policy is enforced: zones that hang nowhere, flows that nothing can carry, and denials that nothing enforces.

use std::collections::BTreeSet;

use segc_grammar::Span;
use segc_grammar::ast::Arrow;

use super::Context;
use crate::diagnostics::{Diagnostic, topology as say};
use crate::model::{ClassSet, Connections, DeviceId, Families, Flow, Product, ServiceSet, Term, ZoneId, head};
use crate::place::{Node, Topology};

/// So many denied pairs are counted where many zones are joined past no firewall.
const MOST_PAIRS: usize = 4096;

/// Pieces beyond which nothing more is taken away.
const MOST_PIECES: usize = 1024;

/// Zones that no interface names.
pub fn unattached(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(topology) = context.topology() else { return };
    let model = context.model;
    for (id, zone) in model.zones.declared().filter(|(_, zone)| !zone.is_domains()) {
        // A zone that its children fill has no packets of its own.
        if topology.node_of(id.0).is_none() && !zone.own.is_empty() {
            found.push(say::unattached(zone.name, zone.name_span));
        }
    }
    let internet = model.zones.internet();
    if topology.node_of(internet.0).is_none() {
        // Where nothing is said of it, nothing is missing.
        let speaks =
            |flow: &&Flow<'_>| flow.wire().iter().any(|(a, b)| a.contains(internet.0) || b.contains(internet.0));
        if let Some(flow) = model.flows.iter().find(speaks) {
            found.push(say::internet_unattached(flow.head()));
        }
    }
}

/// Allows between places that nothing joins. A pair that came through `any` or a group is told only if nothing of its allow
/// can be carried.
pub fn unroutable(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(topology) = context.topology() else { return };
    let part = topology.components(|_| false);
    if part.iter().all(|&p| p == 0) {
        return;
    }
    let zones = &context.model.zones;
    let parts = |set: &ClassSet| -> BTreeSet<u32> {
        zones
            .inhabited(set)
            .iter()
            .filter_map(|class| topology.node_of(class))
            .map(|node| part[node as usize])
            .collect()
    };
    let name = |zone: ZoneId| zones[zone].name;
    for flow in context.model.flows.iter().filter(|flow| flow.window.holds(context.day)) {
        let mut apart = Vec::new();
        let mut all_outright = true;
        for (left, right) in flow.left.terms.iter().flat_map(|l| flow.right.terms.iter().map(move |r| (l.0, r.0))) {
            let (Term::Zone(from), Term::Zone(to)) = (left, right) else {
                all_outright = false;
                continue;
            };
            let (one, other) = (parts(&zones.classes(from)), parts(&zones.classes(to)));
            if !one.is_empty() && !other.is_empty() && one.is_disjoint(&other) {
                apart.push((name(from), name(to)));
            }
        }
        if apart.is_empty() && !all_outright {
            let pairs = || flow.wire().iter().map(|(left, right)| (parts(left), parts(right)));
            let known = pairs().all(|(one, other)| !one.is_empty() && !other.is_empty());
            let carried = pairs().any(|(one, other)| !one.is_disjoint(&other));
            let ends =
                flow.wire().first().and_then(|(l, r)| Some((ZoneId(l.iter().next()?), ZoneId(r.iter().next()?))));
            apart.extend(ends.filter(|_| known && !carried).map(|(from, to)| (name(from), name(to))));
        }
        if let Some(&(from, to)) = apart.first() {
            found.push(say::unroutable(from, to, apart.len() - 1, flow.head()));
        }
    }
}

/// Denied pairs that some path carries past no firewall: one finding for all zones that are joined so.
pub fn unenforced(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    super::simple::isolated(context, found);
    let Some(topology) = context.topology() else { return };
    let guarded = context.model.guarded();
    forbidden_on_one_wire(context, topology, &guarded, found);
    let part = topology.components(|node| topology.is_firewall(node));
    let mut zones: Vec<(u32, u32)> = (0..)
        .zip(&topology.nodes)
        .filter(|(_, kind)| matches!(kind, Node::Zone(_)))
        .map(|(n, _)| (part[n as usize], n))
        .collect();
    zones.sort_unstable();
    for joined in zones.chunk_by(|a, b| a.0 == b.0).filter(|joined| joined.len() > 1) {
        let nodes: Vec<u32> = joined.iter().map(|(_, node)| *node).collect();
        let denied = denied_pairs(context, topology, &guarded, &nodes);
        let Some(&(from, to)) = denied.first() else { continue };
        let Some(way) = topology.way(from, to) else { continue };
        let name = |node: u32| match topology.nodes[node as usize] {
            Node::Zone(zone) => context.model.zones[zone].name,
            _ => "",
        };
        let mut between: Vec<u32> = denied.iter().flat_map(|&(a, b)| [a, b]).collect();
        between.sort_unstable();
        between.dedup();
        found.push(say::unenforced(&say::Unenforced {
            from: name(from),
            to: name(to),
            path: topology.told(&way),
            more: denied.len() - 1,
            all: denied.len() < MOST_PAIRS,
            zones: between.into_iter().map(name).collect(),
            one_wire: way.iter().any(|&node| matches!(topology.nodes[node as usize], Node::Wire(Some(_)))),
            joined: joints(topology, &way),
        }));
    }
}

/// Direct forbids between places that hang together, such as two zones in one: no network firewall sees what goes from one
/// to the other.
fn forbidden_on_one_wire(
    context: &Context<'_>,
    topology: &Topology<'_>,
    guarded: &ClassSet,
    found: &mut Vec<Diagnostic>,
) {
    let zones = &context.model.zones;
    let together: Vec<ClassSet> = (0..topology.nodes.len() as u32)
        .map(|node| topology.classes(node).difference(guarded))
        .filter(|classes| classes.len() > 1)
        .collect();
    for forbid in context.model.forbids.iter().filter(|forbid| forbid.arrow == Arrow::Direct) {
        let pair = forbid.boxes.iter().find_map(|(left, right)| {
            together.iter().filter(|all| left.meets(all) && right.meets(all)).find_map(|all| {
                let to = right.intersection(all);
                let from = left.intersection(all);
                from.iter().find_map(|a| to.iter().find(|&b| a != b).map(|b| (ZoneId(a), ZoneId(b))))
            })
        });
        if let Some((from, to)) = pair {
            found.push(say::forbidden_on_one_wire(zones[from].name, zones[to].name, head(forbid.statement)));
        }
    }
}

/// Where it is written that a way exists; where nothing is said of the network, what it joins.
fn joints(topology: &Topology<'_>, way: &[u32]) -> Vec<Span> {
    let written: Vec<Span> = way.iter().filter_map(|&node| joint(topology, node)).collect();
    let zones = way.iter().filter_map(|&node| match topology.nodes[node as usize] {
        Node::Zone(zone) => topology.model.zones[zone].statement.map(|_| topology.model.zones[zone].name_span),
        _ => None,
    });
    if written.is_empty() { zones.collect() } else { written }
}

/// Where it is written that something is joined.
fn joint(topology: &Topology<'_>, node: u32) -> Option<Span> {
    let device = |id: DeviceId| &topology.model.devices[id.0 as usize];
    match topology.nodes[node as usize] {
        Node::Device(id) => Some(device(id).name_span),
        Node::Wire(Some((id, interface))) => Some(device(id).interfaces[interface].span),
        Node::Wire(None) | Node::Zone(_) => None,
    }
}

/// Pairs of nodes from one of which to the other something is denied.
fn denied_pairs(context: &Context<'_>, topology: &Topology<'_>, guarded: &ClassSet, nodes: &[u32]) -> Vec<(u32, u32)> {
    let all = ClassSet::new(nodes.iter().flat_map(|&node| topology.classes(node).runs().to_vec()).collect());
    let mut found = Vec::new();
    for &from in nodes {
        let own = topology.classes(from);
        // Where everything is allowed, asking for all at once is enough.
        if found.len() == MOST_PAIRS || !denied(context, guarded, (own, &all.difference(own))) {
            continue;
        }
        let to = nodes.iter().copied().filter(|&to| to != from);
        let to = to.filter(|&to| denied(context, guarded, (own, topology.classes(to))));
        found.extend(to.take(MOST_PAIRS - found.len()).map(|to| (from, to)));
    }
    found
}

/// Is something from one to the other denied, in a family that both have, where neither end has a firewall of its own?
fn denied(context: &Context<'_>, guarded: &ClassSet, (from, to): (&ClassSet, &ClassSet)) -> bool {
    let zones = &context.model.zones;
    [Families { v4: true, v6: false }, Families { v4: false, v6: true }].into_iter().any(|family| {
        let with = |set: &ClassSet| set.difference(guarded).iter().filter(|&c| zones.has(c, family)).collect();
        let (from, to): (ClassSet, ClassSet) = (with(from), with(to));
        let services = ServiceSet::any().only(family);
        let all = Product { left: &from, right: &to, services: &services };
        let mut rest = vec![Connections::from(all)];
        rest.retain(|part| !part.is_empty());
        for id in context.index().candidates(&from, &to) {
            let flow = &context.model.flows[id.0 as usize];
            if flow.window.holds(context.day) && rest.len() < MOST_PIECES {
                for product in flow.products() {
                    rest = rest.into_iter().flat_map(|part| part.without(product)).collect();
                }
            }
        }
        !rest.is_empty()
    })
}
