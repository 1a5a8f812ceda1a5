//! Packets where compilers go wrong: each begins as one that some allow speaks of, at the rim of everything, and is then
//! changed in one respect. No two of a list belong to one connection.

use std::collections::BTreeSet;
use std::net::IpAddr;

use segc_grammar::ast::{Address, AddressKind, Item, ItemKind, ServiceKind, StatementKind, Zones};

use super::services::{ICMP, ICMPV6, SCTP, TCP, UDP, number};
use super::{Naive, Packet, addresses};
use crate::random_policy::dice::Dice;

/// `count` packets, or fewer where the policy has not so many; every allow is asked in turn.
pub fn packets(naive: &Naive, seed: u64, count: usize) -> Vec<Packet> {
    let mut dice = Dice::new(seed);
    let mut known = BTreeSet::new();
    let mut drawn = Vec::new();
    let allows: Vec<_> = naive.allows().collect();
    for turn in 0..count * 4 {
        if drawn.len() == count || allows.is_empty() {
            break;
        }
        let StatementKind::Allow { left, right, services } = &allows[turn % allows.len()].kind else { continue };
        let Some((source, destination)) = naive.ends(&mut dice, left, right) else { continue };
        let spec = *dice.pick(&naive.specs(services));
        let mut packet = Packet {
            source,
            destination,
            protocol: 0,
            source_port: source_port(&mut dice),
            destination_port: 0,
            icmp_type: 0,
            icmp_code: 0,
        };
        serve(&mut dice, &mut packet, spec);
        // The first time round every allow is asked for what it allows.
        if turn >= allows.len() {
            naive.change(&mut dice, &mut packet);
        }
        // A port of 0 as a source is what the connection table calls invalid; ICMP needs identifiers of its own.
        if matches!(packet.protocol, ICMP | ICMPV6) {
            packet.source_port = drawn.len() as u16 + 1;
        }
        packet.source_port = packet.source_port.max(1);
        if packet.source != packet.destination && known.insert(connection(&packet)) {
            drawn.push(packet);
        }
    }
    drawn
}

/// What a connection table knows a packet by, the same in both directions.
fn connection(packet: &Packet) -> (u8, [(IpAddr, u16); 2]) {
    let with_ports = matches!(packet.protocol, TCP | UDP | SCTP);
    let target = if with_ports { packet.destination_port } else { packet.source_port };
    let portless = !with_ports && !matches!(packet.protocol, ICMP | ICMPV6);
    let [one, other] = if portless { [0, 0] } else { [packet.source_port, target] };
    let mut ends = [(packet.source, one), (packet.destination, other)];
    ends.sort_unstable();
    (packet.protocol, ends)
}

fn source_port(dice: &mut Dice) -> u16 {
    match dice.below(10) {
        0 => *dice.pick(&[1, 22, 53, 443, 65535]),
        _ => 1024 + dice.below(64512) as u16,
    }
}

/// Makes it a packet of a service, at an edge of it if it has any.
fn serve(dice: &mut Dice, packet: &mut Packet, spec: ServiceKind<'_>) {
    let icmp = if packet.source.is_ipv6() { ICMPV6 } else { ICMP };
    match spec {
        ServiceKind::Ports { protocol, low, high } => {
            packet.protocol = number(protocol);
            packet.destination_port = *dice.pick(&[low, high, low + (high - low) / 2]);
        }
        ServiceKind::Icmp { kind, code, .. } => {
            packet.protocol = icmp;
            packet.icmp_type = kind.unwrap_or_else(|| *dice.pick(&[0, 3, 8, 13, 128, 129, 255]));
            packet.icmp_code = code.unwrap_or_else(|| *dice.pick(&[0, 0, 1, 255]));
        }
        ServiceKind::Protocol(protocol) => packet.protocol = protocol,
        ServiceKind::Any | ServiceKind::Name(_) => {
            packet.protocol = *dice.pick(&[TCP, UDP, SCTP, icmp, 47, 50, 253]);
            packet.destination_port = 1 + dice.below(65535) as u16;
            packet.icmp_type = if icmp == ICMP { 8 } else { 128 };
        }
    }
}

