//! One packet that stands for a part of a difference: such as people expect to see.

use super::cells::Space;
use super::family::Family;
use super::regions::Region;
use super::tables::{LAST_KEY, Tables};
use super::trace::Packet;
use super::verdicts::{Decision, VerdictId};

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

/// Where two sets differ: keys and times.
type Place = (u32, u32, VerdictId);

/// A packet of a region, with a service that people know where there is one; at `time` if it is there then.
pub fn example<T: Family>(space: &Space<T>, tables: &Tables, region: &Region, time: i64) -> Packet {
    let places = tables.intervals(region.leaf);
    let known = WELL_KNOWN.iter().find_map(|&key| places.iter().find(|p| p.0 <= key && key <= p.1));
    let place = *known.unwrap_or(&places[0]);
    let (from, to) = addresses(space, region.sources[0].0, region.destinations[0].0);
    let (key, time) = (key(place), moment(tables, place.2, time));
    Packet { source: from.address(), destination: to.address(), key, time }
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
