//! The fewest elements whose removal makes a goal unreachable. Proofs are collected until the smallest set that hits all
//! of them leaves none: then it is a smallest cut, since any cut hits every proof.

use segc_grammar::Span;

use super::{Closure, Element, Goal, Graph, Question, Witness, hitting, witness};
use crate::model::FlowId;

/// What can be cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// These, and no fewer would do: every smaller choice leaves a proof. Where as many proofs were found that share no
    /// element, those alone show it, and are given.
    Smallest(Vec<Element>, Vec<Witness>),
    /// These, none of which could be left out; another set might be smaller.
    Enough(Vec<Element>),
    /// There is a proof on which a `require` rests with every element; an example of one.
    OnlyRequired(FlowId),
    /// A proof with no element on it.
    SamePlace,
    /// The search stopped: at least so many.
    MoreThan(usize),
}

/// More elements than this are no advice.
const MOST_CUT: usize = 24;
/// So often everything is worked out anew.
const MOST_ROUNDS: usize = 256;

/// Cuts the goal off from the question's starts. `required` says which flows must stay, and for which `require`.
pub fn cut(graph: &Graph<'_>, question: Question<'_>, goal: &Goal<'_>, required: &[Option<Span>]) -> Cut {
    let mut search = Search { graph, question, goal, required, rounds: 0 };
    let mut proofs: Vec<Vec<Element>> = Vec::new();
    let mut ways: Vec<Witness> = Vec::new();
    let mut hit: Vec<Element> = Vec::new();
    loop {
        // Proofs that share nothing with what was found since are worth more than one at a time.
        let mut removed = hit.clone();
        let mut new = 0;
        loop {
            match search.proof(&removed) {
                None => break,
                Some(Err(none)) => return none,
                Some(Ok((proof, way))) => {
                    removed.extend(&proof);
                    removed.sort_unstable();
                    proofs.push(proof);
                    ways.push(way);
                    new += 1;
                }
            }
            if search.rounds > MOST_ROUNDS {
                break;
            }
        }
        if new == 0 {
            let mut apart = hitting::disjoint(&proofs);
            apart.sort_unstable();
            let shown = apart.len() == hit.len();
            let certificate = apart.into_iter().filter(|_| shown).map(|at| ways[at].clone()).collect();
            return Cut::Smallest(hit, certificate);
        }
        if hitting::disjoint(&proofs).len() > MOST_CUT {
            return Cut::MoreThan(MOST_CUT);
        }
        match hitting::smallest(&proofs, MOST_CUT) {
            Some(next) if search.rounds <= MOST_ROUNDS => hit = next,
            _ => return search.enough(removed),
        }
    }
}

struct Search<'s, 'm> {
    graph: &'s Graph<'m>,
    question: Question<'s>,
    goal: &'s Goal<'s>,
    required: &'s [Option<Span>],
    rounds: usize,
}

impl Search<'_, '_> {
    /// The elements of a proof without `removed`, as far as they can be deleted; an error if none can.
    fn proof(&mut self, removed: &[Element]) -> Option<Result<(Vec<Element>, Witness), Cut>> {
        self.rounds += 1;
        let until = Some(self.goal.zones).filter(|_| self.goal.services.is_none());
        let question = Question { removed, until, ..self.question };
        let found = Closure::new(self.graph, question);
        let proof = witness(self.graph, &found, question, self.goal)?;
        let all = proof.elements(self.graph);
        let stays = |element: &Element| match element {
            Element::Allow(flow) => self.required[flow.0 as usize].is_some(),
            _ => false,
        };
        let (kept, free): (Vec<Element>, Vec<Element>) = all.into_iter().partition(stays);
        if !free.is_empty() {
            return Some(Ok((free, proof)));
        }
        let last = kept.iter().rev().find_map(|element| match element {
            Element::Allow(flow) => Some(*flow),
            _ => None,
        });
        Some(Err(last.map_or(Cut::SamePlace, Cut::OnlyRequired)))
    }

    /// Enough of `removed`, without which nothing is reached: what can be put back is put back.
    fn enough(&mut self, mut removed: Vec<Element>) -> Cut {
        while let Some(proof) = self.proof(&removed) {
            match proof {
                Err(none) => return none,
                Ok((elements, _)) => removed.extend(elements),
            }
            removed.sort_unstable();
        }
        if removed.len() > MOST_CUT * 8 {
            return Cut::MoreThan(MOST_CUT);
        }
        let mut at = 0;
        while at < removed.len() {
            let mut fewer = removed.clone();
            fewer.remove(at);
            if self.proof(&fewer).is_none() {
                removed = fewer;
            } else {
                at += 1;
            }
        }
        if removed.len() > MOST_CUT { Cut::MoreThan(MOST_CUT) } else { Cut::Enough(removed) }
    }
}
