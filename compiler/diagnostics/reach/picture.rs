//! The picture of an answer: the proofs of all that is reached, as boxes in columns from left to right. What leads to a
//! critical zone or a credential is drawn; of the rest, what is much alike becomes one box.

use std::collections::{BTreeMap, BTreeSet};

use segc_grammar::ast::FlagKind;

use super::Words;
use crate::graph::{Fact, Hop, Step};
use crate::model::ZoneId;
use crate::reach::Reach;
use crate::words;

/// What a box stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// A zone or process.
    Place,
    /// A credential.
    Secret,
    /// Content that is an attacker's, at a place that is not compromised.
    Content,
    /// Several places.
    Folded,
}

/// A box.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// What else is to be said of it, in a few words.
    pub note: String,
    /// What it stands for.
    pub shape: Shape,
    /// It is where the compromise starts.
    pub start: bool,
    /// It is declared critical.
    pub critical: bool,
    /// Compromise does not get on from there.
    pub barrier: bool,
    /// Steps in a row, at least, from where it starts.
    pub column: usize,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Index of the box it starts from.
    pub from: usize,
    /// Index of the box it leads to.
    pub to: usize,
    /// In a few words; empty where another edge into the same box says it.
    pub label: String,
    /// It is needed besides the one that it goes along with.
    pub besides: bool,
}

/// Boxes and steps, sorted by column.
pub struct Picture {
    /// Boxes.
    pub nodes: Vec<Node>,
    /// Steps.
    pub edges: Vec<Edge>,
}

/// Boxes that are drawn at most before more is folded.
const MOST_GOALS: usize = 24;
/// Places besides, each with a box of its own.
const MOST_OTHERS: usize = 24;

/// A box for a fact: that a compromised place no longer tells the truth is no box of its own.
fn canonical(reach: &Reach<'_>, fact: Fact) -> Fact {
    match fact {
        Fact::Tainted(place) if reach.worst.step(fact) == Step::Taint => Fact::Compromised(place),
        fact => fact,
    }
}

