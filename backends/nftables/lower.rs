//! Decides which chains, maps and sets there are, and what is in them. Everything is indexes into the rule set; names and
//! spelling come later.

use super::ahead::ahead;
use super::classid::classids;
use super::names::Names;
use crate::rules::{ClassId, Ends, Rule, RuleSet, Term, TermId};
use std::ops::Range;

/// A destination term of more classes is not written out per source, but tested as a set of class ids.
pub(super) const WIDE: usize = 64;

/// The decided shape.
pub(super) struct Lowered<'a> {
    pub set: &'a RuleSet,
    /// By class.
    pub classids: Vec<u32>,
    /// The sources of rules, by class: indexes into `lefts` in the order of asking. Those that log come first, so that
    /// no other one lets a connection in unlogged; then the smallest.
    pub sources: Vec<Vec<u32>>,
    /// Terms that stand on the left of a rule, by name.
    pub lefts: Vec<Left>,
    /// Those of `lefts` that have pairs that log [ahead](Pair::ahead), with those pairs alone; by name.
    pub ahead: Vec<Left>,
    /// Sorted by ends: a left's pairs stand together.
    pub pairs: Vec<Pair<'a>>,
    /// All rules, a pair's together: [`Pair::rules`] is a range of it.
    pub order: Vec<u32>,
    /// Terms that are tested as a set, by name.
    pub wide: Vec<TermId>,
    pub names: Names<'a>,
}

/// Where the packets of a class go.
pub(super) enum Source {
    /// No rule is about it, and it is ours: rejected.
    DenyInside,
    /// No rule is about it, and it is not ours: dropped.
    DenyOutside,
    /// To the one left that holds it; an index into `lefts`. What that does not accept is rejected.
    From(u32),
    /// To a chain of its own, which asks all lefts that hold it and, if it is not ours, ends in a drop.
    Of,
}

/// A term on the left of rules: a chain and a map.
pub(super) struct Left {
    pub term: TermId,
    /// What a class id leads to; sorted by class.
    pub targets: Vec<(ClassId, Target)>,
    /// Indexes into `pairs`: those to wide terms.
    pub wide: Vec<u32>,
    /// Its part of `pairs`.
    pub pairs: Range<usize>,
}

impl Left {
    /// Each class that leads to a pair, in order, once for each of its pairs.
    pub(super) fn leads(&self) -> impl Iterator<Item = (ClassId, &[u32])> {
        self.targets.iter().map(|(class, target)| {
            (
                *class,
                match target {
                    Target::Pair(index) => std::slice::from_ref(index),
                    Target::Several(indexes) => indexes,
                },
            )
        })
    }
}

/// What an element of a left's map leads to: indexes into `pairs`.
pub(super) enum Target {
    Pair(u32),
    /// In the order of asking; at least two.
    Several(Vec<u32>),
}

/// Both ends of some rules: a chain.
pub(super) struct Pair<'a> {
    pub from: &'a Ends,
    pub to: &'a Ends,
    /// Part of `order`.
    pub rules: Range<usize>,
    /// Some rule logs.
    pub log: bool,
    /// Its connections are logged before any pair is asked to let them in, since one asked earlier may do so: in a chain
    /// of its own.
    pub ahead: bool,
}

impl Lowered<'_> {
    /// The rules of a pair.
    pub(super) fn rules(&self, pair: &Pair) -> impl Iterator<Item = &Rule> {
        self.order[pair.rules.clone()].iter().map(|rule| &self.set.rules[*rule as usize])
    }

    /// Where the packets of the class of this index go.
    pub(super) fn source(&self, class: usize) -> Source {
        match (self.sources[class].as_slice(), self.set.classes[class].outside) {
            ([], true) => Source::DenyOutside,
            ([], false) => Source::DenyInside,
            ([left], false) if !self.logs_ahead(*left) => Source::From(*left),
            _ => Source::Of,
        }
    }

    /// Whether this left has pairs that log ahead.
    pub(super) fn logs_ahead(&self, left: u32) -> bool {
        let term = self.lefts[left as usize].term;
        self.ahead.binary_search_by_key(&term, |left| left.term).is_ok()
    }

    /// Whether `term` is tested as a set.
    pub(super) fn is_wide(&self, term: TermId) -> bool {
        is_wide(self.set, term)
    }
}

