//! The graph of zones and devices. A zone that hangs on two devices joins them; zones behind one interface are on one
//! wire, and reach each other without the device.

use crate::model::{ClassSet, DeviceId, Model, ZoneId};

/// What a node of the graph is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// A zone that is named on an interface, or is a firewall's own.
    Zone(ZoneId),
    /// A router or a network firewall.
    Device(DeviceId),
    /// What several zones behind one interface share: the device, and the number of its interface. `None` where nothing is
    /// said of the network at all.
    Wire(Option<(DeviceId, usize)>),
}

/// Where everything hangs.
pub struct Topology<'m> {
    /// The policy.
    pub model: &'m Model<'m>,
    /// Zones by number, then devices by name, then wires.
    pub nodes: Vec<Node>,
    /// Neighbours of each node, sorted, each once.
    pub next: Vec<Vec<u32>>,
    /// By class: the node that it hangs with.
    node_of: Vec<Option<u32>>,
    /// By node: the classes that hang with it.
    classes: Vec<ClassSet>,
}

impl<'m> Topology<'m> {
    /// The graph of a policy. Where neither a router nor a network firewall is declared nothing is known of the network:
    /// all zones are then on one wire.
    pub fn new(model: &'m Model<'m>) -> Self {
        let boxes = || (0..).map(DeviceId).zip(&model.devices).filter(|(_, device)| device.on().is_none());
        let flat = boxes().next().is_none();
        let mut hang = spots(model);
        if flat {
            hang = model.zones.iter().filter(|(_, z)| z.parent.is_none() || z.is_domains()).map(|(id, _)| id).collect();
            hang.retain(|&zone| !model.zones[zone].is_domains());
        }
        hang.sort_unstable();
        hang.dedup();
        let mut nodes: Vec<Node> = hang.iter().copied().map(Node::Zone).collect();
        let zone_node = |zone: ZoneId| hang.binary_search(&zone).ok().map(|at| at as u32);
        let mut edges: Vec<(u32, u32)> = Vec::new();
        for (id, _) in boxes() {
            nodes.push(Node::Device(id));
        }
        for ((id, device), node) in boxes().zip(hang.len() as u32..) {
            edges.extend(device.own.and_then(|(zone, _)| zone_node(zone)).map(|zone| (zone, node)));
            for (number, interface) in device.interfaces.iter().enumerate() {
                let behind: Vec<u32> = interface.zones.iter().filter_map(|&zone| zone_node(zone)).collect();
                edges.extend(behind.iter().map(|&zone| (zone, node)));
                if behind.len() > 1 {
                    let wire = nodes.len() as u32;
                    nodes.push(Node::Wire(Some((id, number))));
                    edges.extend(behind.iter().map(|&zone| (zone, wire)));
                }
            }
        }
        if flat {
            let wire = nodes.len() as u32;
            nodes.push(Node::Wire(None));
            edges.extend((0..wire).map(|zone| (zone, wire)));
        }
        let mut next = vec![Vec::new(); nodes.len()];
        for (a, b) in edges {
            next[a as usize].push(b);
            next[b as usize].push(a);
        }
        for list in &mut next {
            list.sort_unstable();
            list.dedup();
        }
        let node_of: Vec<Option<u32>> =
            model.zones.iter().map(|(zone, _)| model.zones.ancestry(zone).find_map(zone_node)).collect();
        let mut runs = vec![Vec::new(); nodes.len()];
        for (class, node) in (0..).zip(&node_of) {
            if let Some(node) = node {
                runs[*node as usize].push((class, class + 1));
            }
        }
        let classes =
            runs.into_iter().map(|runs| model.zones.addressed(&ClassSet::new(runs.into_iter().collect()))).collect();
        Self { model, nodes, next, node_of, classes }
    }

    /// The node that a class hangs with; a process where its hosts do, a name where `internet` does.
    pub fn node_of(&self, class: u32) -> Option<u32> {
        self.node_of[class as usize]
    }

    /// The classes with addresses that hang with a node; none with devices and wires.
    pub fn classes(&self, node: u32) -> &ClassSet {
        &self.classes[node as usize]
    }

    /// The node of a router or network firewall.
    pub fn device_node(&self, device: DeviceId) -> Option<u32> {
        self.nodes.iter().position(|node| *node == Node::Device(device)).map(|at| at as u32)
    }

    /// Is the node a firewall?
    pub fn is_firewall(&self, node: u32) -> bool {
        match self.nodes[node as usize] {
            Node::Device(device) => self.model.devices[device.0 as usize].is_network_firewall(),
            _ => false,
        }
    }

    /// By node, the smallest node that is joined to it without `without`; that one itself stands alone.
    pub fn components(&self, without: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut of: Vec<Option<u32>> = vec![None; self.nodes.len()];
        for start in 0..self.nodes.len() as u32 {
            if of[start as usize].is_some() {
                continue;
            }
            of[start as usize] = Some(start);
            let mut todo = if without(start) { Vec::new() } else { vec![start] };
            while let Some(node) = todo.pop() {
                for &other in &self.next[node as usize] {
                    if of[other as usize].is_none() && !without(other) {
                        of[other as usize] = Some(start);
                        todo.push(other);
                    }
                }
            }
        }
        of.into_iter().flatten().collect()
    }

    /// What a node is called.
    pub fn name(&self, node: u32) -> String {
        match self.nodes[node as usize] {
            Node::Zone(zone) => format!("`{}`", self.model.zones[zone].name),
            Node::Device(device) => format!("`{}`", self.model.devices[device.0 as usize].name),
            Node::Wire(Some((device, interface))) => {
                let device = &self.model.devices[device.0 as usize];
                format!("the wire at `{}` of `{}`", device.interfaces[interface].name, device.name)
            }
            Node::Wire(None) => "the network".to_owned(),
        }
    }
}

/// The zones that have a place of their own, sorted: a firewall's own, and those that some interface names alone, or beside
/// a zone around them that hangs elsewhere than they would.
fn spots(model: &Model<'_>) -> Vec<ZoneId> {
    let boxes = || model.devices.iter().filter(|device| device.on().is_none());
    let mut named: Vec<(ZoneId, Option<&[ZoneId]>)> = boxes()
        .flat_map(|device| {
            device
                .interfaces
                .iter()
                .flat_map(|i| i.zones.iter().map(|&zone| (zone, Some(i.zones.as_slice()))))
                .chain(device.own.map(|(zone, _)| (zone, None)))
        })
        .collect();
    named.sort_unstable_by_key(|(zone, _)| *zone);
    let mut spots: Vec<ZoneId> = Vec::new();
    // Parents come first, so where they hang is known.
    for (zone, beside) in named {
        let spot = |zone: ZoneId| model.zones.ancestry(zone).find(|above| spots.binary_search(above).is_ok());
        let outer = beside
            .and_then(|zones| model.zones.ancestry(zone).skip(1).find(|above| zones.binary_search(above).is_ok()));
        let inherited = model.zones[zone].parent.and_then(spot);
        if outer.is_none_or(|outer| spot(outer) != inherited) && spots.last() != Some(&zone) {
            spots.push(zone);
        }
    }
    spots
}
