//! Coordinates: the coarsest partition of a family's addresses that tells every given set apart. An *atom* is an
//! interval between neighbouring end points; atoms that lie in exactly the same sets are one *cell*.

use crate::model::Bits;

/// Sorted half-open runs of cells that do not touch.
pub type Runs = Vec<(u32, u32)>;

/// How many times an atom may be looked at while cells are made. Beyond it every atom is a cell of its own: slower
/// for whoever works on the space, never wrong.
const MOST_VISITS: u64 = 1 << 26;

/// The cells of one family.
pub struct Space<T> {
    /// First address of each atom; the first one's is the first of all.
    points: Vec<T>,
    /// The cell of each atom.
    cell: Vec<u32>,
    /// Where each cell's atoms start in `atoms`; one more than there are cells.
    starts: Vec<u32>,
    /// Atoms by cell, in order.
    atoms: Vec<u32>,
}

impl<T: Bits> Space<T> {
    /// Tells every set of `ranked` and of `others` apart; each is inclusive ranges, sorted and disjoint. The sets of
    /// `ranked` are disjoint from one another, and cells are numbered in their order, those in none of them last; so
    /// sets that lie side by side in `ranked` are one run of cells.
    pub fn new(ranked: &[&[(T, T)]], others: &[Vec<(T, T)>]) -> Self {
        Self::within(ranked, others, MOST_VISITS)
    }

    fn within(ranked: &[&[(T, T)]], others: &[Vec<(T, T)>], most_visits: u64) -> Self {
        let all = || ranked.iter().copied().chain(others.iter().map(Vec::as_slice));
        let mut points = vec![T::MIN];
        for &(low, high) in all().flatten() {
            points.push(low);
            points.extend(high.next());
        }
        points.sort_unstable();
        points.dedup();
        let mut rank = vec![u32::MAX; points.len()];
        for (number, set) in ranked.iter().enumerate() {
            for &range in set.iter() {
                let (start, end) = span(&points, range);
                rank[start..end].fill(number as u32);
            }
        }
        let blocks = refine(&points, all(), most_visits).unwrap_or_else(|| (0..points.len() as u32).collect());
        Self::number(points, &blocks, &rank)
    }

    /// Numbers the blocks by rank, then by first atom.
    fn number(points: Vec<T>, blocks: &[u32], rank: &[u32]) -> Self {
        const NONE: u32 = u32::MAX;
        let mut firsts: Vec<u32> = Vec::new();
        let mut seen = vec![false; blocks.iter().max().map_or(0, |&last| last as usize + 1)];
        for (atom, &block) in blocks.iter().enumerate() {
            if !std::mem::replace(&mut seen[block as usize], true) {
                firsts.push(atom as u32);
            }
        }
        firsts.sort_by_key(|&atom| (rank[atom as usize], atom));
        let mut named = vec![NONE; seen.len()];
        for (cell, &atom) in firsts.iter().enumerate() {
            named[blocks[atom as usize] as usize] = cell as u32;
        }
        let cell: Vec<u32> = blocks.iter().map(|&block| named[block as usize]).collect();
        let mut starts = vec![0; firsts.len() + 1];
        for &c in &cell {
            starts[c as usize + 1] += 1;
        }
        for c in 0..firsts.len() {
            starts[c + 1] += starts[c];
        }
        let (mut next, mut atoms) = (starts.clone(), vec![0; cell.len()]);
        for (atom, &c) in cell.iter().enumerate() {
            atoms[next[c as usize] as usize] = atom as u32;
            next[c as usize] += 1;
        }
        Self { points, cell, starts, atoms }
    }

    /// How many cells; at least one.
    pub fn count(&self) -> u32 {
        self.starts.len() as u32 - 1
    }

