//! The value of a chain: what it decides, by destination, key and time, for the source at hand and for packets whose
//! number is in a certain state. States are followed forwards (`states.rs`), values are worked out backwards.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use segc_backends::rules::program::{ChainId, Family, Program, Verdict};

use super::closure::Closure;
use super::lines::{Do, Line, Lines, What};
use super::numbers::{Numbers, State};
use super::states::After;
use crate::packets::cells::Runs;
use crate::packets::tables::{LAST_KEY, NodeId, Tables};
use crate::packets::verdicts::{Decision, Op};
use crate::packets::{self, Error};

/// What becomes of packets that enter a chain.
#[derive(Clone, Copy)]
pub struct Outcome {
    /// What is decided; undecided where they go back.
    pub value: NodeId,
    /// The numbers of those that go back.
    pub back: State,
    /// The numbers of those that are accepted, or more.
    pub accepted: State,
}

/// Chains, asked for one source after the other.
pub struct Chains<'a> {
    /// The program.
    pub program: &'a Program,
    /// What its rules say.
    pub lines: &'a Lines,
    /// By chain.
    pub closures: &'a [Closure],
    /// Of which family.
    pub family: Family,
    /// How many cells.
    pub cells: u32,
    /// The states of numbers.
    pub numbers: Numbers,
    /// The value of each feature for the source at hand.
    pub source: Vec<u32>,
    /// How to take what is in doubt: [`Op::MayAllow`] or [`Op::MayDeny`].
    pub doubt: Op,
    /// Of the chain that is asked next, nothing counts but what it allows. Taken back by that question.
    pub tail: bool,
    /// Rules that were in doubt.
    pub unknown: BTreeSet<(ChainId, usize)>,
    keys: FxHashMap<Vec<u32>, u32>,
    known_plain: Vec<Option<NodeId>>,
    known: FxHashMap<(ChainId, State, u32, [bool; 2]), Outcome>,
    pub(super) known_next: FxHashMap<(ChainId, usize, State), State>,
    known_rows: FxHashMap<(ChainId, usize, State), NodeId>,
}

impl<'a> Chains<'a> {
    /// Nothing asked yet.
    pub fn new<T: packets::Family>(
        program: &'a Program,
        lines: &'a Lines,
        closures: &'a [Closure],
        cells: u32,
        doubt: Op,
    ) -> Self {
        Self {
            program,
            lines,
            closures,
            family: T::VERSION,
            cells,
            numbers: Numbers::new(cells),
            source: vec![0; lines.features],
            doubt,
            tail: false,
            unknown: BTreeSet::new(),
            keys: FxHashMap::default(),
            known_plain: vec![None; program.chains.len()],
            known: FxHashMap::default(),
            known_next: FxHashMap::default(),
            known_rows: FxHashMap::default(),
        }
    }

    /// The value of a chain, remembered. `follow` asks for the numbers of what leaves it, too.
    ///
    /// # Errors
    /// The tables are full, or it was too much work.
    pub fn ask(&mut self, tables: &mut Tables, chain: ChainId, state: State, follow: bool) -> Result<Outcome, Error> {
        let tail = std::mem::take(&mut self.tail);
        if self.lines.plain[chain.0 as usize] {
            let value = match self.known_plain[chain.0 as usize] {
                Some(known) => known,
                None => self.work_out(tables, chain, state, follow)?.value,
            };
            self.known_plain[chain.0 as usize] = Some(value);
            return Ok(Outcome { value, back: state, accepted: state });
        }
        let closure = &self.closures[chain.0 as usize];
        let state = if closure.reads || closure.writes { state } else { State::UNKNOWN };
        let values: Vec<u32> = closure.features.iter().map(|&f| self.source[f]).collect();
        tables.step(values.len() as u64 / 8)?;
        let next = self.keys.len() as u32;
        let key = *self.keys.entry(values).or_insert(next);
        let question = (chain, state, key, [follow, tail]);
        if let Some(&known) = self.known.get(&question) {
            return Ok(known);
        }
        self.tail = tail;
        let outcome = self.work_out(tables, chain, state, follow)?;
        self.known.insert(question, outcome);
        Ok(outcome)
    }

    /// The value of a chain. Goes no deeper than chains are nested, which is checked.
    ///
    /// # Errors
    /// The tables are full, or it was too much work.
    pub fn work_out(
        &mut self,
        tables: &mut Tables,
        chain: ChainId,
        state: State,
        follow: bool,
    ) -> Result<Outcome, Error> {
        let (lines, closures) = (self.lines, self.closures);
        let tail = std::mem::take(&mut self.tail);
        if lines.plain[chain.0 as usize] {
            let value = super::plain::value(tables, &self.program.chains[chain.0 as usize].rules, self.family)?;
            return Ok(Outcome { value, back: state, accepted: state });
        }
        let (all, closure) = (&lines.chains[chain.0 as usize], &closures[chain.0 as usize]);
        tables.step(all.len() as u64 + 1)?;
        let mut met: Vec<(usize, State)> = Vec::new();
        let mut after = After { next: state, back: State::NOBODY, accepted: State::NOBODY };
        for (at, line) in all.iter().enumerate() {
            if line.sources.iter().all(|&feature| self.source[feature] != 0) {
                met.push((at, after.next));
                if closure.writes {
                    self.forward(tables, (chain, at), line, follow, &mut after)?;
                }
            }
        }
        let mut value = NodeId::UNDECIDED;
        let last = all.iter().rposition(|line| !line.numbers_only);
        let end = met.iter().position(|(at, _)| self.left_for(&all[*at]).is_some()).map_or(met.len(), |end| end + 1);
        for &(at, state) in met[..end].iter().rev().filter(|(at, _)| !all[*at].numbers_only) {
            // What only denies comes to the same as what decides nothing.
            value = if tail && !tables.decides(value).has(Decision::Allow) { NodeId::UNDECIDED } else { value };
            value = match self.left_for(&all[at]) {
                Some(below) => {
                    self.tail = tail;
                    self.ask(tables, below, state, false)?.value
                }
                None => self.backward(tables, (chain, at), (&all[at], last == Some(at)), state, value)?,
            };
        }
        let value = tables.apply(Op::Close, value, NodeId::UNDECIDED)?;
        if !closure.writes || !follow {
            return Ok(Outcome { value, back: state, accepted: state });
        }
        let back = self.numbers.or(after.back, after.next);
        Ok(Outcome { value, back, accepted: after.accepted })
    }

