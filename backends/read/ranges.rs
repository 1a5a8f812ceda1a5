//! Inclusive ranges of numbers: sorted, joined, turned round, cut with each other.

use std::fmt::Debug;

/// What has a next and a previous one, up to an end.
pub(crate) trait Point: Copy + Ord + Debug {
    const ZERO: Self;
    fn next(self) -> Option<Self>;
    fn previous(self) -> Option<Self>;
}

impl Point for u32 {
    const ZERO: u32 = 0;
    fn next(self) -> Option<u32> {
        self.checked_add(1)
    }
    fn previous(self) -> Option<u32> {
        self.checked_sub(1)
    }
}

impl Point for u128 {
    const ZERO: u128 = 0;
    fn next(self) -> Option<u128> {
        self.checked_add(1)
    }
    fn previous(self) -> Option<u128> {
        self.checked_sub(1)
    }
}

/// Sorted, disjoint, not touching.
pub(crate) fn union<T: Point>(mut ranges: Vec<(T, T)>) -> Vec<(T, T)> {
    ranges.sort_unstable();
    ranges.dedup_by(|later, earlier| {
        let joins = earlier.1.next().is_none_or(|next| later.0 <= next);
        if joins {
            earlier.1 = earlier.1.max(later.1);
        }
        joins
    });
    ranges
}

/// All up to `last` that is in none of the ranges, which are as [`union`] leaves them.
pub(crate) fn complement<T: Point>(ranges: &[(T, T)], last: T) -> Vec<(T, T)> {
    let mut rest = Vec::with_capacity(ranges.len() + 1);
    let mut from = Some(T::ZERO);
    for &(low, high) in ranges {
        if let (Some(start), Some(end)) = (from, low.previous())
            && start <= end
        {
            rest.push((start, end));
        }
        from = high.next();
    }
    rest.extend(from.filter(|start| *start <= last).map(|start| (start, last)));
    rest
}

/// What is in both, which are as [`union`] leaves them.
pub(crate) fn intersection<T: Point>(a: &[(T, T)], b: &[(T, T)]) -> Vec<(T, T)> {
    let (mut i, mut j) = (0, 0);
    let mut both = Vec::new();
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        let (low, high) = (x.0.max(y.0), x.1.min(y.1));
        if low <= high {
            both.push((low, high));
        }
        if x.1 < y.1 { i += 1 } else { j += 1 }
    }
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every subset of a space of six points, written as single points, against brute force.
    #[test]
    fn agrees_with_brute_force() {
        let points =
            |set: u32| (0..6u32).filter(move |point| set >> point & 1 == 1).map(|point| (point, point)).collect();
        let holds = |ranges: &[(u32, u32)], point: u32| ranges.iter().any(|range| range.0 <= point && point <= range.1);
        for a in 0..64u32 {
            let x = union(points(a));
            assert!(x.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
            let rest = complement(&x, 5);
            for b in 0..64u32 {
                let both = intersection(&x, &union(points(b)));
                for point in 0..6 {
                    assert_eq!(holds(&x, point), a >> point & 1 == 1);
                    assert_eq!(holds(&rest, point), a >> point & 1 == 0);
                    assert_eq!(holds(&both, point), (a & b) >> point & 1 == 1);
                }
            }
        }
        assert_eq!(complement(&[(0, u128::MAX)], u128::MAX), []);
        assert_eq!(complement(&[(1, u128::MAX)], u128::MAX), [(0, 0)]);
        assert_eq!(union(vec![(0, u32::MAX), (3, 4), (u32::MAX, u32::MAX)]), [(0, u32::MAX)]);
    }
}
