//! Credentials where anybody can start work: on the same machine, or behind a shared cache.

use std::collections::{BTreeMap, VecDeque};

use rustc_hash::FxHashSet;
use segc_grammar::Span;

use super::public::name;
use super::trifecta::holds;
use super::{Context, at_hand};
use crate::diagnostics::{Diagnostic, builds as say};
use crate::graph::{Fact, Hop, Step};
use crate::model::{ClassSet, CredentialId};
use crate::words;

/// Every `public-trigger` place that has a credential at hand, or shares a cache with one that does, over however many
/// caches.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let model = context.model;
    if model.credentials.is_empty() {
        return;
    }
    let graph = context.graph();
    let mut told: BTreeMap<(CredentialId, Vec<Shared>, u32, u32), ClassSet> = BTreeMap::new();
    for place in graph.triggers.iter() {
        for (credential, caches, near, holder) in at_reach(context, place) {
            // On its own machine the place itself is who has it.
            let key = (credential, caches, if near == place { u32::MAX } else { near }, holder);
            let places = told.entry(key).or_default();
            *places = places.union(&ClassSet::run(place, place + 1));
        }
    }
    for ((credential, caches, near, holder), places) in told {
        let first = places.iter().next().unwrap_or_default();
        let near = if near == u32::MAX { first } else { near };
        let teller = super::public::teller(context);
        let trigger = Hop { fact: Fact::Compromised(first), step: Step::Trigger };
        let mut labels: Vec<(Span, String)> = teller.hop(&trigger).into_iter().collect();
        for cache in &caches {
            let step = Step::Cache { share: cache.share, from: cache.from };
            labels.extend(teller.hop(&Hop { fact: Fact::Compromised(cache.to), step }));
        }
        labels.extend(holds(context, near, holder, credential));
        let secret = model.credentials[credential.0 as usize].name;
        let beside = caches.last().map(|_| name(context, holder));
        found.push(say::public_trigger(&words::classes(model, &places), secret, beside.as_deref(), &labels));
    }
}

/// A cache on the way: which, from where, to where.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Shared {
    share: u32,
    from: u32,
    to: u32,
}

/// Credentials on a place's machine and behind its caches, each once, by the fewest caches: with these, with the place
/// whose machine has it, and with its holder.
fn at_reach(context: &Context<'_>, place: u32) -> Vec<(CredentialId, Vec<Shared>, u32, u32)> {
    let graph = context.graph();
    let mut found: Vec<(CredentialId, Vec<Shared>, u32, u32)> = Vec::new();
    let mut known: FxHashSet<CredentialId> = FxHashSet::default();
    let mut crossed: FxHashSet<u32> = FxHashSet::default();
    let mut seen: FxHashSet<u32> = FxHashSet::from_iter([place]);
    let mut todo = VecDeque::from([(place, Vec::new())]);
    while let Some((near, caches)) = todo.pop_front() {
        let hand = at_hand::of(context, near);
        for &credential in &hand.credentials {
            if known.insert(credential)
                && let Some(holder) = hand.holder(context, credential)
            {
                found.push((credential, caches.clone(), near, holder));
            }
        }
        for (end, from) in ends(context, &hand.places) {
            if !crossed.insert(end) {
                continue;
            }
            let share = &graph.shares[end as usize / 2];
            let there = if end.is_multiple_of(2) { &share.2 } else { &share.1 };
            for to in there.iter() {
                if seen.insert(to) {
                    let mut on = caches.clone();
                    on.push(Shared { share: end / 2, from, to });
                    todo.push_back((to, on));
                }
            }
        }
    }
    found
}

/// Ends of shared caches at some places, as [`crate::graph::Graph::sharers`] numbers them, with the place; sorted.
fn ends(context: &Context<'_>, places: &ClassSet) -> Vec<(u32, u32)> {
    let graph = context.graph();
    let at = |end: u32| {
        let share = &graph.shares[end as usize / 2];
        if end.is_multiple_of(2) { &share.1 } else { &share.2 }
    };
    let mut all: Vec<(u32, u32)> = Vec::new();
    for place in places.iter() {
        let wide = graph.sharers.wide.iter().filter(|&&end| at(end).contains(place));
        all.extend(graph.sharers.narrow(place).iter().chain(wide).map(|&end| (end, place)));
    }
    all.sort_unstable();
    all
}
