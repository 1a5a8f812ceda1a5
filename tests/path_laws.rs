//! What holds for paths of compromise on every policy, judged by brute force: all rules, over all pairs, in rounds, until
//! nothing is added. Shares nothing with the search but the model.

pub mod brute;
mod decorate;
mod reach;

use proptest::prelude::*;
use segc::graph::{Closure, Cut, Element, Fact, Goal, Graph, Level, Question, cut, witness};
use segc::model::{ClassSet, CredentialId, FlowId, Model};

use crate::laws::compiled;
use crate::random_policy::{DAY, Size, policy};
use brute::{Brute, Known};
pub use decorate::with_assumptions;

/// What the search found, in the same form.
fn found(model: &Model<'_>, closure: &Closure) -> Known {
    let places = 0..model.zones.len() as u32;
    let credentials = 0..model.credentials.len() as u32;
    Known {
        compromised: places.clone().map(|place| closure.holds(Fact::Compromised(place))).collect(),
        captured: credentials.map(|c| closure.holds(Fact::Captured(CredentialId(c)))).collect(),
        tainted: places.map(|place| closure.holds(Fact::Tainted(place))).collect(),
    }
}

/// Subsets of some elements of a size, as long as there are few.
fn subsets(elements: &[Element], size: usize) -> Vec<Vec<Element>> {
    let masks = 0u32..1 << elements.len();
    let pick = |mask: u32| elements.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1).map(|(_, e)| *e).collect();
    masks.filter(|m| m.count_ones() as usize == size).map(pick).collect()
}

/// Everything in a model that can be deleted.
fn elements(model: &Model<'_>) -> Vec<Element> {
    let mut all: Vec<Element> = (0..model.flows.len() as u32).map(|f| Element::Allow(FlowId(f))).collect();
    for (id, secret) in (0..).map(CredentialId).zip(&model.credentials) {
        all.extend(secret.held.as_ref().map(|_| Element::Held(id)));
        all.extend(secret.opens.as_ref().map(|_| Element::Opens(id)));
        all.extend(secret.publishes.as_ref().map(|_| Element::Publishes(id)));
    }
    all.extend(model.zones.iter().filter(|(_, z)| z.shares.is_some()).map(|(id, _)| Element::Shares(id)));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// From every place, and from nowhere.
    #[test]
    fn the_search_finds_what_brute_force_finds(seed in any::<u64>()) {
        let text = with_assumptions(seed, Size::MEDIUM);
        compiled(&text, |model, _| {
            let graph = Graph::new(model, DAY, None);
            let places = model.zones.len() as u32;
            for starts in (0..places).map(|place| vec![place]).chain([vec![]]) {
                let set: ClassSet = starts.iter().copied().collect();
                let closure = Closure::new(&graph, Question::new(&set, &graph.barriers));
                let all = Brute { model, starts: &starts, gone: &[], level: Level::Worst, alone: false }.all();
                prop_assert_eq!(found(model, &closure), all, "from {:?} in\n{}", starts, text);
            }
            Ok(())
        })?;
    }

    /// A witness is a proof: each step follows, by one round of the rules, from those before it and from nothing else.
    #[test]
    fn a_witness_is_a_proof(seed in any::<u64>()) {
        let text = with_assumptions(seed, Size::MEDIUM);
        compiled(&text, |model, _| {
            let graph = Graph::new(model, DAY, None);
            let places = model.zones.len() as u32;
            for (start, prey) in [(0, places - 2), (places / 2, 0), (places - 1, places / 3), (places / 3, places - 1)] {
                let (starts, goal) = (ClassSet::run(start, start + 1), ClassSet::run(prey, prey + 1));
                let question = Question::new(&starts, &graph.barriers);
                let closure = Closure::new(&graph, question);
                let Some(way) = witness(&graph, &closure, question, &Goal { zones: &goal, services: None }) else { continue };
                let brute = Brute { model, starts: &[start], gone: &[], level: Level::Worst, alone: false };
                let none = vec![false; places as usize];
                let mut known = Known {
                    compromised: none.clone(),
                    captured: vec![false; model.credentials.len()],
                    tainted: none,
                };
                known.compromised[start as usize] = true;
                for hop in &way.hops {
                    let next = brute.round(&known);
                    let (follows, fact) = match hop.fact {
                        Fact::Compromised(p) => (next.compromised[p as usize], &mut known.compromised[p as usize]),
                        Fact::Captured(c) => (next.captured[c.0 as usize], &mut known.captured[c.0 as usize]),
                        Fact::Tainted(p) => (next.tainted[p as usize], &mut known.tainted[p as usize]),
                    };
                    prop_assert!(follows, "{:?} does not follow in\n{}", hop, text);
                    *fact = true;
                }
                prop_assert!(known.compromised[prey as usize], "{:?}\n{}", way, text);
            }
            Ok(())
        })?;
    }

    /// Removing what a cut names closes every way; and where it is called the smallest, nothing smaller does.
    #[test]
    fn a_cut_cuts_and_none_smaller_does(seed in any::<u64>()) {
        let text = decorate::decorated(&policy(seed, Size { allows: 5, ..Size::SMALL }), seed, 1);
        compiled(&text, |model, _| {
            let graph = Graph::new(model, DAY, None);
            let required = vec![None; model.flows.len()];
            let all = elements(model);
            let places = model.zones.len() as u32;
            let reached = |start: u32, goal: u32, gone: &[Element]| {
                Brute { model, starts: &[start], gone, level: Level::Worst, alone: false }.all().compromised[goal as usize]
            };
            for (start, goal) in (0..places).flat_map(|a| (0..places).map(move |b| (a, b))).filter(|(a, b)| a != b) {
                let (starts, goals) = (ClassSet::run(start, start + 1), ClassSet::run(goal, goal + 1));
                let question = Question::new(&starts, &graph.barriers);
                if !Closure::new(&graph, question).reached(goal) {
                    continue;
                }
                match cut(&graph, question, &Goal { zones: &goals, services: None }, &required) {
                    Cut::Smallest(elements, apart) => {
                        prop_assert!(!reached(start, goal, &elements), "{:?} in\n{}", elements, text);
                        prop_assert!(apart.is_empty() || apart.len() == elements.len());
                        let shared: Vec<Element> = apart.iter().flat_map(|way| way.elements(&graph)).collect();
                        let mut once = shared.clone();
                        once.sort_unstable();
                        once.dedup();
                        prop_assert_eq!(once.len(), shared.len(), "{:?} share something in\n{}", apart, text);
                        for fewer in subsets(&all, elements.len() - 1) {
                            prop_assert!(reached(start, goal, &fewer), "{:?} do in\n{}", fewer, text);
                        }
                    }
                    Cut::Enough(elements) => {
                        prop_assert!(!reached(start, goal, &elements), "{:?} in\n{}", elements, text);
                    }
                    Cut::SamePlace => {
                        prop_assert!(reached(start, goal, &all), "{} {} in\n{}", start, goal, text);
                    }
                    other => prop_assert!(false, "{:?} in\n{}", other, text),
                }
            }
            Ok(())
        })?;
    }
}
