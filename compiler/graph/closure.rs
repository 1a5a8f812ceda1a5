//! All that a compromise leads to: the least fixed point of the steps in `docs/language.md`, found in rounds, so that
//! every fact is known by a proof of fewest rounds. Ties go by the order of names.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::unreached::Unreached;
use super::{Element, Fact, Graph, Step, WIDE};
use crate::model::{ClassSet, CredentialId};

/// Which steps count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Who logs in with what he finds, and exploits nothing.
    Credentials,
    /// Everything.
    Worst,
}

/// Where a compromise starts, and what is let be.
#[derive(Clone, Copy)]
pub struct Question<'q> {
    /// Compromised to begin with. None: what the public alone does.
    pub starts: &'q ClassSet,
    /// Places that are reached but never left, unless they are a start.
    pub barriers: &'q ClassSet,
    /// Statements and clauses that are thought away; sorted.
    pub removed: &'q [Element],
    /// The search may stop once one of these is compromised.
    pub until: Option<&'q ClassSet>,
    /// Which steps count.
    pub level: Level,
    /// What anybody can write counts for nothing: only what follows from the starts.
    pub alone: bool,
}

impl<'q> Question<'q> {
    /// In the worst case, with nothing thought away.
    pub fn new(starts: &'q ClassSet, barriers: &'q ClassSet) -> Self {
        Self { starts, barriers, removed: &[], until: None, level: Level::Worst, alone: false }
    }
}

const NOT: u32 = u32::MAX;

/// What came out.
pub struct Closure {
    places: u32,
    credentials: u32,
    /// For each fact its index in `found`, if it is there: most questions find little.
    index: Vec<u32>,
    /// What was found, with its round and the step that led to it; rounds only grow.
    found: Vec<(u32, u32, Step)>,
    /// For each node the place that it was first entered from.
    pub entered: Vec<u32>,
    /// For each node whether it was open to who entered it.
    open: Vec<bool>,
}

impl Closure {
    /// Works it out.
    pub fn new(graph: &Graph<'_>, question: Question<'_>) -> Self {
        Search::new(graph, question).run()
    }

    /// Is it so?
    pub fn holds(&self, fact: Fact) -> bool {
        self.index[self.index(fact)] != NOT
    }

    /// Is the place compromised?
    pub fn reached(&self, place: u32) -> bool {
        self.index[place as usize] != NOT
    }

    /// The round in which a fact was found, if it was: the number of steps to it, where nothing else is needed.
    pub fn round(&self, fact: Fact) -> Option<u32> {
        self.get(fact).map(|found| found.1)
    }

    /// The step that led to it first. Meaningless where it is not so.
    pub fn step(&self, fact: Fact) -> Step {
        self.get(fact).map_or(Step::Start, |found| found.2)
    }

    fn get(&self, fact: Fact) -> Option<&(u32, u32, Step)> {
        self.found.get(self.index[self.index(fact)] as usize)
    }

    /// Was the node entered by somebody with all that it needs?
    pub fn is_open(&self, node: u32) -> bool {
        self.open[node as usize]
    }

    /// All compromised places.
    pub fn compromised(&self) -> ClassSet {
        self.found.iter().map(|found| found.0).filter(|&index| index < self.places).collect()
    }

    /// All that is so, in the order in which it was found: what follows stands behind what it follows from.
    pub fn facts(&self) -> Vec<Fact> {
        self.found.iter().map(|&(index, ..)| self.fact(index)).collect()
    }

    fn index(&self, fact: Fact) -> usize {
        let index = match fact {
            Fact::Compromised(place) => place,
            Fact::Captured(credential) => self.places + credential.0,
            Fact::Tainted(place) => self.places + self.credentials + place,
        };
        index as usize
    }

    fn fact(&self, index: u32) -> Fact {
        match index.checked_sub(self.places) {
            None => Fact::Compromised(index),
            Some(rest) if rest < self.credentials => Fact::Captured(CredentialId(rest)),
            Some(rest) => Fact::Tainted(rest - self.credentials),
        }
    }
}

struct Search<'g, 'm, 'q> {
    graph: &'g Graph<'m>,
    question: Question<'q>,
    found: Closure,
    unreached: Unreached,
    round: u32,
    next: Vec<u32>,
    /// Wide nodes that were not entered yet, so that each is asked about few places only.
    wide: Vec<u32>,
    /// Nodes that somebody entered who lacks a credential, by the first that he lacks.
    waiting: FxHashMap<CredentialId, Vec<u32>>,
    captured: Vec<CredentialId>,
    /// Per node: what comes back has compromised all that it can.
    pulled: Vec<bool>,
    shared: Vec<bool>,
}

