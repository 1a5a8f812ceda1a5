//! Who leads to a place, searched from there: the facts from which it follows, and what each step rests on.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::graph::{Element, Fact, Graph};
use crate::model::{ClassSet, CredentialId};

/// Which steps are followed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Steps {
    /// Those that follow from one fact alone: what is found certainly leads there.
    Sure,
    /// Those that follow from several facts too, from each of them: what is not found certainly does not.
    Possible,
}

/// A graph that is searched backwards.
pub struct Backwards<'g, 'm> {
    graph: &'g Graph<'m>,
}

/// One fact that leads on, towards the goal.
#[derive(Clone, Debug)]
pub struct Lead {
    /// What.
    pub fact: Fact,
    /// Index of the one that follows from it; `None` at the goal.
    pub to: Option<u32>,
    /// What that step rests on; of a source that was decided otherwise, what the whole way does.
    pub elements: SmallVec<[Element; 2]>,
    /// Nothing is before it: it is left only if it is where a compromise starts.
    ends: bool,
}

/// A forest of facts, the goal first.
pub struct Tree {
    /// In the order in which they were found.
    pub leads: Vec<Lead>,
    /// Places from which the goal follows, if they alone are compromised; one bit each.
    pub sources: Vec<bool>,
    seen: Vec<bool>,
    entered: Vec<bool>,
    pulled: Vec<bool>,
    shared: Vec<bool>,
}

impl Tree {
    /// Adds a place of which it is known that the goal follows from it, by a way that rests on `elements`.
    pub fn put_source(&mut self, place: u32, elements: &[Element]) {
        self.sources[place as usize] = true;
        let fact = Fact::Compromised(place);
        self.leads.push(Lead { fact, to: None, elements: SmallVec::from_slice(elements), ends: true });
    }

    /// For each element how many sources go over it, on the way that is known of them; sorted.
    pub fn ways(&self) -> Vec<(Element, usize)> {
        let mut through: Vec<usize> = vec![0; self.leads.len()];
        let mut ways: FxHashMap<Element, usize> = FxHashMap::default();
        for (at, lead) in self.leads.iter().enumerate().rev() {
            // Each place stands here once: as a source.
            through[at] += usize::from(matches!(lead.fact, Fact::Compromised(_)));
            if let Some(to) = lead.to {
                through[to as usize] += through[at];
            }
            for &element in &lead.elements {
                *ways.entry(element).or_default() += through[at];
            }
        }
        let mut sorted: Vec<(Element, usize)> = ways.into_iter().collect();
        sorted.sort_unstable();
        sorted
    }
}

impl<'g, 'm> Backwards<'g, 'm> {
    /// Of a graph.
    pub fn new(graph: &'g Graph<'m>) -> Self {
        Self { graph }
    }

    /// An empty forest.
    pub fn tree(&self) -> Tree {
        let places = self.graph.model.zones.len();
        Tree {
            leads: Vec::new(),
            sources: vec![false; places],
            seen: vec![false; places * 2 + self.graph.model.credentials.len()],
            entered: vec![false; self.graph.nodes.len()],
            pulled: vec![false; self.graph.nodes.len()],
            shared: vec![false; self.graph.shares.len() * 2],
        }
    }

    /// Adds all that leads to the compromise of the goal. `removed` is sorted.
    pub fn to_goal(&self, tree: &mut Tree, goal: u32, steps: Steps, removed: &[Element]) {
        tree.sources[goal as usize] = true;
        self.put(tree, Fact::Compromised(goal), None, SmallVec::new());
        self.grow(tree, 0, steps, removed);
    }

    /// Adds a place of which it is known that the goal follows from it, by a way that rests on `elements`, and all that
    /// surely leads there.
    pub fn to_source(&self, tree: &mut Tree, source: u32, elements: Vec<Element>, removed: &[Element]) {
        let at = tree.leads.len();
        tree.sources[source as usize] = true;
        if self.passes(source) {
            self.put(tree, Fact::Compromised(source), None, SmallVec::from_vec(elements));
            self.grow(tree, at, Steps::Sure, removed);
        } else {
            tree.put_source(source, &elements);
        }
    }

    /// Is the place left by those who come there from elsewhere?
    fn passes(&self, place: u32) -> bool {
        self.graph.goes_on(place, &ClassSet::default(), &self.graph.barriers)
    }

    fn grow(&self, tree: &mut Tree, mut at: usize, steps: Steps, removed: &[Element]) {
        while at < tree.leads.len() {
            let lead = &tree.leads[at];
            let fact = lead.fact;
            if !lead.ends {
                let mut search = Search { of: self, tree, steps, removed, at: at as u32 };
                match fact {
                    Fact::Compromised(place) => search.before_place(place),
                    Fact::Captured(credential) => search.before_capture(credential),
                    Fact::Tainted(place) => search.before_taint(place),
                }
            }
            at += 1;
        }
    }

    fn put(&self, tree: &mut Tree, fact: Fact, to: Option<u32>, elements: SmallVec<[Element; 2]>) {
        let places = self.graph.model.zones.len();
        let index = match fact {
            Fact::Compromised(place) => place as usize,
            Fact::Tainted(place) => places + place as usize,
            Fact::Captured(credential) => places * 2 + credential.0 as usize,
        };
        if !std::mem::replace(&mut tree.seen[index], true) {
            tree.leads.push(Lead { fact, to, elements, ends: false });
        }
    }
}

