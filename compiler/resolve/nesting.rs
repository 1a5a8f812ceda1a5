//! The order in which declarations that rest on each other can be understood, and the ring where there is none.

use rustc_hash::FxHashSet;

/// Nodes `0..rests_on.len()` in an order in which each comes after all that it rests on. What lies on a ring, or rests
/// on one, is missing. Linear.
pub fn order(rests_on: &[Vec<usize>]) -> Vec<usize> {
    let mut waiting: Vec<usize> = rests_on.iter().map(Vec::len).collect();
    let mut carries: Vec<Vec<usize>> = vec![Vec::new(); rests_on.len()];
    for (node, below) in rests_on.iter().enumerate() {
        for &b in below {
            carries[b].push(node);
        }
    }
    let mut ordered: Vec<usize> = (0..rests_on.len()).filter(|&n| waiting[n] == 0).collect();
    let mut at = 0;
    while at < ordered.len() {
        for &above in &carries[ordered[at]] {
            waiting[above] -= 1;
            if waiting[above] == 0 {
                ordered.push(above);
            }
        }
        at += 1;
    }
    ordered
}

/// A ring among the nodes that `ordered` lacks; `None` if it lacks none.
pub fn ring(rests_on: &[Vec<usize>], ordered: &[usize]) -> Option<Vec<usize>> {
    let done: FxHashSet<usize> = ordered.iter().copied().collect();
    let mut at = (0..rests_on.len()).find(|n| !done.contains(n))?;
    // Every node that is left rests on another that is left, so the walk must meet itself.
    let (mut walk, mut seen) = (Vec::new(), FxHashSet::default());
    while seen.insert(at) {
        walk.push(at);
        at = *rests_on[at].iter().find(|n| !done.contains(n))?;
    }
    let begin = walk.iter().position(|&n| n == at)?;
    let mut ring = walk.split_off(begin);
    let least = ring.iter().enumerate().min_by_key(|(_, n)| **n).map_or(0, |(i, _)| i);
    ring.rotate_left(least);
    Some(ring)
}

#[cfg(test)]
mod tests {
    use super::{order, ring};

    #[test]
    fn a_tail_that_leads_into_a_ring_is_not_part_of_it() {
        let rests_on = [vec![1], vec![2], vec![1], vec![]];
        let ordered = order(&rests_on);
        assert_eq!(ordered, [3]);
        assert_eq!(ring(&rests_on, &ordered), Some(vec![1, 2]));
    }

    #[test]
    fn what_is_rested_on_comes_first() {
        let rests_on = [vec![2], vec![0], vec![], vec![1, 2]];
        let ordered = order(&rests_on);
        assert_eq!(ordered, [2, 0, 1, 3]);
        assert_eq!(ring(&rests_on, &ordered), None);
    }
}
