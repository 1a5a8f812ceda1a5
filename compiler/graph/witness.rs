//! Why something is compromised: one proof of fewest rounds, told as steps in an order in which each follows from those
//! before it.

use super::causes::causes;
use super::{Closure, Element, Fact, Graph, Question, Step};
use crate::model::{ClassSet, ServiceSet};

/// What must not be compromised.
pub struct Goal<'a> {
    /// These places.
    pub zones: &'a ClassSet,
    /// By a last connection or use of a credential on these; all other steps always count.
    pub services: Option<&'a ServiceSet>,
}

/// One step of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// What it leads to.
    pub fact: Fact,
    /// How.
    pub step: Step,
}

/// A proof.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// Its steps, those that follow from nothing left out but for `Writable` and `Trigger`. Empty if a start is a goal.
    pub hops: Vec<Hop>,
    /// The facts from the start to the goal, along the longest branch.
    pub trunk: Vec<Fact>,
}

impl Witness {
    /// What it rests on that could be deleted, sorted.
    pub fn elements(&self, graph: &Graph<'_>) -> Vec<Element> {
        let mut elements: Vec<Element> = self.hops.iter().flat_map(|hop| hop.step.elements(graph, hop.fact)).collect();
        elements.sort_unstable();
        elements.dedup();
        elements
    }
}

/// A shortest proof that the goal is compromised; `None` if it is not.
pub fn witness(graph: &Graph<'_>, found: &Closure, question: Question<'_>, goal: &Goal<'_>) -> Option<Witness> {
    let last = match goal.services {
        None => {
            let reached = goal.zones.iter().filter(|&z| found.reached(z));
            let nearest = reached.min_by_key(|&z| found.round(Fact::Compromised(z)))?;
            let fact = Fact::Compromised(nearest);
            Hop { fact, step: found.step(fact) }
        }
        Some(services) => last_hop(graph, found, question, goal.zones, services)?,
    };
    Some(proof(graph, found, last))
}

/// The proof whose last step is given.
pub fn proof(graph: &Graph<'_>, found: &Closure, last: Hop) -> Witness {
    let mut hops = Vec::new();
    let mut told: Vec<Fact> = Vec::new();
    // A stack of its own: a proof may be as long as there are zones. A step comes back up after what it needs.
    let mut todo = vec![(last, false)];
    while let Some((hop, ready)) = todo.pop() {
        if ready {
            if hop.step != Step::Start {
                hops.push(hop);
            }
            continue;
        }
        if told.contains(&hop.fact) && hop != last {
            continue;
        }
        told.push(hop.fact);
        todo.push((hop, true));
        let premises = hop.step.premises(graph, hop.fact);
        todo.extend(premises.into_iter().rev().map(|fact| (Hop { fact, step: found.step(fact) }, false)));
    }
    let mut trunk = vec![last.fact];
    let mut hop = last;
    loop {
        let premises = hop.step.premises(graph, hop.fact);
        // Of several the one that took longest; of those, the place that the step starts from.
        let Some(longest) = premises.iter().rev().copied().max_by_key(|&fact| found.round(fact)) else { break };
        trunk.push(longest);
        hop = Hop { fact: longest, step: found.step(longest) };
    }
    trunk.reverse();
    Witness { hops, trunk }
}

/// The last step of a shortest proof that enters the goal on one of `services`, or by a step that has none.
fn last_hop(
    graph: &Graph<'_>,
    found: &Closure,
    question: Question<'_>,
    goal: &ClassSet,
    services: &ServiceSet,
) -> Option<Hop> {
    let serves = |node: u32| graph.nodes[node as usize].services.meets(services);
    let mut best: Option<((u32, u32), Hop)> = None;
    for place in goal.iter() {
        let fact = Fact::Compromised(place);
        for step in causes(graph, found, question, place, &serves, 4) {
            // From one goal to the next is no way in.
            let inside = |step: Step| match step {
                Step::Neighbour { from } | Step::Cache { from, .. } => goal.contains(from),
                Step::Host { process } => goal.contains(process),
                Step::Process { host } => goal.contains(host),
                _ => false,
            };
            if inside(step) {
                continue;
            }
            let before = step.premises(graph, fact).into_iter().filter_map(|f| found.round(f)).max().unwrap_or(0);
            if best.is_none_or(|(key, _)| (before, place) < key) {
                best = Some(((before, place), Hop { fact, step }));
            }
        }
    }
    best.map(|(_, hop)| hop)
}

/// A quick look from the goal backwards, over everything that could be a step: `false` means that no search would find
/// a way. It gives up, with `true`, where many places lead to the goal, or one that may be compromised by other steps than
/// connections.
pub fn may_reach(graph: &Graph<'_>, starts: &ClassSet, goal: &ClassSet) -> bool {
    const MOST: usize = 64;
    if starts.meets(goal) || graph.otherwise.meets(goal) {
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
            if starts.contains(z) || graph.otherwise.contains(z) || seen.len() > MOST {
                return true;
            }
            if !seen.contains(&z) {
                seen.push(z);
            }
        }
    }
    false
}
