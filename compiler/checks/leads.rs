//! From which places a compromise leads to which credentials, for all places at once: by steps that need nothing else,
//! which is certain; and by all steps, with whatever else they need taken for granted, which bounds it from above.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::graph::Graph;
use crate::model::{ClassSet, CredentialId};

/// Which credentials each place leads to.
pub struct Leads {
    /// By place, a bit for each credential that is asked about.
    bits: Vec<Vec<u64>>,
    /// Numbers of the credentials that are asked about.
    asked: Vec<CredentialId>,
}

/// Places, statements, what comes back over them, credentials and content as nodes, in a row.
struct Steps<'g, 'm> {
    graph: &'g Graph<'m>,
    all: DiGraph<(), (), u32>,
    /// Steps that need more than what they start from count, too.
    relaxed: bool,
}

impl Leads {
    /// Over steps that need nothing else or, if `relaxed`, all of them; `asked` are sorted.
    pub fn new(graph: &Graph<'_>, asked: Vec<CredentialId>, relaxed: bool) -> Self {
        let places = graph.model.zones.len();
        let steps = Steps::new(graph, relaxed);
        // Each component comes behind all that it leads to.
        let components = kosaraju_scc(&steps.all);
        let words = asked.len().div_ceil(64);
        let mut component = vec![0usize; steps.all.node_count()];
        let mut bits: Vec<Vec<u64>> = Vec::with_capacity(components.len());
        for (number, members) in components.iter().enumerate() {
            let mut own = vec![0u64; words];
            for &member in members {
                component[member.index()] = number;
                if let Some(at) = steps.credential(member).and_then(|c| asked.binary_search(&c).ok()) {
                    own[at / 64] |= 1 << (at % 64);
                }
            }
            for next in members.iter().flat_map(|&member| steps.all.neighbors(member)) {
                if let Some(behind) = bits.get(component[next.index()]).filter(|_| component[next.index()] != number) {
                    own.iter_mut().zip(behind).for_each(|(word, more)| *word |= more);
                }
            }
            bits.push(own);
        }
        let bits = component[..places].iter().map(|&number| bits[number].clone()).collect();
        Self { bits, asked }
    }

    /// Does the place lead to the credential?
    pub fn lead(&self, place: u32, credential: CredentialId) -> bool {
        let at = self.asked.binary_search(&credential).ok();
        at.is_some_and(|at| self.bits[place as usize][at / 64] >> (at % 64) & 1 == 1)
    }
}

impl<'g, 'm> Steps<'g, 'm> {
    fn new(graph: &'g Graph<'m>, relaxed: bool) -> Self {
        let (places, nodes) = (graph.model.zones.len(), graph.nodes.len());
        let count = 2 * (places + nodes) + graph.model.credentials.len();
        let mut steps = Self { graph, all: DiGraph::with_capacity(count, 0), relaxed };
        for _ in 0..count {
            steps.all.add_node(());
        }
        (0..places as u32).for_each(|place| steps.of_place(place));
        (0..nodes as u32).for_each(|node| steps.of_node(node));
        steps.of_credentials_and_caches();
        steps
    }

    fn place(&self, place: u32) -> NodeIndex {
        NodeIndex::new(place as usize)
    }

    fn content(&self, place: u32) -> NodeIndex {
        NodeIndex::new(self.graph.model.zones.len() + place as usize)
    }

    fn connection(&self, node: u32) -> NodeIndex {
        NodeIndex::new(2 * self.graph.model.zones.len() + node as usize)
    }

    fn coming_back(&self, node: u32) -> NodeIndex {
        NodeIndex::new(2 * self.graph.model.zones.len() + self.graph.nodes.len() + node as usize)
    }

    fn secret(&self, credential: u32) -> NodeIndex {
        NodeIndex::new(2 * (self.graph.model.zones.len() + self.graph.nodes.len()) + credential as usize)
    }

    fn credential(&self, at: NodeIndex) -> Option<CredentialId> {
        let number = at.index().checked_sub(self.secret(0).index())?;
        // Behind them stand caches.
        (number < self.graph.model.credentials.len()).then_some(CredentialId(number as u32))
    }

    fn goes_on(&self, place: u32) -> bool {
        self.graph.goes_on(place, &ClassSet::default(), &self.graph.barriers)
    }

    fn of_place(&mut self, place: u32) {
        let graph = self.graph;
        if !self.goes_on(place) {
            return;
        }
        let host = graph.host(place).filter(|_| !graph.contained.contains(place));
        for to in graph.neighbours(place).chain(graph.processes(place)).chain(host) {
            self.all.add_edge(self.place(place), self.place(to), ());
        }
        self.all.add_edge(self.place(place), self.content(place), ());
    }

    fn of_node(&mut self, number: u32) {
        let node = &self.graph.nodes[number as usize];
        if node.steps() && (self.relaxed || node.needs.is_empty()) {
            for from in node.from.iter().filter(|&from| self.goes_on(from)).collect::<Vec<_>>() {
                self.all.add_edge(self.place(from), self.connection(number), ());
            }
            for to in node.to.iter() {
                self.all.add_edge(self.connection(number), self.place(to), ());
            }
        }
        let pullers: Vec<u32> = match node.vetted {
            true => Vec::new(),
            false => node.from.iter().filter(|&from| self.graph.swallows(node, from)).collect(),
        };
        if !pullers.is_empty() {
            for from in node.to.iter() {
                self.all.add_edge(self.content(from), self.coming_back(number), ());
            }
            for to in pullers {
                self.all.add_edge(self.coming_back(number), self.place(to), ());
            }
        }
    }

    fn of_credentials_and_caches(&mut self) {
        let graph = self.graph;
        for (number, secret) in (0..).zip(&graph.model.credentials) {
            let held = secret.held.iter().flat_map(|(_, set)| set.iter());
            for place in held.filter(|&place| self.goes_on(place)).collect::<Vec<_>>() {
                self.all.add_edge(self.place(place), self.secret(number), ());
            }
            for place in secret.publishes.iter().flat_map(|(_, set)| set.iter()) {
                self.all.add_edge(self.secret(number), self.content(place), ());
            }
            // What lets a credential in is asked for by the exact search alone.
            for place in secret.opens.iter().filter(|_| self.relaxed).flat_map(|(_, set)| set.iter()) {
                self.all.add_edge(self.secret(number), self.place(place), ());
            }
        }
        for (_, one, other) in &graph.shares {
            for (here, there) in [(one, other), (other, one)] {
                // One node of its own for each direction: both ends may be wide.
                let cache = self.all.add_node(());
                for place in here.iter().filter(|&place| self.goes_on(place)).collect::<Vec<_>>() {
                    self.all.add_edge(self.place(place), cache, ());
                }
                for place in there.iter() {
                    self.all.add_edge(cache, self.place(place), ());
                }
            }
        }
    }
}