struct Search<'s, 'g, 'm> {
    of: &'s Backwards<'g, 'm>,
    tree: &'s mut Tree,
    steps: Steps,
    removed: &'s [Element],
    at: u32,
}

impl Search<'_, '_, '_> {
    fn gone(&self, element: Element) -> bool {
        self.removed.binary_search(&element).is_ok()
    }

    fn allow(&self, node: u32) -> Option<Element> {
        let element = Element::Allow(self.of.graph.nodes[node as usize].flow);
        Some(element).filter(|&element| !self.gone(element))
    }

    fn fact(&mut self, fact: Fact, elements: &[Element]) {
        self.of.put(self.tree, fact, Some(self.at), SmallVec::from_slice(elements));
    }

    /// A place from where the step may start: as one that is compromised from the beginning it always may.
    fn place(&mut self, place: u32, elements: &[Element]) {
        let fact = Fact::Compromised(place);
        if self.of.passes(place) {
            self.fact(fact, elements);
        } else if !self.tree.sources[place as usize] {
            let elements = SmallVec::from_slice(elements);
            self.tree.leads.push(Lead { fact, to: Some(self.at), elements, ends: true });
        }
        self.tree.sources[place as usize] = true;
    }

    fn before_place(&mut self, place: u32) {
        let graph = self.of.graph;
        let openers: Vec<CredentialId> = graph.opening(place).collect();
        for number in graph.into(place) {
            let node = &graph.nodes[number as usize];
            let Some(allow) = self.allow(number).filter(|_| node.counts) else { continue };
            if self.steps == Steps::Sure && !(node.steps() && node.needs.is_empty()) {
                continue;
            }
            let opens = self.steps == Steps::Possible && openers.iter().any(|&c| !self.gone(Element::Opens(c)));
            if !(node.steps() || opens) || std::mem::replace(&mut self.tree.entered[number as usize], true) {
                continue;
            }
            for from in node.from.iter() {
                self.place(from, &[allow]);
            }
            for &credential in &node.needs {
                self.fact(Fact::Captured(credential), &[allow]);
            }
        }
        for credential in openers {
            let opens = Element::Opens(credential);
            if self.gone(opens) {
                continue;
            }
            let internet = graph.model.zones.internet().0;
            let outside = |&n: &u32| graph.nodes[n as usize].counts && graph.nodes[n as usize].from.contains(internet);
            let mut doors = graph.into(place).filter(outside).filter_map(|n| self.allow(n));
            let anywhere = graph.model.credentials[credential.0 as usize].anywhere.is_some();
            match (self.steps, doors.next().filter(|_| anywhere)) {
                (_, Some(allow)) => self.fact(Fact::Captured(credential), &[opens, allow]),
                (Steps::Possible, None) => self.fact(Fact::Captured(credential), &[opens]),
                (Steps::Sure, None) => {}
            }
        }
        for number in graph.out_of(place) {
            let node = &graph.nodes[number as usize];
            let Some(allow) = self.allow(number).filter(|_| graph.swallows(node, place)) else { continue };
            if !std::mem::replace(&mut self.tree.pulled[number as usize], true) {
                for from in node.to.iter() {
                    self.fact(Fact::Tainted(from), &[allow]);
                }
            }
        }
        self.before_place_by_nature(place);
    }

    fn before_place_by_nature(&mut self, place: u32) {
        let graph = self.of.graph;
        for process in graph.processes(place).filter(|&p| !graph.contained.contains(p)) {
            self.place(process, &[]);
        }
        if let Some(host) = graph.host(place) {
            self.place(host, &[]);
        }
        for (share, (owner, one, other)) in graph.shares.iter().enumerate() {
            let shares = Element::Shares(*owner);
            for (end, near, far) in [(share * 2, one, other), (share * 2 + 1, other, one)] {
                let new = far.contains(place) && !self.gone(shares);
                if new && !std::mem::replace(&mut self.tree.shared[end], true) {
                    near.iter().for_each(|from| self.place(from, &[shares]));
                }
            }
        }
        for next in graph.neighbours(place) {
            self.place(next, &[]);
        }
        if graph.triggers.contains(place) {
            self.place(graph.model.zones.internet().0, &[]);
        }
    }

    fn before_capture(&mut self, credential: CredentialId) {
        let held = Element::Held(credential);
        if self.gone(held) {
            return;
        }
        let places = &self.of.graph.model.credentials[credential.0 as usize].held;
        for place in places.iter().flat_map(|(_, set)| set.iter()) {
            self.place(place, &[held]);
        }
    }

    fn before_taint(&mut self, place: u32) {
        self.place(place, &[]);
        let publishers: Vec<CredentialId> = self.of.graph.publishing(place).collect();
        for credential in publishers {
            let publishes = Element::Publishes(credential);
            if !self.gone(publishes) {
                self.fact(Fact::Captured(credential), &[publishes]);
            }
        }
    }
}
