//! Sets of addresses as sorted ranges. Ends are included, so that the last address of a family needs no wider type.

use std::net::{Ipv4Addr, Ipv6Addr};

/// An address as a number.
pub trait Bits: Copy + Ord + std::fmt::Debug {
    /// The first of all.
    const MIN: Self;
    /// The last of all.
    const MAX: Self;
    /// The next one; `None` after the last.
    fn next(self) -> Option<Self>;
    /// The one before; `None` before the first.
    fn previous(self) -> Option<Self>;
}

impl Bits for u32 {
    const MIN: Self = u32::MIN;
    const MAX: Self = u32::MAX;
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
    fn previous(self) -> Option<Self> {
        self.checked_sub(1)
    }
}

impl Bits for u128 {
    const MIN: Self = u128::MIN;
    const MAX: Self = u128::MAX;
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
    fn previous(self) -> Option<Self> {
        self.checked_sub(1)
    }
}

/// Ranges, sorted, disjoint and not touching; so equal sets are equal values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranges<T>(Vec<(T, T)>);

impl<T> Default for Ranges<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Bits> Ranges<T> {
    /// From ranges in any order, overlapping or not; each `first <= last`.
    pub fn new(mut ranges: Vec<(T, T)>) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<(T, T)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match merged.last_mut() {
                Some(before) if before.1 >= first || before.1.next() == Some(first) => before.1 = before.1.max(last),
                _ => merged.push((first, last)),
            }
        }
        Self(merged)
    }

    /// The ranges, both ends included.
    pub fn as_slice(&self) -> &[(T, T)] {
        &self.0
    }

    /// Nothing in it?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Is the address in it?
    pub fn contains(&self, address: T) -> bool {
        let after = self.0.partition_point(|r| r.0 <= address);
        after > 0 && self.0[after - 1].1 >= address
    }

    /// Everything in either.
    pub fn union(&self, other: &Self) -> Self {
        Self::new(self.0.iter().chain(&other.0).copied().collect())
    }

    /// Everything in both.
    pub fn intersection(&self, other: &Self) -> Self {
        let (mut i, mut j, mut out) = (0, 0, Vec::new());
        while i < self.0.len() && j < other.0.len() {
            let (a, b) = (self.0[i], other.0[j]);
            let (first, last) = (a.0.max(b.0), a.1.min(b.1));
            if first <= last {
                out.push((first, last));
            }
            if a.1 < b.1 { i += 1 } else { j += 1 }
        }
        Self(out)
    }

    /// Everything in `self` that is not in `other`.
    pub fn difference(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }

    fn complement(&self) -> Self {
        let mut out = Vec::with_capacity(self.0.len() + 1);
        let mut free = Some(T::MIN);
        for &(first, last) in &self.0 {
            if let (Some(from), Some(to)) = (free, first.previous())
                && from <= to
            {
                out.push((from, to));
            }
            free = last.next();
        }
        if let Some(from) = free {
            out.push((from, T::MAX));
        }
        Self(out)
    }
}

/// A set of addresses of both families.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressSet {
    /// IPv4.
    pub v4: Ranges<u32>,
    /// IPv6.
    pub v6: Ranges<u128>,
}

/// Which families: IPv4, IPv6, both or none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Families {
    /// IPv4.
    pub v4: bool,
    /// IPv6.
    pub v6: bool,
}

impl Families {
    /// Both.
    pub const BOTH: Self = Self { v4: true, v6: true };

    /// Those in both.
    pub fn and(self, other: Self) -> Self {
        Self { v4: self.v4 && other.v4, v6: self.v6 && other.v6 }
    }

    /// Those in either.
    pub fn or(self, other: Self) -> Self {
        Self { v4: self.v4 || other.v4, v6: self.v6 || other.v6 }
    }

    /// None at all?
    pub fn is_none(self) -> bool {
        !self.v4 && !self.v6
    }

    /// `IPv4`, `IPv6`, `IPv4 and IPv6` or `no`.
    pub fn words(self) -> &'static str {
        match (self.v4, self.v6) {
            (true, true) => "IPv4 and IPv6",
            (true, false) => "IPv4",
            (false, true) => "IPv6",
            (false, false) => "no",
        }
    }
}

impl AddressSet {
    /// Nothing in it?
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Families with an address in it.
    pub fn families(&self) -> Families {
        Families { v4: !self.v4.is_empty(), v6: !self.v6.is_empty() }
    }

    /// Everything in either.
    pub fn union(&self, other: &Self) -> Self {
        Self { v4: self.v4.union(&other.v4), v6: self.v6.union(&other.v6) }
    }

    /// Everything in both.
    pub fn intersection(&self, other: &Self) -> Self {
        Self { v4: self.v4.intersection(&other.v4), v6: self.v6.intersection(&other.v6) }
    }

    /// Everything in `self` that is not in `other`.
    pub fn difference(&self, other: &Self) -> Self {
        Self { v4: self.v4.difference(&other.v4), v6: self.v6.difference(&other.v6) }
    }

    /// Its first ranges, for people: prefixes where they are prefixes.
    pub fn words(&self, most: usize) -> String {
        let v4 = self.v4.as_slice().iter().map(|&(a, b)| words4(a, b));
        let v6 = self.v6.as_slice().iter().map(|&(a, b)| words6(a, b));
        let all: Vec<String> = v4.chain(v6).collect();
        let more = all.len().saturating_sub(most);
        let mut text = all.into_iter().take(most).collect::<Vec<_>>().join(", ");
        if more > 0 {
            text.push_str(&format!(" and {more} more"));
        }
        text
    }
}

fn words4(first: u32, last: u32) -> String {
    let (a, size) = (Ipv4Addr::from(first), u64::from(last) - u64::from(first) + 1);
    if first == last {
        a.to_string()
    } else if size.is_power_of_two() && u64::from(first) % size == 0 {
        format!("{a}/{}", 32 - size.trailing_zeros())
    } else {
        format!("{a}-{}", Ipv4Addr::from(last))
    }
}

fn words6(first: u128, last: u128) -> String {
    let a = Ipv6Addr::from(first);
    let mask = last ^ first;
    if first == last {
        a.to_string()
    } else if mask & mask.wrapping_add(1) == 0 && first & mask == 0 {
        format!("{a}/{}", mask.leading_zeros())
    } else {
        format!("{a}-{}", Ipv6Addr::from(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p39_touching_and_nested_ranges_become_one() {
        let set = Ranges::new(vec![(10u32, 20), (21, 30), (12, 13), (40, 40)]);
        assert_eq!(set.as_slice(), [(10, 30), (40, 40)]);
    }

    #[test]
    fn both_ends_of_a_family_are_reached() {
        let all = Ranges::new(vec![(0u32, u32::MAX)]);
        let hole = Ranges::new(vec![(0u32, 0), (u32::MAX, u32::MAX)]);
        assert_eq!(all.difference(&hole).as_slice(), [(1, u32::MAX - 1)]);
        assert!(all.difference(&all).is_empty());
        assert_eq!(Ranges::<u128>::default().complement().as_slice(), [(0, u128::MAX)]);
    }

    #[test]
    fn ranges_are_said_as_prefixes_where_they_are() {
        assert_eq!(words4(0x0a00_0000, 0x0aff_ffff), "10.0.0.0/8");
        assert_eq!(words4(0x0a00_0001, 0x0a00_0002), "10.0.0.1-10.0.0.2");
        assert_eq!(words6(0, u128::MAX), "::/0");
        assert_eq!(words4(0, u32::MAX), "0.0.0.0/0");
    }
}
