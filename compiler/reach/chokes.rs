//! Choke points: elements ranked by how many pairs of a source and a critical zone their removal parts.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use segc_grammar::Span;

use super::backwards::Backwards;
use super::exposure::{Exposure, Exposures};
use crate::graph::{Element, Graph};

/// An element, and what its removal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choke {
    /// What would be removed.
    pub element: Element,
    /// So many pairs are parted.
    pub pairs: usize,
    /// So many critical zones are reached by fewer.
    pub zones: usize,
}

/// The choke points, those that part most first.
pub struct Chokes {
    /// The best.
    pub best: Vec<Choke>,
    /// No other parts more than the last of them; otherwise the search stopped, and another one might.
    pub proved: bool,
}

/// Exposures that are worked out anew before the search stops.
const MOST_SEARCHES: usize = 1_000;
/// Closures that each removal may cost.
const MOST_CLOSURES: usize = 64;

/// The `most` best elements. An element parts a pair only if it stands on the way that is known of it; so the number of
/// ways that it stands on bounds what it parts, and those with the highest bounds are tried until no other can be better.
/// What a `require` rests on is left out.
pub fn chokes(
    graph: &Graph<'_>,
    backwards: &Backwards<'_, '_>,
    exposures: &[Exposure],
    required: &[Option<Span>],
    most: usize,
) -> Chokes {
    let mut bounds: BTreeMap<Element, Vec<(usize, usize)>> = BTreeMap::new();
    for (number, exposure) in exposures.iter().enumerate() {
        for (element, ways) in exposure.tree.ways() {
            bounds.entry(element).or_default().push((number, ways));
        }
    }
    let kept = |element: &Element| matches!(element, Element::Allow(flow) if required[flow.0 as usize].is_some());
    let total = |parts: &[(usize, usize)]| parts.iter().map(|p| p.1).sum::<usize>();
    let mut order: Vec<(Element, Vec<(usize, usize)>)> = bounds.into_iter().filter(|(e, _)| !kept(e)).collect();
    order.sort_by_key(|(element, parts)| (Reverse(total(parts)), *element));
    let mut best: Vec<Choke> = Vec::new();
    let (mut searches, mut proved) = (0, exposures.iter().all(|e| e.undecided == 0));
    for (element, parts) in order {
        if best.len() >= most && best[most - 1].pairs >= total(&parts) {
            break;
        }
        if searches + parts.len() > MOST_SEARCHES {
            proved = false;
            break;
        }
        searches += parts.len();
        let removed = [element];
        let mut without = Exposures::new(graph, backwards, &removed, MOST_CLOSURES);
        let mut choke = Choke { element, pairs: 0, zones: 0 };
        for (number, _) in parts {
            let left = without.of(exposures[number].goal);
            // What is not decided is taken to be reached still.
            let parted = exposures[number].sources.saturating_sub(left.sources + left.undecided);
            proved &= left.undecided == 0;
            choke.pairs += parted;
            choke.zones += usize::from(parted > 0);
        }
        if choke.pairs > 0 {
            best.push(choke);
            best.sort_by_key(|c| (Reverse(c.pairs), c.element));
            best.truncate(most);
        }
    }
    Chokes { best, proved }
}
