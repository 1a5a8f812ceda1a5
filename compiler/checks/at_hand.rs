//! What a compromised place has at hand: the machine it is on, and nothing that it would have to connect to. A process
//! that is not contained has its hosts and what else runs on them, a zone has the processes on its hosts.

use super::Context;
use super::public::first;
use crate::graph::Graph;
use crate::model::{ClassSet, CredentialId, ZoneId};

/// What is on the machine of a place.
pub struct AtHand {
    /// The places on it, its own among them; none that is a barrier.
    pub places: ClassSet,
    /// The credentials that they hold, sorted.
    pub credentials: Vec<CredentialId>,
}

/// What `place` has at hand. Nothing, where a barrier keeps a compromise from going on.
pub fn of(context: &Context<'_>, place: u32) -> AtHand {
    let graph = context.graph();
    // As on paths: a barrier is never left, and the internet is no place of ours.
    let goes_on = |place: u32| graph.goes_on(place, &ClassSet::default(), &graph.barriers);
    let places = if goes_on(place) { machine(graph, place).difference(&graph.barriers) } else { ClassSet::default() };
    let credentials = held(graph, &places);
    AtHand { places, credentials }
}

fn machine(graph: &Graph<'_>, place: u32) -> ClassSet {
    let zones = &graph.model.zones;
    let own = ClassSet::run(place, place + 1);
    let host = match zones[ZoneId(place)].parent {
        Some(host) if zones[ZoneId(place)].is_process() => {
            if graph.contained.contains(place) {
                return own;
            }
            host
        }
        _ => ZoneId(place),
    };
    // A process runs on all hosts of its zone, children among them; so does what a zone around it declares.
    let inside = if host.0 == place { own } else { zones.classes(host).difference(zones.domains()) };
    zones.ancestry(host).fold(inside, |all, zone| {
        let processes: ClassSet = graph.processes(zone.0).collect();
        all.union(&processes)
    })
}

/// Credentials held at some of the places.
fn held(graph: &Graph<'_>, places: &ClassSet) -> Vec<CredentialId> {
    let mut all: Vec<u32> = places.iter().flat_map(|place| graph.holders.narrow(place)).copied().collect();
    let holds = |credential: u32| {
        graph.model.credentials[credential as usize].held.as_ref().is_some_and(|(_, set)| set.meets(places))
    };
    all.extend(graph.holders.wide.iter().copied().filter(|&credential| holds(credential)));
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(CredentialId).collect()
}

impl AtHand {
    /// The first of the places that holds a credential which is at hand.
    pub fn holder(&self, context: &Context<'_>, credential: CredentialId) -> Option<u32> {
        let held = &context.model.credentials[credential.0 as usize].held.as_ref()?.1;
        first(&self.places.intersection(held))
    }

    /// Connections from here to one of `to`, with nothing needed that is not at hand: the graph's nodes, in order, and
    /// from where. What makes a connection `inert` does not keep anything from leaving over it.
    pub fn connections(&self, context: &Context<'_>, to: &ClassSet) -> Vec<(u32, u32)> {
        let graph = context.graph();
        let mut nodes: Vec<(u32, u32)> = Vec::new();
        for place in self.places.iter() {
            nodes.extend(graph.out_of(place).map(|node| (node, place)));
        }
        nodes.retain(|&(node, _)| {
            let node = &graph.nodes[node as usize];
            node.to.meets(to) && node.needs.iter().all(|c| self.credentials.binary_search(c).is_ok())
        });
        nodes.sort_unstable();
        nodes.dedup_by_key(|(node, _)| *node);
        nodes
    }
}
