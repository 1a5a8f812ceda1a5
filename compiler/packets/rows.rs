//! Rows from pieces, by one sweep.

use super::Error;
use super::cells::Runs;
use super::tables::{NodeId, Tables};

/// From a cell up to, and without, another: what that row says there.
pub type Piece = (u32, u32, NodeId);

impl Tables {
    /// The row that is each piece's where that is, and undecided elsewhere. Pieces are sorted and disjoint.
    ///
    /// # Errors
    /// The tables are full, or it was too much work.
    pub fn assemble(&mut self, pieces: &[Piece]) -> Result<NodeId, Error> {
        debug_assert!(pieces.windows(2).all(|pair| pair[0].1 <= pair[1].0), "pieces overlap");
        self.step(pieces.len() as u64)?;
        self.part(pieces, 0, self.levels)
    }

    /// The same leaf on several runs.
    ///
    /// # Errors
    /// The tables are full, or it was too much work.
    pub fn spread(&mut self, runs: &Runs, leaf: NodeId) -> Result<NodeId, Error> {
        let pieces: Vec<Piece> = runs.iter().map(|run| (run.0, run.1, leaf)).collect();
        self.assemble(&pieces)
    }

    /// The part of `1 << 4 * level` cells from `base` on; `pieces` are those that meet it.
    fn part(&mut self, pieces: &[Piece], base: u64, level: u32) -> Result<NodeId, Error> {
        let end = base + (1 << (4 * level));
        match pieces {
            [] => return Ok(NodeId::UNDECIDED),
            // Cells beyond the last are like the last, so that equal rows are equal parts.
            &[(low, high, row)] if u64::from(low) <= base && (end <= u64::from(high) || high == self.cells) => {
                return Ok(self.descend(row, base, level));
            }
            _ => {}
        }
        debug_assert!(level > 0, "a single cell is covered or is not");
        let shift = 4 * (level - 1);
        let mut children = [NodeId::UNDECIDED; 16];
        // The children that hold a cell.
        let known = (u64::from(self.cells) - base).div_ceil(1 << shift).min(16) as usize;
        children[known..].fill(self.beyond(pieces));
        let (mut at, mut first) = (0, 0);
        while let Some(piece) = pieces.get(first) {
            // From the child where the piece starts, or from the next one that it is still in.
            at = at.max((u64::from(piece.0).saturating_sub(base) >> shift) as usize);
            if at >= known {
                break;
            }
            let from = base + ((at as u64) << shift);
            if u64::from(piece.1) <= from {
                first += 1;
                continue;
            }
            let met = pieces[first..].iter().take_while(|piece| u64::from(piece.0) < from + (1 << shift)).count();
            children[at] = self.part(&pieces[first..first + met], from, level - 1)?;
            at += 1;
        }
        self.node(children)
    }

    /// A part wholly beyond the last cell.
    fn beyond(&self, pieces: &[Piece]) -> NodeId {
        let last = pieces.last().filter(|piece| piece.1 == self.cells);
        last.map_or(NodeId::UNDECIDED, |piece| self.descend(piece.2, u64::from(self.cells - 1), 0))
    }

    /// The part of a row at `base`, `level` levels high.
    fn descend(&self, row: NodeId, base: u64, level: u32) -> NodeId {
        let mut part = row;
        for l in (level..self.levels).rev() {
            if part.leaf().is_some() {
                break;
            }
            part = self.children(part)[(base >> (4 * l)) as usize & 15];
        }
        part
    }
}
