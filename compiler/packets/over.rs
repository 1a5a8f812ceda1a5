//! Operators on rows. All are pointwise, so that one recursion and one memory serve them all; equal operands and
//! constant ones are answered without descending.

use super::Error;
use super::index::hash;
use super::tables::{LAST_KEY, Leaf, Memo, NodeId, Tables};
use super::verdicts::{Decision, Op, VerdictId};

const UNDECIDED: NodeId = NodeId::UNDECIDED;
const ALLOW: NodeId = NodeId::always(Decision::Allow);
const DENY: NodeId = NodeId::always(Decision::Deny);
const RETURN: NodeId = NodeId::always(Decision::Return);

impl Tables {
    /// Both rows as one.
    ///
    /// # Errors
    /// The tables are full, or it was too much work.
    pub fn apply(&mut self, op: Op, a: NodeId, b: NodeId) -> Result<NodeId, Error> {
        if let Some(known) = shortcut(op, a, b).or_else(|| self.unchanged(op, a, b)) {
            return Ok(known);
        }
        // Where the second operand means nothing it must not make a difference to what is remembered.
        let b = if matches!(op, Op::Close | Op::Allowed) { UNDECIDED } else { b };
        let tag = op as u32 + 1;
        let key = hash([u64::from(a.bits()) << 32 | u64::from(b.bits()), u64::from(tag)].into_iter()) as usize;
        let found = self.memo[key & (self.memo.len() - 1)];
        if (found.op, found.a, found.b) == (tag, a.bits(), b.bits()) {
            return Ok(NodeId::from_bits(found.result));
        }
        self.step(1)?;
        let result = match (a.leaf(), b.leaf()) {
            (Some(left), Some(right)) => self.apply_leaves(op, left, right)?,
            _ => {
                let (left, right) = (self.children(a), self.children(b));
                let mut children = [UNDECIDED; 16];
                for at in 0..16 {
                    children[at] = if at > 0 && (left[at], right[at]) == (left[at - 1], right[at - 1]) {
                        children[at - 1]
                    } else {
                        self.apply(op, left[at], right[at])?
                    };
                }
                self.node(children)?
            }
        };
        // The memory may have been widened meanwhile.
        let slot = key & (self.memo.len() - 1);
        self.memo[slot] = Memo { op: tag, a: a.bits(), b: b.bits(), result: result.bits() };
        Ok(result)
    }

    /// An operand that the operator leaves as it is, or nothing at all, told by what occurs in them.
    fn unchanged(&self, op: Op, a: NodeId, b: NodeId) -> Option<NodeId> {
        let left = self.decides(a);
        match op {
            Op::Over => (!left.has(Decision::Undecided)).then_some(a),
            Op::Close => (!left.has(Decision::Return)).then_some(a),
            Op::Within | Op::Both | Op::Less | Op::Allowed if !left.has(Decision::Allow) => Some(UNDECIDED),
            Op::Allowed => left.is_finished().then_some(a),
            Op::Both if a == ALLOW => self.decides(b).is_finished().then_some(b),
            Op::Both if b == ALLOW => left.is_finished().then_some(a),
            _ => None,
        }
    }

    fn apply_leaves(&mut self, op: Op, left: u32, right: u32) -> Result<NodeId, Error> {
        let mut out = std::mem::take(&mut self.scratch);
        out.clear();
        let (mut i, mut j, mut from) = (0, 0, 0);
        while from <= LAST_KEY {
            let (a, a_end) = piece(self.intervals(left), &mut i, from);
            let (b, b_end) = piece(self.intervals(right), &mut j, from);
            let to = a_end.min(b_end);
            let what = self.verdicts.apply(op, a, b);
            match out.last_mut() {
                Some(last) if last.2 == what && last.1 + 1 == from => last.1 = to,
                _ if what == VerdictId::UNDECIDED => {}
                _ => out.push((from, to, what)),
            }
            from = to + 1;
        }
        let result = self.leaf(&out);
        self.step(out.len() as u64)?;
        self.scratch = out;
        result
    }
}

/// What a leaf decides at `from`, and the last key up to which it does. `at` is the interval to look at first.
fn piece(leaf: &Leaf, at: &mut usize, from: u32) -> (VerdictId, u32) {
    while leaf.get(*at).is_some_and(|interval| interval.1 < from) {
        *at += 1;
    }
    match leaf.get(*at) {
        None => (VerdictId::UNDECIDED, LAST_KEY),
        Some(&(low, _, _)) if from < low => (VerdictId::UNDECIDED, low - 1),
        Some(&(_, high, what)) => (what, high),
    }
}

