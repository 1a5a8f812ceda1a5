//! From every zone to every zone: who reaches whom over any number of steps.
//!
//! A step between sets of classes is an edge between nodes of two trees over all classes, one to leave by and one to
//! arrive at, so that `any` costs no more than a zone. Components are condensed; each has one set of what it reaches.
//! Where credentials, pulled content and the like matter too, each component's set is worked out as a closure.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::graph::{self, Graph, Question};
use crate::model::ClassSet;

/// What each zone reaches.
pub struct Closure {
    /// For each zone, the component that it leaves from.
    component: Vec<u32>,
    /// For each component, a bit per zone; none where no zone leaves from it and nothing needs it any more.
    reached: Vec<Vec<u64>>,
}

impl Closure {
    /// Of a graph.
    pub fn new(graph: &Graph<'_>) -> Self {
        let classes = graph.model.zones.len();
        let trees = Trees { leaves: classes.next_power_of_two() };
        let mut steps: DiGraph<(), ()> = DiGraph::with_capacity(trees.leaves * 4, graph.nodes.len() * 2);
        (0..trees.leaves * 4).for_each(|_| {
            steps.add_node(());
        });
        trees.grow(&mut steps);
        for class in 0..classes as u32 {
            // What is reached is left again, unless it is a barrier or the internet; a start is always left.
            let passes = graph.goes_on(class, &ClassSet::default(), &graph.barriers);
            if passes {
                steps.add_edge(trees.arrive(class), trees.leave(class), ());
            }
            for next in graph.neighbours(class) {
                steps.add_edge(trees.leave(class), trees.arrive(next), ());
            }
        }
        for node in graph.nodes.iter().filter(|node| node.steps() && node.needs.is_empty()) {
            trees.join(&node.from, &node.to, &mut steps);
        }
        let components = kosaraju_scc(&steps);
        let mut component = vec![0u32; steps.node_count()];
        for (number, members) in (0..).zip(&components) {
            members.iter().for_each(|member| component[member.index()] = number);
        }
        // Components come with those that they lead to before them.
        let words = classes.div_ceil(64);
        let mut reached: Vec<Vec<u64>> = Vec::with_capacity(components.len());
        for (number, members) in (0..).zip(&components) {
            let mut own = vec![0u64; words];
            let mut merged = Vec::new();
            for &member in members {
                if let Some(class) = trees.arriving(member).filter(|&c| c < classes) {
                    own[class / 64] |= 1 << (class % 64);
                }
                merged.extend(steps.neighbors(member).map(|next| component[next.index()]).filter(|&c| c != number));
            }
            merged.sort_unstable();
            merged.dedup();
            for next in merged {
                own.iter_mut().zip(&reached[next as usize]).for_each(|(own, theirs)| *own |= theirs);
            }
            reached.push(own);
        }
        let component: Vec<u32> = (0..classes as u32).map(|class| component[trees.leave(class).index()]).collect();
        let mut closure = Self { component, reached };
        if !graph.is_plain() {
            closure.work_out(graph);
        }
        closure
    }

    /// Follows every step, from one zone of each component: the others reach the same, since they reach it. That takes a
    /// while in a large policy; to leave some out would tell of fewer paths than there are.
    fn work_out(&mut self, graph: &Graph<'_>) {
        let mut first: Vec<(u32, u32)> = (0..).zip(&self.component).map(|(class, &c)| (c, class)).collect();
        first.sort_unstable();
        first.dedup_by_key(|(component, _)| *component);
        for (component, class) in first {
            let start = ClassSet::run(class, class + 1);
            let found = graph::Closure::new(graph, Question::new(&start, &graph.barriers));
            let set = &mut self.reached[component as usize];
            for place in found.compromised().iter() {
                set[place as usize / 64] |= 1 << (place % 64);
            }
        }
    }

    /// The component of a zone: zones of one component reach the same.
    pub fn component(&self, zone: u32) -> u32 {
        self.component[zone as usize]
    }

    /// Does a compromise of one zone reach another one?
    pub fn reaches(&self, from: u32, to: u32) -> bool {
        self.reached[self.component(from) as usize][to as usize / 64] >> (to % 64) & 1 == 1
    }
}

/// Two segment trees over the classes, side by side: node 1 is the root, leaves come last.
struct Trees {
    leaves: usize,
}

impl Trees {
    fn leave(&self, class: u32) -> NodeIndex {
        NodeIndex::new(self.leaves + class as usize)
    }

    fn arrive(&self, class: u32) -> NodeIndex {
        NodeIndex::new(self.leaves * 3 + class as usize)
    }

    fn arriving(&self, node: NodeIndex) -> Option<usize> {
        node.index().checked_sub(self.leaves * 3)
    }

    /// The inner edges: up where one leaves, down where one arrives.
    fn grow(&self, steps: &mut DiGraph<(), ()>) {
        for node in 2..self.leaves * 2 {
            steps.add_edge(NodeIndex::new(node), NodeIndex::new(node / 2), ());
            steps.add_edge(NodeIndex::new(self.leaves * 2 + node / 2), NodeIndex::new(self.leaves * 2 + node), ());
        }
    }

    /// Every source to every destination.
    fn join(&self, from: &ClassSet, to: &ClassSet, steps: &mut DiGraph<(), ()>) {
        let (from, to) = (self.cover(from), self.cover(to));
        let arrive = |node: usize| NodeIndex::new(self.leaves * 2 + node);
        if from.len() * to.len() <= from.len() + to.len() {
            for &one in &from {
                for &other in &to {
                    steps.add_edge(NodeIndex::new(one), arrive(other), ());
                }
            }
            return;
        }
        let between = steps.add_node(());
        for &one in &from {
            steps.add_edge(NodeIndex::new(one), between, ());
        }
        for &other in &to {
            steps.add_edge(between, arrive(other), ());
        }
    }

    /// The fewest nodes of a tree that stand for just these classes.
    fn cover(&self, classes: &ClassSet) -> Vec<usize> {
        let mut nodes = Vec::new();
        for &(start, end) in classes.runs() {
            let (mut low, mut high) = (start as usize + self.leaves, end as usize + self.leaves);
            while low < high {
                if low & 1 == 1 {
                    nodes.push(low);
                    low += 1;
                }
                if high & 1 == 1 {
                    high -= 1;
                    nodes.push(high);
                }
                low /= 2;
                high /= 2;
            }
        }
        nodes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Trees join just what is meant.
    #[test]
    fn sets_are_covered_by_few_nodes() {
        let trees = Trees { leaves: 8 };
        for (start, end) in (0..8).flat_map(|s| (s + 1..=8).map(move |e| (s, e))) {
            let nodes = trees.cover(&ClassSet::run(start, end));
            let below = |node: usize| {
                let depth = node.ilog2();
                let width = 8 >> depth;
                let first = (node - (1 << depth)) * width;
                first as u32..(first + width) as u32
            };
            let mut held: Vec<u32> = nodes.iter().flat_map(|&node| below(node)).collect();
            held.sort_unstable();
            assert_eq!(held, (start..end).collect::<Vec<_>>());
            assert!(nodes.len() <= 4, "{nodes:?}");
        }
    }
}
