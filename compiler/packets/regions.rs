//! A difference of two sets as few products: exactly it, and nothing twice. Sources whose rows are one number stand
//! together, and so do destinations with one leaf.

use rustc_hash::FxHashMap;

use super::Error;
use super::cells::Runs;
use super::tables::{NodeId, Tables};
use super::verdicts::{Decision, Op, VerdictId};

/// From all of these sources to all of these destinations, on all keys of a leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// Cells.
    pub sources: Runs,
    /// Cells.
    pub destinations: Runs,
    /// The number of the leaf.
    pub leaf: u32,
}

/// What `more` allows and `less` does not, and whether that is all of it: after `most` regions no more are made.
///
/// # Errors
/// The tables are full, or it was too much work: then nothing is known.
pub fn regions(
    tables: &mut Tables,
    (more, less): (&[NodeId], &[NodeId]),
    most: usize,
) -> Result<(Vec<Region>, bool), Error> {
    let mut groups: Vec<(NodeId, Runs)> = Vec::new();
    let mut known: FxHashMap<NodeId, usize> = FxHashMap::default();
    let mut complete = true;
    for (source, (&a, &b)) in (0..).zip(more.iter().zip(less)) {
        let row = tables.apply(Op::Less, a, b)?;
        if row == NodeId::UNDECIDED {
            continue;
        }
        let at = *known.entry(row).or_insert(groups.len());
        if at == groups.len() {
            if groups.len() == most {
                complete = false;
                break;
            }
            groups.push((row, Runs::new()));
        }
        add(&mut groups[at].1, (source, source + 1));
    }
    let mut found = Vec::new();
    for (row, sources) in groups {
        for (leaf, destinations) in leaves(tables, row) {
            if found.len() == most {
                return Ok((found, false));
            }
            found.push(Region { sources: sources.clone(), destinations, leaf });
        }
    }
    Ok((found, complete))
}

impl Region {
    /// Its keys: inclusive intervals, sorted, not touching.
    pub fn keys(&self, tables: &Tables) -> Vec<(u32, u32)> {
        let mut keys: Vec<(u32, u32)> = Vec::new();
        for &(low, high, _) in tables.intervals(self.leaf) {
            match keys.last_mut() {
                Some(last) if last.1 + 1 == low => last.1 = high,
                _ => keys.push((low, high)),
            }
        }
        keys
    }

    /// Is it there at every time?
    pub fn always(&self, tables: &Tables) -> bool {
        tables.intervals(self.leaf).iter().all(|interval| interval.2 == VerdictId::always(Decision::Allow))
    }
}

/// The leaves of a row that say something, each with the cells where it stands.
fn leaves(tables: &Tables, row: NodeId) -> Vec<(u32, Runs)> {
    let mut found: Vec<(u32, Runs)> = Vec::new();
    let mut known: FxHashMap<u32, usize> = FxHashMap::default();
    let mut open = vec![(row, 0u64, tables.levels)];
    while let Some((part, base, level)) = open.pop() {
        if base >= u64::from(tables.cells) || part == NodeId::UNDECIDED {
            continue;
        }
        match part.leaf() {
            Some(leaf) => {
                let end = (base + (1 << (4 * level))).min(u64::from(tables.cells));
                let at = *known.entry(leaf).or_insert(found.len());
                if at == found.len() {
                    found.push((leaf, Runs::new()));
                }
                add(&mut found[at].1, (base as u32, end as u32));
            }
            None => {
                let width = 1 << (4 * (level - 1));
                let children = tables.children(part);
                // Backwards, so that the first is taken first.
                open.extend(
                    children
                        .into_iter()
                        .zip(0..16u32)
                        .rev()
                        .map(|(child, at)| (child, base + u64::from(at) * width, level - 1)),
                );
            }
        }
    }
    found
}

/// Adds a run that begins where the last one ends, or later.
fn add(runs: &mut Runs, run: (u32, u32)) {
    match runs.last_mut() {
        Some(last) if last.1 == run.0 => last.1 = run.1,
        _ => runs.push(run),
    }
}