/// Decides the shape. `set` is well formed and has at most [`super::classid::MOST`] classes.
pub(super) fn lower(set: &RuleSet) -> Lowered<'_> {
    let mut order: Vec<u32> = (0..set.rules.len() as u32).collect();
    order.sort_by_cached_key(|rule| {
        let rule = &set.rules[*rule as usize];
        (&rule.from, &rule.to)
    });
    let mut pairs = pairs(set, &order);
    let lefts = lefts_of(set, &pairs, |_| true);
    let sources = sources(set, &pairs, &lefts);
    for index in ahead(set, &pairs, &lefts, &sources) {
        pairs[index as usize].ahead = true;
    }
    let ahead = lefts_of(set, &pairs, |pair| pair.ahead);
    let mut wide: Vec<TermId> = pairs.iter().map(|pair| pair.to.term).filter(|term| is_wide(set, *term)).collect();
    wide.sort_unstable();
    wide.dedup();
    let names = Names::new(set, &pairs);
    Lowered { set, classids: classids(&set.classes), sources, lefts, ahead, pairs, order, wide, names }
}

pub(super) fn term(set: &RuleSet, id: TermId) -> &Term {
    &set.terms[id.0 as usize]
}

fn is_wide(set: &RuleSet, id: TermId) -> bool {
    term(set, id).classes.len() > WIDE
}

fn pairs<'a>(set: &'a RuleSet, order: &[u32]) -> Vec<Pair<'a>> {
    let mut pairs: Vec<Pair<'a>> = Vec::new();
    for (at, rule) in order.iter().enumerate() {
        let rule = &set.rules[*rule as usize];
        match pairs.last_mut() {
            Some(pair) if *pair.from == rule.from && *pair.to == rule.to => {
                pair.rules.end = at + 1;
                pair.log |= rule.log;
            }
            _ => pairs.push(Pair { from: &rule.from, to: &rule.to, rules: at..at + 1, log: rule.log, ahead: false }),
        }
    }
    pairs
}

/// The lefts of some pairs.
fn lefts_of(set: &RuleSet, pairs: &[Pair], wanted: impl Fn(&Pair) -> bool) -> Vec<Left> {
    let mut start = 0;
    let mut lefts = Vec::new();
    for run in pairs.chunk_by(|a, b| a.from.term == b.from.term) {
        let indexes = start..start + run.len();
        start = indexes.end;
        if run.iter().any(&wanted) {
            lefts.push(left(set, pairs, indexes, &wanted));
        }
    }
    lefts
}

fn left(set: &RuleSet, pairs: &[Pair], run: Range<usize>, wanted: impl Fn(&Pair) -> bool) -> Left {
    let mut elements: Vec<(ClassId, u32)> = Vec::new();
    let mut wide = Vec::new();
    for index in run.clone().filter(|index| wanted(&pairs[*index])) {
        let to = pairs[index].to;
        if is_wide(set, to.term) {
            wide.push(index as u32);
            continue;
        }
        elements.extend(kept(set, to).map(|class| (class, index as u32)));
    }
    let asked = |index: &u32| {
        let pair = &pairs[*index as usize];
        (!pair.log, term(set, pair.to.term).classes.len(), *index)
    };
    elements.sort_unstable_by_key(|(class, index)| (*class, asked(index)));
    wide.sort_unstable_by_key(asked);
    let target = |same: &[(ClassId, u32)]| match same {
        [(class, index)] => (*class, Target::Pair(*index)),
        _ => (same[0].0, Target::Several(same.iter().map(|(_, index)| *index).collect())),
    };
    let targets = elements.chunk_by(|a, b| a.0 == b.0).map(target).collect();
    Left { term: pairs[run.start].from.term, targets, wide, pairs: run }
}

/// The classes of one end.
pub(super) fn kept<'a>(set: &'a RuleSet, ends: &'a Ends) -> impl Iterator<Item = ClassId> + 'a {
    term(set, ends.term).classes.iter().copied().filter(|class| ends.except.binary_search(class).is_err())
}

fn sources(set: &RuleSet, pairs: &[Pair], lefts: &[Left]) -> Vec<Vec<u32>> {
    let mut asked: Vec<u32> = (0..lefts.len() as u32).collect();
    asked.sort_by_cached_key(|index| {
        let left = &lefts[*index as usize];
        (!pairs[left.pairs.clone()].iter().any(|pair| pair.log), term(set, left.term).classes.len(), left.term)
    });
    let mut sources = vec![Vec::new(); set.classes.len()];
    for index in asked {
        let left = &lefts[index as usize];
        let of_left = &pairs[left.pairs.clone()];
        for class in &term(set, left.term).classes {
            if of_left.iter().any(|pair| pair.from.except.binary_search(class).is_err()) {
                sources[class.0 as usize].push(index);
            }
        }
    }
    sources
}
