//! Lists: rules next to one another that ask for no more than addresses, service, family and time, and decide. What a
//! list says is worked out for all sources at once: rules that decide the same, up to the first that does not, mean the
//! same in any order, so they are put together by sources, and each source set has one row.

use segc_backends::rules::program::{Action, Condition, Rule, Verdict};

use super::layers::{Layer, rows};
use crate::packets::Error;
use crate::packets::cells::Runs;
use crate::packets::family::Family;
use crate::packets::rows::Piece;
use crate::packets::sweep::sweep;
use crate::packets::tables::{LAST_KEY, NodeId, Tables};
use crate::packets::verdicts::{Decision, Op, VerdictId};

/// Every address of the family, where a set is asked for otherwise.
const ALL: u32 = u32::MAX;

/// One interval of services of one rule. In the order of the fields rules are put together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    /// Counts how often the decision changed before it.
    block: u32,
    /// The set, or [`ALL`].
    sources: u32,
    /// Likewise.
    destinations: u32,
    what: VerdictId,
    low: u32,
    high: u32,
}

/// See the module.
#[derive(Default)]
pub struct List {
    /// How many rules some packet may meet.
    pub rules: usize,
    /// The index of the first of them.
    pub first: usize,
    items: Vec<Item>,
    block: u32,
    last: Option<Decision>,
}

impl List {
    /// Takes the next rule, if it is of the kind or no packet meets it. `sets` are the cells of the program's sets.
    pub fn takes<T: Family>(&mut self, tables: &mut Tables, (at, rule): (usize, &Rule), sets: &[Option<Runs>]) -> bool {
        let decision = match rule.action {
            Action::Verdict(Verdict::Accept) => Decision::Allow,
            Action::Verdict(Verdict::Drop) => Decision::Deny,
            Action::Verdict(Verdict::Return) => Decision::Return,
            _ => return false,
        };
        let (mut sources, mut destinations, mut keys, mut window) = (ALL, ALL, None, (None, None));
        let mut never = false;
        for condition in &rule.conditions {
            match condition {
                Condition::Never => never = true,
                // Sets speak of first packets.
                Condition::Connection(kinds) => never |= !kinds.holds_first(),
                Condition::Family(family) => never |= *family != T::VERSION,
                Condition::Source(set) | Condition::Destination(set) => {
                    let end = if matches!(condition, Condition::Source(_)) { &mut sources } else { &mut destinations };
                    if std::mem::replace(end, set.0) != ALL {
                        return false;
                    }
                    never |= sets[set.0 as usize].as_ref().is_none_or(Vec::is_empty);
                }
                Condition::Service(asked) => {
                    if keys.replace(asked.as_slice()).is_some() || asked.last().is_some_and(|key| key.1 > LAST_KEY) {
                        return false;
                    }
                }
                Condition::Time { since, before } => {
                    window.0 = window.0.max(*since);
                    window.1 = window.1.into_iter().chain(*before).min();
                }
                Condition::Number(_)
                | Condition::Interface(_)
                | Condition::Leaving(_)
                | Condition::Runtime(_)
                | Condition::SourcePort(_)
                | Condition::Unknown(_) => return false,
            }
        }
        let keys = keys.unwrap_or(&[(0, LAST_KEY)]);
        let what = tables.verdicts.window(window.0, window.1, decision);
        if never || keys.is_empty() || what == VerdictId::UNDECIDED {
            return true;
        }
        if self.rules == 0 {
            self.first = at;
        }
        self.rules += 1;
        self.block += u32::from(self.last.is_some_and(|last| last != decision));
        self.last = Some(decision);
        let block = self.block;
        self.items.extend(keys.iter().map(|&(low, high)| Item { block, sources, destinations, what, low, high }));
        true
    }

    /// What it decides, by source cell: sorted runs, none where that is nothing.
    ///
    /// # Errors
    /// The tables are full, or it was too much work.
    pub fn rows(mut self, tables: &mut Tables, sets: &[Option<Runs>]) -> Result<Vec<Piece>, Error> {
        tables.step(self.items.len() as u64)?;
        self.items.sort_unstable();
        let everywhere: Runs = vec![(0, tables.cells)];
        let runs = |set: u32| sets.get(set as usize).and_then(Option::as_ref).unwrap_or(&everywhere);
        let mut layers: Vec<(u32, Layer<'_>)> = Vec::new();
        for group in self.items.chunk_by(|a, b| (a.block, a.sources) == (b.block, b.sources)) {
            let mut parts: Vec<(&Runs, NodeId)> = Vec::new();
            for same in group.chunk_by(|a, b| a.destinations == b.destinations) {
                parts.push((runs(same[0].destinations), services(tables, same)?));
            }
            parts.sort_unstable_by_key(|part| (part.0.first().copied(), part.1));
            let row = sweep(tables, &parts)?;
            layers.push((group[0].block, Layer { sources: runs(group[0].sources), row }));
        }
        drop(self.items);
        // Within a block broad sources come first, which change least often from one source to the next.
        let width = |layer: &Layer<'_>| layer.sources.iter().map(|run| run.1 - run.0).sum::<u32>();
        layers.sort_by_cached_key(|(block, layer)| {
            (*block, std::cmp::Reverse(width(layer)), layer.sources.first().copied())
        });
        let layers: Vec<Layer<'_>> = layers.into_iter().map(|(_, layer)| layer).collect();
        rows(tables, &layers)
    }
}

/// What sorted items of one decision decide together, whatever the addresses.
fn services(tables: &mut Tables, items: &[Item]) -> Result<NodeId, Error> {
    let mut all = NodeId::UNDECIDED;
    let mut keys: Vec<(u32, u32)> = Vec::new();
    for same in items.chunk_by(|a, b| a.what == b.what) {
        keys.clear();
        for item in same {
            match keys.last_mut() {
                Some(last) if item.low <= last.1.saturating_add(1) => last.1 = last.1.max(item.high),
                _ => keys.push((item.low, item.high)),
            }
        }
        let leaf = tables.keys(&keys, same[0].what)?;
        all = tables.apply(Op::Over, all, leaf)?;
    }
    Ok(all)
}
