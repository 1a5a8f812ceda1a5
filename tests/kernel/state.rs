//! Connections that are open: what goes on, what stops, and the errors that belong to them.

use std::net::IpAddr;

use super::frames::{Datagram, TCP, UDP};
use super::netns::{Leg, Router, with_router};
use super::{build, ready, today};
use crate::naive::Packet;

const ZONES: &str = "zone office { hosts 10.1.0.0/16, 2001:db8:1::/48 }\n\
                     zone shop { hosts 10.2.0.0/16, 2001:db8:2::/48 }\n";

/// A policy over the two zones.
pub fn two_zones(allows: &str) -> String {
    format!("{ZONES}{allows}\n")
}

/// From the office to the shop.
pub fn opening(v6: bool, protocol: u8, source_port: u16, destination_port: u16) -> Packet {
    let parse = |text: &str| text.parse::<IpAddr>().expect("it is an address");
    let (source, destination) = match v6 {
        false => (parse("10.1.0.7"), parse("10.2.0.9")),
        true => (parse("2001:db8:1::7"), parse("2001:db8:2::9")),
    };
    Packet { source, destination, protocol, source_port, destination_port, icmp_type: 0, icmp_code: 0 }
}

/// Opens a connection, both ways.
fn open(router: &mut Router, packet: &Packet) {
    assert!(router.passes(Leg::First, &Datagram::opening(packet)), "{packet:?} is allowed");
    let answer = Datagram::answer(packet).expect("it has an answer");
    assert!(router.passes(Leg::Second, &answer), "{packet:?} is answered");
    assert!(router.passes(Leg::First, &further(packet, 0)), "{packet:?} goes on");
}

/// A later packet the way it was opened.
fn further(packet: &Packet, count: u32) -> Datagram {
    if packet.protocol == TCP { Datagram::later(packet, count) } else { Datagram::opening(packet) }
}

#[test]
fn p52_revoked_connection_stops() {
    if !ready() {
        return;
    }
    let with =
        build(&two_zones("allow office -> shop : tcp/443, udp/53, tcp/80 { reason \"work\" owner \"us\" }"), today());
    let without = build(&two_zones("allow office -> shop : tcp/80 { reason \"work\" owner \"us\" }"), today());
    with_router(|router| {
        let connections = [false, true]
            .into_iter()
            .flat_map(|v6| [opening(v6, TCP, 40_000, 443), opening(v6, UDP, 40_000, 53), opening(v6, TCP, 40_000, 80)]);
        let connections: Vec<Packet> = connections.collect();
        router.load(&with);
        connections.iter().for_each(|packet| open(router, packet));
        router.load(&without);
        for packet in &connections {
            let next = further(packet, 1);
            match packet.destination_port {
                80 => assert!(router.passes(Leg::First, &next), "{packet:?} is still allowed"),
                _ => assert!(router.is_stopped(Leg::First, &next), "{packet:?} was revoked"),
            }
        }
        router.load(&with);
        for packet in &connections {
            assert!(router.passes(Leg::First, &further(packet, 1)), "{packet:?} is allowed again");
        }
    });
}

#[test]
fn p53_path_mtu_errors_pass() {
    if !ready() {
        return;
    }
    let rules = build(&two_zones("allow office -> shop : tcp/443, udp/53 { reason \"work\" owner \"us\" }"), today());
    with_router(|router| {
        router.load(&rules);
        for v6 in [false, true] {
            // A router of no zone at all.
            let from: IpAddr = if v6 { "2001:db8:99::1" } else { "10.99.0.1" }.parse().expect("it is an address");
            for packet in [opening(v6, TCP, 40_000, 443), opening(v6, UDP, 40_000, 53)] {
                open(router, &packet);
                let answer = Datagram::answer(&packet).expect("it has an answer");
                let (to_client, to_server) = (further(&packet, 1).too_big(from), answer.too_big(from));
                assert!(router.passes(Leg::Second, &to_client), "{packet:?}: the client learns of a small link");
                assert!(router.passes(Leg::First, &to_server), "{packet:?}: the server learns of a small link");
            }
            for packet in [opening(v6, TCP, 40_001, 443), opening(v6, UDP, 40_001, 53)] {
                let invented = Datagram::opening(&packet).too_big(from);
                assert!(router.is_stopped(Leg::Second, &invented), "{packet:?}: there is no such connection");
            }
        }
    });
}

#[test]
fn an_answer_without_a_question_is_stopped() {
    if !ready() {
        return;
    }
    let rules = build(&two_zones("allow office -> shop : tcp/443, udp/53 { reason \"work\" owner \"us\" }"), today());
    with_router(|router| {
        router.load(&rules);
        for v6 in [false, true] {
            for packet in [opening(v6, TCP, 40_000, 443), opening(v6, UDP, 40_000, 53)] {
                let answer = Datagram::answer(&packet).expect("it has an answer");
                assert!(router.is_stopped(Leg::Second, &answer), "nobody asked for {packet:?}");
            }
        }
    });
}
