//! Which allows a `require` rests on: they are never proposed for removal.

use segc_grammar::Span;

use super::FlowIndex;
use crate::model::{FlowId, Model};

/// For each flow, the first `require` that rests on it. `index` is of all flows.
pub fn required(model: &Model<'_>, index: &FlowIndex) -> Vec<Option<Span>> {
    let mut required = vec![None; model.flows.len()];
    for require in &model.requires {
        for (left, right) in &require.boxes {
            for FlowId(id) in index.candidates(left, right) {
                let flow = &model.flows[id as usize];
                let joins = flow.boxes.iter().any(|(a, b)| a.meets(left) && b.meets(right));
                if joins && flow.services.meets(&require.services) {
                    required[id as usize].get_or_insert(require.statement.span);
                }
            }
        }
    }
    required
}
