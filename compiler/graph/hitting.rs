//! The fewest elements of which every one of some sets holds one.

use super::Element;

/// So many sets are tried before it gives up.
const MOST_TRIED: usize = 20_000;

/// A smallest hitting set, the first in order; `None` if that takes too long or more than `most`. No set is empty.
pub fn smallest(sets: &[Vec<Element>], most: usize) -> Option<Vec<Element>> {
    let mut tried = 0;
    for size in disjoint(sets).len()..=most {
        let mut chosen = Vec::new();
        match choose(sets, size, &mut chosen, &mut tried) {
            Some(true) => {
                chosen.sort_unstable();
                return Some(chosen);
            }
            Some(false) => {}
            None => return None,
        }
    }
    None
}

/// Some of the sets that share nothing with one another: no hitting set is smaller than there are of them.
pub fn disjoint(sets: &[Vec<Element>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sets.len()).collect();
    order.sort_by_key(|&at| sets[at].len());
    let mut taken: Vec<Element> = Vec::new();
    order.retain(|&at| {
        let apart = !sets[at].iter().any(|e| taken.contains(e));
        if apart {
            taken.extend(&sets[at]);
        }
        apart
    });
    order
}

/// Tries to hit all sets with `left` more elements; `None`: too many were tried.
fn choose(sets: &[Vec<Element>], left: usize, chosen: &mut Vec<Element>, tried: &mut usize) -> Option<bool> {
    *tried += 1;
    if *tried > MOST_TRIED {
        return None;
    }
    let open: Vec<&Vec<Element>> = sets.iter().filter(|set| !set.iter().any(|e| chosen.contains(e))).collect();
    let Some(next) = open.iter().min_by_key(|set| set.len()) else { return Some(true) };
    if left == 0 || disjoint(&open.iter().map(|set| (*set).clone()).collect::<Vec<_>>()).len() > left {
        return Some(false);
    }
    // What hits most first.
    let mut candidates: Vec<(usize, Element)> =
        next.iter().map(|e| (open.iter().filter(|set| set.contains(e)).count(), *e)).collect();
    candidates.sort_by_key(|&(hits, element)| (std::cmp::Reverse(hits), element));
    for (_, element) in candidates {
        chosen.push(element);
        if choose(sets, left - 1, chosen, tried)? {
            return Some(true);
        }
        chosen.pop();
    }
    Some(false)
}
