//! Which lines of the generated rules decide a packet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::civil::Date;
use segc_backends::rules::RuleSet;
use segc_backends::rules::program::{Point, Program};
use segc_backends::{BACKENDS, Backend, refusals, rules_of};

use super::Connections;
use crate::lower::{lower, lower_placed};
use crate::model::{AddressSet, Bits, DeviceId, Families, Model, Ranges, ServiceSet, ZoneId};
use crate::packets::{self, Packet};
use crate::place::{Crossed, Topology, place};
use crate::prove::seen_by;
use crate::source::Sources;

/// The rules of a firewall on a day, and what they say of packets that come in where the question's do.
pub struct Rules {
    /// What people call them: `edge/rules.nft`.
    pub name: String,
    /// In which dialect.
    pub target: &'static str,
    text: String,
    program: Program,
    day: Date,
}

/// What the rules do with one packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The rules, as people call them.
    pub rules: String,
    /// In which dialect.
    pub target: &'static str,
    /// The packet.
    pub packet: Packet,
    /// It passes.
    pub passes: bool,
    /// The lines on its way that send it on or decide, by number.
    pub lines: Vec<(u32, String)>,
}

impl Rules {
    /// Renders and reads back those of the one firewall that sees everything. `None` where nftables has no words for the
    /// policy.
    pub fn of_one(model: &Model<'_>, sources: &Sources, day: Date) -> Option<Self> {
        let backend = BACKENDS.iter().find(|b| b.name() == "nftables")?;
        Self::of(*backend, &lower(model, sources, day), day, None)
    }

    /// Those of each firewall that a connection from a class to another crosses, in order; none where it crosses none, or the
    /// target has no words for its part.
    pub fn on_the_way(model: &Model<'_>, sources: &Sources, day: Date, (from, to): (u32, u32)) -> Vec<Self> {
        let topology = Topology::new(model);
        let Crossed::Way { between, hosts, .. } = topology.crossed(from, to) else { return Vec::new() };
        let all = place(model, &topology);
        let mut met: Vec<(DeviceId, Point)> = between.into_iter().map(|id| (id, Point::Forward)).collect();
        for id in hosts {
            let on =
                |class| model.devices[id.0 as usize].on().is_some_and(|zone| model.zones.classes(zone).contains(class));
            if on(from) {
                met.insert(0, (id, Point::Output));
            }
            if on(to) {
                met.push((id, Point::Input));
            }
        }
        let one = |(id, point): (DeviceId, Point)| {
            let placed = all.iter().find(|placed| placed.device == id)?;
            let device = &model.devices[id.0 as usize];
            let backend = BACKENDS.iter().find(|b| Some(b.name()) == device.target().map(|t| t.text))?;
            let door = placed.arrivals.iter().find(|arrival| arrival.classes.contains(from));
            let door = door.and_then(|arrival| Some(device.interfaces[*arrival.interfaces.first()?].name));
            let rules = lower_placed(model, sources, day, placed);
            Self::of(*backend, &rules, day, Some((point, door.unwrap_or_default())))
        };
        met.into_iter().filter_map(one).collect()
    }

    fn of(backend: &dyn Backend, rules: &RuleSet, day: Date, met: Option<(Point, &str)>) -> Option<Self> {
        if !refusals(backend, rules).is_empty() {
            return None;
        }
        let files = backend.render(rules);
        let text = rules_of(&files).into_owned();
        let mut program = backend.read(&text).ok()?.program;
        let mut name = files.first()?.name.to_owned();
        if let Some((point, door)) = met {
            name = format!("{}/{name}", rules.name);
            let number = program.interface(door).unwrap_or_default();
            program = seen_by(&program, point, number);
        }
        Some(Self { name, target: backend.name(), text, program, day })
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
        let trace = packets::trace(&self.program, &packet).ok()?;
        let (passes, steps) = match (trace.accepted, trace.dropped) {
            (Some(steps), None) => (true, steps),
            (None, Some(steps)) => (false, steps),
            _ => return None,
        };
        let lines: Vec<&str> = self.text.lines().collect();
        let at = |step: &packets::Step| {
            let rule = self.program.chains[step.chain.0 as usize].rules.get(step.rule)?;
            let line = lines.get((rule.at as usize).checked_sub(1)?)?;
            Some((rule.at, line.trim().to_owned()))
        };
        let mut told: Vec<(u32, String)> = steps.iter().filter_map(at).collect();
        told.dedup();
        Some(Decided { rules: self.name.clone(), target: self.target, packet, passes, lines: told })
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
