//! From how many places each critical zone is reached. Searched backwards: most places are decided by steps that follow
//! from one fact alone. What lies between those that surely and those that possibly lead there (steps that need a
//! credential besides) is decided by closures, each of which decides many; so it is exact, or said not to be.

use rustc_hash::FxHashMap;

use super::backwards::{Backwards, Steps, Tree};
use crate::graph::{Closure, Element, Goal, Graph, Question, witness};
use crate::model::ClassSet;

/// Who reaches one place.
pub struct Exposure {
    /// The place.
    pub goal: u32,
    /// Places from which it is reached, other than itself.
    pub sources: usize,
    /// So many more were not decided.
    pub undecided: usize,
    /// How they do.
    pub tree: Tree,
}

/// Works exposures out, with some elements thought away.
pub struct Exposures<'e, 'g, 'm> {
    graph: &'g Graph<'m>,
    backwards: &'e Backwards<'g, 'm>,
    removed: &'e [Element],
    /// What the public alone does, if it does anything.
    ambient: Option<Closure>,
    /// Closures that were worked out, by their start: they serve every goal.
    known: FxHashMap<u32, Closure>,
    /// Closures that may still be worked out.
    left: usize,
}

impl<'e, 'g, 'm> Exposures<'e, 'g, 'm> {
    /// `left` closures may be worked out.
    pub fn new(graph: &'g Graph<'m>, backwards: &'e Backwards<'g, 'm>, removed: &'e [Element], left: usize) -> Self {
        let none = ClassSet::default();
        let question = Question { removed, ..Question::new(&none, &graph.barriers) };
        let ambient = (!graph.pulling.is_empty()).then(|| Closure::new(graph, question));
        Self { graph, backwards, removed, ambient, known: FxHashMap::default(), left }
    }

    /// Who reaches the goal?
    pub fn of(&mut self, goal: u32) -> Exposure {
        let mut tree = self.backwards.tree();
        let mut undecided = 0;
        if self.ambient.as_ref().is_some_and(|ambient| ambient.reached(goal)) {
            let none = ClassSet::default();
            let elements = self.elements(goal, &none);
            for place in 0..tree.sources.len() as u32 {
                tree.put_source(place, &elements);
            }
        } else {
            self.backwards.to_goal(&mut tree, goal, Steps::Sure, self.removed);
            if !self.graph.model.credentials.is_empty() {
                undecided = self.decide(goal, &mut tree);
            }
        }
        let sources = tree.sources.iter().filter(|&&is| is).count() - 1;
        Exposure { goal, sources, undecided, tree }
    }

    /// Decides the places that possibly lead to the goal; gives how many are left.
    fn decide(&mut self, goal: u32, tree: &mut Tree) -> usize {
        let mut possible = self.backwards.tree();
        self.backwards.to_goal(&mut possible, goal, Steps::Possible, self.removed);
        let mut open: Vec<bool> = possible.sources;
        let mut left = 0;
        for source in 0..open.len() as u32 {
            if !open[source as usize] || tree.sources[source as usize] {
                continue;
            }
            if !self.known.contains_key(&source) {
                if self.left == 0 {
                    left += 1;
                    continue;
                }
                self.left -= 1;
                let start = ClassSet::run(source, source + 1);
                let question = Question { removed: self.removed, ..Question::new(&start, &self.graph.barriers) };
                self.known.insert(source, Closure::new(self.graph, question));
            }
            let found = &self.known[&source];
            if found.reached(goal) {
                let elements = self.elements(goal, &ClassSet::run(source, source + 1));
                self.backwards.to_source(tree, source, elements, self.removed);
            } else {
                // What this one reaches and leaves reaches no more than it does.
                let inner = |place: &u32| {
                    found.reached(*place) && self.graph.goes_on(*place, &ClassSet::default(), &self.graph.barriers)
                };
                (0..open.len() as u32).filter(inner).for_each(|place| open[place as usize] = false);
            }
        }
        left
    }

    /// What a shortest way rests on.
    fn elements(&self, goal: u32, starts: &ClassSet) -> Vec<Element> {
        let question = Question { removed: self.removed, ..Question::new(starts, &self.graph.barriers) };
        let found = starts.iter().next().map_or(self.ambient.as_ref(), |start| self.known.get(&start));
        let zones = ClassSet::run(goal, goal + 1);
        let way = found.and_then(|f| witness(self.graph, f, question, &Goal { zones: &zones, services: None }));
        way.map_or_else(Vec::new, |way| way.elements(self.graph))
    }
}
