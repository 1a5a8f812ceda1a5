//! What is decided for one kind of packet, as a function of time; and how two decisions make one.

use rustc_hash::FxHashMap;

use super::index::{Index, hash};

/// What is decided at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Nothing yet. In a finished set: not allowed.
    Undecided,
    /// It passes.
    Allow,
    /// It does not.
    Deny,
    /// Decided no further in this chain.
    Return,
}

/// How two decisions make one. All are pointwise: per source, destination, key and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// The first one, and where it is undecided the second. Associative.
    Over,
    /// What may happen at best, when one of the two happens and it is not known which.
    MayAllow,
    /// What may happen at worst, likewise.
    MayDeny,
    /// The second, where the first allows.
    Within,
    /// Allowed by both.
    Both,
    /// Allowed by the first and not by the second.
    Less,
    /// The first, with [`Decision::Return`] become undecided; the second means nothing.
    Close,
    /// What the first allows; the second means nothing.
    Allowed,
}

impl Op {
    /// The operator itself.
    pub fn decide(self, a: Decision, b: Decision) -> Decision {
        use Decision::{Allow, Deny, Return, Undecided};
        let either = |first: Decision, last: Decision| match (a, b) {
            _ if a == b => a,
            _ if a == first || b == first => first,
            // Undecided goes on to the caller, which is what may be better (or worse) than `last`.
            (x, y) if x == last => y,
            (x, y) if y == last => x,
            _ => Return,
        };
        match self {
            Op::Over if a == Undecided => b,
            Op::Over => a,
            Op::MayAllow => either(Allow, Deny),
            Op::MayDeny => either(Deny, Allow),
            Op::Within if a == Allow => b,
            Op::Both if a == Allow && b == Allow => Allow,
            Op::Less if a == Allow && b != Allow => Allow,
            Op::Close if a != Return => a,
            Op::Allowed if a == Allow => Allow,
            Op::Within | Op::Both | Op::Less | Op::Close | Op::Allowed => Undecided,
        }
    }
}

/// An interned function of time: piecewise constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerdictId(pub u32);

impl VerdictId {
    /// The decision at every time.
    pub const fn always(decision: Decision) -> Self {
        Self(decision as u32)
    }

    /// [`Decision::Undecided`] at every time.
    pub const UNDECIDED: Self = Self::always(Decision::Undecided);
}

/// Pieces: from that second on (since 1970-01-01T00:00:00Z) the decision, up to the next piece. The first is from
/// `i64::MIN`, and neighbours differ; so equal functions have equal pieces.
pub type Pieces = [(i64, Decision)];

/// Every function of time in use, each once.
pub struct Verdicts {
    pieces: Vec<(i64, Decision)>,
    starts: Vec<u32>,
    index: Index,
    memo: FxHashMap<(Op, VerdictId, VerdictId), VerdictId>,
}

impl Default for Verdicts {
    /// With the constants in their places.
    fn default() -> Self {
        let mut new = Self { pieces: Vec::new(), starts: vec![0], index: Index::new(), memo: FxHashMap::default() };
        for decision in [Decision::Undecided, Decision::Allow, Decision::Deny, Decision::Return] {
            let id = new.intern(&[(i64::MIN, decision)]);
            debug_assert_eq!(id, VerdictId::always(decision));
        }
        new
    }
}

impl Verdicts {
    /// How many functions there are.
    pub fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// The decision from `since` on and before `before` (seconds since 1970-01-01T00:00:00Z), else undecided.
    pub fn window(&mut self, since: Option<i64>, before: Option<i64>, decision: Decision) -> VerdictId {
        if (since, before) == (None, None) {
            return VerdictId::always(decision);
        }
        let since = since.unwrap_or(i64::MIN);
        if before.is_some_and(|before| before <= since) || decision == Decision::Undecided {
            return VerdictId::UNDECIDED;
        }
        let mut pieces = Vec::with_capacity(3);
        if since > i64::MIN {
            pieces.push((i64::MIN, Decision::Undecided));
        }
        pieces.push((since, decision));
        pieces.extend(before.map(|before| (before, Decision::Undecided)));
        self.intern(&pieces)
    }