    /// The cells of a set, which must be a union of those that the space was made for.
    pub fn runs(&self, ranges: &[(T, T)]) -> Runs {
        let mut cells = Vec::new();
        let mut atoms = 0;
        for &range in ranges {
            let (start, end) = span(&self.points, range);
            atoms += end - start;
            cells.extend_from_slice(&self.cell[start..end]);
        }
        cells.sort_unstable();
        cells.dedup();
        debug_assert_eq!(atoms, cells.iter().map(|&c| self.atoms_of(c).len()).sum::<usize>(), "a set is cut by a cell");
        let mut runs = Runs::new();
        for cell in cells {
            match runs.last_mut() {
                Some(last) if last.1 == cell => last.1 += 1,
                _ => runs.push((cell, cell + 1)),
            }
        }
        runs
    }

    /// Is each of these sets a union of cells, with end points that are known? Then a space made for them as well would
    /// be the same one.
    pub fn tells_apart(&self, sets: &[Vec<(T, T)>]) -> bool {
        let known = |point: T| self.points.binary_search(&point).is_ok();
        let mut cells = Vec::new();
        sets.iter().all(|set| {
            cells.clear();
            for &(low, high) in set {
                if !known(low) || !high.next().is_none_or(known) {
                    return false;
                }
                let (start, end) = span(&self.points, (low, high));
                cells.extend_from_slice(&self.cell[start..end]);
            }
            let atoms = cells.len();
            cells.sort_unstable();
            cells.dedup();
            atoms == cells.iter().map(|&cell| self.atoms_of(cell).len()).sum::<usize>()
        })
    }

    /// The cell that holds an address.
    pub fn find(&self, address: T) -> u32 {
        self.cell[self.points.partition_point(|&p| p <= address) - 1]
    }

    fn atoms_of(&self, cell: u32) -> &[u32] {
        &self.atoms[self.starts[cell as usize] as usize..self.starts[cell as usize + 1] as usize]
    }

    /// The addresses of a cell: inclusive ranges, sorted; neighbours may touch.
    pub fn ranges(&self, cell: u32) -> impl Iterator<Item = (T, T)> + '_ {
        self.atoms_of(cell).iter().map(|&atom| {
            let next = self.points.get(atom as usize + 1).and_then(|p| p.previous());
            (self.points[atom as usize], next.unwrap_or(T::MAX))
        })
    }

    /// An address of a cell that people expect to see: not the first or last of its range, which may be the address
    /// of a network or a broadcast, if there is another.
    pub fn example(&self, cell: u32) -> T {
        let inner = |(low, high): (T, T)| low.next().filter(|&second| second < high);
        let (low, _) = self.ranges(cell).next().expect("a cell has an atom");
        self.ranges(cell).find_map(inner).unwrap_or(low)
    }
}

/// The atoms of a range whose end points are all in `points`.
fn span<T: Bits>(points: &[T], (low, high): (T, T)) -> (usize, usize) {
    let at = |wanted: T| points.partition_point(|&p| p < wanted);
    (at(low), high.next().map_or(points.len(), at))
}