impl<'g, 'm, 'q> Search<'g, 'm, 'q> {
    fn new(graph: &'g Graph<'m>, question: Question<'q>) -> Self {
        let places = graph.model.zones.len() as u32;
        let credentials = graph.model.credentials.len() as u32;
        let facts = (places * 2 + credentials) as usize;
        let found = Closure {
            places,
            credentials,
            index: vec![NOT; facts],
            found: Vec::new(),
            entered: vec![NOT; graph.nodes.len()],
            open: vec![false; graph.nodes.len()],
        };
        Self {
            graph,
            question,
            found,
            unreached: Unreached::new(places as usize),
            round: 0,
            next: Vec::new(),
            wide: graph.leaving.wide.clone(),
            waiting: FxHashMap::default(),
            captured: Vec::new(),
            pulled: vec![false; graph.nodes.len()],
            shared: vec![false; graph.shares.len() * 2],
        }
    }

    fn run(mut self) -> Closure {
        for start in self.question.starts.iter() {
            self.compromise(start, Step::Start);
        }
        if self.question.level == Level::Worst && !self.question.alone {
            for place in self.graph.writable.iter() {
                self.add(Fact::Tainted(place), Step::Writable);
            }
        }
        loop {
            let mut now = std::mem::take(&mut self.next);
            let done = |until: &ClassSet| until.iter().any(|place| self.found.reached(place));
            if now.is_empty() || self.question.until.is_some_and(done) {
                return self.found;
            }
            now.sort_unstable();
            self.round += 1;
            for index in now {
                match self.found.fact(index) {
                    Fact::Compromised(place) => self.follow_place(place),
                    Fact::Captured(credential) => self.follow_credential(credential),
                    Fact::Tainted(place) => self.follow_tainted(place),
                }
            }
        }
    }

    fn add(&mut self, fact: Fact, step: Step) {
        let index = self.found.index(fact);
        if self.found.index[index] == NOT {
            self.found.index[index] = self.found.found.len() as u32;
            self.found.found.push((index as u32, self.round, step));
            self.next.push(index as u32);
        }
    }

    fn compromise(&mut self, place: u32, step: Step) {
        if !self.found.reached(place) {
            self.unreached.take(place);
            self.add(Fact::Compromised(place), step);
        }
    }

    fn compromise_all(&mut self, places: &ClassSet, step: Step) {
        for &(start, end) in places.runs() {
            while let Some(place) = self.unreached.next(start).filter(|&place| place < end) {
                self.compromise(place, step);
            }
        }
    }

    fn gone(&self, element: Element) -> bool {
        !self.question.removed.is_empty() && self.question.removed.binary_search(&element).is_ok()
    }

    fn gone_node(&self, node: u32) -> bool {
        self.gone(Element::Allow(self.graph.nodes[node as usize].flow))
    }

    fn follow_place(&mut self, place: u32) {
        let graph = self.graph;
        if !graph.goes_on(place, self.question.starts, self.question.barriers) {
            return;
        }
        let mut entered: Vec<u32> = graph.leaving.narrow(place).to_vec();
        self.wide.retain(|&node| {
            let holds = graph.nodes[node as usize].from.contains(place);
            if holds {
                entered.push(node);
            }
            !holds
        });
        for node in entered {
            if self.found.entered[node as usize] == NOT && graph.nodes[node as usize].counts && !self.gone_node(node) {
                self.found.entered[node as usize] = place;
                self.try_open(node);
            }
        }
        let wide = graph.holders.wide.iter().filter(|&&c| holds(graph, c, place));
        for &credential in graph.holders.narrow(place).iter().chain(wide) {
            let credential = CredentialId(credential);
            if !self.gone(Element::Held(credential)) {
                self.add(Fact::Captured(credential), Step::Capture { from: place });
            }
        }
        if let Some(host) = graph.host(place).filter(|_| !graph.contained.contains(place)) {
            self.compromise(host, Step::Host { process: place });
        }
        for process in graph.processes(place) {
            self.compromise(process, Step::Process { host: place });
        }
        if self.question.level != Level::Worst {
            return;
        }
        self.add(Fact::Tainted(place), Step::Taint);
        self.through_caches(place);
        for next in graph.neighbours(place) {
            self.compromise(next, Step::Neighbour { from: place });
        }
        if place == graph.model.zones.internet().0 {
            self.compromise_all(&graph.triggers, Step::Trigger);
        }
    }

