//! Hash-consed tables of one family: whatever is equal is the same number. A *row* says for each destination cell, key
//! and time what is decided; a *set* is a row per source cell, so equal sets are equal vectors.

use super::Error;
use super::decides::Decides;
use super::index::{Index, hash};
use super::verdicts::{Decision, VerdictId, Verdicts, slice};

/// The last service key: `protocol << 16 | port`, or `protocol << 16 | type << 8 | code`.
pub const LAST_KEY: u32 = 0xff_ffff;

/// A row, or a part of one: a number in [`Tables`], or with the top bit a leaf that holds for every cell of the part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

/// Sorted, disjoint intervals of keys, both ends included, and what is decided there; a gap is undecided. Neighbours
/// that touch differ.
pub type Leaf = [(u32, u32, VerdictId)];

const LEAF: u32 = 1 << 31;

/// More nodes, or intervals in leaves, than these are refused: 50 million are 3.6 GB.
const MOST_NODES: usize = 50_000_000;

/// More steps than these are refused. A step is some 20 to 100 ns.
const MOST_STEPS: u64 = 4_000_000_000;

impl NodeId {
    /// The same everywhere.
    pub const fn always(decision: Decision) -> Self {
        Self(LEAF | decision as u32)
    }

    /// Undecided everywhere; in a finished set: nothing is allowed.
    pub const UNDECIDED: Self = Self::always(Decision::Undecided);

    /// The leaf, if it is the same for all cells.
    pub fn leaf(self) -> Option<u32> {
        (self.0 & LEAF != 0).then_some(self.0 & !LEAF)
    }

    /// Its bits.
    pub(super) fn bits(self) -> u32 {
        self.0
    }

    /// From [`NodeId::bits`].
    pub(super) fn from_bits(bits: u32) -> Self {
        Self(bits)
    }
}

/// A remembered result of an operator. Lossy: it only ever forgets.
#[derive(Clone, Copy, Default)]
pub(super) struct Memo {
    /// Operator, from 1; 0 is free.
    pub op: u32,
    pub a: u32,
    pub b: u32,
    pub result: u32,
}

/// See the module.
pub struct Tables {
    /// Tries of this many levels of 16.
    pub(super) levels: u32,
    /// How many cells there are.
    pub(super) cells: u32,
    nodes: Vec<[NodeId; 16]>,
    node_decides: Vec<Decides>,
    node_index: Index,
    intervals: Vec<(u32, u32, VerdictId)>,
    leaf_starts: Vec<u32>,
    leaf_decides: Vec<Decides>,
    leaf_index: Index,
    /// Functions of time.
    pub verdicts: Verdicts,
    pub(super) memo: Vec<Memo>,
    steps: u64,
    pub(super) most_nodes: usize,
    /// Room for a leaf in the making.
    pub(super) scratch: Vec<(u32, u32, VerdictId)>,
}

impl Tables {
    /// For rows over so many destination cells, at least one.
    pub fn new(cells: u32) -> Self {
        let mut levels = 0;
        while 1u64 << (4 * levels) < u64::from(cells) {
            levels += 1;
        }
        let mut new = Self {
            levels,
            cells,
            nodes: Vec::new(),
            node_decides: Vec::new(),
            node_index: Index::new(),
            intervals: Vec::new(),
            leaf_starts: vec![0],
            leaf_decides: Vec::new(),
            leaf_index: Index::new(),
            verdicts: Verdicts::default(),
            memo: vec![Memo::default(); 1 << 10],
            steps: 0,
            most_nodes: MOST_NODES,
            scratch: Vec::new(),
        };
        // The leaf that holds a decision everywhere has that decision's number.
        for decision in [Decision::Undecided, Decision::Allow, Decision::Deny, Decision::Return] {
            let everywhere = [(0, LAST_KEY, VerdictId::always(decision))];
            let kept = if decision == Decision::Undecided { &[][..] } else { &everywhere[..] };
            let id = new.leaf(kept).expect("a new table has room");
            debug_assert_eq!(id, NodeId::always(decision));
        }
        new
    }

    /// How many nodes there are.
    pub fn count(&self) -> usize {
        self.nodes.len()
    }

    /// Bytes in use by nodes and leaves, their indexes and what is remembered left out.
    pub fn bytes(&self) -> usize {
        self.nodes.len() * size_of::<[NodeId; 16]>() + self.intervals.len() * size_of::<(u32, u32, VerdictId)>()
    }

    /// Counts work.
    ///
    /// # Errors
    /// Too much of it.
    pub fn step(&mut self, work: u64) -> Result<(), Error> {
        self.steps += work;
        if self.steps > MOST_STEPS { Err(Error::TooMuchWork { steps: MOST_STEPS }) } else { Ok(()) }
    }

    /// What a part decides somewhere.
    pub(super) fn decides(&self, part: NodeId) -> Decides {
        match part.leaf() {
            Some(leaf) => self.leaf_decides[leaf as usize],
            None => self.node_decides[part.0 as usize],
        }
    }

