//! `require`: a connection must stay allowed, in every family that both ends share.

use super::{Context, words};
use crate::diagnostics::{Diagnostic, flows as say};
use crate::graph::FlowIndex;
use crate::model::{ClassSet, Require, ServiceSet};

/// Judges every require on the context's day.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if context.model.requires.is_empty() {
        return;
    }
    for require in &context.model.requires {
        found.extend(judge(context, context.index(), require));
    }
}

/// Connections: every source to every destination on every service.
type Part = (ClassSet, ClassSet, ServiceSet);

fn judge(context: &Context<'_>, index: &FlowIndex, require: &Require<'_>) -> Option<Diagnostic> {
    let model = context.model;
    for (left, right) in &require.boxes {
        let mut candidates = index.candidates(left, right);
        candidates.retain(|id| model.flows[id.0 as usize].window.holds(context.day));
        let mut missing: Vec<Part> = vec![(left.clone(), right.clone(), require.services.clone())];
        for id in &candidates {
            for (a, b) in &model.flows[id.0 as usize].boxes {
                missing = missing.iter().flat_map(|m| less(m, (a, b, &model.flows[id.0 as usize].services))).collect();
            }
            missing.retain(|m| !possible(context, m).is_empty());
        }
        missing.retain(|m| !possible(context, m).is_empty());
        let Some(part) = missing.first() else { continue };
        let pair = format!("{} -> {}", words::classes(model, &part.0), words::classes(model, &part.1));
        let joins = |f: &&crate::model::FlowId| {
            model.flows[f.0 as usize].boxes.iter().any(|(a, b)| a.meets(&part.0) && b.meets(&part.1))
        };
        let nearest = candidates.iter().find(joins).map(|id| {
            let flow = &model.flows[id.0 as usize];
            (flow.head(), format!("this one allows {}", words::services(model, &flow.services)))
        });
        let on = words::services(model, &possible(context, part));
        return Some(say::required_connection(crate::model::head(require.statement), &pair, &on, nearest));
    }
    None
}

/// The services of a part that exist in a family that some pair of it shares.
fn possible(context: &Context<'_>, (from, to, services): &Part) -> ServiceSet {
    let zones = &context.model.zones;
    services.only(zones.families(from).and(zones.families(to)))
}

/// What is left of a part when a flow's product is taken out of it.
fn less((from, to, services): &Part, (a, b, s): (&ClassSet, &ClassSet, &ServiceSet)) -> Vec<Part> {
    if !from.meets(a) || !to.meets(b) || !services.meets(s) {
        return vec![(from.clone(), to.clone(), services.clone())];
    }
    let inside_from = from.intersection(a);
    let parts = [
        (from.difference(a), to.clone(), services.clone()),
        (inside_from.clone(), to.difference(b), services.clone()),
        (inside_from, to.intersection(b), services.difference(s)),
    ];
    parts.into_iter().filter(|(f, t, s)| !f.is_empty() && !t.is_empty() && !s.is_empty()).collect()
}
