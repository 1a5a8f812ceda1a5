//! Where zones hang, read straight from the tree, and ways through the network, found by walking all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use segc_grammar::ast::{ClauseKind, Item, ItemKind, StatementKind, Zones};

use super::{Naive, Packet};

/// A place in the network.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// Where the zone of this name hangs.
    Zone(String),
    /// A firewall or router.
    Device(String),
}

/// An interface: its device, its name, and the zones that are named behind it.
type Door = (String, String, BTreeSet<String>);

/// The network of a policy.
pub struct Network {
    next: BTreeMap<Spot, BTreeSet<Spot>>,
    firewalls: BTreeSet<String>,
    doors: Vec<Door>,
    /// Firewalls, and the zones that are their own addresses.
    own: Vec<(String, String)>,
    parents: BTreeMap<String, Option<String>>,
}

impl Naive {
    /// Its network. Zones behind one interface are neighbours of one another and of the device.
    pub fn network(&self) -> Network {
        let mut network = Network {
            next: BTreeMap::new(),
            firewalls: BTreeSet::new(),
            doors: Vec::new(),
            own: Vec::new(),
            parents: BTreeMap::from([("internet".to_owned(), None)]),
        };
        for statement in self.statements() {
            if let StatementKind::Zone { name, parent } = &statement.kind {
                network.parents.insert(name.text.to_owned(), parent.as_ref().map(|parent| parent.text.to_owned()));
            }
        }
        for statement in self.statements() {
            let device = match &statement.kind {
                StatementKind::Firewall { name, on: None } => {
                    network.firewalls.insert(name.text.to_owned());
                    name.text
                }
                StatementKind::Router { name } => name.text,
                _ => continue,
            };
            for clause in &statement.clauses {
                if let ClauseKind::SelfIs(Item { kind: ItemKind::Name(zone), .. }) = clause.kind {
                    network.own.push((device.to_owned(), zone.to_owned()));
                }
                let ClauseKind::Interface { name, zones } = &clause.kind else { continue };
                let taken = self.zones_of(zones, true, &network);
                let named: BTreeSet<String> = self
                    .zones_of(zones, false, &network)
                    .into_iter()
                    .filter(|zone| !network.above(zone).iter().any(|above| taken.contains(above)))
                    .collect();
                network.doors.push((device.to_owned(), name.text.to_string(), named));
            }
        }
        network.join();
        network
    }

    /// The zones that a list names, or those that its `except` does.
    fn zones_of(&self, zones: &Zones<'static>, taken: bool, network: &Network) -> BTreeSet<String> {
        let items = if taken { &zones.except } else { &zones.items };
        let of = |kind: &ItemKind<'static>| match kind {
            ItemKind::Any => network.parents.keys().cloned().collect(),
            ItemKind::Internet => BTreeSet::from(["internet".to_owned()]),
            ItemKind::Process(..) => BTreeSet::new(),
            ItemKind::Name(name) => match self.group(name) {
                Some(members) => self.zones_of(members, false, network),
                None => BTreeSet::from([(*name).to_owned()]),
            },
        };
        items.iter().flat_map(|item| of(&item.kind)).collect()
    }

    /// Where an address is: with the innermost zone that holds it.
    pub fn spot(&self, network: &Network, address: IpAddr) -> Option<Spot> {
        let inner = |zone: &&&str| network.above(zone).len();
        network.spot(self.holders(address).iter().max_by_key(inner)?)
    }

    /// Is the address in the zone, or in one in it?
    pub fn is_in(&self, zone: &str, address: IpAddr) -> bool {
        self.holders(address).contains(&zone)
    }

    /// Does the firewall let through the first packet of a connection that comes in by an interface?
    pub fn crosses(&self, network: &Network, firewall: &str, interface: &str, packet: &Packet) -> bool {
        let ends = (self.spot(network, packet.source), self.spot(network, packet.destination));
        let (Some(from), Some(to)) = ends else { return false };
        self.verdict(packet) && network.may_come_in(firewall, interface, &from) && network.carries(firewall, &from, &to)
    }
}

impl Network {
    /// A zone, the zone it is in, and so on.
    fn above(&self, zone: &str) -> Vec<String> {
        let mut all = vec![zone.to_owned()];
        while let Some(Some(parent)) = self.parents.get(&all[all.len() - 1]) {
            all.push(parent.clone());
        }
        all
    }

