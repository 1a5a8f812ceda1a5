//! What stands between two places.

use super::{Node, Topology};
use crate::model::{ClassSet, DeviceId};

/// What a connection crosses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Crossed {
    /// Nothing is said of where one of the ends hangs, or nothing joins them.
    NoWay,
    /// A way past the fewest firewalls.
    Way {
        /// In words, from end to end.
        told: String,
        /// The network firewalls on it, in order.
        between: Vec<DeviceId>,
        /// Those on the hosts at its ends.
        hosts: Vec<DeviceId>,
    },
}

impl Topology<'_> {
    /// What a connection between two classes crosses at least.
    pub fn crossed(&self, from: u32, to: u32) -> Crossed {
        let ends = self.node_of(from).zip(self.node_of(to));
        let Some(way) = ends.and_then(|(from, to)| self.way(from, to)) else { return Crossed::NoWay };
        let device = |&node: &u32| match self.nodes[node as usize] {
            Node::Device(device) => Some(device),
            Node::Zone(_) | Node::Wire(_) => None,
        };
        let between = way.iter().filter(|&&node| self.is_firewall(node)).filter_map(device).collect();
        let ends = ClassSet::run(from, from + 1).union(&ClassSet::run(to, to + 1));
        let stands = |zone| self.model.zones.classes(zone).meets(&ends);
        let all = (0..).map(DeviceId).zip(&self.model.devices);
        let hosts = all.filter(|(_, device)| device.on().is_some_and(stands)).map(|(id, _)| id).collect();
        Crossed::Way { told: self.told(&way), between, hosts }
    }
}