    fn through_caches(&mut self, place: u32) {
        let graph = self.graph;
        let end = |end: u32| {
            let share = &graph.shares[end as usize / 2];
            if end.is_multiple_of(2) { (&share.1, &share.2) } else { (&share.2, &share.1) }
        };
        let wide = graph.sharers.wide.iter().filter(|&&e| end(e).0.contains(place));
        for &near in graph.sharers.narrow(place).iter().chain(wide) {
            if self.shared[near as usize] || self.gone(Element::Shares(graph.shares[near as usize / 2].0)) {
                continue;
            }
            self.shared[near as usize] = true;
            self.compromise_all(end(near).1, Step::Cache { share: near / 2, from: place });
        }
    }

    fn try_open(&mut self, node: u32) {
        // What was captured in this very round serves the next one: a step has more rounds than all it follows from.
        match self.graph.nodes[node as usize].needs.iter().find(|&&c| !self.usable(c)) {
            None => self.open(node),
            Some(&lacking) => self.waiting.entry(lacking).or_default().push(node),
        }
    }

    fn usable(&self, credential: CredentialId) -> bool {
        self.found.round(Fact::Captured(credential)).is_some_and(|round| round < self.round)
    }

    fn open(&mut self, number: u32) {
        let graph = self.graph;
        let node = &graph.nodes[number as usize];
        let from = self.found.entered[number as usize];
        self.found.open[number as usize] = true;
        if node.steps() && (self.question.level == Level::Worst || !node.needs.is_empty()) {
            self.compromise_all(&node.to, Step::Connect { node: number, from });
            return;
        }
        let step = |credential| Step::Use { credential, node: number, from };
        if node.to.len() > WIDE {
            for credential in self.captured.clone() {
                self.walk_in(credential, number, step(credential));
            }
            return;
        }
        for place in node.to.iter() {
            for credential in graph.opening(place).filter(|&c| self.usable(c)).collect::<SmallVec<[CredentialId; 4]>>()
            {
                self.walk_in(credential, number, step(credential));
            }
        }
    }

    fn walk_in(&mut self, credential: CredentialId, node: u32, step: Step) {
        let Some((_, opens)) = &self.graph.model.credentials[credential.0 as usize].opens else { return };
        let to = &self.graph.nodes[node as usize].to;
        if opens.meets(to) && !self.gone(Element::Opens(credential)) {
            self.compromise_all(&opens.intersection(to), step);
        }
    }

    fn follow_credential(&mut self, credential: CredentialId) {
        let graph = self.graph;
        self.captured.push(credential);
        for node in self.waiting.remove(&credential).unwrap_or_default() {
            self.try_open(node);
        }
        let opens = graph.model.credentials[credential.0 as usize].opens.iter().flat_map(|(_, set)| set.iter());
        let doors = opens.flat_map(|place| graph.entering.narrow(place)).chain(&graph.entering.wide);
        for &node in doors {
            // The others led there by themselves.
            if self.found.open[node as usize] {
                let from = self.found.entered[node as usize];
                self.walk_in(credential, node, Step::Use { credential, node, from });
            }
        }
        let secret = &graph.model.credentials[credential.0 as usize];
        if secret.anywhere.is_some() {
            for node in graph.out_of(graph.model.zones.internet().0) {
                if graph.nodes[node as usize].counts && !self.gone_node(node) {
                    self.walk_in(credential, node, Step::UseAnywhere { credential, node });
                }
            }
        }
        if let Some((_, places)) = &secret.publishes
            && self.question.level == Level::Worst
            && !self.gone(Element::Publishes(credential))
        {
            for place in places.iter() {
                self.add(Fact::Tainted(place), Step::Publish { credential });
            }
        }
    }

    fn follow_tainted(&mut self, place: u32) {
        let graph = self.graph;
        let wide = graph.pulling.wide.iter().filter(|&&n| graph.nodes[n as usize].to.contains(place));
        for &number in graph.pulling.narrow(place).iter().chain(wide) {
            let node = &graph.nodes[number as usize];
            if self.pulled[number as usize] || self.gone_node(number) {
                continue;
            }
            self.pulled[number as usize] = true;
            let step = Step::Pull { node: number, from: place };
            if node.code {
                self.compromise_all(&node.from, step);
            } else if node.from.meets(&graph.agentic) {
                self.compromise_all(&node.from.intersection(&graph.agentic), step);
            }
        }
    }
}

/// Is a credential held there?
fn holds(graph: &Graph<'_>, credential: u32, place: u32) -> bool {
    let held = &graph.model.credentials[credential as usize].held;
    held.as_ref().is_some_and(|(_, set)| set.contains(place))
}
