//! Which allows are said to add nothing, on policies where many do, judged packet by packet by the naive reading.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use segc::checks::{Context, check};

use crate::laws::compiled;
use crate::naive::{Naive, Packet};
use crate::random_policy::DAY;
use crate::random_policy::dice::Dice;

/// Zones, the middle one nested in two steps; one has IPv4 only.
const ZONES: [&str; 5] = [
    "zone a { hosts 10.1.0.0/16, 2001:db8:1::/48 }",
    "zone b { hosts 10.2.0.0/16, 2001:db8:2::/48 }",
    "zone inner in b { hosts 10.2.9.0/24, 2001:db8:2:9::/64 }",
    "zone core in inner { hosts 10.2.9.9, 2001:db8:2:9::9 }",
    "zone old { hosts 10.3.0.0/16 }",
];
const NAMES: [&str; 6] = ["a", "b", "inner", "core", "old", "some"];
const SERVICES: [&str; 7] = ["tcp/1", "tcp/2", "tcp/1-2", "tcp/2-3", "tcp/1, udp/1", "ping", "icmp/echo-request"];
/// One host in each zone that is in none of its children, and one in `internet`.
const HOSTS: [(Ipv4Addr, Option<Ipv6Addr>); 6] = [
    (Ipv4Addr::new(10, 1, 0, 5), Some(Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 5))),
    (Ipv4Addr::new(10, 2, 0, 5), Some(Ipv6Addr::new(0x2001, 0xdb8, 2, 0, 0, 0, 0, 5))),
    (Ipv4Addr::new(10, 2, 9, 5), Some(Ipv6Addr::new(0x2001, 0xdb8, 2, 9, 0, 0, 0, 5))),
    (Ipv4Addr::new(10, 2, 9, 9), Some(Ipv6Addr::new(0x2001, 0xdb8, 2, 9, 0, 0, 0, 9))),
    (Ipv4Addr::new(10, 3, 0, 5), None),
    (Ipv4Addr::new(11, 0, 0, 1), Some(Ipv6Addr::new(0x2c00, 0, 0, 0, 0, 0, 0, 1))),
];

/// Allows that overlap in every way. Each on a line of its own.
fn allows(dice: &mut Dice) -> Vec<String> {
    let side = |dice: &mut Dice| {
        let count = 1 + dice.below(2) as usize;
        let mut names = dice.some(&NAMES, count).join(", ");
        if dice.chance(30) {
            names = "any".to_owned();
        }
        if ["any", "b", "inner", "some"].contains(&names.as_str()) && dice.chance(40) {
            names + " except core"
        } else {
            names
        }
    };
    let one = |dice: &mut Dice| {
        let (left, right) = (side(dice), side(dice));
        let services = *dice.pick(&SERVICES);
        format!("allow {left} -> {right} : {services} {{ reason \"drawn\"  owner \"law\" }}")
    };
    let count = 4 + dice.below(8);
    (0..count).map(|_| one(dice)).collect()
}

fn text(allows: &[String]) -> String {
    format!("{}\ngroup some = a, inner\n{}\n", ZONES.join("\n"), allows.join("\n"))
}

/// Every verdict there is: services are told apart by what [`SERVICES`] names.
fn verdicts(text: &str) -> Vec<bool> {
    let naive = Naive::new(text, DAY);
    let v4 = |x: usize| Some(IpAddr::V4(HOSTS[x].0));
    let v6 = |x: usize| HOSTS[x].1.map(IpAddr::V6);
    let keys: Vec<(u8, u16)> =
        vec![(6, 1), (6, 2), (6, 3), (6, 4), (17, 1), (17, 2), (1, 8), (58, 128), (1, 0), (58, 129)];
    let mut found = Vec::new();
    for (i, j) in (0..HOSTS.len()).flat_map(|i| (0..HOSTS.len()).map(move |j| (i, j))) {
        for (source, destination) in [(v4(i), v4(j)), (v6(i), v6(j))] {
            let (Some(source), Some(destination)) = (source, destination) else { continue };
            for &(protocol, number) in &keys {
                let (destination_port, icmp_type) =
                    if protocol == 6 || protocol == 17 { (number, 0) } else { (0, number as u8) };
                let packet = Packet {
                    source,
                    destination,
                    protocol,
                    source_port: 40_000,
                    destination_port,
                    icmp_type,
                    icmp_code: 0,
                };
                found.push(naive.verdict(&packet));
            }
        }
    }
    found
}

/// The lines of `allows` that are said to add nothing, or to repeat another.
fn said(allows: &[String]) -> Vec<usize> {
    let text = text(allows);
    let first = text.lines().count() - allows.len();
    compiled(&text, |model, sources| {
        let found = check(&Context::new(model, sources, DAY), true);
        let needless = found.iter().filter(|d| ["SEG1703", "SEG1704"].contains(&d.code));
        let line = |at: u32| text[..at as usize].matches('\n').count();
        let mut lines: Vec<usize> = needless.map(|d| line(d.labels[0].0.start) - first).collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    /// What is said to be needless can all be deleted at once; of what is left every allow lets in something alone.
    #[test]
    fn what_is_covered_is_needless_and_nothing_else_is(seed in 0u64..1 << 32) {
        let all = allows(&mut Dice::new(seed));
        let needless = said(&all);
        let left: Vec<String> =
            all.iter().enumerate().filter(|(i, _)| !needless.contains(i)).map(|(_, allow)| allow.clone()).collect();
        let wanted = verdicts(&text(&all));
        prop_assert!(verdicts(&text(&left)) == wanted, "too much is said to be needless: {:?}\n{}", needless, text(&all));
        for gone in 0..left.len() {
            let mut fewer = left.clone();
            let allow = fewer.remove(gone);
            prop_assert!(verdicts(&text(&fewer)) != wanted, "`{}` is needless too\n{}", allow, text(&all));
        }
    }
}
