//! The graph of one day, as far as connections on some services count.

use jiff::civil::Date;

use super::index::Lists;
use crate::model::{ClassSet, Families, FlowId, Model, ServiceSet, ZoneId};

/// Zones, and the connections between them that count as steps.
pub struct Graph<'m> {
    /// The policy.
    pub model: &'m Model<'m>,
    /// Statements as steps. One that joins zones of different families is two nodes, or more.
    pub nodes: Vec<Node>,
    /// Nodes by source class.
    pub leaving: Lists,
    /// Nodes by destination class.
    pub entering: Lists,
    /// Children of each zone.
    pub children: Vec<Vec<u32>>,
    /// Zones that are reached but never left.
    pub barriers: ClassSet,
}

/// One statement, as far as it joins every source to every destination.
pub struct Node {
    /// The allow.
    pub flow: FlowId,
    /// Sources.
    pub from: ClassSet,
    /// Destinations.
    pub to: ClassSet,
    /// On what, as far as these families have it.
    pub services: ServiceSet,
}

impl<'m> Graph<'m> {
    /// The graph on `day`; with `over`, only connections on those services are steps.
    pub fn new(model: &'m Model<'m>, day: Date, over: Option<&ServiceSet>) -> Self {
        let mut nodes = Vec::new();
        for (i, flow) in model.flows.iter().enumerate() {
            let inert = flow.inert.is_some_and(|a| a.window.holds(day));
            let counts = over.is_none_or(|over| over.meets(&flow.services));
            if !flow.window.holds(day) || inert || !counts {
                continue;
            }
            for (from, to) in &flow.boxes {
                let (from, to) = (model.zones.inhabited(from), model.zones.inhabited(to));
                split(model, FlowId(i as u32), &flow.services, over, (&from, &to), &mut nodes);
            }
        }
        let numbered = |side: fn(&Node) -> &ClassSet| nodes.iter().enumerate().map(move |(i, n)| (i as u32, side(n)));
        let leaving = Lists::new(model.zones.len(), numbered(|n| &n.from));
        let entering = Lists::new(model.zones.len(), numbered(|n| &n.to));
        let mut children = vec![Vec::new(); model.zones.len()];
        for (id, zone) in model.zones.iter() {
            if let Some(parent) = zone.parent {
                children[parent.0 as usize].push(id.0);
            }
        }
        let barred = |z: &crate::model::Zone<'_>| z.barrier.is_some_and(|(_, window)| window.holds(day));
        let barriers = model.zones.iter().filter(|(_, z)| barred(z)).map(|(id, _)| id.0).collect();
        Self { model, nodes, leaving, entering, children, barriers }
    }

    /// Zones next to a zone: its parent and its children. Compromise spreads there as long as nothing on the hosts
    /// themselves keeps members of a zone apart.
    pub fn neighbours(&self, zone: u32) -> impl Iterator<Item = u32> + '_ {
        let parent = self.model.zones[ZoneId(zone)].parent.map(|p| p.0);
        parent.into_iter().chain(self.children[zone as usize].iter().copied())
    }

    /// Nodes that leave a zone.
    pub fn out_of(&self, zone: u32) -> impl Iterator<Item = u32> + '_ {
        let wide = self.leaving.wide.iter().filter(move |&&n| self.nodes[n as usize].from.contains(zone));
        self.leaving.narrow(zone).iter().chain(wide).copied()
    }

    /// Nodes that enter a zone.
    pub fn into(&self, zone: u32) -> impl Iterator<Item = u32> + '_ {
        let wide = self.entering.wide.iter().filter(move |&&n| self.nodes[n as usize].to.contains(zone));
        self.entering.narrow(zone).iter().chain(wide).copied()
    }

    /// May a compromise of the zone go on from there? `starts` may whatever they are; `internet` is a place to start
    /// from and to arrive at, never one to pass through.
    pub fn goes_on(&self, zone: u32, starts: &ClassSet, barriers: &ClassSet) -> bool {
        let blocked = zone == self.model.zones.internet().0 || barriers.contains(zone);
        !blocked || starts.contains(zone)
    }
}

/// One product as nodes: one where every end has the same families, else one per family.
fn split(
    model: &Model<'_>,
    flow: FlowId,
    services: &ServiceSet,
    over: Option<&ServiceSet>,
    (from, to): (&ClassSet, &ClassSet),
    nodes: &mut Vec<Node>,
) {
    let counts = |services: &ServiceSet| over.is_none_or(|over| over.meets(services));
    let shared = model.zones.families(from).and(model.zones.families(to));
    if model.zones.all_have(from, shared) && model.zones.all_have(to, shared) {
        let services = services.only(shared);
        if !shared.is_none() && !services.is_empty() && counts(&services) {
            nodes.push(Node { flow, from: from.clone(), to: to.clone(), services });
        }
        return;
    }
    for family in [Families { v4: true, v6: false }, Families { v4: false, v6: true }] {
        let with = |set: &ClassSet| -> ClassSet { set.iter().filter(|&c| model.zones.has(c, family)).collect() };
        let (from, to, services) = (with(from), with(to), services.only(family));
        if !from.is_empty() && !to.is_empty() && !services.is_empty() && counts(&services) {
            nodes.push(Node { flow, from, to, services });
        }
    }
}
