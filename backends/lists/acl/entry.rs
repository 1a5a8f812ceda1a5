//! One entry of the rules as lines of an access list: addresses times addresses times services.

use super::Spelling;
use crate::lists::{CLIENT, End, Entry, holes};
use crate::rules::{Match, RuleSet};
use ipnet::IpNet;

/// The lines of an entry in one family, without numbers and `log`. None where it has nothing to say there.
pub(crate) fn lines(spelling: &Spelling, rules: &RuleSet, entry: &Entry<'_>, v6: bool) -> Vec<String> {
    let (from, to) = (networks(spelling, rules, &entry.from, v6), networks(spelling, rules, &entry.to, v6));
    let services = services(spelling, rules, entry, v6);
    let action = if entry.permits.is_some() { "permit" } else { "deny" };
    let mut all = Vec::with_capacity(from.len() * to.len() * services.len());
    for service in &services {
        for from in &from {
            for to in &to {
                let Service { protocol, source, behind } = service;
                all.push(format!("{action} {protocol} {from}{source} {to}{behind}"));
            }
        }
    }
    all
}

/// How many [`lines`] there are.
pub(super) fn count(spelling: &Spelling, rules: &RuleSet, entry: &Entry<'_>, v6: bool) -> usize {
    let of = |end: &End| if *end == End::Any { 1 } else { end.ranges(rules).prefixes(v6).len() };
    let services = services(spelling, rules, entry, v6).len();
    of(&entry.from).saturating_mul(of(&entry.to)).saturating_mul(services)
}

/// The words of a line that are not addresses.
struct Service {
    protocol: String,
    /// Behind the source.
    source: String,
    /// Behind the destination.
    behind: String,
}

fn service(protocol: impl Into<String>, source: impl Into<String>, behind: impl Into<String>) -> Service {
    Service { protocol: protocol.into(), source: source.into(), behind: behind.into() }
}

fn services(spelling: &Spelling, rules: &RuleSet, entry: &Entry<'_>, v6: bool) -> Vec<Service> {
    let everything = if v6 { "ipv6" } else { "ip" };
    let Some(permit) = entry.permits else { return vec![service(everything, "", "")] };
    let mut all = Vec::new();
    for &found in &rules.services[permit.rule.services.0 as usize] {
        match (found, permit.reply) {
            (Match::Any, _) => all.push(service(everything, "", "")),
            (Match::Protocol(number), _) => all.push(service(number.to_string(), "", "")),
            (Match::Ports { protocol, low, high }, false) => {
                all.push(service(transport(protocol), "", ports(low, high)));
            }
            (Match::Ports { protocol, low, high }, true) => {
                let client = format!(" range {CLIENT} {}", u16::MAX);
                let behind = if protocol == 6 { " established".to_owned() } else { client };
                all.push(service(transport(protocol), ports(low, high), behind));
            }
            (Match::Icmp { v6: of, low, high }, false) if of == v6 => icmp(spelling, v6, low, high, &mut all),
            (Match::Icmp { v6: of, .. }, true) if of == v6 => {
                for (_, _, hole) in holes(found) {
                    if let Match::Icmp { low, high, .. } = hole {
                        icmp(spelling, v6, low, high, &mut all);
                    }
                }
            }
            (Match::Icmp { .. }, _) => {}
        }
    }
    all
}

fn transport(protocol: u8) -> String {
    match protocol {
        6 => "tcp".to_owned(),
        17 => "udp".to_owned(),
        other => other.to_string(),
    }
}

fn ports(low: u16, high: u16) -> String {
    match (low, high) {
        (0, u16::MAX) => String::new(),
        _ if low == high => format!(" eq {low}"),
        _ => format!(" range {low} {high}"),
    }
}

/// The types and codes from `low` to `high`: whole types where there are any.
fn icmp(spelling: &Spelling, v6: bool, low: u16, high: u16, all: &mut Vec<Service>) {
    let protocol = if v6 { spelling.icmp6 } else { "icmp" };
    if (low, high) == (0, u16::MAX) {
        all.push(service(protocol, "", ""));
        return;
    }
    for kind in low >> 8..=high >> 8 {
        let (first, last) = (low.max(kind << 8) & 255, high.min(kind << 8 | 255) & 255);
        if (first, last) == (0, 255) {
            all.push(service(protocol, "", format!(" {kind}")));
        } else {
            all.extend((first..=last).map(|code| service(protocol, "", format!(" {kind} {code}"))));
        }
    }
}

fn networks(spelling: &Spelling, rules: &RuleSet, end: &End, v6: bool) -> Vec<String> {
    if *end == End::Any {
        return vec!["any".to_owned()];
    }
    let spell = |net: &IpNet| match net {
        _ if net.prefix_len() == 0 => "any".to_owned(),
        _ if net.prefix_len() == net.max_prefix_len() => format!("host {}", net.addr()),
        IpNet::V4(net) if spelling.wildcards => format!("{} {}", net.addr(), net.hostmask()),
        _ => net.to_string(),
    };
    end.ranges(rules).prefixes(v6).iter().map(spell).collect()
}
