//! The rules of each firewall, read back: proved by segc, and asked packet by packet, by each interface.

use std::net::IpAddr;

use segc::lower::lower_placed;
use segc::model::Model;
use segc::packets::trace;
use segc::place::{Placed, Topology, place};
use segc::prove::is_placed;
use segc::source::Sources;
use segc_backends::read::Read;
use segc_backends::rules::Declared;
use segc_backends::rules::program::{Condition, Point, Program, interface};

use super::{drawn, name};
use crate::laws::compiled;
use crate::naive::packets::packets;
use crate::naive::{Naive, Packet};
use crate::packet_laws::{key, noon};
use crate::random_policy::DAY;

/// The rules of a firewall.
pub fn text_of(model: &Model<'_>, sources: &Sources, placed: &Placed) -> String {
    let rules = lower_placed(model, sources, DAY, placed);
    assert_eq!(segc_backends::rules::well_formed(&rules), Ok(()));
    backend().render(&rules).remove(0).text
}

/// What passes beside the policy.
pub fn beside(model: &Model<'_>, sources: &Sources, placed: &Placed) -> Vec<Declared> {
    backend().declares(&lower_placed(model, sources, DAY, placed))
}

fn backend() -> &'static dyn segc_backends::Backend {
    *segc_backends::BACKENDS.iter().find(|b| b.name() == "nftables").expect("it is there")
}

/// What a text says.
pub fn read(text: &str) -> Option<Read> {
    backend().read(text).ok()
}

/// The interfaces of a firewall, and one that it does not name.
pub fn doors<'m>(model: &'m Model<'_>, placed: &Placed) -> Vec<&'m str> {
    let device = &model.devices[placed.device.0 as usize];
    device.interfaces.iter().map(|interface| interface.name).chain(["eth"]).collect()
}

/// Does it forward the packet that comes in by the interface? `None` if that is not known.
pub fn passes(program: &Program, by: &str, packet: &Packet) -> Option<bool> {
    passes_at(program, Point::Forward, by, packet)
}

/// The same where it is forwarded, received or sent; what is sent leaves by the interface.
fn passes_at(program: &Program, point: Point, by: &str, packet: &Packet) -> Option<bool> {
    let number = interface(by.as_bytes()).expect("it is a name");
    let mut program = program.clone();
    match point {
        Point::Forward => {}
        Point::Input => program.hooks = program.input.clone(),
        Point::Output => program.hooks = program.output.clone(),
    }
    for rule in program.chains.iter_mut().flat_map(|chain| &mut chain.rules) {
        for condition in &mut rule.conditions {
            let names = match (&*condition, point) {
                (Condition::Interface(names), Point::Forward | Point::Input) => names,
                (Condition::Leaving(names), Point::Output) => names,
                _ => continue,
            };
            let named = names.iter().any(|&(low, high)| low <= number && number <= high);
            *condition = if named { Condition::Time { since: None, before: None } } else { Condition::Never };
        }
    }
    let (source, destination) = (packet.source, packet.destination);
    let asked = segc::packets::Packet { source, destination, key: key(packet), time: noon(DAY) };
    let traced = trace(&program, &asked).expect("it ends");
    match (traced.accepted.is_some(), traced.dropped.is_some()) {
        (accepted, dropped) if accepted != dropped => Some(accepted),
        _ => None,
    }
}

/// The packet, to or from the firewall itself; nothing where that has no addresses, or it may be one that passes beside the
/// policy.
fn with_own(naive: &Naive, firewall: &str, packet: &Packet, to: bool) -> Option<Packet> {
    if is_for_living(packet) {
        return None;
    }
    let zone = format!("self-{firewall}");
    let addresses = (0..5).flat_map(|n| [format!("10.250.0.{n}"), format!("2001:db8:ffff::{n}")]);
    let mut addresses = addresses.map(|address| address.parse::<IpAddr>().expect("it is one"));
    let own = addresses.find(|a| naive.is_in(&zone, *a) && a.is_ipv4() == packet.source.is_ipv4())?;
    Some(if to { Packet { destination: own, ..*packet } } else { Packet { source: own, ..*packet } })
}

