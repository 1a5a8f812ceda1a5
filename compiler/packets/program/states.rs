//! Where packets may be after a rule, and with which number: states, followed forwards.

use segc_backends::rules::program::{ChainId, Verdict};

use super::branch::Branches;
use super::chain::Chains;
use super::lines::{Do, Line, What};
use super::numbers::{Number, State, normal};
use crate::packets::Error;
use crate::packets::cells::Runs;
use crate::packets::tables::Tables;

/// Where packets may be after a rule.
pub struct After {
    /// At the next one.
    pub next: State,
    /// Back at the caller.
    pub back: State,
    /// Accepted.
    pub accepted: State,
}

impl Chains<'_> {
    /// One rule later. If nobody asks what leaves the chain, only numbers that are written make a difference.
    pub fn forward(
        &mut self,
        tables: &mut Tables,
        (chain, at): (ChainId, usize),
        line: &Line,
        follow: bool,
        after: &mut After,
    ) -> Result<(), Error> {
        let closure = &self.closures[chain.0 as usize];
        let anything = matches!(line.action, Do::Always(What::Anything));
        let written = line.numbers_only || anything || closure.below_writes[at];
        if !(follow || written && closure.read_later[at]) {
            return Ok(());
        }
        let state = after.next;
        if let Do::List(_) = line.action {
            // More than there are may go on, and so may those that are accepted or go back: with the number they have.
            after.back = self.numbers.or(after.back, state);
            after.accepted = self.numbers.or(after.accepted, state);
            return Ok(());
        }
        let lasting = line.numbers_only && !closure.by_source[at];
        if lasting && let Some(&next) = self.known_next.get(&(chain, at, state)) {
            after.next = next;
            return Ok(());
        }
        let branches = self.branches(line, state);
        tables.step(branches.certain.len() as u64)?;
        if line.numbers_only {
            after.next = self.written(line, state, &branches);
            if lasting {
                self.known_next.insert((chain, at, state), after.next);
            }
            return Ok(());
        }
        let mut all: Vec<(What, (u32, u32))> = branches.certain.iter().map(|p| (p.2, (p.0, p.1))).collect();
        for (whats, runs) in &branches.doubtful {
            all.extend(whats.iter().flat_map(|&what| runs.iter().map(move |&run| (what, run))));
        }
        all.sort_unstable();
        if line.whole() {
            let runs = normal(all.iter().map(|part| part.1).collect());
            after.next = self.numbers.leave(after.next, &runs);
        }
        // Packets that go on, go back and are accepted with the number they have.
        let [mut next, mut back, mut accepted] = [const { Runs::new() }; 3];
        for same in all.chunk_by(|a, b| a.0 == b.0) {
            let runs = || same.iter().map(|part| part.1);
            let writes = |chain: ChainId| self.closures[chain.0 as usize].writes;
            match same[0].0 {
                What::Nothing | What::Number(_) | What::Verdict(Verdict::Continue) => next.extend(runs()),
                What::Verdict(Verdict::Accept) => accepted.extend(runs()),
                What::Verdict(Verdict::Return) => back.extend(runs()),
                What::Verdict(Verdict::Drop) => {}
                What::Verdict(Verdict::Jump(chain)) if !writes(chain) => {
                    next.extend(runs());
                    accepted.extend(runs());
                }
                What::Verdict(Verdict::Goto(chain)) if !writes(chain) => {
                    back.extend(runs());
                    accepted.extend(runs());
                }
                what => self.go(tables, what, state, &normal(runs().collect()), after)?,
            }
        }
        for (runs, to) in [(next, &mut after.next), (back, &mut after.back), (accepted, &mut after.accepted)] {
            let kept = self.numbers.keep(state, &normal(runs));
            *to = self.numbers.or(*to, kept);
        }
        Ok(())
    }

    /// The state after a rule that writes numbers.
    fn written(&mut self, line: &Line, state: State, branches: &Branches) -> State {
        let number = |what: What| if let What::Number(number) = what { Number::Known(number) } else { Number::Unknown };
        let certain: Vec<_> = branches.certain.iter().map(|&(start, end, what)| (start, end, number(what))).collect();
        let mut doubtful: Vec<(u32, u32, Number)> = Vec::new();
        for (whats, runs) in &branches.doubtful {
            let values = whats.iter().filter(|what| **what != What::Nothing);
            let value = values.fold(Number::Nobody, |sum, &what| sum.or(number(what)));
            doubtful.extend(runs.iter().map(|run| (run.0, run.1, value)));
        }
        doubtful.retain(|piece| piece.2 != Number::Nobody);
        doubtful.sort_unstable();
        let (certain, doubtful) = (self.numbers.on(&certain), self.numbers.on(&doubtful));
        let whole = line.whole();
        let sure = self.numbers.zip(state, certain, |old, new| match (old, new) {
            (Number::Nobody, _) | (_, Number::Nobody) => old,
            _ if whole => new,
            _ => old.or(new),
        });
        self.numbers.zip(sure, doubtful, |old, new| if old == Number::Nobody { old } else { old.or(new) })
    }

    /// Adds what becomes of packets of `state` on these runs, where their number may change.
    fn go(
        &mut self,
        tables: &mut Tables,
        what: What,
        state: State,
        runs: &Runs,
        after: &mut After,
    ) -> Result<(), Error> {
        let below = match what {
            What::Verdict(Verdict::Jump(chain) | Verdict::Goto(chain)) => {
                let below = self.ask(tables, chain, state, true)?;
                let (back, accepted) = (self.numbers.keep(below.back, runs), self.numbers.keep(below.accepted, runs));
                match what {
                    What::Verdict(Verdict::Jump(_)) => (back, State::NOBODY, accepted),
                    _ => (State::NOBODY, back, accepted),
                }
            }
            // Whatever it does, the number may be any.
            _ => {
                let touched = self.numbers.keep(state, runs);
                let unknown = |number, _| if number == Number::Nobody { number } else { Number::Unknown };
                let all = self.numbers.zip(touched, touched, unknown);
                (all, all, all)
            }
        };
        after.next = self.numbers.or(after.next, below.0);
        after.back = self.numbers.or(after.back, below.1);
        after.accepted = self.numbers.or(after.accepted, below.2);
        Ok(())
    }
}