impl Words<'_> {
    /// The picture of the worst case.
    pub fn picture(&self) -> Picture {
        let reach = self.reach;
        let facts: Vec<Fact> = reach.worst.facts().into_iter().filter(|&f| canonical(reach, f) == f).collect();
        let mut goals: Vec<Fact> = reach.starts.iter().map(Fact::Compromised).collect();
        goals.extend(reach.stories.iter().filter(|s| !s.public).map(|s| s.to).take(MOST_GOALS));
        let mut drawn: BTreeSet<Fact> = BTreeSet::new();
        while let Some(fact) = goals.pop() {
            if drawn.insert(fact) {
                goals.extend(self.before(fact));
            }
        }
        // Writable content that nothing follows from is no news.
        let leads: BTreeSet<Fact> = facts.iter().flat_map(|&fact| self.before(fact)).collect();
        let tells = |fact: &Fact| reach.worst.step(*fact) != Step::Writable || leads.contains(fact);
        let rest: Vec<Fact> = facts.iter().copied().filter(|f| !drawn.contains(f)).filter(tells).collect();
        let mut folds: BTreeMap<(usize, String), Vec<Fact>> = BTreeMap::new();
        if rest.len() <= MOST_OTHERS {
            drawn.extend(rest);
        } else {
            let columns = self.columns(&facts);
            for fact in rest {
                folds.entry((columns[&fact], self.note(fact))).or_default().push(fact);
            }
        }
        self.draw(&facts, &drawn, &folds)
    }

    fn before(&self, fact: Fact) -> Vec<Fact> {
        let step = self.reach.worst.step(fact);
        step.premises(&self.reach.graph, fact).into_iter().map(|f| canonical(self.reach, f)).collect()
    }

    /// The longest chain of steps to each fact.
    fn columns(&self, facts: &[Fact]) -> BTreeMap<Fact, usize> {
        let mut columns: BTreeMap<Fact, usize> = BTreeMap::new();
        for &fact in facts {
            let before = self.before(fact).into_iter().filter_map(|f| columns.get(&f)).max();
            columns.insert(fact, before.map_or(0, |column| column + 1));
        }
        columns
    }

    fn draw(&self, facts: &[Fact], drawn: &BTreeSet<Fact>, folds: &BTreeMap<(usize, String), Vec<Fact>>) -> Picture {
        let columns = self.columns(facts);
        let mut boxes: Vec<(usize, Vec<Fact>)> = drawn.iter().map(|fact| (columns[fact], vec![*fact])).collect();
        boxes.extend(folds.iter().map(|((column, _), facts)| (*column, facts.clone())));
        boxes.sort();
        let mut index: BTreeMap<Fact, usize> = BTreeMap::new();
        for (number, (_, facts)) in boxes.iter().enumerate() {
            index.extend(facts.iter().map(|&fact| (fact, number)));
        }
        let mut edges: BTreeMap<(usize, usize), (String, bool)> = BTreeMap::new();
        for (number, (_, facts)) in boxes.iter().enumerate() {
            for &fact in facts {
                let mut label = self.label(fact);
                // The one that came last carries the label: the others were there already.
                let mut before = self.before(fact);
                before.sort_by_key(|f| std::cmp::Reverse(columns[f]));
                for (rank, premise) in before.into_iter().enumerate() {
                    if let Some(&from) = index.get(&premise) {
                        edges.entry((from, number)).or_insert((std::mem::take(&mut label), rank > 0));
                    }
                }
            }
        }
        let node = |(column, facts): &(usize, Vec<Fact>)| match facts[..] {
            [fact] => self.node(fact, *column),
            _ => Node {
                name: format!("{} more places", facts.len()),
                note: self.some(facts),
                shape: Shape::Folded,
                start: false,
                critical: false,
                barrier: false,
                column: *column,
            },
        };
        let edge = |((from, to), (label, besides))| Edge { from, to, label, besides };
        Picture { nodes: boxes.iter().map(node).collect(), edges: edges.into_iter().map(edge).collect() }
    }

    fn node(&self, fact: Fact, column: usize) -> Node {
        let (name, shape) = match fact {
            Fact::Compromised(class) => (self.name(class), Shape::Place),
            Fact::Captured(credential) => (self.secret(credential), Shape::Secret),
            Fact::Tainted(class) => (self.name(class), Shape::Content),
        };
        let (mut critical, mut barrier, mut start) = (false, false, false);
        if let Fact::Compromised(class) = fact {
            start = self.reach.starts.contains(class);
            critical = self.critical(class);
            barrier = !start && self.reach.graph.barriers.contains(class);
        }
        Node { name: name.to_owned(), note: self.note(fact), shape, start, critical, barrier, column }
    }

    fn critical(&self, class: u32) -> bool {
        self.model().zones[ZoneId(class)].flags.contains(&FlagKind::Critical)
    }

    /// What is written below a name.
    fn note(&self, fact: Fact) -> String {
        let reach = self.reach;
        match fact {
            Fact::Compromised(class) if reach.starts.contains(class) => "it starts here".to_owned(),
            Fact::Compromised(class) => {
                let critical = if self.critical(class) { "critical " } else { "" };
                let barrier = if reach.graph.barriers.contains(class) { ", barrier" } else { "" };
                format!("{critical}{}{barrier}", self.kind(class))
            }
            Fact::Captured(credential) if reach.standing(credential) => "standing credential".to_owned(),
            Fact::Captured(_) => "credential".to_owned(),
            Fact::Tainted(_) if reach.worst.step(fact) == Step::Writable => "anybody can write it".to_owned(),
            Fact::Tainted(_) => "content".to_owned(),
        }
    }

    /// The first names of many.
    fn some(&self, facts: &[Fact]) -> String {
        let names = facts.iter().take(2).map(|fact| self.node(*fact, 0).name).collect::<Vec<_>>();
        format!("{}, …", names.join(", "))
    }

    /// The step to a fact, in a few words.
    fn label(&self, fact: Fact) -> String {
        let step = self.reach.worst.step(fact);
        let flow = |node: u32| &self.model().flows[self.reach.graph.nodes[node as usize].flow.0 as usize];
        let line = match self.teller().hop(&Hop { fact, step }) {
            Some((span, _)) => self.sources.line(span),
            None => return String::new(),
        };
        let short = |node: u32| words::written_services(self.sources, flow(node).statement);
        let what = match step {
            Step::Start | Step::Writable | Step::Taint => return String::new(),
            Step::Trigger => "starts work".to_owned(),
            Step::Connect { node, .. } => short(node),
            Step::Capture { .. } => "holds".to_owned(),
            Step::Use { node, .. } => format!("opens, {}", short(node)),
            Step::UseAnywhere { node, .. } => format!("opens anywhere, {}", short(node)),
            Step::Publish { .. } => "publishes".to_owned(),
            Step::Pull { node, .. } if self.reach.graph.nodes[node as usize].code => "runs it".to_owned(),
            Step::Pull { .. } => "acts on it".to_owned(),
            Step::Host { .. } | Step::Process { .. } => "same host".to_owned(),
            Step::Cache { .. } => "cache".to_owned(),
            Step::Neighbour { .. } => "part of".to_owned(),
        };
        // The folder is said in the text: here the file is enough.
        let line = line.rsplit('/').next().unwrap_or_default().to_owned();
        // What is long is cut here, for the line must stay.
        let what = match what.char_indices().nth(14) {
            Some((end, _)) => format!("{}…", &what[..end]),
            None => what,
        };
        format!("{what} · {line}")
    }
}
