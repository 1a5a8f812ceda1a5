//! What `explain` answers, on every policy, judged by the naive reading of the text.

use std::net::IpAddr;

use proptest::prelude::*;
use segc::explain::{Connections, Rules, explain};
use segc::model::{ClassSet, Families, Model, ServiceSet, ZoneId};

use crate::laws::compiled;
use crate::naive::packets::packets;
use crate::naive::{Naive, Packet};
use crate::random_policy::{DAY, Size, policy};

fn class_of(model: &Model<'_>, address: IpAddr) -> Option<u32> {
    let holds = |zone: u32| match address {
        IpAddr::V4(a) => model.zones[ZoneId(zone)].own.v4.contains(a.to_bits()),
        IpAddr::V6(a) => model.zones[ZoneId(zone)].own.v6.contains(a.to_bits()),
    };
    (0..model.zones.len() as u32).find(|&zone| holds(zone))
}

pub fn service_of(packet: &Packet) -> ServiceSet {
    let low = match packet.protocol {
        6 | 17 | 132 => u32::from(packet.destination_port),
        1 | 58 => u32::from(packet.icmp_type) << 8 | u32::from(packet.icmp_code),
        _ => 0,
    };
    let key = u32::from(packet.protocol) << 16 | low;
    ServiceSet::interval(key, key)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// One packet is allowed if the text allows it; and of all connections between everybody, those that are said to be
    /// denied are just those that are.
    #[test]
    fn explain_agrees_with_the_text(seed in 0u64..1 << 32) {
        let text = policy(seed, Size::MEDIUM);
        let naive = Naive::new(&text, DAY);
        compiled(&text, |model, sources| {
            let rules = Rules::of_one(model, sources, DAY).expect("nftables can say it");
            let families = |v4: bool| Families { v4, v6: !v4 };
            let everything = Connections { left: model.zones.any(), right: model.zones.any(), services: ServiceSet::any() };
            let all = [false, true].map(|v4| explain(model, DAY, families(v4), &Connections { services: ServiceSet::any(), ..everything.of_family(model, families(v4)) }).expect("few parts"));
            for packet in packets(&naive, seed, 60) {
                let allowed = naive.verdict(&packet);
                let (from, to) = (class_of(model, packet.source), class_of(model, packet.destination));
                let (Some(from), Some(to)) = (from, to) else {
                    assert!(!allowed, "{packet:?}");
                    continue;
                };
                let one = Connections {
                    left: ClassSet::run(from, from + 1),
                    right: ClassSet::run(to, to + 1),
                    services: service_of(&packet),
                };
                let v4 = packet.source.is_ipv4();
                let answer = explain(model, DAY, families(v4), &one).expect("one part");
                assert_eq!(answer.is_allowed(), allowed, "{packet:?}\n{text}");
                assert_eq!(answer.is_denied(), !allowed, "{packet:?}\n{text}");
                let example = rules.example(model, &one, families(v4), [Some(packet.source), Some(packet.destination)]);
                let decided = rules.decide(example.expect("an address of either end")).expect("our own rules are sure");
                assert_eq!(decided.passes, allowed, "{packet:?}\n{text}");
                // Nobody sees why a packet is stopped by the line of an allow, or passes by another one.
                let last = &decided.lines.last().expect("a line").1;
                assert_eq!(last.contains("accept"), allowed, "{last}");
                let holding = all[usize::from(v4)].denied.iter().filter(|part| {
                    part.left.contains(from) && part.right.contains(to) && part.services.meets(&one.services)
                });
                assert_eq!(holding.count(), usize::from(!allowed), "{packet:?}\n{text}");
            }
        });
    }
}
