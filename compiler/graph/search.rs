//! Fewest hops from a set of zones: breadth first, ties by the zones' names.

use super::{Graph, Node};
use crate::model::{ClassSet, FlowId, ServiceSet};

/// What a search found.
pub struct Reach {
    /// For each zone its number of steps; `u32::MAX` where it is not reached.
    pub steps: Vec<u32>,
    /// For each node the zone that it was first entered from.
    pub entered: Vec<u32>,
    via: Vec<Via>,
}

/// How a zone was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Via {
    Not,
    Start,
    Node(u32),
    Neighbour(u32),
}

/// What must not be reached.
pub struct Goal<'a> {
    /// These zones.
    pub zones: &'a ClassSet,
    /// By a last connection on these; steps between neighbours always count.
    pub services: Option<&'a ServiceSet>,
}

/// One step of a witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// From this zone.
    pub from: u32,
    /// To that one.
    pub to: u32,
    /// By this allow; `None` is between a zone and its parent.
    pub flow: Option<FlowId>,
}

const NOT: u32 = u32::MAX;

/// Everything that a compromise of `starts` reaches, where zones in `barriers` are never left.
pub fn search(graph: &Graph<'_>, starts: &ClassSet, barriers: &ClassSet) -> Reach {
    let zones = graph.model.zones.len();
    let mut reach =
        Reach { steps: vec![NOT; zones], entered: vec![NOT; graph.nodes.len()], via: vec![Via::Not; zones] };
    let mut unreached = Unreached::new(zones);
    let mut queue: Vec<u32> = Vec::new();
    for zone in starts.iter() {
        reach.steps[zone as usize] = 0;
        reach.via[zone as usize] = Via::Start;
        unreached.take(zone);
        queue.push(zone);
    }
    // A wide node leaves the list as soon as it is entered, so that it is asked about few zones only.
    let mut wide = graph.leaving.wide.clone();
    let mut at = 0;
    while at < queue.len() {
        let zone = queue[at];
        at += 1;
        if !graph.goes_on(zone, starts, barriers) {
            continue;
        }
        let steps = reach.steps[zone as usize] + 1;
        let mut entered: Vec<u32> = graph.leaving.narrow(zone).to_vec();
        wide.retain(|&n| {
            let holds = graph.nodes[n as usize].from.contains(zone);
            if holds {
                entered.push(n);
            }
            !holds
        });
        let layer = queue.len();
        for node in entered {
            if reach.entered[node as usize] != NOT {
                continue;
            }
            reach.entered[node as usize] = zone;
            for &(start, end) in graph.nodes[node as usize].to.runs() {
                while let Some(next) = unreached.next(start).filter(|&n| n < end) {
                    unreached.take(next);
                    reach.steps[next as usize] = steps;
                    reach.via[next as usize] = Via::Node(node);
                    queue.push(next);
                }
            }
        }
        for next in graph.neighbours(zone) {
            if reach.steps[next as usize] == NOT {
                unreached.take(next);
                reach.steps[next as usize] = steps;
                reach.via[next as usize] = Via::Neighbour(zone);
                queue.push(next);
            }
        }
        queue[layer..].sort_unstable();
    }
    reach
}

/// A quick look from the goal backwards, over everything that could be a step: `false` means that no search would find
/// a way. It gives up, with `true`, where many zones lead to the goal.
pub fn may_reach(graph: &Graph<'_>, starts: &ClassSet, goal: &ClassSet) -> bool {
    const MOST: usize = 64;
    if starts.meets(goal) {
        return true;
    }
    let mut seen: Vec<u32> = goal.iter().take(MOST + 1).collect();
    let mut at = 0;
    while at < seen.len() {
        if seen.len() > MOST {
            return true;
        }
        let zone = seen[at];
        at += 1;
        let before = graph.into(zone).flat_map(|n| graph.nodes[n as usize].from.iter()).chain(graph.neighbours(zone));
        for z in before {
            if starts.contains(z) || seen.len() > MOST {
                return true;
            }
            if !seen.contains(&z) {
                seen.push(z);
            }
        }
    }
    false
}

