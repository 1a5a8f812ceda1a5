//! Worm loops: who runs what a place serves, and by being compromised comes to publish there. Each infection feeds the
//! next. That it may break into the place itself is a path and no loop: the place must be tainted by a credential that
//! publishes.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use segc_grammar::Span;

use super::Context;
use super::leads::Leads;
use super::public::teller;
use crate::diagnostics::{Diagnostic, builds as say};
use crate::graph::{Closure, Fact, Graph, Hop, Question, Step, proof};
use crate::model::{ClassSet, CredentialId};
use crate::words;

/// A loop: somebody runs what comes from a place to which a credential publishes that he leads to.
#[derive(Clone, Copy)]
struct Loop {
    /// Who.
    place: u32,
    /// The graph's node over which it is fetched.
    node: u32,
    /// From where.
    from: u32,
    /// What publishes there.
    credential: CredentialId,
    /// He holds it himself.
    held: bool,
}

/// Who fetches what he runs, and over which of the graph's nodes, by where it comes from.
type Pulled = BTreeMap<u32, Vec<(u32, u32)>>;

/// Every loop; one for each place that is published to.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let graph = context.graph();
    let publishers = publishers(graph);
    let pulled = pulled(graph, &publishers);
    if pulled.is_empty() {
        return;
    }
    let mut asked: Vec<CredentialId> = pulled.keys().flat_map(|from| publishers[from].iter().copied()).collect();
    asked.sort_unstable();
    asked.dedup();
    let mut search = Search {
        graph,
        surely: Leads::new(graph, asked.clone(), false),
        perhaps: Leads::new(graph, asked.clone(), true),
        asked,
        ambient: Closure::new(graph, Question::new(&ClassSet::default(), &graph.barriers)),
        led: FxHashMap::default(),
    };
    for (from, pulls) in pulled {
        let Some((nearest, places)) = search.nearest(from, &pulls, &publishers[&from]) else { continue };
        found.push(tell(context, &search.ambient, nearest, &places));
    }
}

/// What is known of who leads where.
struct Search<'g, 'm> {
    graph: &'g Graph<'m>,
    surely: Leads,
    perhaps: Leads,
    asked: Vec<CredentialId>,
    /// What anybody can write leads to.
    ambient: Closure,
    /// For places of which neither says enough, the credentials that they lead to.
    led: FxHashMap<u32, Vec<CredentialId>>,
}

impl Search<'_, '_> {
    /// Does a compromise of the place lead to the credential?
    fn leads(&mut self, place: u32, credential: CredentialId) -> bool {
        let graph = self.graph;
        if self.surely.lead(place, credential) {
            return true;
        }
        // A barrier is left by what starts there, and by nothing else.
        if graph.goes_on(place, &ClassSet::default(), &graph.barriers) && !self.perhaps.lead(place, credential) {
            return false;
        }
        let (asked, ambient) = (&self.asked, &self.ambient);
        let led = self.led.entry(place).or_insert_with(|| {
            let led = Led::new(graph, place);
            asked.iter().copied().filter(|&c| led.to(ambient, c).is_some()).collect()
        });
        led.binary_search(&credential).is_ok()
    }

    /// The nearest loop over one place, and all who have one over it: that of somebody who himself holds what publishes
    /// there comes first.
    fn nearest(&mut self, from: u32, pulls: &[(u32, u32)], publishers: &[CredentialId]) -> Option<(Loop, ClassSet)> {
        let mut nearest: Option<Loop> = None;
        let mut places = Vec::new();
        for &(place, node) in pulls {
            let Some(credential) = publishers.iter().copied().find(|&c| self.leads(place, c)) else { continue };
            places.push(place);
            let own = publishers.iter().copied().find(|&c| holds(self.graph, place, c));
            let one = Loop { place, node, from, credential: own.unwrap_or(credential), held: own.is_some() };
            if nearest.is_none_or(|known| one.held && !known.held) {
                nearest = Some(one);
            }
        }
        Some((nearest?, places.into_iter().collect()))
    }
}

fn holds(graph: &Graph<'_>, place: u32, credential: CredentialId) -> bool {
    let held = &graph.model.credentials[credential.0 as usize].held;
    held.as_ref().is_some_and(|(_, set)| set.contains(place))
}

/// The credentials that somebody holds and that publish to a place, by the place.
fn publishers(graph: &Graph<'_>) -> BTreeMap<u32, Vec<CredentialId>> {
    let mut publishers: BTreeMap<u32, Vec<CredentialId>> = BTreeMap::new();
    for (credential, secret) in (0..).map(CredentialId).zip(&graph.model.credentials) {
        for place in secret.publishes.iter().flat_map(|(_, set)| set.iter()).filter(|_| secret.held.is_some()) {
            publishers.entry(place).or_default().push(credential);
        }
    }
    publishers
}

/// Every pull of code, not vetted, from where some credential publishes.
fn pulled(graph: &Graph<'_>, publishers: &BTreeMap<u32, Vec<CredentialId>>) -> Pulled {
    let published: ClassSet = publishers.keys().copied().collect();
    let mut pulled = Pulled::new();
    for (number, node) in (0..).zip(&graph.nodes).filter(|(_, n)| n.code && !n.vetted && n.to.meets(&published)) {
        for from in node.to.intersection(&published).iter() {
            pulled.entry(from).or_default().extend(node.from.iter().map(|place| (place, number)));
        }
    }
    pulled
}

/// What a compromise of a place leads to.
struct Led {
    /// By itself.
    alone: Closure,
    /// With what anybody can write elsewhere.
    with_public: Closure,
}

impl Led {
    fn new(graph: &Graph<'_>, place: u32) -> Self {
        let start = ClassSet::run(place, place + 1);
        let question = Question::new(&start, &graph.barriers);
        Self {
            alone: Closure::new(graph, Question { alone: true, ..question }),
            with_public: Closure::new(graph, question),
        }
    }

    /// How the credential is captured because of the place. What the public captures without it is no loop.
    fn to(&self, ambient: &Closure, credential: CredentialId) -> Option<&Closure> {
        let fact = Fact::Captured(credential);
        let shared = || Some(&self.with_public).filter(|c| c.holds(fact) && !ambient.holds(fact));
        Some(&self.alone).filter(|c| c.holds(fact)).or_else(shared)
    }
}

/// The loop from a pull on, and who else has it.
fn tell(context: &Context<'_>, ambient: &Closure, pull: Loop, places: &ClassSet) -> Diagnostic {
    let graph = context.graph();
    let led = Led::new(graph, pull.place);
    let closure = led.to(ambient, pull.credential).unwrap_or(&led.alone);
    let last = Hop { fact: Fact::Tainted(pull.from), step: Step::Publish { credential: pull.credential } };
    let way = proof(graph, closure, last);
    let teller = teller(context);
    let pulled = Hop { fact: Fact::Compromised(pull.place), step: Step::Pull { node: pull.node, from: pull.from } };
    let labels: Vec<(Span, String)> =
        std::iter::once(&pulled).chain(&way.hops).filter_map(|hop| teller.hop(hop)).collect();
    let from = context.model.zones[crate::model::ZoneId(pull.from)].name;
    say::worm_loop(&words::classes(context.model, places), from, &teller.route(&way), &labels)
}