    /// Where a zone hangs: with itself, if it is a firewall's own, or some interface names it and no zone around it, or one that hangs elsewhere; or
    /// else where the zone hangs that it is in.
    pub fn spot(&self, zone: &str) -> Option<Spot> {
        let outer = &self.above(zone)[1..];
        let inherited = outer.first().and_then(|parent| self.spot(parent));
        let mut named = self.doors.iter().map(|(.., named)| named).filter(|named| named.contains(zone));
        let alone = named.any(|named| match outer.iter().find(|above| named.contains(*above)) {
            Some(beside) => self.spot(beside) != inherited,
            None => true,
        });
        if alone || self.own.iter().any(|(_, own)| own == zone) { Some(Spot::Zone(zone.to_owned())) } else { inherited }
    }

    fn join(&mut self) {
        let mut pairs = Vec::new();
        for (device, _, named) in &self.doors {
            let spots: Vec<Spot> = named.iter().filter_map(|zone| self.spot(zone)).collect();
            pairs.extend(spots.iter().map(|spot| (Spot::Device(device.clone()), spot.clone())));
            pairs.extend(spots.iter().flat_map(|a| spots.iter().map(|b| (a.clone(), b.clone()))));
        }
        let own = |(device, zone): &(String, String)| (Spot::Device(device.clone()), Spot::Zone(zone.clone()));
        pairs.extend(self.own.iter().map(own));
        for (a, b) in pairs.into_iter().filter(|(a, b)| a != b) {
            self.next.entry(a.clone()).or_default().insert(b.clone());
            self.next.entry(b).or_default().insert(a);
        }
    }

    fn neighbours(&self, of: &Spot) -> impl Iterator<Item = &Spot> {
        self.next.get(of).into_iter().flatten()
    }

    /// Does the firewall lie on a path between the two that goes nowhere twice? From a place to itself: does that hang on
    /// the firewall, or is there a round that crosses both?
    pub fn carries(&self, firewall: &str, from: &Spot, to: &Spot) -> bool {
        let firewall = Spot::Device(firewall.to_owned());
        if from == to {
            return self.neighbours(from).any(|spot| *spot == firewall)
                || self.neighbours(from).any(|first| {
                    self.walks(vec![first.clone()], from, &|path| path.len() > 2 && path.contains(&firewall))
                });
        }
        self.walks(vec![from.clone()], to, &|path| path.contains(&firewall))
    }

    /// Is there such a path to a place, of those that go on from this one?
    fn walks(&self, path: Vec<Spot>, to: &Spot, wanted: &dyn Fn(&[Spot]) -> bool) -> bool {
        let here = &path[path.len() - 1];
        if here == to {
            return wanted(&path);
        }
        self.neighbours(here).filter(|spot| !path.contains(spot)).any(|spot| {
            let further = path.iter().chain([spot]).cloned().collect();
            self.walks(further, to, wanted)
        })
    }

    /// All that is reached from a place without these.
    pub fn reached(&self, from: &Spot, without: &dyn Fn(&Spot) -> bool) -> BTreeSet<Spot> {
        let mut found = BTreeSet::from([from.clone()]);
        let mut todo = vec![from.clone()];
        while let Some(spot) = todo.pop() {
            for next in self.neighbours(&spot).filter(|next| !without(next)) {
                if found.insert(next.clone()) {
                    todo.push(next.clone());
                }
            }
        }
        found
    }

    /// May what is at a place come in by an interface: is it joined to what is behind that without the device?
    pub fn may_come_in(&self, device: &str, interface: &str, from: &Spot) -> bool {
        let itself = |spot: &Spot| *spot == Spot::Device(device.to_owned());
        let doors = self.doors.iter().filter(|(of, name, _)| of == device && name == interface);
        let mut behind = doors.flat_map(|(.., named)| named).filter_map(|zone| self.spot(zone));
        behind.any(|spot| self.reached(&spot, &itself).contains(from))
    }

    /// Are the two joined by a path that crosses no firewall?
    pub fn is_flat(&self, from: &Spot, to: &Spot) -> bool {
        self.reached(from, &|spot| matches!(spot, Spot::Device(name) if self.firewalls.contains(name))).contains(to)
    }

    /// Is there any path?
    pub fn is_joined(&self, from: &Spot, to: &Spot) -> bool {
        self.reached(from, &|_| false).contains(to)
    }
}
