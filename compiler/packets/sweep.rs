//! A row from rules that decide the same on destinations that overlap.

use std::borrow::Borrow;

use super::Error;
use super::cells::Runs;
use super::rows::Piece;
use super::tables::{NodeId, Tables};
use super::verdicts::Op;

/// So many items are swept at once; more are halved, since at each edge every active item is looked at.
const AT_ONCE: usize = 32;

/// The items, destinations and what is decided there, laid over one another: where several decide, they say the same.
///
/// # Errors
/// The tables are full, or it was too much work.
pub fn sweep<R: Borrow<Runs>>(tables: &mut Tables, items: &[(R, NodeId)]) -> Result<NodeId, Error> {
    if let [(runs, leaf)] = items {
        return tables.spread(runs.borrow(), *leaf);
    }
    let mut pieces: Vec<Piece> = Vec::with_capacity(items.len());
    for (runs, leaf) in items {
        pieces.extend(runs.borrow().iter().map(|run| (run.0, run.1, *leaf)));
    }
    pieces.sort_unstable();
    if pieces.windows(2).all(|pair| pair[0].1 <= pair[1].0) {
        return tables.assemble(&pieces);
    }
    if items.len() > AT_ONCE {
        let (first, rest) = items.split_at(items.len() / 2);
        let (first, rest) = (sweep(tables, first)?, sweep(tables, rest)?);
        return tables.apply(Op::Over, first, rest);
    }
    let mut edges: Vec<(u32, usize)> = Vec::new();
    for (item, (runs, _)) in items.iter().enumerate() {
        edges.extend(runs.borrow().iter().flat_map(|run| [(run.0, item), (run.1, item)]));
    }
    edges.sort_unstable();
    let mut active = 0u32;
    pieces.clear();
    for (at, &(cell, item)) in edges.iter().enumerate() {
        active ^= 1 << item;
        let Some(&(next, _)) = edges.get(at + 1) else { break };
        if next == cell || active == 0 {
            continue;
        }
        let mut leaf = NodeId::UNDECIDED;
        for item in (0..items.len()).filter(|item| active >> item & 1 == 1) {
            leaf = tables.apply(Op::Over, leaf, items[item].1)?;
        }
        pieces.push((cell, next, leaf));
    }
    tables.assemble(&pieces)
}
