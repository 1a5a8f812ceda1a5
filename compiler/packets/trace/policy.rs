//! Which flows let a packet through.

use super::Packet;
use crate::model::{Boxes, FlowId, Model};
use crate::packets::Meant;
use std::net::IpAddr;

/// The flows that hold on the day and allow the packet at its time, in order. None: it is not allowed.
pub fn allowing(meant: Meant<'_, '_>, packet: &Packet) -> Vec<FlowId> {
    let (Some(from), Some(to)) = (class(meant.model, packet.source), class(meant.model, packet.destination)) else {
        return Vec::new();
    };
    // ICMP exists in IPv4 only and ICMPv6 in IPv6 only; but `any` is every protocol number in both.
    let protocol = packet.key >> 16;
    let foreign = protocol == if packet.source.is_ipv4() { 58 } else { 1 };
    let allows = |flow: &crate::model::Flow<'_>| {
        flow.window.since().is_none_or(|since| since <= packet.time)
            && flow.window.before().is_none_or(|before| packet.time < before)
            && (!foreign || flow.services.is_any())
            && flow.services.intervals().iter().any(|&(low, high)| low <= packet.key && packet.key <= high)
    };
    let joins = |boxes: &Boxes| boxes.iter().any(|(left, right)| left.contains(from) && right.contains(to));
    meant.flows().filter(|(_, flow, boxes)| allows(flow) && joins(boxes)).map(|(id, ..)| id).collect()
}

fn class(model: &Model<'_>, address: IpAddr) -> Option<u32> {
    let holds = |own: &crate::model::AddressSet| match address {
        IpAddr::V4(address) => own.v4.as_slice().iter().any(|r| r.0 <= address.to_bits() && address.to_bits() <= r.1),
        IpAddr::V6(address) => own.v6.as_slice().iter().any(|r| r.0 <= address.to_bits() && address.to_bits() <= r.1),
    };
    model.zones.iter().find(|(_, zone)| holds(&zone.own)).map(|(id, _)| id.0)
}
