//! Program → sets: what a configuration lets pass at most, and what it lets pass for certain.

mod branch;
mod chain;
mod check;
mod closure;
mod layers;
mod lines;
mod list;
mod numbers;
mod plain;
mod states;

use std::collections::BTreeSet;

use segc_backends::rules::program::{ChainId, Hook, Program, Verdict};

use super::Error;
use super::cells::Space;
use super::family::Family;
use super::tables::{NodeId, Tables};
use super::verdicts::{Decision, Op};
use chain::Chains;
use closure::Closure;
use lines::Lines;
use numbers::State;

pub use check::order;
pub use lines::ranges;

/// What passes, as sets like that of [`super::policy::policy`].
pub struct Bounds {
    /// At most this, whatever the unknown conditions and actions turn out to be.
    pub upper: Vec<NodeId>,
    /// At least this.
    pub lower: Vec<NodeId>,
    /// The rules that make a difference between the two, by chain and index; empty where there is none.
    pub unknown: BTreeSet<(ChainId, usize)>,
    /// Sets that are filled while the firewall runs, and from which packets are dropped: disregarded in both bounds.
    pub runtime: BTreeSet<String>,
}

/// Works out what passes all hooks of the family; `order` is that of [`order`], and the space was made for the
/// program's [`ranges`]. Where no hook is asked, everything passes.
///
/// # Errors
/// It does not fit the tables, or it was too much work.
pub fn bounds<T: Family>(
    program: &Program,
    order: &[ChainId],
    space: &Space<T>,
    tables: &mut Tables,
) -> Result<Bounds, Error> {
    let lines = Lines::new(program, order, space, tables)?;
    let closures = closure::closures(program, &lines, order)?;
    let hooks: Vec<&Hook> =
        program.hooks.iter().filter(|hook| hook.family.is_none_or(|family| family == T::VERSION)).collect();
    let mut build = |doubt: Op| {
        let mut chains = Chains::new::<T>(program, &lines, &closures, space.count(), doubt);
        let set = sources(&mut chains, tables, &hooks)?;
        Ok((set, chains.unknown))
    };
    let (upper, unknown) = build(Op::MayAllow)?;
    let lower = if unknown.is_empty() { upper.clone() } else { build(Op::MayDeny)?.0 };
    Ok(Bounds { upper, lower, unknown, runtime: lines.runtime.clone() })
}

/// One source cell after the other; where no feature changes, the row does not.
fn sources(chains: &mut Chains<'_>, tables: &mut Tables, hooks: &[&Hook]) -> Result<Vec<NodeId>, Error> {
    let mut set = Vec::with_capacity(chains.cells as usize);
    let mut events = chains.lines.events.iter().peekable();
    while set.len() < chains.cells as usize {
        let here = set.len() as u32;
        while let Some(&(_, feature, value)) = events.next_if(|event| event.0 == here) {
            chains.source[feature] = value;
        }
        let row = all_hooks(chains, tables, hooks)?;
        let until = events.peek().map_or(chains.cells, |event| event.0.min(chains.cells));
        set.resize(until as usize, row);
    }
    Ok(set)
}

/// What every hook accepts, from the source at hand. Each sees the packets that the one before let through, with the
/// number that those have then.
fn all_hooks(chains: &mut Chains<'_>, tables: &mut Tables, hooks: &[&Hook]) -> Result<NodeId, Error> {
    let mut row = NodeId::always(Decision::Allow);
    let mut state = State::UNKNOWN;
    for (at, hook) in hooks.iter().enumerate() {
        let closure = |hook: &Hook| -> &Closure { &chains.closures[hook.chain.0 as usize] };
        let follow = closure(hook).writes && hooks[at + 1..].iter().any(|later| closure(later).reads);
        chains.tail = hook.policy == Verdict::Drop;
        let outcome = chains.work_out(tables, hook.chain, state, follow)?;
        if follow {
            let left = if hook.policy == Verdict::Accept { outcome.back } else { State::NOBODY };
            state = chains.numbers.or(outcome.accepted, left);
        }
        // To deny the rest changes nothing of what is allowed.
        let value = match hook.policy {
            Verdict::Accept => tables.apply(Op::Over, outcome.value, NodeId::always(Decision::Allow))?,
            _ => outcome.value,
        };
        let value = tables.apply(Op::Allowed, value, NodeId::UNDECIDED)?;
        row = tables.apply(Op::Both, row, value)?;
    }
    Ok(row)
}