    /// The intervals of a leaf.
    pub fn intervals(&self, leaf: u32) -> &Leaf {
        slice(&self.intervals, &self.leaf_starts, leaf)
    }

    /// The children of a part that is not one leaf.
    pub fn children(&self, node: NodeId) -> [NodeId; 16] {
        match node.leaf() {
            Some(_) => [node; 16],
            None => self.nodes[node.0 as usize],
        }
    }

    /// What a row says of one cell: a leaf's number.
    pub fn at(&self, row: NodeId, cell: u32) -> u32 {
        let mut part = row;
        for level in (0..self.levels).rev() {
            if part.leaf().is_some() {
                break;
            }
            part = self.nodes[part.0 as usize][(cell >> (4 * level)) as usize & 15];
        }
        part.leaf().expect("below the last level there are leaves")
    }

    /// What a row says of a cell, a key and a time (seconds since 1970-01-01T00:00:00Z).
    pub fn decision(&self, row: NodeId, cell: u32, key: u32, time: i64) -> Decision {
        let leaf = self.intervals(self.at(row, cell));
        let after = leaf.partition_point(|interval| interval.0 <= key);
        let Some(interval) = leaf[..after].last().filter(|interval| key <= interval.1) else {
            return Decision::Undecided;
        };
        let pieces = self.verdicts.pieces(interval.2);
        pieces[pieces.partition_point(|piece| piece.0 <= time).max(1) - 1].1
    }

    /// The leaf with these intervals, as a part.
    ///
    /// # Errors
    /// The tables are full.
    pub fn leaf(&mut self, wanted: &Leaf) -> Result<NodeId, Error> {
        let hash = hash(wanted.iter().map(|i| u64::from(i.0) << 32 | u64::from(i.1) << 8 ^ u64::from(i.2.0)));
        let (all, starts) = (&self.intervals, &self.leaf_starts);
        match self.leaf_index.find(hash, |id| slice(all, starts, id) == wanted) {
            Ok(id) => Ok(NodeId(LEAF | id)),
            Err(slot) => {
                let id = self.leaf_starts.len() as u32 - 1;
                if self.intervals.len() + wanted.len() > self.most_nodes || id as usize >= self.most_nodes {
                    return Err(Error::TooLarge { nodes: self.most_nodes });
                }
                self.intervals.extend_from_slice(wanted);
                self.leaf_starts.push(self.intervals.len() as u32);
                self.leaf_decides.push(Decides::of_leaf(wanted, &self.verdicts));
                self.leaf_index.insert(slot, hash, id);
                Ok(NodeId(LEAF | id))
            }
        }
    }

    /// The leaf that decides `what` on sorted intervals of keys.
    ///
    /// # Errors
    /// The tables are full.
    pub fn keys(&mut self, keys: &[(u32, u32)], what: VerdictId) -> Result<NodeId, Error> {
        let mut leaf = std::mem::take(&mut self.scratch);
        leaf.clear();
        if what != VerdictId::UNDECIDED {
            for &(low, high) in keys {
                match leaf.last_mut() {
                    Some(last) if last.1 + 1 == low => last.1 = high,
                    _ => leaf.push((low, high, what)),
                }
            }
        }
        let result = self.leaf(&leaf);
        self.scratch = leaf;
        result
    }

    /// The part with these children.
    ///
    /// # Errors
    /// The tables are full.
    pub fn node(&mut self, children: [NodeId; 16]) -> Result<NodeId, Error> {
        if children[0].leaf().is_some() && children.iter().all(|&child| child == children[0]) {
            return Ok(children[0]);
        }
        let hash = hash(children.chunks_exact(2).map(|p| u64::from(p[0].0) << 32 | u64::from(p[1].0)));
        let nodes = &self.nodes;
        // All sixteen at once, which is two comparisons of the machine: they nearly always are the same ones.
        let differ = |id: u32| nodes[id as usize].iter().zip(&children).fold(0, |bits, (a, b)| bits | (a.0 ^ b.0)) != 0;
        match self.node_index.find(hash, |id| !differ(id)) {
            Ok(id) => Ok(NodeId(id)),
            Err(slot) => {
                let id = self.nodes.len();
                if id >= self.most_nodes {
                    return Err(Error::TooLarge { nodes: self.most_nodes });
                }
                self.nodes.push(children);
                self.node_decides.push(children.iter().fold(Decides::default(), |all, &c| all.and(self.decides(c))));
                self.node_index.insert(slot, hash, id as u32);
                if self.nodes.len() > self.memo.len() && self.memo.len() < 1 << 21 {
                    // Forgets everything, and has room for more.
                    self.memo = vec![Memo::default(); self.memo.len() * 4];
                }
                Ok(NodeId(id as u32))
            }
        }
    }
}
