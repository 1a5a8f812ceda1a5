//! The fewest statements whose removal parts two sides: a maximum flow in which an allow has capacity 1, and steps of
//! nature and allows that a `require` rests on have no limit.

use petgraph::Direction::{Incoming, Outgoing};
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;
use rustc_hash::FxHashMap;
use segc_grammar::Span;

use super::{Goal, Graph, Reach};
use crate::model::{ClassSet, FlowId};

/// What can be cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// These, and no fewer would do: as many paths share no statement.
    Smallest(Vec<FlowId>),
    /// These; fewer might do.
    Enough(Vec<FlowId>),
    /// Every set holds one that a `require` rests on; an example on a way that has no other.
    OnlyRequired(FlowId),
    /// A way with no statement on it.
    SamePlace,
    /// The search stopped: at least so many.
    MoreThan(usize),
}

const NO_LIMIT: u32 = u32::MAX;
/// More statements than this are no advice.
const MOST_CUT: usize = 24;
const MOST_EDGES: usize = 1_000_000;

/// Cuts everything in `reach` (a search from `starts`) off from the goal. `required` says which flows must stay,
/// and for which `require`.
pub fn cut(
    graph: &Graph<'_>,
    reach: &Reach,
    (starts, barriers): (&ClassSet, &ClassSet),
    goal: &Goal<'_>,
    required: &[Option<Span>],
) -> Cut {
    let Some(mut slice) = Slice::new(graph, reach, (starts, barriers), goal, required) else {
        return Cut::MoreThan(MOST_CUT);
    };
    for paths in 0.. {
        let Some((way, capacity)) = slice.augmenting() else {
            let flows = slice.severed();
            // Fewer than one cannot do.
            let smallest = slice.exact || flows.len() == 1;
            return if smallest { Cut::Smallest(flows) } else { Cut::Enough(flows) };
        };
        if capacity == NO_LIMIT {
            return slice.required_on(&way).map_or(Cut::SamePlace, Cut::OnlyRequired);
        }
        if paths == MOST_CUT {
            return Cut::MoreThan(MOST_CUT);
        }
        slice.push(&way);
    }
    Cut::MoreThan(MOST_CUT)
}

/// What lies between the sides, as a network.
struct Slice {
    network: DiGraph<(), u32>,
    /// Units that run along each edge.
    used: Vec<u32>,
    source: NodeIndex,
    sink: NodeIndex,
    /// The edge that stands for each flow.
    flows: FxHashMap<EdgeIndex, FlowId>,
    /// Each flow is one node of the graph: the number found is a minimum.
    exact: bool,
}

impl Slice {
    fn new(
        graph: &Graph<'_>,
        reach: &Reach,
        (starts, barriers): (&ClassSet, &ClassSet),
        goal: &Goal<'_>,
        required: &[Option<Span>],
    ) -> Option<Self> {
        let mut network = DiGraph::new();
        let (source, sink) = (network.add_node(()), network.add_node(()));
        let zones: Vec<Option<NodeIndex>> =
            (0..graph.model.zones.len() as u32).map(|z| reach.reached(z).then(|| network.add_node(()))).collect();
        let goes = |z: u32| reach.reached(z) && graph.goes_on(z, starts, barriers);
        let mut slice = Self { network, used: Vec::new(), source, sink, flows: FxHashMap::default(), exact: true };
        let mut halves: FxHashMap<FlowId, (NodeIndex, NodeIndex)> = FxHashMap::default();
        for start in starts.iter() {
            slice.edge(source, zones[start as usize]?, NO_LIMIT);
        }
        for (i, node) in graph.nodes.iter().enumerate() {
            if reach.entered[i] == u32::MAX {
                continue;
            }
            if slice.network.edge_count() + node.from.len() + node.to.len() > MOST_EDGES {
                return None;
            }
            let (enter, leave) = match halves.get(&node.flow) {
                Some(&known) => {
                    slice.exact = false;
                    known
                }
                None => {
                    let (enter, leave) = (slice.network.add_node(()), slice.network.add_node(()));
                    let capacity = if required[node.flow.0 as usize].is_some() { NO_LIMIT } else { 1 };
                    let edge = slice.edge(enter, leave, capacity);
                    slice.flows.insert(edge, node.flow);
                    halves.insert(node.flow, (enter, leave));
                    (enter, leave)
                }
            };
            for from in node.from.iter().filter(|&z| goes(z)) {
                slice.edge(zones[from as usize]?, enter, NO_LIMIT);
            }
            if goal.services.is_none_or(|s| s.meets(&node.services)) && node.to.meets(goal.zones) {
                slice.edge(leave, sink, NO_LIMIT);
            }
            for to in node.to.iter() {
                slice.edge(leave, zones[to as usize]?, NO_LIMIT);
            }
        }
        for zone in (0..graph.model.zones.len() as u32).filter(|&z| goes(z)) {
            for next in graph.neighbours(zone) {
                if goal.zones.contains(next) && !goal.zones.contains(zone) {
                    slice.edge(zones[zone as usize]?, sink, NO_LIMIT);
                }
                slice.edge(zones[zone as usize]?, zones[next as usize]?, NO_LIMIT);
            }
        }
        Some(slice)
    }

