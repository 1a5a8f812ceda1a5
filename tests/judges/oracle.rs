//! The policy in plain nftables rules, as `nft list ruleset` prints them: one for each allow, pair of links and family,
//! interfaces named after the zones behind them. It is what the judges compare with, and shares nothing with what renders.

use std::fmt::Write as _;

use segc::model::{ClassSet, Model, Ranges, ZoneId};

use super::site::Site;

/// What is asked of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// First packets, of something that keeps state.
    Stateful,
    /// First packets, of lists without state: more is open.
    First,
    /// Every packet, replies included, of the same lists.
    Every,
}

/// The whole table.
pub fn oracle(site: &Site, model: &Model<'_>, asked: Asked) -> String {
    let mut lines = String::new();
    for flow in &model.flows {
        for (left, right) in flow.wire() {
            for (from, sources) in by_link(site, model, left) {
                for (to, destinations) in by_link(site, model, right).into_iter().filter(|(to, _)| *to != from) {
                    for v6 in [false, true] {
                        let ends = (addresses(model, &sources, v6), addresses(model, &destinations, v6));
                        if let (Some(a), Some(b)) = ends {
                            pair(&mut lines, (from, &a), (to, &b), flow.services.intervals(), v6, asked);
                        }
                    }
                }
            }
        }
    }
    let states = match asked {
        Asked::Every => "",
        _ => "\t\tct state established,related accept\n\t\tct state invalid drop\n",
    };
    let all: Vec<String> = site.links.iter().map(|(zone, _)| format!("\"{zone}\"")).collect();
    let discovery = match asked {
        Asked::Stateful => String::new(),
        _ => {
            let types = "{ nd-neighbor-solicit, nd-neighbor-advert }";
            format!("\t\tiifname {{ {} }} icmpv6 type {types} accept\n", all.join(", "))
        }
    };
    // A zone that no rule names would not be compared.
    let named: String = site.links.iter().fold(String::new(), |mut text, (zone, _)| {
        let _ = writeln!(text, "\t\tiifname \"{zone}\" drop");
        text
    });
    format!(
        "table inet segc {{\n\tchain forward {{\n\t\ttype filter hook forward priority filter; policy drop;\n\
         {states}{lines}{discovery}{named}\t\tlog prefix \"segc-deny \" drop\n\t}}\n}}\n"
    )
}

fn by_link(site: &Site, model: &Model<'_>, classes: &ClassSet) -> Vec<(&'static str, ClassSet)> {
    let of = |zone: &'static str| {
        let mine = classes.iter().filter(|&class| site.link(model, class) == zone).map(|c| (c, c + 1)).collect();
        (zone, ClassSet::new(mine))
    };
    site.links.iter().map(|(zone, _)| of(zone)).filter(|(_, set)| !set.is_empty()).collect()
}

/// As a set of nft; `None` for no address.
fn addresses(model: &Model<'_>, classes: &ClassSet, v6: bool) -> Option<String> {
    let own = |class: u32| &model.zones[ZoneId(class)].own;
    let all: Vec<String> = if v6 {
        let all = classes.iter().flat_map(|class| own(class).v6.as_slice().to_vec()).collect();
        let text = |&(low, high): &(u128, u128)| range(std::net::Ipv6Addr::from(low), std::net::Ipv6Addr::from(high));
        Ranges::new(all).as_slice().iter().map(text).collect()
    } else {
        let all = classes.iter().flat_map(|class| own(class).v4.as_slice().to_vec()).collect();
        let text = |&(low, high): &(u32, u32)| range(std::net::Ipv4Addr::from(low), std::net::Ipv4Addr::from(high));
        Ranges::new(all).as_slice().iter().map(text).collect()
    };
    (!all.is_empty()).then(|| format!("{{ {} }}", all.join(", ")))
}

fn range<A: PartialEq + std::fmt::Display>(low: A, high: A) -> String {
    if low == high { low.to_string() } else { format!("{low}-{high}") }
}

fn pair(
    lines: &mut String,
    (from, a): (&str, &str),
    (to, b): (&str, &str),
    services: &[(u32, u32)],
    v6: bool,
    asked: Asked,
) {
    let ip = if v6 { "ip6" } else { "ip" };
    for &(low, high) in services {
        let (protocol, low, high) = (low >> 16, low & 0xffff, high & 0xffff);
        let ports = range(low, high);
        let there = format!("\t\tiifname \"{from}\" oifname \"{to}\" {ip} saddr {a} {ip} daddr {b}");
        let back = format!("\t\tiifname \"{to}\" oifname \"{from}\" {ip} saddr {b} {ip} daddr {a}");
        match (protocol, v6) {
            (6, _) => {
                let _ = writeln!(lines, "{there} tcp dport {ports} accept");
                if asked == Asked::Every {
                    let _ = writeln!(lines, "{back} tcp sport {ports} accept");
                }
            }
            (17, _) => {
                let _ = writeln!(lines, "{there} udp dport {ports} accept");
                if asked != Asked::Stateful {
                    let _ = writeln!(lines, "{back} udp sport {ports} udp dport 1024-65535 accept");
                }
            }
            (1, false) | (58, true) => {
                let (name, answer) = if v6 { ("icmpv6", 129) } else { ("icmp", 0) };
                assert_eq!((low & 0xff, high & 0xff), (0, 255), "sites ask for whole types");
                let _ = writeln!(lines, "{there} {name} type {} accept", range(low >> 8, high >> 8));
                if asked != Asked::Stateful {
                    let _ = writeln!(lines, "{back} {name} type {answer} accept");
                }
            }
            (1 | 58, _) => {}
            _ => panic!("sites ask for no other protocol"),
        }
    }
}
