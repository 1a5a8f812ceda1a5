//! Layers of rows, of which a source sees some. One tree over all of them holds what those of the source at hand say
//! together; from one source to the next only the branches above layers that come or go are worked out again.

use crate::packets::Error;
use crate::packets::cells::Runs;
use crate::packets::rows::Piece;
use crate::packets::tables::{NodeId, Tables};
use crate::packets::verdicts::Op;

/// What is decided for some sources.
pub struct Layer<'a> {
    /// Their cells.
    pub sources: &'a Runs,
    /// By destination, key and time.
    pub row: NodeId,
}

/// By source cell, each layer over those behind it: sorted runs, none where nothing is decided.
///
/// # Errors
/// The tables are full, or it was too much work.
pub fn rows(tables: &mut Tables, layers: &[Layer<'_>]) -> Result<Vec<Piece>, Error> {
    let mut events: Vec<(u32, u32)> = Vec::new();
    for (layer, number) in layers.iter().zip(0..) {
        events.extend(layer.sources.iter().flat_map(|run| [(run.0, number), (run.1, number)]));
    }
    events.sort_unstable();
    tables.step(events.len() as u64)?;
    let width = layers.len().next_power_of_two();
    // The root is 1, the children of n are 2n and 2n + 1, the layers are the last.
    let mut tree = vec![NodeId::UNDECIDED; 2 * width];
    let mut pieces: Vec<Piece> = Vec::new();
    let mut changed: Vec<usize> = Vec::new();
    for (at, here) in events.chunk_by(|a, b| a.0 == b.0).scan(0, |at, here| {
        *at += here.len();
        Some((*at, here))
    }) {
        for &(_, layer) in here {
            let leaf = width + layer as usize;
            tree[leaf] = if tree[leaf] == NodeId::UNDECIDED { layers[layer as usize].row } else { NodeId::UNDECIDED };
            changed.push(leaf);
        }
        while changed.last().is_some_and(|&node| node > 1) {
            // Sorted still, as the layers are.
            changed.iter_mut().for_each(|node| *node /= 2);
            changed.dedup();
            tables.step(changed.len() as u64)?;
            let mut kept = 0;
            for index in 0..changed.len() {
                let node = changed[index];
                let value = tables.apply(Op::Over, tree[2 * node], tree[2 * node + 1])?;
                if tree[node] != value {
                    tree[node] = value;
                    changed[kept] = node;
                    kept += 1;
                }
            }
            changed.truncate(kept);
        }
        changed.clear();
        let Some(&(next, _)) = events.get(at) else { break };
        match pieces.last_mut() {
            Some(last) if last.1 == here[0].0 && last.2 == tree[1] => last.1 = next,
            _ if tree[1] == NodeId::UNDECIDED => {}
            _ => pieces.push((here[0].0, next, tree[1])),
        }
    }
    Ok(pieces)
}
