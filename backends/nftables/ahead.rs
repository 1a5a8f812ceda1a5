//! Which pairs log ahead: those that are asked after another one of the same connections, which could let a connection in
//! before it is logged. Which services they are about is not looked at.

use super::lower::{Left, Pair, kept, term};
use crate::rules::{ClassId, RuleSet};

/// Their indexes, sorted. `sources` is by class: `lefts` in the order of asking.
pub(super) fn ahead(set: &RuleSet, pairs: &[Pair], lefts: &[Left], sources: &[Vec<u32>]) -> Vec<u32> {
    let logs = |index: &u32| pairs[*index as usize].log;
    let mut found: Vec<u32> = Vec::new();
    for left in lefts {
        for (class, asked) in left.leads() {
            found.extend(asked.iter().skip(1).copied().filter(logs));
            found.extend(left.wide.iter().copied().filter(|wide| logs(wide) && holds(set, pairs, *wide, class)));
        }
        found.extend(left.wide.iter().skip(1).copied().filter(logs));
    }
    let mut after: Vec<(u32, u32)> = Vec::new();
    for asked in sources.iter().filter(|asked| asked.len() > 1) {
        for (at, later) in asked.iter().enumerate().skip(1) {
            if pairs[lefts[*later as usize].pairs.clone()].iter().any(|pair| pair.log) {
                after.extend(asked[..at].iter().map(|earlier| (*earlier, *later)));
            }
        }
    }
    after.sort_unstable();
    after.dedup();
    for (earlier, later) in after {
        let earlier = &lefts[earlier as usize];
        let led = |class: ClassId| {
            earlier.targets.binary_search_by_key(&class, |(class, _)| *class).is_ok()
                || earlier.wide.iter().any(|wide| holds(set, pairs, *wide, class))
        };
        let logging = lefts[later as usize].pairs.clone().filter(|index| pairs[*index].log);
        found.extend(logging.filter(|index| kept(set, pairs[*index].to).any(led)).map(|index| index as u32));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether the destination of a pair holds a class.
fn holds(set: &RuleSet, pairs: &[Pair], pair: u32, class: ClassId) -> bool {
    let to = pairs[pair as usize].to;
    term(set, to.term).classes.binary_search(&class).is_ok() && to.except.binary_search(&class).is_err()
}
