//! What each firewall carries of the policy.

use super::branches::{Branches, Parts};
use super::{Node, Topology};
use crate::model::{Boxes, ClassSet, DeviceId, Flow, FlowId, Model};

/// What one firewall carries of each allow.
pub enum Carried {
    /// All of it: the one firewall that is taken for granted.
    Everything,
    /// Of each allow, by number, these pairs of classes.
    Pairs(Vec<Boxes>),
}

impl Carried {
    /// The pairs of an allow that are carried.
    pub fn of<'a>(&'a self, id: FlowId, flow: &'a Flow<'_>) -> &'a Boxes {
        match self {
            Self::Everything => flow.wire(),
            Self::Pairs(all) => &all[id.0 as usize],
        }
    }
}

/// The interfaces behind which the same addresses are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Numbers of interfaces of the device.
    pub interfaces: Vec<usize>,
    /// What may come in there.
    pub classes: ClassSet,
}

/// A network firewall's part of the policy.
pub struct Placed {
    /// Which.
    pub device: DeviceId,
    /// What it forwards.
    pub forward: Carried,
    /// What it receives itself, and what it sends: where it has a zone of its own addresses.
    pub own: Option<(Carried, Carried)>,
    /// Everything that is joined to it.
    pub seen: ClassSet,
    /// Where packets may come from.
    pub arrivals: Vec<Arrival>,
}

/// The part of each network firewall, by name.
pub fn place(model: &Model<'_>, topology: &Topology<'_>) -> Vec<Placed> {
    let parts = Parts::new(topology);
    let firewalls = (0..).map(DeviceId).zip(&model.devices).filter(|(_, d)| d.is_network_firewall());
    let placed = firewalls.filter_map(|(device, _)| {
        let node = topology.device_node(device)?;
        let branches = Branches::new(topology, &parts, node);
        let own =
            model.devices[device.0 as usize].own.map(|(zone, _)| model.zones.addressed(&model.zones.classes(zone)));
        let pairs = |from: &dyn Fn(&ClassSet) -> ClassSet, to: &dyn Fn(&ClassSet) -> ClassSet| {
            let carried = |flow: &Flow<'_>| {
                let mut boxes = Boxes::new();
                for (left, right) in flow.wire() {
                    branches.carried(&from(left), &to(right), &mut boxes);
                }
                boxes
            };
            Carried::Pairs(model.flows.iter().map(carried).collect())
        };
        let none = ClassSet::default();
        let apart = |set: &ClassSet| set.difference(own.as_ref().unwrap_or(&none));
        let forward = pairs(&apart, &apart);
        let own = own.as_ref().map(|own| {
            let mine = |set: &ClassSet| set.intersection(own);
            (pairs(&apart, &mine), pairs(&mine, &apart))
        });
        let arrivals = arrivals(topology, device, node);
        Some(Placed { device, forward, own, seen: branches.seen.clone(), arrivals })
    });
    placed.collect()
}

/// What may come in where: all that is joined to what hangs on an interface without the device itself. Interfaces behind
/// which the same is are one.
fn arrivals(topology: &Topology<'_>, device: DeviceId, node: u32) -> Vec<Arrival> {
    let part = topology.components(|n| n == node);
    let mut behind: Vec<Arrival> = Vec::new();
    for (number, interface) in topology.model.devices[device.0 as usize].interfaces.iter().enumerate() {
        let mut parts: Vec<u32> = interface
            .zones
            .iter()
            .filter_map(|zone| topology.node_of(zone.0))
            .map(|node| part[node as usize])
            .collect();
        parts.sort_unstable();
        parts.dedup();
        let nodes = (0..)
            .zip(&topology.nodes)
            .filter(|(n, kind)| matches!(kind, Node::Zone(_)) && parts.binary_search(&part[*n as usize]).is_ok());
        let runs = nodes.flat_map(|(n, _)| topology.classes(n).runs().to_vec()).collect();
        let classes = ClassSet::new(runs);
        match behind.iter_mut().find(|arrival| arrival.classes == classes) {
            Some(arrival) => arrival.interfaces.push(number),
            None => behind.push(Arrival { interfaces: vec![number], classes }),
        }
    }
    behind
}
