//! What each firewall carries of the policy.

use super::branches::{Branches, Parts};
use super::{Node, Topology};
use crate::model::{Boxes, ClassSet, Device, DeviceId, Flow, FlowId, Model, ZoneId};

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

/// A firewall's part of the policy.
pub struct Placed {
    /// Which.
    pub device: DeviceId,
    /// What it lets through, and what it receives and sends itself.
    pub carried: Carried,
    /// Allows to zones of names that it would have to let through besides, which have no classes.
    pub names: Vec<FlowId>,
    /// Allows of processes on its own hosts, which have no addresses of their own.
    pub processes: Vec<FlowId>,
    /// Every class that it has to do with.
    pub seen: ClassSet,
    /// It filters what it forwards.
    pub forwards: bool,
    /// It filters what it receives and sends itself: these are its own addresses.
    pub own: Option<ClassSet>,
    /// Where packets may come from; empty where nothing is said of interfaces.
    pub arrivals: Vec<Arrival>,
}

impl Placed {
    /// May nothing come in by any interface? There are then no replies, and no rule need speak of them.
    pub fn is_silent(&self) -> bool {
        !self.arrivals.is_empty() && self.arrivals.iter().all(|arrival| arrival.classes.is_empty())
    }
}

/// The part of each firewall, by name.
pub fn place(model: &Model<'_>, topology: &Topology<'_>) -> Vec<Placed> {
    let parts = Parts::new(topology);
    let placed = (0..).map(DeviceId).zip(&model.devices).filter_map(|(id, device)| match device.on() {
        Some(on) => Some(on_hosts(model, id, on)),
        None if device.is_network_firewall() => Some(between(model, topology, &parts, id, device)),
        None => None,
    });
    placed.collect()
}

/// A firewall between networks.
fn between(model: &Model<'_>, topology: &Topology<'_>, parts: &Parts, id: DeviceId, device: &Device<'_>) -> Placed {
    let Some(node) = topology.device_node(id) else { unreachable!("every router and network firewall is a node") };
    let branches = Branches::new(topology, parts, node);
    let own = device.own.map(|(zone, _)| model.zones.addressed(&model.zones.classes(zone)));
    // What it receives and sends is left alone where it has no zone of its own.
    let carried = |flow: &Flow<'_>| {
        let mut boxes = Boxes::new();
        for (left, right) in flow.wire() {
            branches.carried(left, right, &mut boxes);
        }
        boxes
    };
    let outside = ClassSet::run(model.zones.internet().0, model.zones.internet().0 + 1);
    let to_names = |flow: &Flow<'_>| {
        let mut boxes = Boxes::new();
        for (left, _) in flow.boxes.iter().filter(|(_, right)| right.meets(model.zones.domains())) {
            branches.carried(&hosts(model, left), &outside, &mut boxes);
        }
        !boxes.is_empty()
    };
    Placed {
        device: id,
        carried: Carried::Pairs(model.flows.iter().map(carried).collect()),
        names: having(model, to_names),
        processes: Vec::new(),
        seen: branches.seen.clone(),
        forwards: true,
        own,
        arrivals: arrivals(topology, id, node),
    }
}

/// A firewall on each member of a zone.
fn on_hosts(model: &Model<'_>, id: DeviceId, on: ZoneId) -> Placed {
    let all = model.zones.classes(on);
    let own = model.zones.addressed(&all);
    let mut seen = own.clone();
    let mut carried = |flow: &Flow<'_>| {
        let mut boxes = Boxes::new();
        for (left, right) in &flow.boxes {
            let (left, right) = (model.zones.addressed(left), model.zones.addressed(right));
            for (from, to) in
                [(left.clone(), right.intersection(&own)), (left.intersection(&own), right.difference(&own))]
            {
                if !from.is_empty() && !to.is_empty() {
                    seen = seen.union(&from).union(&to);
                    boxes.push((from, to));
                }
            }
        }
        boxes
    };
    let carried = model.flows.iter().map(&mut carried).collect();
    let sends = |left: &ClassSet| left.meets(&all);
    let to_names =
        |flow: &Flow<'_>| flow.boxes.iter().any(|(left, right)| sends(left) && right.meets(model.zones.domains()));
    let of_processes =
        |flow: &Flow<'_>| flow.boxes.iter().any(|(left, _)| left.intersection(&all).meets(model.zones.processes()));
    Placed {
        device: id,
        carried: Carried::Pairs(carried),
        names: having(model, to_names),
        processes: having(model, of_processes),
        seen,
        forwards: false,
        own: Some(own),
        arrivals: Vec::new(),
    }
}

/// The allows of which something is true, by number.
fn having(model: &Model<'_>, is: impl Fn(&Flow<'_>) -> bool) -> Vec<FlowId> {
    (0..).map(FlowId).zip(&model.flows).filter(|(_, flow)| is(flow)).map(|(id, _)| id).collect()
}

/// Classes with addresses, processes as the hosts they run on.
fn hosts(model: &Model<'_>, set: &ClassSet) -> ClassSet {
    let processes = set.intersection(model.zones.processes());
    let hosts = processes.iter().fold(ClassSet::default(), |all, p| all.union(&model.zones.hosts_of(ZoneId(p))));
    model.zones.addressed(set).union(&hosts)
}

/// What may come in where: all that is joined to what hangs on an interface without the device itself. Interfaces behind
/// which the same is are one.
fn arrivals(topology: &Topology<'_>, device: DeviceId, node: u32) -> Vec<Arrival> {
    let part = topology.components(|n| n == node);
    let mut behind: Vec<Arrival> = Vec::new();
    for (number, interface) in topology.model.devices[device.0 as usize].interfaces.iter().enumerate() {
        let nodes = interface.zones.iter().filter_map(|zone| topology.node_of(zone.0));
        let mut parts: Vec<u32> = nodes.map(|node| part[node as usize]).collect();
        parts.sort_unstable();
        parts.dedup();
        let nodes = (0..)
            .zip(&topology.nodes)
            .filter(|(n, kind)| matches!(kind, Node::Zone(_)) && parts.binary_search(&part[*n as usize]).is_ok());
        let runs = nodes.flat_map(|(n, _)| topology.classes(n).runs().to_vec()).collect();
        // A parent that its children fill sends nothing.
        let classes = topology.model.zones.inhabited(&ClassSet::new(runs));
        match behind.iter_mut().find(|arrival| arrival.classes == classes) {
            Some(arrival) => arrival.interfaces.push(number),
            None => behind.push(Arrival { interfaces: vec![number], classes }),
        }
    }
    behind
}
