//! Untrusted content, a credential and a way out in one place; and the pair of the last two.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use segc_grammar::Span;

use super::Context;
use super::at_hand::{self, AtHand};
use super::public::{Reading, first, name, story, teller};
use crate::diagnostics::{Diagnostic, untrusted as say};
use crate::graph::{Fact, Hop, Step};
use crate::model::{ClassSet, CredentialId, FlowId};
use crate::words;

/// A way for what is at hand to leave.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum WayOut {
    /// A connection to the internet or to where anybody can write: which node, and from where.
    Connection(u32, u32),
    /// A credential that publishes.
    Publishes(CredentialId),
}

/// Places that read untrusted content and have both a credential and a way out at hand.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if context.model.credentials.is_empty() {
        return;
    }
    let mut told: BTreeMap<(usize, CredentialId, u32, WayOut), ClassSet> = BTreeMap::new();
    for (place, reading) in readers(context) {
        let hand = at_hand::of(context, place);
        let Some(&credential) = hand.credentials.first() else { continue };
        let Some(way) = way_out(context, &hand, context.readings()[reading].node) else { continue };
        let credential = if let WayOut::Publishes(publisher) = way { publisher } else { credential };
        let Some(holder) = hand.holder(context, credential) else { continue };
        let places = told.entry((reading, credential, holder, way)).or_default();
        *places = places.union(&ClassSet::run(place, place + 1));
    }
    for ((reading, credential, holder, way), places) in told {
        let (steps, read) = tell(context, &context.readings()[reading], credential, holder, way, &places);
        found.push(say::trifecta(&words::classes(context.model, &places), &steps, read));
    }
}

/// Each place that reads untrusted content, with the first statement over which it does: one over which it reads what
/// anybody can write, if there is one.
pub fn readers(context: &Context<'_>) -> Vec<(u32, usize)> {
    let readings = context.readings();
    let mut first: Vec<Option<usize>> = vec![None; context.model.zones.len()];
    let writable = |reading: &Reading| context.graph().writable.contains(reading.what);
    for directly in [true, false] {
        for (at, reading) in readings.iter().enumerate().filter(|(_, reading)| writable(reading) == directly) {
            for place in reading.from.iter() {
                first[place as usize].get_or_insert(at);
            }
        }
    }
    (0..).zip(first).filter_map(|(place, reading)| Some((place, reading?))).collect()
}

/// How what is at hand can leave. A connection other than the one that is read over says more; and it may be the same.
fn way_out(context: &Context<'_>, hand: &AtHand, read: u32) -> Option<WayOut> {
    let graph = context.graph();
    let out = hand.connections(context, &graph.writable);
    let same = |node: u32| graph.nodes[node as usize].flow == graph.nodes[read as usize].flow;
    let connection = out.iter().find(|(node, _)| same(*node)).or(out.first());
    let publisher = || hand.credentials.iter().copied().find(|&c| publishes(context, c));
    connection.map(|&(node, from)| WayOut::Connection(node, from)).or_else(|| publisher().map(WayOut::Publishes))
}

fn publishes(context: &Context<'_>, credential: CredentialId) -> bool {
    context.model.credentials[credential.0 as usize].publishes.is_some()
}

/// The three, each at its statement, and which of the steps is the reading.
fn tell(
    context: &Context<'_>,
    reading: &Reading,
    credential: CredentialId,
    holder: u32,
    way: WayOut,
    places: &ClassSet,
) -> (Vec<(Span, String)>, usize) {
    let graph = context.graph();
    let reader = first(places).unwrap_or_default();
    let mut steps = story(context, context.offered(), Fact::Tainted(reading.what));
    steps.push(reads(context, reading, reader));
    let read = steps.len() - 1;
    steps.extend(holds(context, reader, holder, credential));
    match way {
        WayOut::Connection(node, from) => {
            let flow = &context.model.flows[graph.nodes[node as usize].flow.0 as usize];
            let to = first(&graph.nodes[node as usize].to.intersection(&graph.writable)).unwrap_or_default();
            if flow.head() == steps[read].0 {
                steps[read].1.push_str(&format!(", and may send to {}", name(context, to)));
            } else {
                let words =
                    format!("{} may send to {}, where anybody can look", name(context, from), name(context, to));
                steps.push((flow.head(), words));
            }
        }
        WayOut::Publishes(credential) => {
            let secret = &context.model.credentials[credential.0 as usize];
            if let Some((span, to)) = &secret.publishes {
                let to = first(to).map_or_else(String::new, |to| name(context, to));
                steps.push((*span, format!("`{}` publishes to {to}", secret.name)));
            }
        }
    }
    (steps, read)
}

/// What a place reads, at the allow.
pub fn reads(context: &Context<'_>, reading: &Reading, reader: u32) -> (Span, String) {
    let graph = context.graph();
    let node = &graph.nodes[reading.node as usize];
    let flow = &context.model.flows[node.flow.0 as usize];
    let (who, what) = (name(context, reader), name(context, reading.what));
    if graph.swallows(node, reader) {
        let step = Step::Pull { node: reading.node, from: reading.what };
        let told = teller(context).hop(&Hop { fact: Fact::Compromised(reader), step });
        return told.unwrap_or((flow.head(), String::new()));
    }
    (flow.head(), format!("{who} reads what stands at {what}"))
}

/// Who holds a credential, at `held by`; in words for somebody on the same machine.
pub fn holds(context: &Context<'_>, by: u32, holder: u32, credential: CredentialId) -> Option<(Span, String)> {
    let secret = &context.model.credentials[credential.0 as usize];
    let mut words = format!("{} holds `{}`", name(context, holder), secret.name);
    if by != holder {
        let by_name = name(context, by);
        words.push_str(&match context.graph().host(by) {
            Some(_) => format!(", and nothing keeps {by_name} from it"),
            None => format!(", on the same hosts as {by_name}"),
        });
    }
    Some((secret.held.as_ref()?.0, words))
}

/// Allows to a zone of names that anybody can write, from where a credential is at hand.
pub fn writable_allowed(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let model = context.model;
    let written = context.model.zones.domains().clone();
    if model.credentials.is_empty() || written.is_empty() {
        return;
    }
    let graph = context.graph();
    let written = graph.writable.intersection(&written);
    let mut told: Vec<FlowId> = Vec::new();
    let mut hands: FxHashMap<u32, AtHand> = FxHashMap::default();
    for node in graph.nodes.iter().filter(|node| node.to.meets(&written)) {
        if told.last() == Some(&node.flow) {
            continue;
        }
        let holder = node.from.iter().find_map(|place| {
            let hand = hands.entry(place).or_insert_with(|| at_hand::of(context, place));
            let credential = *hand.credentials.first()?;
            let has = node.needs.iter().all(|c| hand.credentials.binary_search(c).is_ok());
            Some((place, hand.holder(context, credential)?, credential)).filter(|_| has)
        });
        let Some((place, holder, credential)) = holder else { continue };
        told.push(node.flow);
        let to = first(&node.to.intersection(&written)).unwrap_or_default();
        let place_of = teller(context).hop(&Hop { fact: Fact::Tainted(to), step: Step::Writable });
        let flow = &model.flows[node.flow.0 as usize];
        let secret = model.credentials[credential.0 as usize].name;
        let allow = (flow.head(), format!("{} may write there", name(context, place)));
        let labels = [Some(allow), holds(context, place, holder, credential), place_of];
        let labels: Vec<(Span, String)> = labels.into_iter().flatten().collect();
        found.push(say::writable_allowed(&name(context, place), secret, &name(context, to), &labels));
    }
}