    /// The chain for which every packet leaves this one at that rule: then nothing comes after it, and to come back is
    /// to go back from here.
    fn left_for(&self, line: &Line) -> Option<ChainId> {
        if !line.whole() || line.unknown || line.destinations.is_some() || line.numbers.is_some() {
            return None;
        }
        let what = match &line.action {
            Do::Always(what) => *what,
            Do::BySource(feature, map) => {
                self.lines.maps[map.0 as usize][(self.source[*feature] as usize).checked_sub(1)?].2
            }
            Do::ByDestination(_) | Do::ByNumber(_) | Do::List(_) => return None,
        };
        if let What::Verdict(Verdict::Goto(chain)) = what { Some(chain) } else { None }
    }

    /// One rule earlier: the rule over what comes after it; if it is the last of all, nothing does.
    fn backward(
        &mut self,
        tables: &mut Tables,
        (chain, at): (ChainId, usize),
        (line, last): (&Line, bool),
        state: State,
        rest: NodeId,
    ) -> Result<NodeId, Error> {
        if let Do::List(feature) = line.action {
            return tables.apply(Op::Over, self.lines.rows[self.source[feature] as usize], rest);
        }
        let lasting = !self.closures[chain.0 as usize].by_source[at];
        if lasting && let Some(&row) = self.known_rows.get(&(chain, at, state)) {
            return tables.apply(Op::Over, row, rest);
        }
        let branches = self.branches(line, state);
        tables.step(branches.certain.len() as u64)?;
        let mask = self.mask(tables, line)?;
        let mut rows: FxHashMap<What, NodeId> = FxHashMap::default();
        let mut pieces = Vec::with_capacity(branches.certain.len());
        for &(start, end, what) in &branches.certain {
            let row = match rows.get(&what) {
                Some(&row) => row,
                // Where nothing comes after, to return is to decide nothing.
                None => match what {
                    What::Verdict(Verdict::Return) if last => NodeId::UNDECIDED,
                    What::Verdict(Verdict::Goto(chain)) if last => self.ask(tables, chain, state, false)?.value,
                    _ => self.row(tables, what, state)?,
                },
            };
            rows.insert(what, row);
            pieces.push((start, end, row));
        }
        let row = tables.assemble(&pieces)?;
        let row = tables.apply(Op::Within, mask, row)?;
        let mut value = rest;
        for (whats, runs) in &branches.doubtful {
            self.unknown.insert((chain, line.rule));
            value = self.doubted(tables, whats, (runs, mask), state, value)?;
        }
        if lasting && branches.doubtful.is_empty() {
            self.known_rows.insert((chain, at, state), row);
        }
        tables.apply(Op::Over, row, value)
    }

    /// One of several things over what comes after, taken at its best or at its worst.
    fn doubted(
        &mut self,
        tables: &mut Tables,
        whats: &[What],
        (runs, mask): (&Runs, NodeId),
        state: State,
        rest: NodeId,
    ) -> Result<NodeId, Error> {
        const ANYTHING: [What; 3] = [What::Nothing, What::Verdict(Verdict::Accept), What::Verdict(Verdict::Drop)];
        let mask = tables.spread(runs, mask)?;
        let mut joined = None;
        for &what in if whats == [What::Anything] { &ANYTHING[..] } else { whats } {
            let row = self.row(tables, what, state)?;
            let row = tables.apply(Op::Within, mask, row)?;
            let value = tables.apply(Op::Over, row, rest)?;
            joined = Some(match joined {
                None => value,
                Some(before) => tables.apply(self.doubt, before, value)?,
            });
        }
        Ok(joined.unwrap_or(rest))
    }

    /// What is decided by doing this, everywhere; [`Decision::Return`] where the chain at hand is left.
    fn row(&mut self, tables: &mut Tables, what: What, state: State) -> Result<NodeId, Error> {
        Ok(match what {
            What::Nothing | What::Number(_) | What::Anything | What::Verdict(Verdict::Continue) => NodeId::UNDECIDED,
            What::Verdict(Verdict::Accept) => NodeId::always(Decision::Allow),
            What::Verdict(Verdict::Drop) => NodeId::always(Decision::Deny),
            What::Verdict(Verdict::Return) => NodeId::always(Decision::Return),
            What::Verdict(Verdict::Jump(chain)) => self.ask(tables, chain, state, false)?.value,
            What::Verdict(Verdict::Goto(chain)) => {
                let value = self.ask(tables, chain, state, false)?.value;
                tables.apply(Op::Over, value, NodeId::always(Decision::Return))?
            }
        })
    }

    /// Allow on the keys and times of a rule.
    fn mask(&self, tables: &mut Tables, line: &Line) -> Result<NodeId, Error> {
        let what = tables.verdicts.window(line.window.0, line.window.1, Decision::Allow);
        tables.keys(line.keys.as_deref().unwrap_or(&[(0, LAST_KEY)]), what)
    }
}
