//! What firewalls without state let be opened: whatever looks like a reply.

use segc_backends::{BACKENDS, Backend, holes as opened_by};

use super::{Node, Topology, place};
use crate::lower::matches;
use crate::model::{ClassSet, Device, DeviceId, Flow, FlowId, Hole, Model, ServiceSet};

/// Those of the firewalls that a policy declares. A firewall that keeps state, on every way between two places or on the
/// hosts of one of them, closes what one without state leaves open.
pub fn holes(model: &Model<'_>) -> Vec<Hole> {
    let stateless = |device: &Device<'_>| backend(device).is_some_and(|b| !b.capabilities().stateful);
    if !model.devices.iter().any(stateless) {
        return Vec::new();
    }
    let topology = Topology::new(model);
    let keeps_state = |node: u32| match topology.nodes[node as usize] {
        Node::Device(id) => topology.is_firewall(node) && !stateless(&model.devices[id.0 as usize]),
        _ => false,
    };
    let part = topology.components(keeps_state);
    let mut parts: std::collections::BTreeMap<u32, ClassSet> = std::collections::BTreeMap::new();
    for node in 0..topology.nodes.len() as u32 {
        let all = parts.entry(part[node as usize]).or_default();
        *all = all.union(topology.classes(node));
    }
    let guarded = model.guarded();
    let mut found = Vec::new();
    for placed in place(model, &topology).iter().filter(|p| stateless(&model.devices[p.device.0 as usize])) {
        for (id, flow) in (0..).map(FlowId).zip(&model.flows) {
            let services = opened(&flow.services);
            if services.is_empty() {
                continue;
            }
            for (left, right) in placed.carried.of(id, flow) {
                let (from, to) = (right.difference(&guarded), left.difference(&guarded));
                for joined in parts.values() {
                    let ends = (from.intersection(joined), to.intersection(joined));
                    push(&mut found, (id, Some(placed.device)), ends, &services);
                }
            }
        }
    }
    found
}

/// Those of the one firewall that sees everything, in a dialect.
pub fn holes_of_one(model: &Model<'_>, backend: &dyn Backend) -> Vec<Hole> {
    let mut found = Vec::new();
    if backend.capabilities().stateful {
        return found;
    }
    for (id, flow) in (0..).map(FlowId).zip(&model.flows) {
        let services = opened(&flow.services);
        for (left, right) in flow.wire() {
            push(&mut found, (id, None), (right.clone(), left.clone()), &services);
        }
    }
    found
}

fn push(
    found: &mut Vec<Hole>,
    (flow, device): (FlowId, Option<DeviceId>),
    (from, to): (ClassSet, ClassSet),
    services: &ServiceSet,
) {
    if !from.is_empty() && !to.is_empty() && !services.is_empty() {
        found.push(Hole { flow, device, from, to, services: services.clone() });
    }
}

/// Does a firewall let segments of TCP pass that claim to be of a connection, because of a flow?
pub fn lets_segments_pass(flow: &Flow<'_>) -> bool {
    matches(&flow.services).into_iter().flat_map(opened_by).any(|(_, later, _)| later)
}

/// What replies to these services let be opened.
fn opened(services: &ServiceSet) -> ServiceSet {
    let all = matches(services).into_iter().flat_map(opened_by).filter(|(_, later, _)| !later);
    all.fold(ServiceSet::default(), |sum, (_, _, service)| sum.union(&crate::lower::set_of(service)))
}

fn backend(device: &Device<'_>) -> Option<&'static dyn Backend> {
    let target = device.target()?.text;
    BACKENDS.iter().find(|backend| backend.name() == target).copied()
}
