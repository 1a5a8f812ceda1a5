//! `require`: a connection must stay allowed, in every family that both ends share.

use super::Context;
use crate::diagnostics::{Diagnostic, flows as say};
use crate::graph::FlowIndex;
use crate::model::{ClassSet, Connections, Flow, FlowId, Require, ServiceSet, Zones};
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

fn judge(context: &Context<'_>, index: &FlowIndex, require: &Require<'_>) -> Option<Diagnostic> {
    let model = context.model;
    for (left, right) in &require.boxes {
        let all = index.candidates(left, right);
        let flow = |id: &FlowId| &model.flows[id.0 as usize];
        let live = all.iter().map(flow).filter(|flow| flow.window.holds(context.day));
        let Some(part) = missing(&model.zones, (left, right), &require.services, live) else { continue };
        let pair = format!("{} -> {}", words::classes(model, &part.left), words::classes(model, &part.right));
        let joins = |id: &&FlowId| flow(id).boxes.iter().any(|(a, b)| a.meets(&part.left) && b.meets(&part.right));
        let wanted = |id: &&FlowId| flow(id).services.meets(&part.services);
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
        let on = words::services(model, &possible(&model.zones, &part));
        return Some(say::required_connection(crate::model::head(require.statement), &pair, &on, nearest));
    }
    None
}

/// Some of the connections of a product that none of the flows allows, as far as a packet could use them.
pub fn missing<'f>(
    zones: &Zones<'_>,
    (left, right): (&ClassSet, &ClassSet),
    services: &ServiceSet,
    flows: impl Iterator<Item = &'f Flow<'f>>,
) -> Option<Connections> {
    let mut missing = vec![Connections { left: left.clone(), right: right.clone(), services: services.clone() }];
    for flow in flows {
        for allowed in flow.products() {
            missing = missing.iter().flat_map(|m| m.without(allowed)).collect();
        }
        missing.retain(|m| !possible(zones, m).is_empty());
    }
    missing.retain(|m| !possible(zones, m).is_empty());
    missing.into_iter().next()
}

/// The services of a part that exist in a family that some pair of it shares.
fn possible(zones: &Zones<'_>, part: &Connections) -> ServiceSet {
    part.services.only(zones.families(&part.left).and(zones.families(&part.right)))
}
