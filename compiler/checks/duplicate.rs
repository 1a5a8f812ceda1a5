//! Statements that say exactly the same as an earlier one.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::Context;
use super::covered::conduct;
use crate::diagnostics::{Diagnostic, tidiness};
use crate::model::{Flow, FlowId, head};

/// For each flow the first one that says exactly the same.
pub fn repeats(flows: &[Flow<'_>]) -> Vec<Option<FlowId>> {
    let mut first = FxHashMap::with_capacity_and_hasher(flows.len(), FxBuildHasher);
    let mut equal = Vec::with_capacity(flows.len());
    for (i, flow) in flows.iter().enumerate() {
        let id = FlowId(i as u32);
        let known = *first.entry(Said(flow)).or_insert(id);
        equal.push((known != id).then_some(known));
    }
    equal
}

/// A flow that equals whatever says exactly the same. The table of those holds no more than where each is: with all that
/// they say in it, it was ten times as large, and took four times as long.
struct Said<'k>(&'k Flow<'k>);

impl Said<'_> {
    fn all(&self) -> impl PartialEq + Hash {
        let flow = self.0;
        let dates = (flow.window.from, flow.window.until);
        (flow.boxes.as_slice(), &flow.services, dates, flow.log, conduct(flow))
    }
}

impl PartialEq for Said<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.all() == other.all()
    }
}

impl Eq for Said<'_> {}

impl Hash for Said<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.all().hash(state);
    }
}

/// Statements that say exactly the same as an earlier one.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let model = context.model;
    for (i, first) in context.repeats().iter().enumerate() {
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