impl Naive {
    /// Changes a packet in one respect, or in none.
    fn change(&self, dice: &mut Dice, packet: &mut Packet) {
        let v6 = packet.source.is_ipv6();
        let everywhere = self.everywhere(dice, v6);
        match dice.below(22) {
            0..=4 => {}
            5 => packet.source = everywhere,
            6 => packet.destination = everywhere,
            7 | 20 => packet.source = self.any_rim(dice, v6).unwrap_or(everywhere),
            8 | 21 => packet.destination = self.any_rim(dice, v6).unwrap_or(everywhere),
            9 => packet.destination_port = packet.destination_port.wrapping_add(1),
            10 => packet.destination_port = packet.destination_port.wrapping_sub(1),
            11 => packet.destination_port = *dice.pick(&[0, 1, 22, 443, 65534, 65535]),
            12 => {
                let ports = packet.destination_port;
                packet.protocol = *dice.pick(&[TCP, UDP, SCTP]);
                packet.destination_port = if ports == 0 { 443 } else { ports };
            }
            13 => {
                packet.protocol = if v6 { ICMPV6 } else { ICMP };
                packet.icmp_type = *dice.pick(&[0, 3, 8, 13, 14, 128, 129, packet.icmp_type.wrapping_add(1)]);
            }
            14 => {
                packet.icmp_code = packet.icmp_code.wrapping_add(1);
                packet.destination_port ^= 0x100;
            }
            // ICMP of the other family, and protocols without ports.
            15 => packet.protocol = *dice.pick(&[if v6 { ICMP } else { ICMPV6 }, 47, 50, 4, 89, 103, 112, 253]),
            16 => (packet.source, packet.destination) = (packet.destination, packet.source),
            17 => self.within_one_zone(dice, packet),
            18 => {
                // The same places in the other family.
                let twin = |dice: &mut Dice, address| {
                    let holder = self.holders(address).first().copied();
                    holder.and_then(|zone| self.rim(dice, zone, !v6)).unwrap_or_else(|| self.everywhere(dice, !v6))
                };
                packet.source = twin(dice, packet.source);
                packet.destination = twin(dice, packet.destination);
                packet.protocol = match packet.protocol {
                    ICMP => ICMPV6,
                    ICMPV6 => ICMP,
                    other => other,
                };
            }
            _ => {
                packet.source = self.any_rim(dice, v6).unwrap_or(packet.source);
                packet.destination = self.any_rim(dice, v6).unwrap_or(packet.destination);
            }
        }
    }

    fn within_one_zone(&self, dice: &mut Dice, packet: &mut Packet) {
        if let Some(&zone) = self.holders(packet.source).first() {
            let other = self.rim(dice, zone, packet.source.is_ipv6());
            packet.destination = other.unwrap_or(packet.destination);
        }
    }

    /// Addresses of one family on either side of a statement, such that they are what it names, if any can be found.
    fn ends(&self, dice: &mut Dice, left: &Zones<'static>, right: &Zones<'static>) -> Option<(IpAddr, IpAddr)> {
        (0..60).find_map(|_| {
            let v6 = dice.chance(50);
            let source = self.inside(dice, &left.items, v6)?;
            let destination = self.inside(dice, &right.items, v6)?;
            let fits = self.joins(left, right, &self.holders(source), &self.holders(destination));
            (fits && source != destination).then_some((source, destination))
        })
    }

    /// The rim of any zone; an allow needs one, so there is one.
    fn any_rim(&self, dice: &mut Dice, v6: bool) -> Option<IpAddr> {
        let zones: Vec<&'static str> = self.zone_names().collect();
        let zone: &&'static str = dice.pick(&zones);
        self.rim(dice, zone, v6)
    }

