//! What is logged. A namespace's log goes nowhere, so each logging rule notes the packet's source port in a set instead.

use std::collections::BTreeSet;
use std::time::Duration;

use super::frames::{Datagram, SCTP, TCP, UDP};
use super::netns::{Leg, run, with_router};
use super::{build, ready, today};
use crate::naive::packets::packets;
use crate::naive::{Naive, Packet};
use crate::random_policy::{Size, policy_at};

const POLICIES: u64 = 24;
const PACKETS: usize = 250;

/// Every connection that an allow with `log` lets in is logged, and no other, whichever other allows let it in as well.
#[test]
fn p10_log_survives() {
    if !ready() {
        return;
    }
    let (mut logged, mut silent, mut ahead) = (0, 0, 0);
    for seed in 0..POLICIES {
        let day = today();
        let text = policy_at(2000 + seed, Size::MEDIUM, day);
        let rules = build(&text, day);
        ahead += rules.matches(".log {").count();
        let naive = Naive::new(&text, day);
        let has_port = |packet: &Packet| matches!(packet.protocol, TCP | UDP | SCTP);
        let packets: Vec<Packet> = packets(&naive, seed, PACKETS)
            .into_iter()
            .filter(|packet| has_port(packet) && naive.verdict(packet))
            .zip(20_000..)
            .map(|(packet, source_port)| Packet { source_port, ..packet })
            .collect();
        let expected: BTreeSet<u16> =
            packets.iter().filter(|packet| naive.is_logged(packet)).map(|packet| packet.source_port).collect();
        let noted = with_router(|router| {
            router.load(&noting(&rules));
            let tags: Vec<u16> =
                packets.iter().map(|packet| router.send(Leg::First, &Datagram::opening(packet))).collect();
            router.wait_for(&tags, Duration::from_millis(300));
            noted(&run("nft", &["-n", "list", "set", "inet", "segc", "noted"], "").expect("it lists"))
        });
        // What no router forwards is not judged, so not logged.
        let passed: BTreeSet<u16> =
            packets.iter().filter(|packet| is_routable(packet)).map(|p| p.source_port).collect();
        let expected: BTreeSet<u16> = expected.intersection(&passed).copied().collect();
        if today() == day {
            assert_eq!(
                noted.intersection(&passed).copied().collect::<BTreeSet<u16>>(),
                expected,
                "policy {seed}\n{text}"
            );
            logged += expected.len();
            silent += passed.len() - expected.len();
        }
    }
    println!("{logged} connections logged, {silent} not, {ahead} chains that log ahead");
    assert!(logged > 500 && silent > 200 && ahead > 20, "{logged}, {silent}, {ahead}");
}

/// The rule set with notes in place of log lines.
fn noting(rules: &str) -> String {
    let mut out = String::new();
    for line in rules.lines() {
        match line.split_once("log prefix \"segc allow") {
            Some((before, after)) => {
                let (_, rest) = after.split_once('"').expect("the prefix ends");
                out.push_str(&format!("{before}add @noted {{ th sport }}{rest}"));
            }
            None => out.push_str(line),
        }
        out.push('\n');
        if line == "table inet segc {" {
            out.push_str("\tset noted {\n\t\ttype inet_service\n\t\tsize 65535\n\t\tflags dynamic\n\t}\n");
        }
    }
    out
}

/// The elements of a listed set.
fn noted(listing: &str) -> BTreeSet<u16> {
    let elements = listing.split_once("elements = {").map_or("", |(_, rest)| rest);
    elements.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect()
}

/// Multicast and link-local addresses are not forwarded by any router.
fn is_routable(packet: &Packet) -> bool {
    [packet.source, packet.destination].iter().all(|address| match address {
        std::net::IpAddr::V4(a) => {
            !(a.is_multicast() || a.is_link_local() || a.is_loopback() || a.octets()[0] == 0 || a.octets()[0] >= 240)
        }
        std::net::IpAddr::V6(a) => {
            !(a.is_multicast() || a.segments()[0] & 0xffc0 == 0xfe80 || a.is_loopback() || a.is_unspecified())
        }
    })
}