/// ICMPv6, DHCP and group membership: what a box needs to live is among them.
fn is_for_living(packet: &Packet) -> bool {
    let dhcp = packet.protocol == 17 && [67, 68, 546, 547].contains(&packet.destination_port);
    dhcp || [2, 58].contains(&packet.protocol)
}

#[test]
fn rules_on_the_hosts_of_a_zone_are_proved_and_say_what_the_policy_says() {
    let (mut passed, mut stopped) = (0, 0);
    for seed in 7000..7040 {
        let drawn = crate::random_policy::policy(seed, crate::random_policy::Size::SMALL);
        let zone =
            drawn.lines().find_map(|line| line.strip_prefix("zone ")?.split_whitespace().next()).expect("a zone");
        let text = format!("{drawn}firewall host on {zone} {{ target nftables }}\n");
        let naive = Naive::new(&text, DAY);
        let packets = packets(&naive, seed, 80);
        compiled(&text, |model, sources| {
            let placed = place(model, &Topology::new(model)).remove(0);
            let rules = text_of(model, sources, &placed);
            let read = read(&rules).expect("what we wrote can be read");
            assert!(is_placed(model, DAY, &read, &placed, &beside(model, sources, &placed)), "{text}\n{rules}");
            for packet in packets.iter().filter(|packet| !is_for_living(packet)) {
                for (point, address) in [(Point::Input, packet.destination), (Point::Output, packet.source)] {
                    if naive.is_in(zone, address) {
                        let meant = naive.verdict(packet);
                        let found = passes_at(&read.program, point, "eth", packet);
                        assert_eq!(found, Some(meant), "{packet:?}, {point:?} of {zone}\n{text}\n{rules}");
                        passed += usize::from(meant);
                        stopped += usize::from(!meant);
                    }
                }
            }
        });
    }
    assert!(passed > 200 && stopped > 200, "{passed} pass, {stopped} do not");
}

#[test]
fn rules_of_each_firewall_are_proved_and_say_what_the_network_says() {
    let (mut allowed, mut denied, mut spoofed, mut own) = (0, 0, 0, 0);
    for seed in 4000..4060 {
        let text = drawn(seed);
        let naive = Naive::new(&text, DAY);
        let network = naive.network();
        let packets = packets(&naive, seed, 60);
        compiled(&text, |model, sources| {
            for placed in place(model, &Topology::new(model)) {
                let rules = text_of(model, sources, &placed);
                let read = read(&rules).expect("what we wrote can be read");
                let firewall = name(model, &placed);
                assert!(
                    is_placed(model, DAY, &read, &placed, &beside(model, sources, &placed)),
                    "{firewall}\n{text}\n{rules}"
                );
                for by in doors(model, &placed) {
                    for packet in &packets {
                        let meant = naive.crosses(&network, firewall, by, packet);
                        let found = passes(&read.program, by, packet);
                        assert_eq!(found, Some(meant), "{packet:?} by {by} of {firewall}\n{text}\n{rules}");
                        allowed += usize::from(meant);
                        denied += usize::from(!meant);
                        spoofed += usize::from(!meant && naive.verdict(packet));
                        let Some(to_itself) = with_own(&naive, firewall, packet, true) else { continue };
                        let meant = naive.crosses(&network, firewall, by, &to_itself);
                        let found = passes_at(&read.program, Point::Input, by, &to_itself);
                        assert_eq!(found, Some(meant), "{to_itself:?} by {by} to {firewall}\n{text}\n{rules}");
                        own += usize::from(meant);
                    }
                }
                for packet in packets.iter().filter_map(|packet| with_own(&naive, firewall, packet, false)) {
                    let ends = [packet.source, packet.destination].map(|address| naive.spot(&network, address));
                    let carried = matches!(&ends, [Some(from), Some(to)] if network.carries(firewall, from, to));
                    let meant = carried && naive.verdict(&packet);
                    let found = passes_at(&read.program, Point::Output, "eth", &packet);
                    assert_eq!(found, Some(meant), "{packet:?} from {firewall}\n{text}\n{rules}");
                    own += usize::from(meant);
                }
            }
        });
    }
    assert!(
        allowed > 500 && denied > 5000 && spoofed > 500,
        "{allowed} pass, {denied} do not, {spoofed} for their place"
    );
}