    /// An address in, or close to, one of these.
    fn inside(&self, dice: &mut Dice, items: &[Item<'static>], v6: bool) -> Option<IpAddr> {
        match dice.pick(items).kind {
            ItemKind::Any => match dice.chance(70) {
                true => self.any_rim(dice, v6),
                false => Some(self.everywhere(dice, v6)),
            },
            ItemKind::Internet => Some(self.everywhere(dice, v6)),
            ItemKind::Process(zone, _) => self.rim(dice, zone, v6),
            ItemKind::Name(name) => match self.group(name) {
                Some(members) => self.inside(dice, &members.items, v6),
                None => self.rim(dice, name, v6),
            },
        }
    }

    /// A first or last address of something in a zone or cut out of it, or one beside that, or one in between.
    fn rim(&self, dice: &mut Dice, zone: &str, v6: bool) -> Option<IpAddr> {
        let spans = self.hosts(zone).flat_map(|(hosts, except)| hosts.iter().chain(except));
        let spans: Vec<(IpAddr, IpAddr)> =
            spans.flat_map(|host| self.spans(host)).filter(|(first, _)| first.is_ipv6() == v6).collect();
        if spans.is_empty() { None } else { Some(near(dice, &spans)) }
    }

    /// A public, private, special-purpose or undeclared address, or one at an edge between those.
    fn everywhere(&self, dice: &mut Dice, v6: bool) -> IpAddr {
        let blocks: Vec<(IpAddr, IpAddr)> = addresses::blocks().filter(|(first, _)| first.is_ipv6() == v6).collect();
        match dice.below(3) {
            0 => near(dice, &blocks),
            1 if v6 => IpAddr::V6((0x2000_u128 << 112 | dice.below_wide(1 << 125)).into()),
            1 => IpAddr::V4((0x0100_0000 + dice.below(0xdf00_0000 - 0x0100_0000) as u32).into()),
            _ => self.any_rim(dice, v6).unwrap_or_else(|| near(dice, &blocks)),
        }
    }

    fn spans(&self, host: &Address<'static>) -> Vec<(IpAddr, IpAddr)> {
        match &host.kind {
            AddressKind::Prefix(prefix) => vec![(prefix.network(), prefix.broadcast())],
            AddressKind::Range(first, last) => vec![(*first, *last)],
            AddressKind::Inventory { file, group } => {
                (self.inventory)(&file.text, &group.text).into_iter().map(|address| (address, address)).collect()
            }
            AddressKind::Zone(name) => {
                self.hosts(name).flat_map(|(hosts, _)| hosts).flat_map(|host| self.spans(host)).collect()
            }
        }
    }
}

/// A first or last address of one of these, or one beside that, or one in between.
fn near(dice: &mut Dice, spans: &[(IpAddr, IpAddr)]) -> IpAddr {
    let &(first, last) = dice.pick(spans);
    match dice.below(5) {
        0 => first,
        1 => last,
        2 => beside(first, false),
        3 => beside(last, true),
        _ => match (first, last) {
            (IpAddr::V4(low), IpAddr::V4(high)) => {
                let (low, high) = (u32::from(low), u32::from(high));
                IpAddr::V4((low + dice.below(u64::from(high - low) + 1) as u32).into())
            }
            (IpAddr::V6(low), IpAddr::V6(high)) => {
                let (low, high) = (u128::from(low), u128::from(high));
                IpAddr::V6((low + dice.below_wide(high - low + 1)).into())
            }
            _ => unreachable!("a span is of one family"),
        },
    }
}

fn beside(address: IpAddr, after: bool) -> IpAddr {
    let step = |number: u128| if after { number.wrapping_add(1) } else { number.wrapping_sub(1) };
    match address {
        IpAddr::V4(address) => IpAddr::V4((step(u128::from(u32::from(address))) as u32).into()),
        IpAddr::V6(address) => IpAddr::V6(step(address.into()).into()),
    }
}