    /// Its pieces.
    pub fn pieces(&self, id: VerdictId) -> &Pieces {
        slice(&self.pieces, &self.starts, id.0)
    }

    /// Both as one.
    pub fn apply(&mut self, op: Op, a: VerdictId, b: VerdictId) -> VerdictId {
        if let ([(_, a)], [(_, b)]) = (self.pieces(a), self.pieces(b)) {
            return VerdictId::always(op.decide(*a, *b));
        }
        if let Some(&known) = self.memo.get(&(op, a, b)) {
            return known;
        }
        let (left, right) = (self.pieces(a), self.pieces(b));
        let (mut i, mut j, mut out) = (0, 0, Vec::<(i64, Decision)>::new());
        let mut from = i64::MIN;
        loop {
            let decision = op.decide(left[i].1, right[j].1);
            if out.last().is_none_or(|last| last.1 != decision) {
                out.push((from, decision));
            }
            let ends = [left.get(i + 1), right.get(j + 1)].map(|piece| piece.map(|p| p.0));
            let Some(next) = ends.into_iter().flatten().min() else { break };
            i += usize::from(ends[0] == Some(next));
            j += usize::from(ends[1] == Some(next));
            from = next;
        }
        let id = self.intern(&out);
        self.memo.insert((op, a, b), id);
        id
    }

    fn intern(&mut self, wanted: &Pieces) -> VerdictId {
        let hash = hash(wanted.iter().map(|p| (p.0 as u64).rotate_left(2) ^ p.1 as u64));
        let (pieces, starts) = (&self.pieces, &self.starts);
        match self.index.find(hash, |id| slice(pieces, starts, id) == wanted) {
            Ok(id) => VerdictId(id),
            Err(slot) => {
                let id = self.count() as u32;
                self.pieces.extend_from_slice(wanted);
                self.starts.push(self.pieces.len() as u32);
                self.index.insert(slot, hash, id);
                VerdictId(id)
            }
        }
    }
}

/// The part of an arena that belongs to a number.
pub fn slice<'a, T>(arena: &'a [T], starts: &[u32], id: u32) -> &'a [T] {
    &arena[starts[id as usize] as usize..starts[id as usize + 1] as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_laid_over_one_another_keep_their_edges() {
        let mut all = Verdicts::default();
        let early = all.window(None, Some(10), Decision::Allow);
        let late = all.window(Some(10), None, Decision::Allow);
        assert_eq!(all.apply(Op::Over, early, late), VerdictId::always(Decision::Allow), "they meet");
        let deny = all.window(Some(5), Some(15), Decision::Deny);
        let mixed = all.apply(Op::Over, deny, early);
        let expected = [(i64::MIN, Decision::Allow), (5, Decision::Deny), (15, Decision::Undecided)];
        assert_eq!(all.pieces(mixed), expected);
        assert_eq!(all.apply(Op::Over, deny, early), mixed);
        assert_eq!(all.window(Some(7), Some(7), Decision::Allow), VerdictId::UNDECIDED);
        assert_eq!(all.window(Some(i64::MIN), None, Decision::Deny), VerdictId::always(Decision::Deny));
    }

    /// `Over` is associative; the joins are what the words say, with whatever follows in the caller.
    #[test]
    fn operators_keep_their_laws() {
        use Decision::*;
        let all = [Undecided, Allow, Deny, Return];
        let closed = |d, rest| Op::Over.decide(Op::Close.decide(d, d), rest);
        for a in all {
            for b in all {
                for c in all {
                    let left = Op::Over.decide(Op::Over.decide(a, b), c);
                    assert_eq!(left, Op::Over.decide(a, Op::Over.decide(b, c)));
                }
                for rest in [Allow, Deny] {
                    let (x, y) = (closed(a, rest), closed(b, rest));
                    let best = if x == Allow || y == Allow { Allow } else { Deny };
                    let worst = if x == Deny || y == Deny { Deny } else { Allow };
                    assert_eq!(closed(Op::MayAllow.decide(a, b), rest), best, "{a:?} {b:?} {rest:?}");
                    assert_eq!(closed(Op::MayDeny.decide(a, b), rest), worst, "{a:?} {b:?} {rest:?}");
                }
            }
        }
    }
}
