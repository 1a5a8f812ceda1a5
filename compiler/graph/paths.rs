//! How many ways there are. Counting simple paths has no fast exact method, so it is bounded, and says so.

use super::{Goal, Graph};
use crate::model::{ClassSet, FlowId};

/// A number of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Exactly so many.
    Exactly(usize),
    /// At least so many: counting stopped.
    AtLeast(usize),
}

const MOST_PATHS: usize = 1_000;
const MOST_STEPS: usize = 50_000;

/// Paths from a start to a goal that pass through no zone twice, and through no other start or goal on the way. Two
/// allows between the same zones make two paths.
pub fn count_paths(graph: &Graph<'_>, starts: &ClassSet, barriers: &ClassSet, goal: &Goal<'_>) -> Count {
    let useful = leads_to(graph, goal);
    let mut counter = Counter {
        graph,
        starts,
        barriers,
        goal,
        useful,
        on_way: vec![false; graph.model.zones.len()],
        paths: 0,
        steps: 0,
    };
    for start in starts.iter().filter(|&s| graph.goes_on(s, starts, barriers)) {
        counter.from(start);
    }
    let stopped = counter.paths >= MOST_PATHS || counter.steps >= MOST_STEPS;
    if stopped { Count::AtLeast(counter.paths) } else { Count::Exactly(counter.paths) }
}

/// For each zone, whether some step of it may lead on to the goal.
fn leads_to(graph: &Graph<'_>, goal: &Goal<'_>) -> Vec<bool> {
    let mut useful = vec![false; graph.model.zones.len()];
    let mut seen = vec![false; graph.nodes.len()];
    let mut queue: Vec<u32> = goal.zones.iter().collect();
    queue.iter().for_each(|&z| useful[z as usize] = true);
    while let Some(zone) = queue.pop() {
        let mut before: Vec<u32> = graph.neighbours(zone).collect();
        for node in graph.into(zone) {
            if !std::mem::replace(&mut seen[node as usize], true) {
                before.extend(graph.nodes[node as usize].from.iter());
            }
        }
        for z in before {
            if !std::mem::replace(&mut useful[z as usize], true) {
                queue.push(z);
            }
        }
    }
    useful
}

struct Counter<'g, 'm> {
    graph: &'g Graph<'m>,
    starts: &'g ClassSet,
    barriers: &'g ClassSet,
    goal: &'g Goal<'g>,
    useful: Vec<bool>,
    on_way: Vec<bool>,
    paths: usize,
    steps: usize,
}

impl Counter<'_, '_> {
    /// Steps out of a zone: where to, and whether a last step of this kind counts.
    fn steps_from(&self, zone: u32) -> Vec<(u32, bool)> {
        // One allow may be several nodes, one per family: it is one step all the same.
        let mut steps: Vec<(u32, FlowId, bool)> = Vec::new();
        for node in self.graph.out_of(zone) {
            let node = &self.graph.nodes[node as usize];
            let counts = self.goal.services.is_none_or(|s| s.meets(&node.services));
            for to in node.to.iter().take(MOST_PATHS) {
                if to != zone && self.useful[to as usize] {
                    steps.push((to, node.flow, counts));
                }
            }
        }
        steps.sort_unstable();
        steps.dedup_by(|later, first| {
            let same = later.0 == first.0 && later.1 == first.1;
            first.2 |= same && later.2;
            same
        });
        let nested = self.graph.neighbours(zone).map(|to| (to, true));
        steps.into_iter().map(|(to, _, counts)| (to, counts)).chain(nested).collect()
    }

    /// All paths from a start, with a stack of its own: paths may be as long as there are zones.
    fn from(&mut self, start: u32) {
        let mut stack = vec![(start, self.steps_from(start))];
        self.on_way[start as usize] = true;
        while let Some((zone, todo)) = stack.last_mut() {
            let Some((to, counts)) = todo.pop().filter(|_| self.paths < MOST_PATHS && self.steps < MOST_STEPS) else {
                self.on_way[*zone as usize] = false;
                stack.pop();
                continue;
            };
            self.steps += 1;
            if self.goal.zones.contains(to) {
                self.paths += usize::from(counts);
                continue;
            }
            let leads_on = self.useful[to as usize]
                && !self.on_way[to as usize]
                && !self.starts.contains(to)
                && self.graph.goes_on(to, self.starts, self.barriers);
            if leads_on {
                self.on_way[to as usize] = true;
                stack.push((to, self.steps_from(to)));
            }
        }
    }
}
