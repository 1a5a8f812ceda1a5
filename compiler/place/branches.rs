//! The network as one firewall sees it: what lies behind the same neighbour, so that packets within it need not cross the
//! firewall.

use super::blocks::blocks;
use super::{Node, Topology};
use crate::model::{Boxes, ClassSet};

/// Everything but one device, parted into branches: a simple path between two places crosses the device if and only if
/// they are in different ones.
pub struct Branches {
    /// All that is joined to the device.
    pub seen: ClassSet,
    /// Those in which places lie behind others, so that packets from place to place stay away from the device.
    deep: Vec<Branch>,
}

struct Branch {
    /// The classes of the zone through which the branch is joined to the device.
    near: ClassSet,
    /// All of the branch.
    all: ClassSet,
}

/// Blocks, and those that each node is in.
pub struct Parts {
    blocks: Vec<Vec<u32>>,
    of: Vec<Vec<u32>>,
}

impl Parts {
    /// Of a graph.
    pub fn new(topology: &Topology<'_>) -> Self {
        let blocks = blocks(&topology.next);
        let mut of = vec![Vec::new(); topology.nodes.len()];
        for (number, block) in (0..).zip(&blocks) {
            block.iter().for_each(|&node| of[node as usize].push(number));
        }
        Self { blocks, of }
    }
}

impl Branches {
    /// As the device at `node` sees it.
    pub fn new(topology: &Topology<'_>, parts: &Parts, node: u32) -> Self {
        let mut branches = Self { seen: ClassSet::default(), deep: Vec::new() };
        let mut seen = Vec::new();
        for &block in &parts.of[node as usize] {
            for &near in parts.blocks[block as usize].iter().filter(|&&near| near != node) {
                let all = behind(topology, parts, near, block);
                let branch = Branch { near: topology.classes(near).clone(), all };
                seen.extend(branch.all.runs().iter().copied());
                // A firewall's own addresses lie behind it, and behind nothing else.
                if branch.near != branch.all {
                    branches.deep.push(branch);
                }
            }
        }
        branches.seen = ClassSet::new(seen.into_iter().collect());
        branches
    }

    /// The part of a product of classes that the device carries: pairs of different branches, and pairs of one zone that
    /// hangs on the device itself, since a box may be asked to turn them round.
    pub fn carried(&self, left: &ClassSet, right: &ClassSet, out: &mut Boxes) {
        let (left, right) = (left.intersection(&self.seen), right.intersection(&self.seen));
        let mut put = |a: ClassSet, b: ClassSet| {
            if !a.is_empty() && !b.is_empty() {
                out.push((a, b));
            }
        };
        let mut rest = left.clone();
        for branch in &self.deep {
            if branch.all.meets(&left) && branch.all.meets(&right) {
                rest = rest.difference(&branch.all);
                put(left.intersection(&branch.all), right.difference(&branch.all));
                put(left.intersection(&branch.near), right.intersection(&branch.near));
            }
        }
        put(rest, right);
    }
}

/// The classes that hang with `near` and with all that is joined to it otherwise than by `block`.
fn behind(topology: &Topology<'_>, parts: &Parts, near: u32, block: u32) -> ClassSet {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    let mut todo = vec![(near, block)];
    while let Some((node, by)) = todo.pop() {
        if matches!(topology.nodes[node as usize], Node::Zone(_)) {
            runs.extend(topology.classes(node).runs());
        }
        for &other in parts.of[node as usize].iter().filter(|&&other| other != by) {
            todo.extend(parts.blocks[other as usize].iter().filter(|&&n| n != node).map(|&n| (n, other)));
        }
    }
    ClassSet::new(runs.into_iter().collect())
}
