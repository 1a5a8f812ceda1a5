//! What a program must keep before anything is worked out from it: ids that exist, ranges in order, values that fit
//! their use, no loops, jumps no deeper than 64.

use segc_backends::rules::program::{Action, Addresses, ChainId, Condition, Entries, Key, Program, Value, Verdict};

use crate::packets::Error;

/// Jumps nested deeper are refused: more than any kernel follows (nftables: 16).
pub const MOST_JUMPS: usize = 64;

/// The chains that packets can come to, each after those it jumps to.
///
/// # Errors
/// The first broken promise.
pub fn order(program: &Program) -> Result<Vec<ChainId>, Error> {
    sets(program)?;
    for chain in &program.chains {
        for rule in &chain.rules {
            if !sound(program, rule) {
                return Err(Error::Malformed { what: format!("the rule at {} of chain `{}`", rule.at, chain.name) });
            }
        }
    }
    let plain = |verdict| matches!(verdict, Verdict::Accept | Verdict::Drop);
    if let Some(hook) = program.hooks.iter().find(|h| !exists(program, h.chain) || !plain(h.policy)) {
        return Err(Error::Malformed { what: format!("the hook of priority {}", hook.priority) });
    }
    sorted(program)
}

fn exists(program: &Program, chain: ChainId) -> bool {
    (chain.0 as usize) < program.chains.len()
}

fn sets(program: &Program) -> Result<(), Error> {
    for (number, set) in program.sets.iter().enumerate() {
        let fine = match set {
            Addresses::V4(ranges) => in_order(ranges.iter().map(|r| (r.0, r.1))),
            Addresses::V6(ranges) => in_order(ranges.iter().map(|r| (r.0, r.1))),
        };
        if !fine {
            return Err(Error::Malformed { what: format!("set {number}: its ranges overlap or are out of order") });
        }
    }
    for map in &program.maps {
        let fine = match &map.entries {
            Entries::V4(entries) => in_order(entries.iter().map(|e| (e.0, e.1))),
            Entries::V6(entries) => in_order(entries.iter().map(|e| (e.0, e.1))),
            Entries::Number(entries) => in_order(entries.iter().map(|e| (e.0, e.1))),
        };
        let chains = values(&map.entries).chain(map.default).all(|value| match value {
            Value::Verdict(Verdict::Jump(chain) | Verdict::Goto(chain)) => exists(program, chain),
            _ => true,
        });
        if !fine || !chains {
            return Err(Error::Malformed { what: format!("map `{}`: its entries", map.name) });
        }
    }
    Ok(())
}

fn in_order<N: Ord + Copy>(ranges: impl Iterator<Item = (N, N)>) -> bool {
    let mut last = None;
    for (low, high) in ranges {
        if low > high || last.is_some_and(|last| low <= last) {
            return false;
        }
        last = Some(high);
    }
    true
}

/// The values of a map's entries.
pub fn values(entries: &Entries) -> Box<dyn Iterator<Item = Value> + '_> {
    match entries {
        Entries::V4(all) => Box::new(all.iter().map(|e| e.2)),
        Entries::V6(all) => Box::new(all.iter().map(|e| e.2)),
        Entries::Number(all) => Box::new(all.iter().map(|e| e.2)),
    }
}

fn sound(program: &Program, rule: &segc_backends::rules::program::Rule) -> bool {
    let conditions = rule.conditions.iter().all(|condition| match condition {
        Condition::Source(set) | Condition::Destination(set) => (set.0 as usize) < program.sets.len(),
        Condition::Service(keys) => in_order(keys.iter().copied()),
        Condition::Number(numbers) => in_order(numbers.iter().copied()),
        _ => true,
    });
    let lookup = |key: Key, map: segc_backends::rules::program::MapId, numbers: bool| {
        program.maps.get(map.0 as usize).is_some_and(|map| {
            (key == Key::Number) == matches!(map.entries, Entries::Number(_))
                && values(&map.entries).chain(map.default).all(|v| matches!(v, Value::Number(_)) == numbers)
        })
    };
    conditions
        && match &rule.action {
            Action::Verdict(Verdict::Jump(chain) | Verdict::Goto(chain)) => exists(program, *chain),
            Action::Lookup { key, map } => lookup(*key, *map, false),
            Action::LookupNumber { key, map } => lookup(*key, *map, true),
            _ => true,
        }
}

/// Every chain that a rule may go to.
pub fn targets(program: &Program, action: &Action) -> Vec<ChainId> {
    let target = |verdict: Verdict| match verdict {
        Verdict::Jump(chain) | Verdict::Goto(chain) => Some(chain),
        _ => None,
    };
    let mut all: Vec<ChainId> = match action {
        Action::Verdict(verdict) => target(*verdict).into_iter().collect(),
        Action::Lookup { map, .. } => {
            let map = &program.maps[map.0 as usize];
            let verdict = |value| if let Value::Verdict(verdict) = value { target(verdict) } else { None };
            values(&map.entries).chain(map.default).filter_map(verdict).collect()
        }
        _ => Vec::new(),
    };
    all.sort_unstable();
    all.dedup();
    all
}

/// Depth-first from the hooks, without recursion.
fn sorted(program: &Program) -> Result<Vec<ChainId>, Error> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        Open,
        /// Finished, and so many jumps deep at most.
        Done(usize),
    }
    let below = |chain: ChainId| -> Vec<ChainId> {
        let rules = &program.chains[chain.0 as usize].rules;
        let mut all: Vec<ChainId> = rules.iter().flat_map(|rule| targets(program, &rule.action)).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let name = |chain: ChainId| program.chains[chain.0 as usize].name.clone();
    let mut seen = vec![Seen::No; program.chains.len()];
    let mut order = Vec::new();
    for hook in &program.hooks {
        let mut open: Vec<(ChainId, Vec<ChainId>, usize, usize)> = Vec::new();
        if seen[hook.chain.0 as usize] == Seen::No {
            seen[hook.chain.0 as usize] = Seen::Open;
            open.push((hook.chain, below(hook.chain), 0, 0));
        }
        while let Some((chain, targets, next, depth)) = open.last_mut() {
            let Some(&target) = targets.get(*next) else {
                let (chain, depth) = (*chain, *depth);
                seen[chain.0 as usize] = Seen::Done(depth);
                order.push(chain);
                open.pop();
                if depth > MOST_JUMPS {
                    return Err(Error::TooDeep { chain: name(chain), jumps: depth });
                }
                continue;
            };
            match seen[target.0 as usize] {
                Seen::Open => return Err(Error::Loop { chain: name(target) }),
                Seen::Done(deep) => {
                    *depth = (*depth).max(deep + 1);
                    *next += 1;
                }
                // Looked at again when it is finished.
                Seen::No => {
                    seen[target.0 as usize] = Seen::Open;
                    open.push((target, below(target), 0, 0));
                }
            }
        }
    }
    Ok(order)
}
