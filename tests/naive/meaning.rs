//! The evaluator itself, against verdicts worked out by hand.

use jiff::civil::date;

use super::services::{ICMP, ICMPV6, TCP, UDP};
use super::{Naive, Packet};

const POLICY: &str = r#"
zone office { hosts 10.1.0.0/16 except 10.1.9.0/24, 10.1.0.8-10.1.0.9  hosts 2001:db8:1::/48 }
zone desk in office { hosts 10.1.1.0/24 }
zone shop { hosts 10.2.0.0-10.2.0.9, 10.2.0.20 }
zone web { hosts 45.60.0.0/24, 2a00:1450::/48 }
group all = office, shop
allow office -> web : https
allow office except desk -> shop : tcp/1000-1002
allow shop -> shop : ping
allow all -> all : udp/53
allow any except desk -> internet : dns
allow internet -> web : http
allow shop -> web : tcp/5 { until 2026-06-14 }
allow shop -> web : tcp/6 { from 2026-06-15 until 2026-06-15 }
allow shop -> web : tcp/7 { from 2026-06-16 }
allow shop -> office : proto/47, icmpv6/any
"#;

/// Source, destination, protocol, port or ICMP type, and the line that allows it.
const VERDICTS: [(&str, &str, u8, u16, Option<usize>); 30] = [
    ("10.1.0.7", "45.60.0.1", TCP, 443, Some(7)),
    ("10.1.0.8", "45.60.0.1", TCP, 443, None),
    ("10.1.9.0", "45.60.0.1", TCP, 443, None),
    ("10.1.1.1", "45.60.0.1", TCP, 443, Some(7)),
    ("10.1.0.7", "45.60.0.1", UDP, 443, None),
    ("2001:db8:1::1", "2a00:1450::", TCP, 443, Some(7)),
    ("10.1.0.7", "10.2.0.9", TCP, 1002, Some(8)),
    ("10.1.0.7", "10.2.0.9", TCP, 1003, None),
    ("10.1.0.7", "10.2.0.10", TCP, 1002, None),
    ("10.1.1.7", "10.2.0.20", TCP, 1000, None),
    ("10.2.0.1", "10.2.0.20", ICMP, 8, Some(9)),
    ("10.2.0.1", "10.2.0.20", ICMP, 0, None),
    ("10.2.0.1", "10.2.0.20", UDP, 53, None),
    ("10.1.0.1", "10.2.0.20", UDP, 53, Some(10)),
    ("10.2.0.20", "10.1.1.1", UDP, 53, Some(10)),
    ("10.1.1.1", "10.1.0.1", UDP, 53, None),
    ("10.2.0.1", "9.9.9.9", UDP, 53, Some(11)),
    ("10.1.1.1", "9.9.9.9", UDP, 53, None),
    ("9.9.9.9", "8.8.8.8", UDP, 53, None),
    ("10.2.0.1", "192.0.2.1", UDP, 53, None),
    ("10.2.0.1", "45.60.0.1", UDP, 53, None),
    ("10.2.0.1", "45.60.1.0", TCP, 53, Some(11)),
    ("9.9.9.9", "45.60.0.255", TCP, 80, Some(12)),
    ("45.60.1.0", "45.60.0.255", TCP, 80, Some(12)),
    ("203.0.113.1", "45.60.0.255", TCP, 80, None),
    ("10.2.0.1", "45.60.0.1", TCP, 5, None),
    ("10.2.0.1", "45.60.0.1", TCP, 6, Some(14)),
    ("10.2.0.1", "45.60.0.1", TCP, 7, None),
    ("10.2.0.1", "10.1.0.1", 47, 0, Some(16)),
    ("10.2.0.1", "10.1.0.1", ICMPV6, 128, None),
];

#[test]
fn verdicts_are_those_worked_out_by_hand() {
    let naive = Naive::new(POLICY, date(2026, 6, 15));
    for (source, destination, protocol, port, line) in VERDICTS {
        let packet = Packet {
            source: source.parse().expect("it is an address"),
            destination: destination.parse().expect("it is an address"),
            protocol,
            source_port: 40_000,
            destination_port: port,
            icmp_type: port as u8,
            icmp_code: 0,
        };
        assert_eq!(naive.decided_by(&packet), line, "{packet:?}");
    }
}

#[test]
fn packets_ask_for_every_allow_and_never_twice() {
    let naive = Naive::new(POLICY, date(2026, 6, 15));
    let packets = super::packets::packets(&naive, 1, 400);
    assert_eq!(packets.len(), 400);
    for line in [7, 8, 9, 10, 11, 12, 14, 16] {
        assert!(packets.iter().any(|packet| naive.decided_by(packet) == Some(line)), "nothing asks for line {line}");
    }
    assert!(packets.iter().filter(|packet| !naive.verdict(packet)).count() > 100, "forbidden ones too");
    assert!(packets.iter().enumerate().all(|(at, packet)| !packets[..at].contains(packet)));
}
