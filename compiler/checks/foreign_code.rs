//! What stands beside code that is fetched and run: a way to call home, and an account for a model service.

use std::collections::BTreeMap;

use segc_grammar::ast::FlagKind;

use super::public::{first, name};
use super::trifecta::holds;
use super::{Context, at_hand};
use crate::diagnostics::{Diagnostic, builds, secrets};
use crate::graph::flagged;
use crate::model::{ClassSet, CredentialId, FlowId, Pulls};
use crate::words;

/// Each place that runs what it fetches, where that is not vetted, with the first allow over which it does.
fn runners(context: &Context<'_>) -> Vec<(u32, FlowId)> {
    let mut first: Vec<Option<FlowId>> = vec![None; context.model.zones.len()];
    if context.model.flows.iter().any(|flow| flow.pulls == Some(Pulls::Code)) {
        for node in context.graph().nodes.iter().filter(|node| node.code && !node.vetted) {
            for place in node.from.iter() {
                first[place as usize].get_or_insert(node.flow);
            }
        }
    }
    (0..).zip(first).filter_map(|(place, flow)| Some((place, flow?))).collect()
}

/// Places that run what they fetch and may connect to the internet.
pub fn install_open(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let model = context.model;
    let internet = model.zones.internet().0;
    let internet = ClassSet::run(internet, internet + 1);
    let mut told: BTreeMap<(FlowId, FlowId, u32), ClassSet> = BTreeMap::new();
    for (place, pull) in runners(context) {
        let hand = at_hand::of(context, place);
        let Some(&(node, from)) = hand.connections(context, &internet).first() else { continue };
        let out = context.graph().nodes[node as usize].flow;
        // Who connects is said only where it is somebody else.
        let from = if from == place { u32::MAX } else { from };
        let places = told.entry((pull, out, from)).or_default();
        *places = places.union(&ClassSet::run(place, place + 1));
    }
    for ((pull, out, from), places) in told {
        let who = words::classes(model, &places);
        let from = if from == u32::MAX { who.clone() } else { name(context, from) };
        let (pull, out) = (&model.flows[pull.0 as usize], &model.flows[out.0 as usize]);
        let what = words::side(model, &pull.right);
        found.push(builds::install_open(&who, &what, pull.head(), &from, out.head()));
    }
}

/// Places that run what they fetch and hold a credential for a model service: for a zone with `gpu`.
pub fn model_account(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let model = context.model;
    let gpus = flagged(model, FlagKind::Gpu);
    let opens = |c: CredentialId| {
        let (span, set) = model.credentials[c.0 as usize].opens.as_ref()?;
        Some((*span, first(&set.intersection(&gpus))?))
    };
    if (0..model.credentials.len() as u32).all(|c| opens(CredentialId(c)).is_none()) {
        return;
    }
    let mut told: BTreeMap<(FlowId, CredentialId, u32), ClassSet> = BTreeMap::new();
    for (place, pull) in runners(context) {
        let hand = at_hand::of(context, place);
        let Some(&credential) = hand.credentials.iter().find(|c| opens(**c).is_some()) else { continue };
        let Some(holder) = hand.holder(context, credential) else { continue };
        let places = told.entry((pull, credential, holder)).or_default();
        *places = places.union(&ClassSet::run(place, place + 1));
    }
    for ((pull, credential, holder), places) in told {
        let who = words::classes(model, &places);
        let flow = &model.flows[pull.0 as usize];
        let runs = format!("{who} runs what it fetches from `{}`", words::side(model, &flow.right));
        let mut labels = vec![(flow.head(), runs)];
        labels.extend(holds(context, first(&places).unwrap_or(holder), holder, credential));
        labels.extend(
            opens(credential).map(|(span, gpu)| (span, format!("opens {}, which is `gpu`", name(context, gpu)))),
        );
        found.push(secrets::model_account(&who, model.credentials[credential.0 as usize].name, &labels));
    }
}