/// The block of each atom: two atoms share one if they lie in the same sets. `None` where that takes too many visits.
fn refine<'a, T: Bits + 'a>(
    points: &[T],
    sets: impl Iterator<Item = &'a [(T, T)]>,
    most_visits: u64,
) -> Option<Vec<u32>> {
    let mut block = vec![0u32; points.len()];
    let mut size = vec![points.len() as u32];
    // For a block that the set at hand cuts: that set, and the block that takes the part within.
    let mut part = vec![(usize::MAX, 0u32)];
    let (mut free, mut touched): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    let mut visits = 0;
    for (number, set) in sets.enumerate() {
        for &range in set {
            let (start, end) = span(points, range);
            visits += (end - start) as u64;
            if visits > most_visits {
                return None;
            }
            for block in &mut block[start..end] {
                let old = *block as usize;
                if part[old].0 != number {
                    let new = free.pop().unwrap_or_else(|| {
                        size.push(0);
                        part.push((usize::MAX, 0));
                        size.len() as u32 - 1
                    });
                    part[old] = (number, new);
                    // Its own part is itself, or ranges that overlap would cut it once more.
                    part[new as usize] = (number, new);
                    touched.push(old as u32);
                }
                let new = part[old].1;
                size[old] -= 1;
                size[new as usize] += 1;
                *block = new;
            }
        }
        // A block becomes free only now: while the set is at hand, what it says is still asked.
        free.extend(touched.drain(..).filter(|&old| size[old as usize] == 0));
    }
    Some(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P45: nested, touching, equal, single-address sets, and the two ends of the family.
    #[test]
    fn p45_cells_tell_exactly_the_given_sets_apart() {
        let sets: [&[(u32, u32)]; 3] = [&[(10, 19), (30, 39)], &[(20, 29)], &[(0, 0), (u32::MAX, u32::MAX)]];
        let others = vec![vec![(10, 39)], vec![(12, 12), (35, 39)], vec![(0, u32::MAX)], vec![(20, 29)]];
        let space = Space::new(&sets, &others);
        let atoms = Space::within(&sets, &others, 0);
        for space in [&space, &atoms] {
            for set in sets.iter().map(|s| s.to_vec()).chain(others.clone()) {
                let runs = space.runs(&set);
                let inside = |a: u32| set.iter().any(|r| r.0 <= a && a <= r.1);
                for address in (0..50).chain([u32::MAX - 1, u32::MAX]) {
                    let cell = space.find(address);
                    assert_eq!(runs.iter().any(|r| r.0 <= cell && cell < r.1), inside(address), "{address} {set:?}");
                }
            }
        }
        // 10-11,13-19,30-34 | 12,35-39 | 20-29 | both ends | the rest
        assert_eq!(space.count(), 5);
        assert_eq!(space.find(11), space.find(34));
        assert_eq!(space.find(12), space.find(39));
        assert_eq!(space.find(0), space.find(u32::MAX));
        assert_eq!(space.runs(&[(10, 29), (30, 39)]), [(0, 3)]);
    }

    /// A set is told apart if and only if cells for it as well are no others.
    #[test]
    fn what_is_told_apart_needs_no_other_cells() {
        let ranked: [&[(u32, u32)]; 2] = [&[(10, 19), (30, 39)], &[(20, 29)]];
        let space = Space::new(&ranked, &[]);
        let ends = [0, 9, 10, 19, 20, 29, 30, 39, 40, u32::MAX];
        let ranges: Vec<(u32, u32)> =
            ends.iter().flat_map(|&low| ends.iter().map(move |&high| (low, high))).filter(|r| r.0 <= r.1).collect();
        let (mut told, mut cut) = (0, 0);
        for &first in &ranges {
            for rest in ranges.iter().map(Some).chain([None]).filter(|rest| rest.is_none_or(|rest| first.1 < rest.0)) {
                let set: Vec<(u32, u32)> = [first].into_iter().chain(rest.copied()).collect();
                let other = Space::new(&ranked, std::slice::from_ref(&set));
                let same = other.count() == space.count() && other.points == space.points && other.cell == space.cell;
                assert!(!space.tells_apart(std::slice::from_ref(&set)) || same, "{set:?}");
                // What touches is one range in the points of both.
                assert!(space.tells_apart(std::slice::from_ref(&set)) || other.count() > space.count(), "{set:?}");
                if same { told += 1 } else { cut += 1 }
            }
        }
        assert!(told > 5 && cut > 5, "{told} {cut}");
    }

    #[test]
    fn examples_are_neither_first_nor_last_where_there_is_another() {
        let space = Space::<u128>::new(&[&[(0, 1), (16, 31)], &[(u128::MAX, u128::MAX)]], &[]);
        assert_eq!(space.example(0), 17);
        assert_eq!(space.example(1), u128::MAX);
        assert_eq!(space.ranges(1).collect::<Vec<_>>(), [(u128::MAX, u128::MAX)]);
    }

    #[test]
    fn a_family_without_sets_is_one_cell() {
        let space = Space::<u32>::new(&[], &[]);
        assert_eq!((space.count(), space.runs(&[])), (1, vec![]));
        assert_eq!(space.ranges(0).collect::<Vec<_>>(), [(0, u32::MAX)]);
    }
}
