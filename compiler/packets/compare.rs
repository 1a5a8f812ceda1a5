//! Two sets, laid side by side: equal, or packets that one allows and the other does not. Only parts that are not one
//! number are looked at.

use rustc_hash::FxHashSet;

use super::Error;
use super::cells::Space;
use super::family::Family;
use super::tables::{LAST_KEY, NodeId, Tables};
use super::trace::Packet;
use super::verdicts::{Decision, Op, VerdictId};

/// Keys that people know, best first; TCP, UDP, then ICMP echo requests.
const WELL_KNOWN: &[u32] = &[
    6 << 16 | 443,
    6 << 16 | 22,
    6 << 16 | 80,
    17 << 16 | 53,
    6 << 16 | 53,
    6 << 16 | 3389,
    6 << 16 | 5432,
    6 << 16 | 25,
    6 << 16 | 445,
    17 << 16 | 123,
    17 << 16 | 443,
    1 << 16 | 8 << 8,
    58 << 16 | 128 << 8,
];

/// A cell, and the leaves of two rows there.
type At = (u32, (u32, u32));

/// Where two sets differ: keys and times.
type Place = (u32, u32, VerdictId);

/// Up to `most` packets that `more` allows and `less` does not, at most one from each cell of sources; at `time` where
/// they differ then.
///
/// # Errors
/// The tables are full, or it was too much work: then nothing is known.
pub fn differences<T: Family>(
    space: &Space<T>,
    tables: &mut Tables,
    (more, less): (&[NodeId], &[NodeId]),
    time: i64,
    most: usize,
) -> Result<Vec<Packet>, Error> {
    let mut same = FxHashSet::default();
    let mut found = Vec::new();
    for (source, (&a, &b)) in more.iter().zip(less).enumerate() {
        if found.len() == most {
            break;
        }
        let levels = tables.levels;
        if let Some((destination, leaves)) = first(tables, &mut same, (a, b), 0, levels)?
            && let Some(place) = leaf_difference(tables, leaves)?
        {
            let (from, to) = addresses(space, source as u32, destination);
            let time = moment(tables, place.2, time);
            found.push(Packet { source: from.address(), destination: to.address(), key: key(place), time });
        }
    }
    Ok(found)
}

/// The first cell where two rows differ in that sense, and the leaves there. `same` holds pairs that do not.
fn first(
    tables: &mut Tables,
    same: &mut FxHashSet<(NodeId, NodeId)>,
    (a, b): (NodeId, NodeId),
    base: u32,
    level: u32,
) -> Result<Option<At>, Error> {
    if a == b || a == NodeId::UNDECIDED || same.contains(&(a, b)) {
        return Ok(None);
    }
    tables.step(1)?;
    if let (Some(left), Some(right)) = (a.leaf(), b.leaf()) {
        if leaf_difference(tables, (left, right))?.is_some() {
            return Ok(Some((base, (left, right))));
        }
    } else {
        let (left, right) = (tables.children(a), tables.children(b));
        for at in 0..16 {
            let base = base + ((at as u32) << (4 * (level - 1)));
            // What lies beyond the last cell is no cell.
            if base >= tables.cells {
                break;
            }
            let found = first(tables, same, (left[at], right[at]), base, level - 1)?;
            if found.is_some() {
                return Ok(found);
            }
        }
    }
    same.insert((a, b));
    Ok(None)
}

/// Keys, preferably with one that people know, that the left leaf allows at some time and the right one does not.
fn leaf_difference(tables: &mut Tables, (left, right): (u32, u32)) -> Result<Option<Place>, Error> {
    let difference = tables.apply(Op::Less, NodeId::of_leaf(left), NodeId::of_leaf(right))?;
    let places = tables.intervals(difference.leaf().expect("of leaves comes a leaf"));
    let known = WELL_KNOWN.iter().find_map(|&key| places.iter().find(|p| p.0 <= key && key <= p.1));
    Ok(known.or(places.first()).copied())
}

fn key((low, high, _): Place) -> u32 {
    debug_assert!(high <= LAST_KEY);
    WELL_KNOWN.iter().copied().find(|&key| low <= key && key <= high).unwrap_or(low)
}

/// An address of either cell; two different ones, where there are two.
fn addresses<T: Family>(space: &Space<T>, source: u32, destination: u32) -> (T, T) {
    let (from, to) = (space.example(source), space.example(destination));
    if from != to {
        return (from, to);
    }
    let other = space.ranges(destination).find_map(|(low, high)| {
        let after = from.next().filter(|&next| low <= from && next <= high);
        after.or((from != low).then_some(low)).or((from != high).then_some(high))
    });
    (from, other.unwrap_or(to))
}

/// A time at which it is allowed: that one, or the first.
fn moment(tables: &Tables, what: VerdictId, wanted: i64) -> i64 {
    let pieces = tables.verdicts.pieces(what);
    let allowed = |at: usize| pieces[at].1 == Decision::Allow;
    let current = pieces.partition_point(|piece| piece.0 <= wanted) - 1;
    let first = || (0..pieces.len()).find(|&at| allowed(at));
    match (allowed(current), first()) {
        (true, _) | (_, None) => wanted,
        (false, Some(0)) => pieces.get(1).map_or(wanted, |next| next.0 - 1),
        (false, Some(at)) => pieces[at].0,
    }
}
