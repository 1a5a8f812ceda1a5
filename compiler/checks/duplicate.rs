//! Statements that say exactly the same as an earlier one.

use rustc_hash::FxHashMap;

use super::Context;
use super::covered::{Conduct, conduct};
use crate::diagnostics::{Diagnostic, tidiness};
use crate::model::{ClassSet, Flow, FlowId, ServiceSet, head};

/// For each flow the first one that says exactly the same.
pub fn repeats(flows: &[Flow<'_>]) -> Vec<Option<FlowId>> {
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
/// All that is said of a flow.
type Key<'k> = (&'k [(ClassSet, ClassSet)], &'k ServiceSet, Dates, bool, Conduct);

fn key<'k>(flow: &'k Flow<'k>) -> Key<'k> {
    let dates = (flow.window.from, flow.window.until);
    (&flow.boxes, &flow.services, dates, flow.log, conduct(flow))
}

/// Statements that say exactly the same as an earlier one.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let model = context.model;
    for (i, first) in repeats(&model.flows).into_iter().enumerate() {
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
