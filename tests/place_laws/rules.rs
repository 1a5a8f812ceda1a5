//! The rules of each firewall, read back: proved by segc, and asked packet by packet, by each interface.

use segc::lower::lower_placed;
use segc::model::Model;
use segc::packets::trace;
use segc::place::{Placed, Topology, place};
use segc::prove::is_placed;
use segc::source::Sources;
use segc_backends::read::Read;
use segc_backends::rules::program::{Condition, Program, interface};

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

/// Does it let the packet pass that comes in by the interface? `None` if that is not known.
pub fn passes(program: &Program, by: &str, packet: &Packet) -> Option<bool> {
    let number = interface(by.as_bytes()).expect("it is a name");
    let mut program = program.clone();
    for rule in program.chains.iter_mut().flat_map(|chain| &mut chain.rules) {
        for condition in &mut rule.conditions {
            if let Condition::Interface(names) = condition {
                let named = names.iter().any(|&(low, high)| low <= number && number <= high);
                *condition = if named { Condition::Time { since: None, before: None } } else { Condition::Never };
            }
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

#[test]
fn rules_of_each_firewall_are_proved_and_say_what_the_network_says() {
    let (mut allowed, mut denied, mut spoofed) = (0, 0, 0);
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
                assert!(is_placed(model, DAY, &read, &placed, &[]), "{firewall}\n{text}\n{rules}");
                for by in doors(model, &placed) {
                    for packet in &packets {
                        let meant = naive.crosses(&network, firewall, by, packet);
                        let found = passes(&read.program, by, packet);
                        assert_eq!(found, Some(meant), "{packet:?} by {by} of {firewall}\n{text}\n{rules}");
                        allowed += usize::from(meant);
                        denied += usize::from(!meant);
                        spoofed += usize::from(!meant && naive.verdict(packet));
                    }
                }
            }
        });
    }
    assert!(
        allowed > 500 && denied > 5000 && spoofed > 500,
        "{allowed} pass, {denied} do not, {spoofed} for their place"
    );
}
