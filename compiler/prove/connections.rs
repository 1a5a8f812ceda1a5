//! What a set of first packets cannot say: replies, errors of connections, packets of none. It is not worked out but
//! recognised: the three rules that every rule set of segc begins with, and no other that asks connection tracking for
//! anything but first packets to be logged.

use std::collections::BTreeSet;

use segc_backends::rules::program::{Action, ChainId, Condition, Hook, Kinds, Program, Rule, Value, Verdict};
use smallvec::{SmallVec, smallvec};

use crate::packets::Step;

/// Keys of ICMP and of ICMPv6.
const ICMP: [(u32, u32); 2] = [(1 << 16, 1 << 16 | 0xffff), (58 << 16, 58 << 16 | 0xffff)];

/// All other keys.
const REST: [(u32, u32); 3] = [(0, 0xffff), (2 << 16, 57 << 16 | 0xffff), (59 << 16, 255 << 16 | 0xffff)];

/// Checks the rules that these hooks, our own tables', lead to: packets of no connection are dropped, but for ICMP, which is judged
/// like a first packet; ICMP errors of a connection pass; replies pass; and every other packet is judged like the first
/// one of its connection, so that what is revoked stops.
///
/// # Errors
/// Rules that are not so; none where something is missing.
pub fn recognised(program: &Program, hooks: &[Hook]) -> Result<(), BTreeSet<Step>> {
    let rules_at = |chain: ChainId| &program.chains[chain.0 as usize].rules;
    let mut begins = false;
    let mut prologue = BTreeSet::new();
    for hook in hooks {
        if hook.family.is_none() && leads(program, hook, &mut prologue) == Some(true) {
            begins = true;
        }
    }
    let mut odd = BTreeSet::new();
    for chain in reached(program, hooks) {
        for (rule, line) in rules_at(chain).iter().enumerate() {
            let asks = line.conditions.iter().find_map(|condition| match condition {
                Condition::Connection(kinds) => Some(*kinds),
                _ => None,
            });
            let step = Step { chain, rule };
            if asks.is_some_and(|kinds| !(kinds == Kinds::FIRST && decides_nothing(program, &line.action)))
                && !prologue.contains(&step)
            {
                odd.insert(step);
            }
        }
    }
    if begins && odd.is_empty() { Ok(()) } else { Err(odd) }
}

/// Does a hook lead to the rules at the beginning? `None` where it does anything else before them than decide or go to
/// another chain. Notes the rules.
fn leads(program: &Program, hook: &Hook, prologue: &mut BTreeSet<Step>) -> Option<bool> {
    let (mut known, mut open, mut found) = (BTreeSet::new(), vec![hook.chain], false);
    while let Some(chain) = open.pop() {
        let rules = program.chains[chain.0 as usize].rules.as_slice();
        // Chains that lead to one another in a ring are refused by the proof.
        if !known.insert(chain) {
            continue;
        }
        if rules.len() >= 3 && (0..3).all(|at| is_line(&rules[at], at)) {
            found = true;
            prologue.extend((0..3).map(|rule| Step { chain, rule }));
        } else if hook.policy == Verdict::Drop && never_accepts(program, chain) {
            // What may not come in there is dropped.
        } else {
            for rule in rules {
                match rule.action {
                    Action::Verdict(Verdict::Goto(next)) => open.push(next),
                    // It does the same with every packet of a connection, and with those of none.
                    Action::Verdict(Verdict::Accept | Verdict::Drop) => {}
                    _ => return None,
                }
            }
        }
    }
    Some(found)
}

/// Can nothing that it leads to accept?
fn never_accepts(program: &Program, chain: ChainId) -> bool {
    let start = Hook { chain, priority: 0, policy: Verdict::Drop, family: None };
    reached(program, &[start]).into_iter().all(|chain| {
        let rules = program.chains[chain.0 as usize].rules.iter();
        rules.map(|rule| &rule.action).all(|action| {
            !matches!(action, Action::Unknown(_)) && !verdicts(program, action).contains(&Verdict::Accept)
        })
    })
}

/// Is it the rule that stands in that place at the beginning?
fn is_line(rule: &Rule, at: usize) -> bool {
    let invalid = Condition::Connection(Kinds::INVALID);
    let (conditions, verdict): (SmallVec<[Condition; 1]>, _) = match at {
        0 => (smallvec![Condition::Service(SmallVec::from_slice(&REST)), invalid], Verdict::Drop),
        1 => (
            smallvec![Condition::Service(SmallVec::from_slice(&ICMP)), Condition::Connection(Kinds::RELATED)],
            Verdict::Accept,
        ),
        _ => (smallvec![Condition::Connection(Kinds::REPLY)], Verdict::Accept),
    };
    rule.conditions == conditions && rule.action == Action::Verdict(verdict)
}

/// The chains that the hooks lead to, theirs among them.
fn reached(program: &Program, hooks: &[Hook]) -> BTreeSet<ChainId> {
    let mut known = BTreeSet::new();
    let mut open: Vec<ChainId> = hooks.iter().map(|hook| hook.chain).collect();
    while let Some(chain) = open.pop() {
        if known.insert(chain) {
            let rules = &program.chains[chain.0 as usize].rules;
            open.extend(rules.iter().flat_map(|rule| verdicts(program, &rule.action)).filter_map(target));
        }
    }
    known
}

/// Does it come back from everything that it leads to, with nothing decided? Gives up, with no, where that is much.
fn decides_nothing(program: &Program, action: &Action) -> bool {
    let mut known = BTreeSet::new();
    let mut open = vec![action];
    while let Some(action) = open.pop() {
        if matches!(action, Action::Unknown(_) | Action::SetNumber(_) | Action::LookupNumber { .. }) {
            return false;
        }
        for verdict in verdicts(program, action) {
            match verdict {
                Verdict::Jump(chain) if known.insert(chain) => {
                    open.extend(program.chains[chain.0 as usize].rules.iter().map(|rule| &rule.action));
                }
                Verdict::Jump(_) | Verdict::Return | Verdict::Continue => {}
                Verdict::Accept | Verdict::Drop | Verdict::Goto(_) => return false,
            }
        }
    }
    true
}

fn target(verdict: Verdict) -> Option<ChainId> {
    match verdict {
        Verdict::Jump(chain) | Verdict::Goto(chain) => Some(chain),
        _ => None,
    }
}

/// All that an action may do.
fn verdicts(program: &Program, action: &Action) -> Vec<Verdict> {
    use segc_backends::rules::program::Entries;
    let verdict = |value: &Value| match value {
        Value::Verdict(verdict) => Some(*verdict),
        Value::Number(_) => None,
    };
    match action {
        Action::Verdict(verdict) => vec![*verdict],
        Action::Lookup { map, .. } => {
            let map = &program.maps[map.0 as usize];
            let default = map.default.iter().filter_map(verdict);
            match &map.entries {
                Entries::V4(all) => all.iter().filter_map(|e| verdict(&e.2)).chain(default).collect(),
                Entries::V6(all) => all.iter().filter_map(|e| verdict(&e.2)).chain(default).collect(),
                Entries::Number(all) => all.iter().filter_map(|e| verdict(&e.2)).chain(default).collect(),
            }
        }
        _ => Vec::new(),
    }
}
