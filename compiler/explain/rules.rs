//! Which lines of the generated rules decide a packet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::civil::Date;
use segc_backends::{BACKENDS, read::Read, refusals, rules_of};

use super::Connections;
use crate::lower::lower;
use crate::model::{AddressSet, Bits, Families, Model, Ranges, ServiceSet, ZoneId};
use crate::packets::{self, Packet};
use crate::source::Sources;

/// The rules of a policy on a day, and what they say.
pub struct Rules {
    text: String,
    read: Read,
    day: Date,
}

/// What the rules do with one packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The packet.
    pub packet: Packet,
    /// It passes.
    pub passes: bool,
    /// The lines on its way that send it on or decide, by number.
    pub lines: Vec<(u32, String)>,
}

impl Rules {
    /// The target whose rules are shown.
    pub const TARGET: &'static str = "nftables";

    /// Renders them and reads them back. `None` where the target has no words for the policy.
    pub fn new(model: &Model<'_>, sources: &Sources, day: Date) -> Option<Self> {
        let backend = BACKENDS.iter().find(|b| b.name() == Self::TARGET)?;
        let rules = lower(model, sources, day);
        if !refusals(*backend, &rules).is_empty() {
            return None;
        }
        let text = rules_of(&backend.render(&rules)).into_owned();
        let read = backend.read(&text).ok()?;
        Some(Self { text, read, day })
    }

    /// One packet that stands for connections: with these addresses, where they are given, else with some of theirs.
    pub fn example(
        &self,
        model: &Model<'_>,
        connections: &Connections,
        family: Families,
        given: [Option<IpAddr>; 2],
    ) -> Option<Packet> {
        let own = |class| &model.zones[ZoneId(class)].own;
        let address = |class: u32, given: Option<IpAddr>, other: Option<IpAddr>| {
            given.or_else(|| host(own(class), family, other))
        };
        let (from, to) = (connections.left.iter().next()?, connections.right.iter().next()?);
        let source = address(from, given[0], None)?;
        let destination = address(to, given[1], Some(source))?;
        let key = service(&connections.services)?;
        let noon = self.day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Packet { source, destination, key, time: noon.timestamp().as_second() })
    }

    /// What becomes of it. `None` if that is not certain.
    pub fn decide(&self, packet: Packet) -> Option<Decided> {
        let trace = packets::trace(&self.read.program, &packet).ok()?;
        let (passes, steps) = match (trace.accepted, trace.dropped) {
            (Some(steps), None) => (true, steps),
            (None, Some(steps)) => (false, steps),
            _ => return None,
        };
        let lines: Vec<&str> = self.text.lines().collect();
        let at = |step: &packets::Step| {
            let rule = self.read.program.chains[step.chain.0 as usize].rules.get(step.rule)?;
            let line = lines.get((rule.at as usize).checked_sub(1)?)?;
            Some((rule.at, line.trim().to_owned()))
        };
        let mut told: Vec<(u32, String)> = steps.iter().filter_map(at).collect();
        told.dedup();
        Some(Decided { packet, passes, lines: told })
    }
}

/// An address of a class: not the first one of its first range, which often is a network's own, and not `other`.
fn host(own: &AddressSet, family: Families, other: Option<IpAddr>) -> Option<IpAddr> {
    let v4 = || pick(&own.v4, |bits| IpAddr::V4(Ipv4Addr::from_bits(bits)), other);
    let v6 = || pick(&own.v6, |bits| IpAddr::V6(Ipv6Addr::from_bits(bits)), other);
    if family.v4 { v4() } else { v6() }
}

fn pick<T: Bits>(ranges: &Ranges<T>, address: impl Fn(T) -> IpAddr, other: Option<IpAddr>) -> Option<IpAddr> {
    let &(low, high) = ranges.as_slice().first()?;
    let second = low.next().filter(|&next| next <= high);
    let third = second.and_then(T::next).filter(|&next| next <= high);
    let all: Vec<IpAddr> = [second, third, Some(low)].into_iter().flatten().map(address).collect();
    all.iter().find(|a| Some(**a) != other).or(all.first()).copied()
}

/// A key of a set: TCP where there is some, else the first.
fn service(services: &ServiceSet) -> Option<u32> {
    const TCP: (u32, u32) = (6 << 16, 6 << 16 | 0xffff);
    let all = services.intervals();
    let tcp = all.iter().find(|i| i.0 <= TCP.1 && TCP.0 <= i.1).map(|i| i.0.max(TCP.0));
    tcp.or(all.first().map(|i| i.0))
}
