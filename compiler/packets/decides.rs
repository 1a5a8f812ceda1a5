//! Which decisions occur in a part at all: what an operator would leave as it is, is known without descending.

use super::tables::{LAST_KEY, Leaf};
use super::verdicts::{Decision, Verdicts};

/// A set of decisions.
#[derive(Clone, Copy, Default)]
pub struct Decides(u8);

impl Decides {
    /// Those of a leaf, at any key and time.
    pub fn of_leaf(leaf: &Leaf, verdicts: &Verdicts) -> Self {
        let mut all = Self::default();
        let mut next = 0;
        for &(low, high, what) in leaf {
            if next < low {
                all = all.and(Self::only(Decision::Undecided));
            }
            all = verdicts.pieces(what).iter().fold(all, |all, piece| all.and(Self::only(piece.1)));
            next = high + 1;
        }
        if next <= LAST_KEY { all.and(Self::only(Decision::Undecided)) } else { all }
    }

    const fn only(decision: Decision) -> Self {
        Self(1 << decision as u8)
    }

    /// Those of both.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Does this one occur?
    pub fn has(self, decision: Decision) -> bool {
        self.0 & 1 << decision as u8 != 0
    }

    /// Is nothing denied, and nothing left to a caller? So it is with finished sets.
    pub fn is_finished(self) -> bool {
        !self.has(Decision::Deny) && !self.has(Decision::Return)
    }
}
