//! Chains that ask for nothing but service, family and time, and go nowhere: the greatest part of a large program. Each
//! is one leaf, made from its rules at once.

use segc_backends::rules::program::{Action, Condition, Family, Rule, Verdict};

use crate::packets::Error;
use crate::packets::tables::{LAST_KEY, NodeId, Tables};
use crate::packets::verdicts::{Decision, Op, VerdictId};

/// Is it one of them?
pub fn is_plain(rules: &[Rule]) -> bool {
    rules.iter().all(|rule| {
        let within = |keys: &[(u32, u32)]| keys.last().is_none_or(|last| last.1 <= LAST_KEY);
        let services = rule.conditions.iter().filter(|condition| matches!(condition, Condition::Service(_)));
        let known = |condition: &Condition| match condition {
            Condition::Service(keys) => within(keys),
            condition => matches!(condition, Condition::Family(_) | Condition::Time { .. } | Condition::Never),
        };
        matches!(rule.action, Action::Verdict(verdict) if decision(verdict).is_some())
            && rule.conditions.iter().all(known)
            && services.count() <= 1
    })
}

/// What it decides; `None` where that is more than one decision.
fn decision(verdict: Verdict) -> Option<Decision> {
    match verdict {
        Verdict::Accept => Some(Decision::Allow),
        Verdict::Drop => Some(Decision::Deny),
        Verdict::Return => Some(Decision::Return),
        Verdict::Continue => Some(Decision::Undecided),
        Verdict::Jump(_) | Verdict::Goto(_) => None,
    }
}

/// What such a chain decides for packets of a family; undecided where they go back.
///
/// # Errors
/// The tables are full, or it was too much work.
pub fn value(tables: &mut Tables, rules: &[Rule], family: Family) -> Result<NodeId, Error> {
    tables.step(rules.len() as u64 + 1)?;
    let mut value = NodeId::UNDECIDED;
    let mut keys: Vec<(u32, u32)> = Vec::with_capacity(rules.len());
    let mut what = VerdictId::UNDECIDED;
    // Neighbours that do the same are one rule: laid over itself, a function of time is itself.
    for rule in rules {
        let Some(next) = met(tables, rule, family) else { continue };
        if next != what {
            value = under(tables, value, &mut keys, what)?;
            what = next;
        }
        let services = rule.conditions.iter().find_map(|condition| match condition {
            Condition::Service(keys) => Some(keys.as_slice()),
            _ => None,
        });
        keys.extend_from_slice(services.unwrap_or(&[(0, LAST_KEY)]));
    }
    let value = under(tables, value, &mut keys, what)?;
    tables.apply(Op::Close, value, NodeId::UNDECIDED)
}

/// What a rule does, as a function of time; `None` if no packet of the family meets it.
fn met(tables: &mut Tables, rule: &Rule, family: Family) -> Option<VerdictId> {
    let mut window = (None, None);
    for condition in &rule.conditions {
        match condition {
            Condition::Never => return None,
            Condition::Family(of) if *of != family => return None,
            Condition::Time { since, before } => {
                window.0 = window.0.max(*since);
                window.1 = window.1.into_iter().chain(*before).min();
            }
            _ => {}
        }
    }
    let Action::Verdict(verdict) = rule.action else { return None };
    Some(tables.verdicts.window(window.0, window.1, decision(verdict)?))
}

/// A value with `what` on the keys under it. Leaves no keys.
fn under(tables: &mut Tables, value: NodeId, keys: &mut Vec<(u32, u32)>, what: VerdictId) -> Result<NodeId, Error> {
    if !keys.is_sorted_by(|a, b| a.1 < b.0) {
        keys.sort_unstable();
        keys.dedup_by(|next, last| {
            let meet = next.0 <= last.1;
            last.1 = if meet { last.1.max(next.1) } else { last.1 };
            meet
        });
    }
    let below = tables.keys(keys, what)?;
    keys.clear();
    tables.apply(Op::Over, value, below)
}