/// What needs no descending.
fn shortcut(op: Op, a: NodeId, b: NodeId) -> Option<NodeId> {
    match op {
        Op::Over if a == b || b == UNDECIDED || [ALLOW, DENY, RETURN].contains(&a) => Some(a),
        Op::Over if a == UNDECIDED => Some(b),
        Op::MayAllow if a == b || a == ALLOW => Some(a),
        Op::MayAllow if b == ALLOW || a == DENY => Some(b),
        Op::MayAllow if b == DENY => Some(a),
        Op::MayDeny if a == b || a == DENY => Some(a),
        Op::MayDeny if b == DENY || a == ALLOW => Some(b),
        Op::MayDeny if b == ALLOW => Some(a),
        Op::Within if a == UNDECIDED || b == UNDECIDED => Some(UNDECIDED),
        Op::Within if a == ALLOW => Some(b),
        Op::Both | Op::Less if a == UNDECIDED => Some(UNDECIDED),
        Op::Both if b == UNDECIDED => Some(UNDECIDED),
        Op::Less if b == ALLOW || a == b => Some(UNDECIDED),
        Op::Close | Op::Allowed if a == UNDECIDED || a == RETURN => Some(UNDECIDED),
        Op::Close | Op::Allowed if a == ALLOW => Some(a),
        Op::Close if a == DENY => Some(a),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPS: [Op; 8] = [Op::Over, Op::MayAllow, Op::MayDeny, Op::Within, Op::Both, Op::Less, Op::Close, Op::Allowed];

    /// Numbers that are the same every time.
    fn draws(mut state: u64) -> impl FnMut(u64) -> u64 {
        move |bound| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            (state >> 33) % bound
        }
    }

    /// A row over `cells` cells and keys 0 to 7, and the same row written out.
    fn draw(tables: &mut Tables, cells: u32, draw: &mut impl FnMut(u64) -> u64) -> (NodeId, Vec<VerdictId>) {
        let (mut pieces, mut dense) = (Vec::new(), vec![VerdictId::UNDECIDED; cells as usize * 8]);
        let mut at = 0;
        while at < cells {
            let end = (at + 1 + draw(7) as u32).min(cells);
            let (low, high) = (draw(8) as u32, draw(8) as u32);
            let decision = [Decision::Undecided, Decision::Allow, Decision::Deny, Decision::Return][draw(4) as usize];
            let since = (draw(3) > 0).then(|| draw(3) as i64);
            let what = tables.verdicts.window(since, None, decision);
            if low <= high {
                let leaf = tables.keys(&[(low, high)], what).unwrap();
                pieces.push((at, end, leaf));
                for cell in at..end {
                    dense[(cell * 8 + low) as usize..=(cell * 8 + high) as usize].fill(what);
                }
            }
            at = end;
        }
        (tables.assemble(&pieces).unwrap(), dense)
    }

    fn dense(tables: &Tables, row: NodeId, cells: u32) -> Vec<VerdictId> {
        let mut out = Vec::new();
        for cell in 0..cells {
            for key in 0..8 {
                out.push(piece(tables.intervals(tables.at(row, cell)), &mut 0, key).0);
            }
        }
        out
    }

    /// Every operator is what it is at every point, and equal rows are one number however they came about.
    #[test]
    fn operators_are_pointwise_and_equality_is_identity() {
        for (seed, cells) in [1, 2, 15, 16, 17, 40, 256, 257, 300].into_iter().enumerate() {
            let mut tables = Tables::new(cells);
            let mut dice = draws(seed as u64);
            let rows: Vec<_> = (0..8).map(|_| draw(&mut tables, cells, &mut dice)).collect();
            for (row, written) in &rows {
                assert_eq!(&dense(&tables, *row, cells), written);
            }
            let mut known: Vec<(Vec<VerdictId>, NodeId)> = Vec::new();
            for op in OPS {
                for (a, left) in &rows {
                    for (b, right) in &rows {
                        let result = tables.apply(op, *a, *b).unwrap();
                        let expected: Vec<VerdictId> =
                            left.iter().zip(right).map(|(x, y)| tables.verdicts.apply(op, *x, *y)).collect();
                        assert_eq!(dense(&tables, result, cells), expected, "{op:?}");
                        known.push((expected, result));
                    }
                }
            }
            known.sort();
            assert!(known.windows(2).all(|pair| (pair[0].0 == pair[1].0) == (pair[0].1 == pair[1].1)));
        }
    }

    #[test]
    fn over_is_associative() {
        let mut tables = Tables::new(100);
        let mut dice = draws(7);
        for _ in 0..100 {
            let [a, b, c] = [(); 3].map(|()| draw(&mut tables, 100, &mut dice).0);
            let (ab, bc) = (tables.apply(Op::Over, a, b).unwrap(), tables.apply(Op::Over, b, c).unwrap());
            assert_eq!(tables.apply(Op::Over, ab, c), tables.apply(Op::Over, a, bc));
        }
    }

    #[test]
    fn full_tables_are_an_error() {
        let mut tables = Tables::new(4096);
        tables.most_nodes = 3;
        let leaf = NodeId::always(Decision::Allow);
        let pieces: Vec<_> = (0..1000).map(|at| (4 * at + 1, 4 * at + 2 + at % 2, leaf)).collect();
        assert_eq!(tables.assemble(&pieces), Err(Error::TooLarge { nodes: 3 }));
    }
}
