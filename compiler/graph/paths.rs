//! How many ways there are. Counting simple paths has no fast exact method, so it is bounded, and says so.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::causes::{captures, causes, taints};
use super::{Closure, Element, Fact, Goal, Graph, Question, Step};

/// A number of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Exactly so many.
    Exactly(usize),
    /// At least so many: counting stopped.
    AtLeast(usize),
}

const MOST_PATHS: usize = 1_000;
const MOST_STEPS: usize = 20_000;

/// Paths from a start, or from what anybody can write, to a goal, that pass through nothing twice, and through no other
/// start or goal on the way. A path follows the place or the credential that a step starts from; two statements that lead
/// the same step make two paths.
pub fn count_paths(graph: &Graph<'_>, found: &Closure, question: Question<'_>, goal: &Goal<'_>) -> Count {
    let mut counter = Counter {
        graph,
        found,
        question,
        goal,
        known: FxHashMap::default(),
        on_way: FxHashSet::default(),
        paths: 0,
        steps: 0,
    };
    for place in goal.zones.iter().filter(|&place| found.reached(place)) {
        counter.to(Fact::Compromised(place));
    }
    let stopped = counter.paths >= MOST_PATHS || counter.steps >= MOST_STEPS;
    if stopped { Count::AtLeast(counter.paths) } else { Count::Exactly(counter.paths) }
}

struct Counter<'g, 'm> {
    graph: &'g Graph<'m>,
    found: &'g Closure,
    question: Question<'g>,
    goal: &'g Goal<'g>,
    /// What leads to a fact, and whether it is the last one: a fact is come to on many ways.
    known: FxHashMap<(Fact, bool), Rc<[Option<Fact>]>>,
    on_way: FxHashSet<Fact>,
    paths: usize,
    steps: usize,
}

impl Counter<'_, '_> {
    /// The facts that lead to a fact in one step, each as often as a statement leads there; `None` is the beginning.
    fn before(&mut self, fact: Fact, last: bool) -> Rc<[Option<Fact>]> {
        if let Some(known) = self.known.get(&(fact, last)) {
            return known.clone();
        }
        let before: Rc<[Option<Fact>]> = self.work_out(fact, last).into();
        self.known.insert((fact, last), before.clone());
        before
    }

    fn work_out(&self, fact: Fact, last: bool) -> Vec<Option<Fact>> {
        let graph = self.graph;
        let services = self.goal.services.filter(|_| last);
        let serves = |node: u32| services.is_none_or(|s| graph.nodes[node as usize].services.meets(s));
        let steps = match fact {
            Fact::Compromised(place) => causes(graph, self.found, self.question, place, &serves, MOST_PATHS),
            Fact::Captured(credential) => captures(graph, self.found, self.question, credential),
            Fact::Tainted(place) => taints(graph, self.found, self.question, place),
        };
        // One allow may be several nodes, one per family: it is one step all the same.
        let origin = |step: Step| (step.premises(graph, fact).first().copied(), step.elements(graph, fact));
        let mut origins: Vec<(Option<Fact>, Vec<Element>)> =
            steps.into_iter().map(origin).map(|(from, elements)| (from, elements.to_vec())).collect();
        origins.sort_unstable();
        origins.dedup();
        origins.into_iter().map(|(from, _)| from).collect()
    }

    /// All paths that end in a fact, with a stack of its own: paths may be as long as there are places.
    fn to(&mut self, end: Fact) {
        let first = self.before(end, true);
        let mut stack = vec![(end, first.len(), first)];
        self.on_way.insert(end);
        while let Some((fact, left, before)) = stack.last_mut() {
            let goes_on = *left > 0 && self.paths < MOST_PATHS && self.steps < MOST_STEPS;
            *left = left.saturating_sub(1);
            let Some(from) = goes_on.then(|| before[*left]) else {
                self.on_way.remove(fact);
                stack.pop();
                continue;
            };
            self.steps += 1;
            let start = |fact: Fact| matches!(fact, Fact::Compromised(p) if self.question.starts.contains(p));
            match from {
                None => self.paths += 1,
                Some(fact) if start(fact) => self.paths += 1,
                Some(fact) => {
                    let goal = matches!(fact, Fact::Compromised(p) if self.goal.zones.contains(p));
                    if !goal && self.on_way.insert(fact) {
                        let before = self.before(fact, false);
                        stack.push((fact, before.len(), before));
                    }
                }
            }
        }
    }
}
