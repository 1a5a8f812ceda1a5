//! What a firewall is to let pass.

use std::net::IpAddr;

use jiff::civil::Date;

use super::Packet;
use crate::model::{AddressSet, Boxes, Flow, FlowId, Model, ServiceSet};
use crate::place::Carried;

/// A policy on a day, as far as one firewall carries it, and what passes beside it.
#[derive(Clone, Copy)]
pub struct Meant<'m, 'a> {
    /// The policy.
    pub model: &'m Model<'a>,
    /// The day. Only allows that hold on it count.
    pub day: Date,
    carried: &'m Carried,
    /// What passes whatever the policy says.
    pub declared: &'m [Declared],
}

/// Packets that pass whatever the policy says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// What for.
    pub why: &'static str,
    /// From where.
    pub sources: AddressSet,
    /// To where.
    pub destinations: AddressSet,
    /// On what.
    pub services: ServiceSet,
}

static EVERYTHING: Carried = Carried::Everything;

impl<'m, 'a> Meant<'m, 'a> {
    /// All of it.
    pub fn everything(model: &'m Model<'a>, day: Date) -> Self {
        Self { model, day, carried: &EVERYTHING, declared: &[] }
    }

    /// The same, and what passes beside it.
    #[must_use]
    pub fn beside(self, declared: &'m [Declared]) -> Self {
        Self { declared, ..self }
    }

    /// A part, and what passes beside it.
    pub fn carried(model: &'m Model<'a>, day: Date, carried: &'m Carried, declared: &'m [Declared]) -> Self {
        Self { model, day, carried, declared }
    }

    /// The allows that hold on the day, and the pairs of classes that are carried of each.
    pub fn flows(self) -> impl Iterator<Item = (FlowId, &'m Flow<'a>, &'m Boxes)> {
        let flows = (0..).map(FlowId).zip(&self.model.flows);
        let live = flows.filter(move |(_, flow)| flow.window.holds(self.day));
        live.map(move |(id, flow)| (id, flow, self.carried.of(id, flow)))
    }

    /// Does the packet pass whatever the policy says?
    pub fn declares(self, packet: &Packet) -> bool {
        let holds = |set: &AddressSet, address: IpAddr| match address {
            IpAddr::V4(a) => set.v4.as_slice().iter().any(|r| r.0 <= a.to_bits() && a.to_bits() <= r.1),
            IpAddr::V6(a) => set.v6.as_slice().iter().any(|r| r.0 <= a.to_bits() && a.to_bits() <= r.1),
        };
        self.declared.iter().any(|d| {
            holds(&d.sources, packet.source)
                && holds(&d.destinations, packet.destination)
                && d.services.intervals().iter().any(|&(low, high)| low <= packet.key && packet.key <= high)
        })
    }
}
