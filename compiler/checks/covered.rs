//! Allows that say the same as another one, or less. Judged against one other allow at a time; what several cover
//! only together is not looked for.

use rustc_hash::FxHashMap;

use super::Context;
use crate::diagnostics::{Diagnostic, tidiness};
use crate::model::{ClassSet, Flow, FlowId, ServiceSet, head};

/// Allows that another one makes needless. Of two that cover each other the first is kept; equal ones are left to
/// [`duplicates`].
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let flows = &context.model.flows;
    let live = |f: &Flow<'_>| !f.window.is_over(context.day);
    for (i, flow) in flows.iter().enumerate().filter(|(_, f)| live(f)) {
        let Some((from, to)) = flow.boxes.first() else { continue };
        // Whatever covers the flow covers this pair of it.
        let first = |set: &ClassSet| set.iter().take(1).collect::<ClassSet>();
        for id in context.index().candidates(&first(from), &first(to)) {
            let other = id.0 as usize;
            let wider = &flows[other];
            if other == i || !live(wider) || !covers(wider, flow) {
                continue;
            }
            // Of two that cover each other the first stays; if they are equal to the letter, `duplicates` says it.
            if !covers(flow, wider) || (other < i && key(wider) != key(flow)) {
                found.push(tidiness::covered(flow.head(), wider.head()));
                break;
            }
        }
    }
}

/// Does `wider` allow all that `flow` does, whenever `flow` does, and is nothing else lost with it?
fn covers(wider: &Flow<'_>, flow: &Flow<'_>) -> bool {
    flow.services.within(&wider.services)
        && wider.window.covers(&flow.window)
        && (wider.log || !flow.log)
        && relied_upon(wider) == relied_upon(flow)
        && flow.boxes.iter().all(|(a, b)| wider.boxes.iter().any(|(c, d)| a.within(c) && b.within(d)))
}

/// For each flow the first one that says exactly the same.
fn equal_to(flows: &[Flow<'_>]) -> Vec<Option<FlowId>> {
    let mut first: FxHashMap<Key<'_>, FlowId> = FxHashMap::default();
    let mut equal = Vec::with_capacity(flows.len());
    for (i, flow) in flows.iter().enumerate() {
        let id = FlowId(i as u32);
        let known = *first.entry(key(flow)).or_insert(id);
        equal.push((known != id).then_some(known));
    }
    equal
}

type Dates = (Option<jiff::civil::Date>, Option<jiff::civil::Date>);
type Key<'k> = (&'k [(ClassSet, ClassSet)], &'k ServiceSet, Dates, bool, Option<Dates>);

fn key<'k>(flow: &'k Flow<'k>) -> Key<'k> {
    let dates = (flow.window.from, flow.window.until);
    (&flow.boxes, &flow.services, dates, flow.log, relied_upon(flow))
}

/// The dates of its `inert`, if it has one.
fn relied_upon(flow: &Flow<'_>) -> Option<Dates> {
    flow.inert.map(|a| (a.window.from, a.window.until))
}

/// Statements that say exactly the same as an earlier one.
pub fn duplicates(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let model = context.model;
    for (i, first) in equal_to(&model.flows).into_iter().enumerate() {
        if let Some(first) = first {
            found.push(tidiness::duplicate("allow", model.flows[i].head(), model.flows[first.0 as usize].head()));
        }
    }
    let mut seen = FxHashMap::default();
    for forbid in model.forbids.iter().filter(|f| f.waivers.is_empty()) {
        let key = (forbid.arrow == segc_grammar::ast::Arrow::Path, &forbid.boxes, &forbid.services, &forbid.over);
        let at = head(forbid.statement);
        let first = *seen.entry(key).or_insert(at);
        if first != at {
            found.push(tidiness::duplicate("forbid", at, first));
        }
    }
    let mut seen = FxHashMap::default();
    for require in &model.requires {
        let at = head(require.statement);
        let first = *seen.entry((&require.boxes, &require.services)).or_insert(at);
        if first != at {
            found.push(tidiness::duplicate("require", at, first));
        }
    }
}
