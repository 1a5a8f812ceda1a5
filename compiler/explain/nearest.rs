//! For connections that are not allowed: the allows that would let them in but for one thing.

use jiff::civil::Date;

use super::Connections;
use crate::model::{Flow, FlowId, Model};

/// An allow that does not let a connection in, and what is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near {
    /// Which.
    pub flow: FlowId,
    /// What is in the way.
    pub miss: Miss,
}

/// What keeps an allow from letting a connection in; the likelier it is what somebody looks for, the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Miss {
    /// It is over.
    Over,
    /// It has not begun.
    Early,
    /// It is about these ends, and about other services.
    Services,
    /// It is about this source and service, and about other destinations.
    Destination,
    /// It is about this destination and service, and about other sources.
    Source,
}

/// At most `most` allows that miss the connections by one thing, nearest first, then in source order.
pub fn nearest(model: &Model<'_>, day: Date, denied: &Connections, most: usize) -> Vec<Near> {
    let mut near: Vec<(Miss, FlowId)> = model
        .flows
        .iter()
        .zip(0..)
        .filter_map(|(flow, id)| Some((miss(model, day, denied, flow)?, FlowId(id))))
        .collect();
    near.sort_unstable();
    near.truncate(most);
    near.into_iter().map(|(miss, flow)| Near { flow, miss }).collect()
}

fn miss(model: &Model<'_>, day: Date, denied: &Connections, flow: &Flow<'_>) -> Option<Miss> {
    let live = flow.window.holds(day);
    let serves = denied.services.meets(&flow.services);
    let joins = flow.products_and_wire().any(|p| denied.left.meets(p.left) && denied.right.meets(p.right));
    if joins {
        return match (serves, live) {
            (true, false) if flow.window.is_over(day) => Some(Miss::Over),
            (true, false) => Some(Miss::Early),
            (false, true) => Some(Miss::Services),
            _ => None,
        };
    }
    // `any` and `internet` reach everybody: that they miss says nothing.
    let broad = |side: &crate::model::ClassSet| side.len() * 2 > model.zones.len();
    if !serves || !live {
        return None;
    }
    if denied.left.meets(&flow.left.classes) && !broad(&flow.left.classes) {
        Some(Miss::Destination)
    } else if denied.right.meets(&flow.right.classes) && !broad(&flow.right.classes) {
        Some(Miss::Source)
    } else {
        None
    }
}
