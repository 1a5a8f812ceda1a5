//! What a policy means, packet by packet, read straight from its tree: slow and obvious. Shares nothing with the
//! compiler but the parser and the names of the prelude, so that a mistake there shows here.
//!
//! It judges what a network firewall sees, so a process counts as the hosts it runs on.

mod addresses;
mod meaning;
pub mod network;
pub mod packets;
mod services;

use std::net::IpAddr;

use jiff::civil::Date;
use segc_grammar::ast::{
    Address, AddressKind, ClauseKind, Item, ItemKind, Service, Statement, StatementKind, Tree, Zones,
};

/// The first packet of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Where it comes from.
    pub source: IpAddr,
    /// Where it goes; of the same family.
    pub destination: IpAddr,
    /// The protocol number.
    pub protocol: u8,
    /// Source port of TCP, UDP and SCTP; identifier of ICMP and ICMPv6.
    pub source_port: u16,
    /// Destination port of TCP, UDP and SCTP.
    pub destination_port: u16,
    /// Type of ICMP and ICMPv6.
    pub icmp_type: u8,
    /// Code of ICMP and ICMPv6.
    pub icmp_code: u8,
}

/// Looks up the addresses of an inventory's group: file, as written, and group.
pub type Inventory = Box<dyn Fn(&str, &str) -> Vec<IpAddr> + Send + Sync>;

/// A policy on a day.
pub struct Naive {
    files: Vec<(&'static str, Tree<'static>)>,
    day: Date,
    inventory: Inventory,
}

/// A side of a connection, and which zones (or `internet`) hold its address.
type Holders = Vec<&'static str>;

impl Naive {
    /// A policy in one file and without inventories, with the prelude that segc has.
    pub fn new(text: &str, day: Date) -> Naive {
        let inventory = |file: &str, group: &str| panic!("no inventory for group {group} of {file}");
        Naive::of(&[text.to_owned()], day, segc::resolve::PRELUDE, Box::new(inventory))
    }

    /// A policy in any number of files, all of which are given. Panics where one has a syntax error. The texts are
    /// never freed.
    pub fn of(texts: &[String], day: Date, prelude: &[(&str, &str)], inventory: Inventory) -> Naive {
        let prelude: String = prelude.iter().map(|(name, specs)| format!("service {name} = {specs}\n")).collect();
        let parse = |text: String| {
            let text: &'static str = text.leak();
            let (tree, errors) = segc_grammar::parse(text, 0);
            assert!(errors.is_empty(), "{errors:?}\n{text}");
            (text, tree)
        };
        Naive { files: texts.iter().cloned().chain([prelude]).map(parse).collect(), day, inventory }
    }

    /// May this connection be opened?
    pub fn verdict(&self, packet: &Packet) -> bool {
        self.decided_by(packet).is_some()
    }

    /// The line, from 1, of the first allow that lets it through.
    pub fn decided_by(&self, packet: &Packet) -> Option<usize> {
        let from = self.holders(packet.source);
        let to = self.holders(packet.destination);
        self.allows().find(|allow| self.allows_packet(allow, packet, &from, &to)).map(|allow| self.line(allow))
    }

    /// Does an allow with `log` let it through?
    pub fn is_logged(&self, packet: &Packet) -> bool {
        let from = self.holders(packet.source);
        let to = self.holders(packet.destination);
        let logs =
            |allow: &&Statement<'static>| allow.clauses.iter().any(|clause| matches!(clause.kind, ClauseKind::Log));
        self.allows().filter(logs).any(|allow| self.allows_packet(allow, packet, &from, &to))
    }

    fn allows_packet(&self, allow: &Statement<'static>, packet: &Packet, from: &Holders, to: &Holders) -> bool {
        let StatementKind::Allow { left, right, services } = &allow.kind else { return false };
        self.is_live(allow) && self.joins(left, right, from, to) && self.serves(services, packet)
    }

    /// Does the statement pair a name that holds the source with a name that holds the destination?
    fn joins(&self, left: &Zones<'static>, right: &Zones<'static>, from: &Holders, to: &Holders) -> bool {
        let itself = match (&left.items[..], &right.items[..]) {
            ([one], [other]) => {
                one.kind == other.kind && matches!(one.kind, ItemKind::Name(name) if self.is_zone(name))
            }
            _ => false,
        };
        let (sources, destinations) = (self.named(left, from), self.named(right, to));
        sources.iter().any(|source| destinations.iter().any(|destination| source != destination || itself))
    }

