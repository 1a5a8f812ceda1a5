//! Random policies: their sets say what the naive evaluator says of the text, everywhere.

use std::net::IpAddr;

use jiff::civil::Date;
use proptest::prelude::*;
use segc::model::Model;
use segc::packets::{Decision, Family, Meant, NodeId, Space, Tables, allowing, classes, policy};

use crate::laws::compiled;
use crate::naive::packets::packets;
use crate::naive::{Naive, Packet};
use crate::random_policy::dice::Dice;
use crate::random_policy::{self, DAY, Size};

/// Noon of a day, in seconds since 1970-01-01T00:00:00Z.
pub fn noon(day: Date) -> i64 {
    day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).expect("a time").timestamp().as_second()
}

/// The set of a policy, with all that is needed to ask it.
pub struct Set<T> {
    space: Space<T>,
    tables: Tables,
    rows: Vec<NodeId>,
}

impl<T: Family> Set<T> {
    pub fn new(model: &Model<'_>) -> Self {
        let space = Space::new(&classes(model), &[]);
        let mut tables = Tables::new(space.count());
        let rows = policy(Meant::everything(model, DAY), &space, &mut tables).expect("it is small");
        Self { space, tables, rows }
    }

    fn allows(&self, source: T, destination: T, key: u32, time: i64) -> bool {
        let row = self.rows[self.space.find(source) as usize];
        self.tables.decision(row, self.space.find(destination), key, time) == Decision::Allow
    }
}

fn shuffled(text: &str, seed: u64) -> String {
    let (tree, _) = segc_grammar::parse(text, 0);
    let mut statements: Vec<&str> =
        tree.statements.iter().map(|s| &text[s.span.start as usize..s.span.end as usize]).collect();
    Dice::new(seed).shuffle(&mut statements);
    statements.join("\n")
}

/// The service key of a packet.
pub fn key(packet: &Packet) -> u32 {
    let low = match packet.protocol {
        1 | 58 => u32::from(packet.icmp_type) << 8 | u32::from(packet.icmp_code),
        6 | 17 | 132 => u32::from(packet.destination_port),
        _ => 0,
    };
    u32::from(packet.protocol) << 16 | low
}

fn packet(source: IpAddr, destination: IpAddr, key: u32) -> Packet {
    Packet {
        source,
        destination,
        protocol: (key >> 16) as u8,
        source_port: 40_000,
        destination_port: key as u16,
        icmp_type: (key >> 8) as u8,
        icmp_code: key as u8,
    }
}

/// Every first and last address of a cell, every key at an edge of some service, at noon.
fn everywhere<T: Family>(model: &Model<'_>, naive: &Naive) -> Result<(), TestCaseError> {
    let set = Set::<T>::new(model);
    let mut keys: Vec<u32> = vec![0, 0xff_ffff, 6 << 16, 17 << 16 | 9];
    for &(low, high) in model.flows.iter().flat_map(|flow| flow.services.intervals()) {
        keys.extend([low.saturating_sub(1), low, high, (high + 1).min(0xff_ffff)]);
    }
    keys.sort_unstable();
    keys.dedup();
    let mut addresses: Vec<T> = Vec::new();
    for cell in 0..set.space.count() {
        let (low, _) = set.space.ranges(cell).next().expect("a cell is not empty");
        let (_, high) = set.space.ranges(cell).last().expect("a cell is not empty");
        addresses.extend([low, high, set.space.example(cell)]);
    }
    addresses.sort_unstable();
    addresses.dedup();
    for &source in &addresses {
        for &destination in &addresses {
            for &key in &keys {
                let found = set.allows(source, destination, key, noon(DAY));
                let meant = naive.verdict(&packet(source.address(), destination.address(), key));
                prop_assert_eq!(found, meant, "{} -> {}: {:#x}", source.address(), destination.address(), key);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn p36_small_policies_everywhere(seed in any::<u64>()) {
        let text = random_policy::policy(seed, Size::SMALL);
        let naive = Naive::new(&text, DAY);
        compiled(&text, |model, _| {
            everywhere::<u32>(model, &naive)?;
            everywhere::<u128>(model, &naive)
        })?;
    }

    #[test]
    fn p36_policies_where_compilers_go_wrong(seed in any::<u64>()) {
        let text = random_policy::policy(seed, Size::MEDIUM);
        let naive = Naive::new(&text, DAY);
        compiled(&text, |model, _| {
            let (v4, v6) = (Set::<u32>::new(model), Set::<u128>::new(model));
            for packet in packets(&naive, seed, 300) {
                for time in [noon(DAY), noon(DAY) + 86_400, noon(DAY) + 200 * 86_400, noon(DAY) - 86_400] {
                    let found = match (packet.source, packet.destination) {
                        (IpAddr::V4(a), IpAddr::V4(b)) => v4.allows(a.to_bits(), b.to_bits(), key(&packet), time),
                        (IpAddr::V6(a), IpAddr::V6(b)) => v6.allows(a.to_bits(), b.to_bits(), key(&packet), time),
                        _ => continue,
                    };
                    if time == noon(DAY) {
                        prop_assert_eq!(found, naive.verdict(&packet), "{:?}\n{}", packet, text);
                    }
                    let (source, destination) = (packet.source, packet.destination);
                    let asked = segc::packets::Packet { source, destination, key: key(&packet), time };
                    prop_assert_eq!(found, !allowing(Meant::everything(model, DAY), &asked).is_empty(), "{:?}\n{}", packet, text);
                }
            }
            Ok(())
        })?;
    }

    /// In one space and the same tables, equal sets are equal roots.
    #[test]
    fn p36_the_order_of_flows_means_nothing(seed in any::<u64>()) {
        let text = random_policy::policy(seed, Size::MEDIUM);
        let other = shuffled(&text, seed);
        compiled(&text, |model, _| compiled(&other, |other, _| {
            let space = Space::<u32>::new(&classes(model), &[]);
            let mut tables = Tables::new(space.count());
            let one = policy(Meant::everything(model, DAY), &space, &mut tables).expect("it is small");
            prop_assert_eq!(one, policy(Meant::everything(other, DAY), &space, &mut tables).expect("it is small"));
            Ok(())
        }))?;
    }
}
