//! Sets of classes. A class is what is in a zone and in none of its children: since zones nest or are disjoint, each
//! zone has one, and classes are numbered so that a zone's own and its descendants' stand in a row.

use smallvec::{SmallVec, smallvec};

/// A set of classes, as sorted half-open runs of their numbers that do not touch.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassSet(SmallVec<[(u32, u32); 2]>);

/// A copy of the runs as they lie there: what is derived would push them one by one.
impl Clone for ClassSet {
    fn clone(&self) -> Self {
        Self(SmallVec::from_slice(&self.0))
    }
}

impl ClassSet {
    /// The classes from `start` up to, and without, `end`.
    pub fn run(start: u32, end: u32) -> Self {
        if start < end { Self(smallvec![(start, end)]) } else { Self::default() }
    }

    /// From runs in any order, overlapping or not.
    pub fn new(mut runs: SmallVec<[(u32, u32); 2]>) -> Self {
        runs.retain(|r| r.0 < r.1);
        runs.sort_unstable();
        let mut merged: SmallVec<[(u32, u32); 2]> = SmallVec::new();
        for (start, end) in runs {
            match merged.last_mut() {
                Some(before) if before.1 >= start => before.1 = before.1.max(end),
                _ => merged.push((start, end)),
            }
        }
        Self(merged)
    }

    /// Its runs.
    pub fn runs(&self) -> &[(u32, u32)] {
        &self.0
    }

    /// Nothing in it?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many classes.
    pub fn len(&self) -> usize {
        self.0.iter().map(|r| (r.1 - r.0) as usize).sum()
    }

    /// Each class, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().flat_map(|r| r.0..r.1)
    }

    /// Is the class in it?
    pub fn contains(&self, class: u32) -> bool {
        let after = self.0.partition_point(|r| r.0 <= class);
        after > 0 && self.0[after - 1].1 > class
    }

    /// Have they a class in common?
    pub fn meets(&self, other: &Self) -> bool {
        let (mut i, mut j) = (0, 0);
        while i < self.0.len() && j < other.0.len() {
            let (a, b) = (self.0[i], other.0[j]);
            if a.0.max(b.0) < a.1.min(b.1) {
                return true;
            }
            if a.1 < b.1 { i += 1 } else { j += 1 }
        }
        false
    }

    /// Is all of it in `other`?
    pub fn within(&self, other: &Self) -> bool {
        self.0.iter().all(|a| {
            let after = other.0.partition_point(|r| r.0 <= a.0);
            after > 0 && other.0[after - 1].1 >= a.1
        })
    }

    /// Everything in either.
    pub fn union(&self, other: &Self) -> Self {
        // Most unions are with nothing: there are no processes, no names, no second item of the list.
        if self.is_empty() || other.is_empty() {
            return if self.is_empty() { other.clone() } else { self.clone() };
        }
        Self::new(self.0.iter().chain(&other.0).copied().collect())
    }

    /// Everything in both.
    pub fn intersection(&self, other: &Self) -> Self {
        let (mut i, mut j, mut out) = (0, 0, SmallVec::new());
        while i < self.0.len() && j < other.0.len() {
            let (a, b) = (self.0[i], other.0[j]);
            let (start, end) = (a.0.max(b.0), a.1.min(b.1));
            if start < end {
                out.push((start, end));
            }
            if a.1 < b.1 { i += 1 } else { j += 1 }
        }
        Self(out)
    }

    /// Everything in `self` that is not in `other`.
    pub fn difference(&self, other: &Self) -> Self {
        if other.is_empty() {
            return self.clone();
        }
        let mut out = SmallVec::new();
        for &(mut start, end) in &self.0 {
            let first = other.0.partition_point(|r| r.1 <= start);
            for cut in other.0[first..].iter().take_while(|r| r.0 < end) {
                if start < cut.0 {
                    out.push((start, cut.0));
                }
                start = start.max(cut.1);
            }
            if start < end {
                out.push((start, end));
            }
        }
        Self(out)
    }
}

impl FromIterator<u32> for ClassSet {
    fn from_iter<I: IntoIterator<Item = u32>>(classes: I) -> Self {
        Self::new(classes.into_iter().map(|c| (c, c + 1)).collect())
    }
}
