//! What holds for paths of compromise on every policy, judged by brute force: all rules, over all pairs, in rounds, until
//! nothing is added. Shares nothing with the search but the model.

mod decorate;
mod reach;

use proptest::prelude::*;
use segc::graph::{Closure, Cut, Element, Fact, Goal, Graph, Level, Question, cut, witness};
use segc::model::{ClassSet, CredentialId, Families, FlowId, Kind, Model, Pulls, ZoneId};
use segc_grammar::ast::FlagKind;

use crate::laws::compiled;
use crate::random_policy::{DAY, Size, policy};
pub use decorate::with_assumptions;

/// Everything that is known of a compromise.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    compromised: Vec<bool>,
    captured: Vec<bool>,
    tainted: Vec<bool>,
}

/// The rules, read off the language's table of steps.
struct Brute<'b, 'm> {
    model: &'b Model<'m>,
    starts: &'b [u32],
    gone: &'b [Element],
    level: Level,
}

impl Brute<'_, '_> {
    fn zone(&self, place: u32) -> &segc::model::Zone<'_> {
        &self.model.zones[ZoneId(place)]
    }

    /// Has it the flag, or is it in a zone that has? A process has its own.
    fn is(&self, place: u32, flag: FlagKind) -> bool {
        let above = self.model.zones.ancestry(ZoneId(place)).take(if self.zone(place).is_process() { 1 } else { 99 });
        above.into_iter().any(|zone| self.model.zones[zone].flags.contains(&flag))
    }

    fn goes(&self, known: &Known, place: u32) -> bool {
        let barred = self.zone(place).barrier.is_some_and(|(_, window)| window.holds(DAY));
        let stopped = barred || ZoneId(place) == self.model.zones.internet();
        known.compromised[place as usize] && (!stopped || self.starts.contains(&place))
    }

    fn families(&self, place: u32) -> Families {
        let zone = self.zone(place);
        match (&zone.kind, zone.parent) {
            (Kind::Domains(_), _) => Families::BOTH,
            (Kind::Process(_), Some(host)) => self.model.zones[host].hosts.families(),
            _ => zone.own.families(),
        }
    }

    /// Flows that join two places on the day, with what both can speak.
    fn joining(&self, from: u32, to: u32) -> impl Iterator<Item = &segc::model::Flow<'_>> {
        let shared = self.families(from).and(self.families(to));
        let flows = self.model.flows.iter().enumerate().filter(move |(i, f)| {
            !self.gone.contains(&Element::Allow(FlowId(*i as u32)))
                && f.window.holds(DAY)
                && f.joins(from, to)
                && !shared.is_none()
                && !f.services.only(shared).is_empty()
        });
        flows.map(|(_, flow)| flow)
    }

    fn round(&self, known: &Known) -> Known {
        let mut next = known.clone();
        let places = self.model.zones.len() as u32;
        let internet = self.model.zones.internet().0;
        let has =
            |set: &Option<(segc_grammar::Span, ClassSet)>, place| set.as_ref().is_some_and(|s| s.1.contains(place));
        let secrets: Vec<_> = (0..).map(CredentialId).zip(&self.model.credentials).collect();
        let there = |element| !self.gone.contains(&element);
        for z in 0..places {
            let zone = self.zone(z);
            let worst = self.level == Level::Worst;
            let spoiled = self.goes(known, z) || z == internet || self.is(z, FlagKind::PublicWritable);
            next.tainted[z as usize] |= worst && spoiled;
            if worst && self.is(z, FlagKind::PublicTrigger) && self.starts.contains(&internet) {
                next.compromised[z as usize] = true;
            }
            for (id, secret) in &secrets {
                let captured = &mut next.captured[id.0 as usize];
                *captured |= self.goes(known, z) && has(&secret.held, z) && there(Element::Held(*id));
                let publishes = known.captured[id.0 as usize] && has(&secret.publishes, z);
                next.tainted[z as usize] |= worst && publishes && there(Element::Publishes(*id));
            }
            for w in 0..places {
                let host = zone.is_process() && zone.parent == Some(ZoneId(w));
                let contained =
                    matches!(&zone.kind, Kind::Process(p) if p.contained.is_some_and(|a| a.window.holds(DAY)));
                if host && self.goes(known, z) && !contained || {
                    let inside = self.zone(w).is_process() && self.zone(w).parent == Some(ZoneId(z));
                    inside && self.goes(known, z)
                } {
                    next.compromised[w as usize] = true;
                }
                let plain = |p: u32| !self.zone(p).is_process() && !self.zone(p).is_domains();
                let nested = zone.parent == Some(ZoneId(w)) || self.zone(w).parent == Some(ZoneId(z));
                if worst && nested && plain(z) && plain(w) && self.goes(known, z) {
                    next.compromised[w as usize] = true;
                }
                for (owner, sharing) in self.model.zones.iter().filter(|(id, _)| there(Element::Shares(*id))) {
                    let mine = |p: u32| self.model.zones.classes(owner).contains(p) && !self.zone(p).is_process();
                    let ends = mine(z) && has(&sharing.shares, w) || mine(w) && has(&sharing.shares, z);
                    if worst && ends && self.goes(known, z) {
                        next.compromised[w as usize] = true;
                    }
                }
                for flow in self.joining(z, w) {
                    let open = flow.needs.iter().all(|c| known.captured[c.0 as usize]);
                    let inert = flow.inert.is_some_and(|a| a.window.holds(DAY));
                    let vetted = flow.vetted.is_some_and(|a| a.window.holds(DAY));
                    next.compromised[w as usize] |=
                        self.goes(known, z) && open && !inert && (worst || !flow.needs.is_empty());
                    for (id, secret) in &secrets {
                        let opens =
                            known.captured[id.0 as usize] && has(&secret.opens, w) && there(Element::Opens(*id));
                        let anywhere = secret.anywhere.is_some() && z == internet;
                        next.compromised[w as usize] |= opens && (self.goes(known, z) && open || anywhere);
                    }
                    let swallows = flow.pulls == Some(Pulls::Code) || self.is(z, FlagKind::Agentic);
                    next.compromised[z as usize] |= known.tainted[w as usize] && !vetted && swallows;
                }
            }
        }
        next
    }

    fn all(&self) -> Known {
        let places = self.model.zones.len();
        let mut known = Known {
            compromised: (0..places as u32).map(|place| self.starts.contains(&place)).collect(),
            captured: vec![false; self.model.credentials.len()],
            tainted: vec![false; places],
        };
        loop {
            let next = self.round(&known);
            if next == known {
                return known;
            }
            known = next;
        }
    }
}

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
                let all = Brute { model, starts: &starts, gone: &[], level: Level::Worst }.all();
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
                let brute = Brute { model, starts: &[start], gone: &[], level: Level::Worst };
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
                Brute { model, starts: &[start], gone, level: Level::Worst }.all().compromised[goal as usize]
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