    /// Which of the holders of an address a list names; none where its `except` holds the address.
    fn named(&self, zones: &Zones<'static>, holders: &Holders) -> Holders {
        if zones.except.iter().any(|item| !self.stands_for(item, holders).is_empty()) {
            return Holders::new();
        }
        zones.items.iter().flat_map(|item| self.stands_for(item, holders)).collect()
    }

    fn stands_for(&self, item: &Item<'static>, holders: &Holders) -> Holders {
        match item.kind {
            ItemKind::Any => holders.clone(),
            ItemKind::Internet => holders.iter().copied().filter(|&name| name == "internet").collect(),
            ItemKind::Process(zone, _) => holders.iter().copied().filter(|&name| name == zone).collect(),
            ItemKind::Name(name) => match self.group(name) {
                Some(members) => self.named(members, holders),
                None => holders.iter().copied().filter(|&holder| holder == name).collect(),
            },
        }
    }

    /// Every zone that holds an address, or `internet`, or nothing.
    fn holders(&self, address: IpAddr) -> Holders {
        let zones: Holders = self.zone_names().filter(|name| self.holds(name, address)).collect();
        match zones.is_empty() && addresses::is_public(address) {
            true => vec!["internet"],
            false => zones,
        }
    }

    fn holds(&self, zone: &str, address: IpAddr) -> bool {
        self.hosts(zone).any(|(hosts, except)| {
            hosts.iter().any(|host| self.covers(host, address)) && !except.iter().any(|hole| self.covers(hole, address))
        })
    }

    fn covers(&self, host: &Address<'static>, address: IpAddr) -> bool {
        match &host.kind {
            AddressKind::Prefix(prefix) => prefix.contains(&address),
            // Addresses of two families are never between one another: the family orders first.
            AddressKind::Range(first, last) => *first <= address && address <= *last,
            AddressKind::Inventory { file, group } => (self.inventory)(&file.text, &group.text).contains(&address),
            AddressKind::Zone(name) => self.holds(name, address),
        }
    }

    /// Is an allow live on the day?
    fn is_live(&self, allow: &Statement<'static>) -> bool {
        allow.clauses.iter().all(|clause| match &clause.kind {
            ClauseKind::From(date) => date.day <= self.day,
            ClauseKind::Until(date) => self.day <= date.day,
            _ => true,
        })
    }

    fn statements(&self) -> impl Iterator<Item = &Statement<'static>> {
        self.files.iter().flat_map(|(_, tree)| &tree.statements)
    }

    fn allows(&self) -> impl Iterator<Item = &Statement<'static>> {
        self.statements().filter(|statement| matches!(statement.kind, StatementKind::Allow { .. }))
    }

    fn zone_names(&self) -> impl Iterator<Item = &'static str> {
        self.statements().filter_map(|statement| match &statement.kind {
            StatementKind::Zone { name, .. } => Some(name.text),
            _ => None,
        })
    }

    fn is_zone(&self, name: &str) -> bool {
        self.zone_names().any(|zone| zone == name)
    }

    fn group(&self, wanted: &str) -> Option<&Zones<'static>> {
        self.statements().find_map(|statement| match &statement.kind {
            StatementKind::Group { name, zones } if name.text == wanted => Some(zones),
            _ => None,
        })
    }

    fn service(&self, wanted: &str) -> &[Service<'static>] {
        self.statements()
            .find_map(|statement| match &statement.kind {
                StatementKind::Service { name, services } if name.text == wanted => Some(&services[..]),
                _ => None,
            })
            .unwrap_or_else(|| panic!("no service {wanted}"))
    }

    /// The `hosts` clauses of a zone: what is in it, and what is taken away from that.
    fn hosts(&self, wanted: &str) -> impl Iterator<Item = (&[Address<'static>], &[Address<'static>])> {
        let statements = self.statements().filter(move |statement| match &statement.kind {
            StatementKind::Zone { name, .. } => name.text == wanted,
            _ => false,
        });
        statements.flat_map(|statement| &statement.clauses).filter_map(|clause| match &clause.kind {
            ClauseKind::Hosts { addresses, except } => Some((&addresses[..], &except[..])),
            _ => None,
        })
    }

    fn line(&self, statement: &Statement<'static>) -> usize {
        let among = |tree: &Tree<'static>| tree.statements.iter().any(|other| std::ptr::eq(other, statement));
        let (text, _) = self.files.iter().find(|(_, tree)| among(tree)).expect("it comes from one of them");
        text[..statement.span.start as usize].matches('\n').count() + 1
    }
}
