//! What a firewall is to let pass.

use jiff::civil::Date;

use crate::model::{Boxes, Flow, FlowId, Model};
use crate::place::Carried;

/// A policy on a day, as far as one firewall carries it.
#[derive(Clone, Copy)]
pub struct Meant<'m, 'a> {
    /// The policy.
    pub model: &'m Model<'a>,
    /// The day. Only allows that hold on it count.
    pub day: Date,
    carried: &'m Carried,
}

static EVERYTHING: Carried = Carried::Everything;

impl<'m, 'a> Meant<'m, 'a> {
    /// All of it.
    pub fn everything(model: &'m Model<'a>, day: Date) -> Self {
        Self { model, day, carried: &EVERYTHING }
    }

    /// A part.
    pub fn carried(model: &'m Model<'a>, day: Date, carried: &'m Carried) -> Self {
        Self { model, day, carried }
    }

    /// The allows that hold on the day, and the pairs of classes that are carried of each.
    pub fn flows(self) -> impl Iterator<Item = (FlowId, &'m Flow<'a>, &'m Boxes)> {
        let flows = (0..).map(FlowId).zip(&self.model.flows);
        flows
            .filter(move |(_, flow)| flow.window.holds(self.day))
            .map(move |(id, flow)| (id, flow, self.carried.of(id, flow)))
    }
}
