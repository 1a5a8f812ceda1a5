//! What a box needs to live when it filters what it receives and sends itself. One table: the lines of the text, and what
//! they let pass as declared sets.

use crate::rules::program::Point;
use crate::rules::{Declared, DeclaredEnds as Ends, Match};
use minijinja::Value;
use std::net::Ipv6Addr;

/// One line of a chain.
struct Essential {
    at: Point,
    /// On hosts, on boxes that forward, or on both.
    who: Who,
    why: &'static str,
    text: &'static str,
    from: From,
    service: Match,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Hosts,
    Routers,
    All,
}

#[derive(Clone, Copy)]
enum From {
    V4,
    V6,
    /// From `fe80::/10`.
    Link,
    /// To `ff02::1:2`, all DHCP agents (RFC 8415, 7.1).
    Agents,
}

/// A type of ICMPv6, any code.
const fn icmpv6(kind: u16) -> Match {
    Match::Icmp { v6: true, low: kind << 8, high: kind << 8 | 255 }
}

const fn udp(port: u16) -> Match {
    Match::Ports { protocol: 17, low: port, high: port }
}

const fn line(at: Point, who: Who, why: &'static str, text: &'static str, from: From, service: Match) -> Essential {
    Essential { at, who, why, text, from, service }
}

/// Neighbour discovery (RFC 4861; the kernel itself refuses what comes from beyond the link, by its hop limit of 255),
/// listener discovery (RFC 2710, RFC 3810) and DHCP (RFC 2131, RFC 8415). Errors of ICMP belong to a connection and pass
/// with it.
const ESSENTIALS: &[Essential] = &[
    line(Point::Input, Who::All, "neighbour discovery", "icmpv6 type 135", From::V6, icmpv6(135)),
    line(Point::Input, Who::All, "neighbour discovery", "icmpv6 type 136", From::V6, icmpv6(136)),
    line(Point::Input, Who::Hosts, "router advertisements", "icmpv6 type 134", From::V6, icmpv6(134)),
    line(Point::Input, Who::Routers, "router solicitations", "icmpv6 type 133", From::V6, icmpv6(133)),
    line(Point::Input, Who::All, "listener discovery", "icmpv6 type 130", From::V6, icmpv6(130)),
    line(Point::Input, Who::Routers, "listener discovery", "icmpv6 type 131", From::V6, icmpv6(131)),
    line(Point::Input, Who::Routers, "listener discovery", "icmpv6 type 132", From::V6, icmpv6(132)),
    line(Point::Input, Who::Routers, "listener discovery", "icmpv6 type 143", From::V6, icmpv6(143)),
    line(Point::Input, Who::All, "answers of DHCP", "meta nfproto ipv4 udp dport 68", From::V4, udp(68)),
    line(Point::Input, Who::All, "answers of DHCPv6", "ip6 saddr fe80::/10 udp dport 546", From::Link, udp(546)),
    line(Point::Output, Who::All, "neighbour discovery", "icmpv6 type 135", From::V6, icmpv6(135)),
    line(Point::Output, Who::All, "neighbour discovery", "icmpv6 type 136", From::V6, icmpv6(136)),
    line(Point::Output, Who::Hosts, "router solicitations", "icmpv6 type 133", From::V6, icmpv6(133)),
    line(Point::Output, Who::Routers, "router advertisements", "icmpv6 type 134", From::V6, icmpv6(134)),
    line(Point::Output, Who::Routers, "listener discovery", "icmpv6 type 130", From::V6, icmpv6(130)),
    line(Point::Output, Who::All, "listener discovery", "icmpv6 type 131", From::V6, icmpv6(131)),
    line(Point::Output, Who::All, "listener discovery", "icmpv6 type 132", From::V6, icmpv6(132)),
    line(Point::Output, Who::All, "listener discovery", "icmpv6 type 143", From::V6, icmpv6(143)),
    line(Point::Output, Who::All, "questions of DHCP", "meta nfproto ipv4 udp dport 67", From::V4, udp(67)),
    line(Point::Output, Who::All, "questions of DHCPv6", "ip6 daddr ff02::1:2 udp dport 547", From::Agents, udp(547)),
];

fn of(host: bool) -> impl Iterator<Item = &'static Essential> {
    ESSENTIALS.iter().filter(move |e| match e.who {
        Who::All => true,
        Who::Hosts => host,
        Who::Routers => !host,
    })
}

/// The lines: at input or not, the condition, and the comment.
pub(super) fn lines(host: bool) -> Value {
    of(host)
        .map(|e| Value::from(vec![Value::from(e.at == Point::Input), Value::from(e.text), Value::from(e.why)]))
        .collect()
}

/// What the lines let pass.
pub(super) fn declared(host: bool) -> Vec<Declared> {
    let one = |e: &Essential| {
        let (sources, destinations) = match e.from {
            From::V4 => (Ends::every_v4(), Ends::every_v4()),
            From::V6 => (Ends::every_v6(), Ends::every_v6()),
            From::Link => {
                let (low, high) = (
                    Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0),
                    u128::from(Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0)) - 1,
                );
                (Ends::v6(low, high.into()), Ends::every_v6())
            }
            From::Agents => {
                let agents = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 1, 2);
                (Ends::every_v6(), Ends::v6(agents, agents))
            }
        };
        Declared { why: e.why, at: e.at, arrival: None, later: false, sources, destinations, service: e.service }
    };
    of(host).map(one).collect()
}
