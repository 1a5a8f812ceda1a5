//! Ways through the network.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Topology;

impl Topology<'_> {
    /// A way from one node to another past the fewest firewalls and then over the fewest nodes, both ends included; `None`
    /// if nothing joins them. Of several such ways the one over the nodes that come first.
    pub fn way(&self, from: u32, to: u32) -> Option<Vec<u32>> {
        // A firewall costs more than all other nodes together.
        let price = |node: u32| if self.is_firewall(node) { self.nodes.len() as u64 } else { 1 };
        let mut cost: Vec<Option<u64>> = vec![None; self.nodes.len()];
        let mut before: Vec<u32> = vec![from; self.nodes.len()];
        let mut open = BinaryHeap::from([Reverse((0, from, from))]);
        while let Some(Reverse((here, node, came_by))) = open.pop() {
            if cost[node as usize].is_some() {
                continue;
            }
            cost[node as usize] = Some(here);
            before[node as usize] = came_by;
            for &other in self.next[node as usize].iter().filter(|&&n| cost[n as usize].is_none()) {
                open.push(Reverse((here + price(other), other, node)));
            }
        }
        cost[to as usize]?;
        let mut way = vec![to];
        let mut node = to;
        while node != from {
            node = before[node as usize];
            way.push(node);
        }
        way.reverse();
        Some(way)
    }

    /// A way in words: places joined by arrows.
    pub fn told(&self, way: &[u32]) -> String {
        way.iter().map(|&node| self.name(node)).collect::<Vec<_>>().join(" → ")
    }
}