impl Reach {
    /// Is the zone reached?
    pub fn reached(&self, zone: u32) -> bool {
        self.steps[zone as usize] != NOT
    }

    /// The shortest way to the goal, first step first; `None` if there is none. Empty if a start is a goal.
    pub fn witness(
        &self,
        graph: &Graph<'_>,
        starts: &ClassSet,
        barriers: &ClassSet,
        goal: &Goal<'_>,
    ) -> Option<Vec<Hop>> {
        let last = match goal.services {
            None => {
                let nearest = goal.zones.iter().filter(|&z| self.reached(z)).min_by_key(|&z| self.steps[z as usize])?;
                return Some(self.way_to(graph, nearest));
            }
            Some(services) => self.last_hop(graph, starts, barriers, goal.zones, services)?,
        };
        let mut way = self.way_to(graph, last.from);
        way.push(last);
        Some(way)
    }

    /// The last step of a shortest way that enters the goal on one of `services`, or from a neighbour outside it.
    fn last_hop(
        &self,
        graph: &Graph<'_>,
        starts: &ClassSet,
        barriers: &ClassSet,
        goal: &ClassSet,
        services: &ServiceSet,
    ) -> Option<Hop> {
        let mut best: Option<(u32, u32, Hop)> = None;
        let mut offer = |hop: Hop| {
            let key = (self.steps[hop.from as usize], hop.to);
            if best.is_none_or(|(steps, to, _)| key < (steps, to)) {
                best = Some((key.0, key.1, hop));
            }
        };
        for zone in goal.iter() {
            for node in graph.into(zone) {
                let Node { flow, from: sources, services: carried, .. } = &graph.nodes[node as usize];
                let entered = self.entered[node as usize];
                if entered == NOT || !carried.meets(services) {
                    continue;
                }
                // A zone does not break into itself: if it entered first, another source must be there too.
                let from = if entered != zone {
                    Some(entered)
                } else {
                    let other = |&s: &u32| s != zone && self.reached(s) && graph.goes_on(s, starts, barriers);
                    sources.iter().filter(other).min_by_key(|&s| self.steps[s as usize])
                };
                if let Some(from) = from {
                    offer(Hop { from, to: zone, flow: Some(*flow) });
                }
            }
            for from in graph.neighbours(zone) {
                if !goal.contains(from) && self.reached(from) && graph.goes_on(from, starts, barriers) {
                    offer(Hop { from, to: zone, flow: None });
                }
            }
        }
        best.map(|(_, _, hop)| hop)
    }

    fn way_to(&self, graph: &Graph<'_>, zone: u32) -> Vec<Hop> {
        let mut way = Vec::new();
        let mut to = zone;
        loop {
            let hop = match self.via[to as usize] {
                Via::Not | Via::Start => break,
                Via::Node(node) => {
                    Hop { from: self.entered[node as usize], to, flow: Some(graph.nodes[node as usize].flow) }
                }
                Via::Neighbour(from) => Hop { from, to, flow: None },
            };
            way.push(hop);
            to = hop.from;
        }
        way.reverse();
        way
    }
}

/// Zones not reached yet, with the next one found in almost constant time.
struct Unreached(Vec<u32>);

impl Unreached {
    fn new(zones: usize) -> Self {
        Self((0..=zones as u32).collect())
    }

    /// The first unreached zone from `zone` on.
    fn next(&mut self, zone: u32) -> Option<u32> {
        let mut root = zone;
        while self.0[root as usize] != root {
            root = self.0[root as usize];
        }
        let mut at = zone;
        while self.0[at as usize] != root {
            at = std::mem::replace(&mut self.0[at as usize], root);
        }
        ((root as usize) < self.0.len() - 1).then_some(root)
    }

    fn take(&mut self, zone: u32) {
        self.0[zone as usize] = zone + 1;
    }
}