    fn edge(&mut self, from: NodeIndex, to: NodeIndex, capacity: u32) -> EdgeIndex {
        self.used.push(0);
        self.network.add_edge(from, to, capacity)
    }

    /// What still fits along an edge, forwards or against what runs there.
    fn room(&self, edge: EdgeIndex, forwards: bool) -> u32 {
        let (used, capacity) = (self.used[edge.index()], self.network[edge]);
        match (forwards, capacity) {
            (true, NO_LIMIT) => NO_LIMIT,
            (true, _) => capacity - used,
            (false, _) => used,
        }
    }

    /// Nodes that the source still reaches, each with the edge it was reached by.
    fn explore(&self) -> FxHashMap<NodeIndex, Option<(EdgeIndex, bool)>> {
        let mut came: FxHashMap<NodeIndex, Option<(EdgeIndex, bool)>> = FxHashMap::default();
        came.insert(self.source, None);
        let mut queue = vec![self.source];
        let mut at = 0;
        while at < queue.len() && !came.contains_key(&self.sink) {
            let node = queue[at];
            at += 1;
            for (direction, forwards) in [(Outgoing, true), (Incoming, false)] {
                for edge in self.network.edges_directed(node, direction) {
                    let next = if forwards { edge.target() } else { edge.source() };
                    if self.room(edge.id(), forwards) > 0 && !came.contains_key(&next) {
                        came.insert(next, Some((edge.id(), forwards)));
                        queue.push(next);
                    }
                }
            }
        }
        came
    }

    /// A shortest way with room, and how much.
    fn augmenting(&self) -> Option<(Vec<(EdgeIndex, bool)>, u32)> {
        let came = self.explore();
        let mut way = Vec::new();
        let mut node = self.sink;
        while let Some((edge, forwards)) = *came.get(&node)? {
            way.push((edge, forwards));
            let (from, to) = self.network.edge_endpoints(edge)?;
            node = if forwards { from } else { to };
        }
        let room = way.iter().map(|&(e, f)| self.room(e, f)).min()?;
        Some((way, room))
    }

    fn push(&mut self, way: &[(EdgeIndex, bool)]) {
        for &(edge, forwards) in way {
            let used = &mut self.used[edge.index()];
            *used = if forwards { *used + 1 } else { *used - 1 };
        }
    }

    /// Flows that the source still enters and no longer leaves.
    fn severed(&self) -> Vec<FlowId> {
        let came = self.explore();
        let cut = |edge: EdgeIndex| {
            let Some((from, to)) = self.network.edge_endpoints(edge) else { return false };
            came.contains_key(&from) && !came.contains_key(&to)
        };
        let mut flows: Vec<FlowId> = Vec::new();
        for edge in self.network.edge_indices().filter(|&e| cut(e)) {
            flows.extend(self.flows.get(&edge));
        }
        flows.sort_unstable();
        flows
    }

    fn required_on(&self, way: &[(EdgeIndex, bool)]) -> Option<FlowId> {
        way.iter().rev().find_map(|(edge, _)| self.flows.get(edge).copied())
    }
}
