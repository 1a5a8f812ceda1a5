//! `require`: a connection must stay allowed, in every family that both ends share.

use super::Context;
use crate::diagnostics::{Diagnostic, flows as say};
use crate::graph::FlowIndex;
use crate::model::{ClassSet, FlowId, Require, ServiceSet};
use crate::words;

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
        let all = index.candidates(left, right);
        let flow = |id: &FlowId| &model.flows[id.0 as usize];
        let mut missing: Vec<Part> = vec![(left.clone(), right.clone(), require.services.clone())];
        for id in all.iter().filter(|id| flow(id).window.holds(context.day)) {
            for (a, b) in &flow(id).boxes {
                missing = missing.iter().flat_map(|m| less(m, (a, b, &flow(id).services))).collect();
            }
            missing.retain(|m| !possible(context, m).is_empty());
        }
        missing.retain(|m| !possible(context, m).is_empty());
        let Some(part) = missing.first() else { continue };
        let pair = format!("{} -> {}", words::classes(model, &part.0), words::classes(model, &part.1));
        let joins = |id: &&FlowId| flow(id).boxes.iter().any(|(a, b)| a.meets(&part.0) && b.meets(&part.1));
        let wanted = |id: &&FlowId| flow(id).services.meets(&part.2);
        // One that would do but for its dates tells more than one for other services.
        let nearest = all.iter().filter(joins).find(wanted).or_else(|| all.iter().find(joins));
        let nearest = nearest.map(|id| {
            let why = match flow(id).window {
                w if w.is_over(context.day) => format!("this one ended on {}", w.until.unwrap_or(context.day)),
                w if !w.holds(context.day) => format!("this one begins on {}", w.from.unwrap_or(context.day)),
                _ => format!("this one allows {}", words::written_services(context.sources, flow(id).statement)),
            };
            (flow(id).head(), why)
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
