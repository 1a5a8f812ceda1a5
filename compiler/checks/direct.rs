//! `forbid … -> …`: no allowed connection runs directly from left to right.

use segc_grammar::Span;
use segc_grammar::ast::Arrow;

use super::Context;
use crate::diagnostics::{Diagnostic, flows as say};
use crate::graph::FlowIndex;
use crate::model::{ClassSet, Flow, Forbid, ServiceSet, Zones, head};
use crate::words;

/// Judges every direct forbid on the context's day.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let direct = |f: &&Forbid<'_>| f.arrow == Arrow::Direct;
    if !context.model.forbids.iter().any(|f| direct(&f)) {
        return;
    }
    for forbid in context.model.forbids.iter().filter(direct) {
        found.extend(judge(context, context.index(), forbid));
    }
}

fn judge(context: &Context<'_>, index: &FlowIndex, forbid: &Forbid<'_>) -> Option<Diagnostic> {
    let model = context.model;
    let any = ServiceSet::any();
    let services = forbid.services.as_ref().unwrap_or(&any);
    let mut first: Option<(String, Span, String)> = None;
    let mut more: Vec<Span> = Vec::new();
    for (left, right) in &forbid.boxes {
        for id in index.candidates(left, right) {
            let flow = &model.flows[id.0 as usize];
            if !flow.window.holds(context.day) {
                continue;
            }
            let Some((from, to, on)) = common(&model.zones, flow, (left, right), services) else { continue };
            let pair = format!("{} -> {}", words::classes(model, &from), words::classes(model, &to));
            match &first {
                None => first = Some((pair, flow.head(), words::services(model, &on))),
                Some((_, span, _)) if *span == flow.head() || more.contains(&flow.head()) => {}
                Some(_) => more.push(flow.head()),
            }
        }
    }
    let (pair, allow, on) = first?;
    Some(say::forbidden_connection(head(forbid.statement), &pair, allow, &on, &more))
}

/// Does a flow, on the days that it is live, break a direct forbid?
pub fn breaks(zones: &Zones<'_>, flow: &Flow<'_>, forbid: &Forbid<'_>) -> bool {
    let any = ServiceSet::any();
    let services = forbid.services.as_ref().unwrap_or(&any);
    forbid.boxes.iter().any(|(left, right)| common(zones, flow, (left, right), services).is_some())
}

/// What a flow and a pair of sides have in common, if a packet of some family can use it.
fn common(
    zones: &Zones<'_>,
    flow: &Flow<'_>,
    (left, right): (&ClassSet, &ClassSet),
    services: &ServiceSet,
) -> Option<(ClassSet, ClassSet, ServiceSet)> {
    if !flow.services.meets(services) {
        return None;
    }
    flow.boxes.iter().find_map(|(a, b)| {
        let (from, to) = (a.intersection(left), b.intersection(right));
        let families = zones.families(&from).and(zones.families(&to));
        let on = flow.services.intersection(services).only(families);
        (!from.is_empty() && !to.is_empty() && !families.is_none() && !on.is_empty()).then_some((from, to, on))
    })
}
