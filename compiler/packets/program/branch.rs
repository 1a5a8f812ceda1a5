//! What one rule does to packets, by destination: where it is certain, and where it is one of several things.

use segc_backends::rules::program::{Entries, MapId, Value};

use super::chain::Chains;
use super::lines::{Do, Line, What};
use super::numbers::{State, meet};
use crate::packets::cells::Runs;

/// See the module. Everything holds for the rule's keys and times only.
#[derive(Default)]
pub struct Branches {
    /// From a cell up to another. Sorted, disjoint.
    pub certain: Vec<(u32, u32, What)>,
    /// One of these, it is not known which; disjoint from one another and from the certain ones.
    pub doubtful: Vec<(Vec<What>, Runs)>,
}

impl Chains<'_> {
    /// Of a rule whose source conditions hold, for packets of that state.
    pub fn branches(&self, line: &Line, state: State) -> Branches {
        let everywhere: Runs = vec![(0, self.cells)];
        let region = line.destinations.as_ref().unwrap_or(&everywhere);
        // Where it is certain, and where it is not, whether the rule is met.
        let (sure, open) = match &line.numbers {
            None => (region.clone(), Runs::new()),
            Some(numbers) => {
                (meet(region, &self.numbers.find(state, numbers)), meet(region, &self.numbers.get(state).unknown))
            }
        };
        let mut out = Branches::default();
        self.done(&line.action, state, &sure, line.unknown, &mut out);
        self.done(&line.action, state, &open, true, &mut out);
        out.certain.sort_unstable();
        out
    }

    fn done(&self, action: &Do, state: State, region: &Runs, in_doubt: bool, out: &mut Branches) {
        if region.is_empty() {
            return;
        }
        let whole = |what: What| region.iter().map(|run| (run.0, run.1, what)).collect::<Vec<_>>();
        let pieces = match action {
            Do::Always(What::Anything) => {
                out.doubtful.push((vec![What::Anything], region.clone()));
                return;
            }
            Do::Always(what) => whole(*what),
            Do::BySource(feature, map) => match self.source[*feature] {
                0 => return,
                piece => whole(self.lines.maps[map.0 as usize][piece as usize - 1].2),
            },
            // A list has its rows ready.
            Do::List(_) => return,
            Do::ByDestination(map) => cut(&self.lines.maps[map.0 as usize], region),
            Do::ByNumber(map) => {
                let unknown = meet(region, &self.numbers.get(state).unknown);
                // A number written anew is unknown where it was; that is for whoever follows the states.
                if !unknown.is_empty() {
                    let mut values = self.values(*map);
                    if in_doubt && !values.contains(&What::Nothing) {
                        values.push(What::Nothing);
                    }
                    out.doubtful.push((values, unknown));
                }
                cut(&self.found(*map, state), region)
            }
        };
        if !in_doubt {
            out.certain.extend(pieces);
            return;
        }
        let mut by_what: Vec<(What, (u32, u32))> = pieces.into_iter().map(|p| (p.2, (p.0, p.1))).collect();
        by_what.sort_unstable();
        for same in by_what.chunk_by(|a, b| a.0 == b.0) {
            out.doubtful.push((vec![same[0].0, What::Nothing], same.iter().map(|s| s.1).collect()));
        }
    }

    /// What a map by number may give, [`What::Nothing`] among it if it may give nothing.
    fn values(&self, map: MapId) -> Vec<What> {
        let map = &self.program.maps[map.0 as usize];
        let mut all: Vec<What> =
            super::check::values(&map.entries).chain(map.default).map(super::lines::what).collect();
        if map.default.is_none() {
            all.push(What::Nothing);
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What a map by number gives where the number is known. Sorted.
    fn found(&self, map: MapId, state: State) -> Vec<(u32, u32, What)> {
        let map = &self.program.maps[map.0 as usize];
        let Entries::Number(entries) = &map.entries else { return Vec::new() };
        let known = &self.numbers.get(state).known;
        let mut out: Vec<(u32, u32, What)> = Vec::new();
        let mut add = |run: &(u32, u32, u32), value: Value| match super::lines::what(value) {
            What::Nothing => {}
            what => out.push((run.1, run.2, what)),
        };
        if map.default.is_none() && entries.len() < known.len() {
            for &(low, high, value) in entries {
                let first = known.partition_point(|k| k.0 < low);
                known[first..].iter().take_while(|k| k.0 <= high).for_each(|run| add(run, value));
            }
        } else {
            for run in known {
                let after = entries.partition_point(|e| e.0 <= run.0);
                let entry = entries[..after].last().filter(|e| run.0 <= e.1).map(|e| e.2);
                entry.or(map.default).into_iter().for_each(|value| add(run, value));
            }
        }
        out.sort_unstable();
        out
    }
}

/// The parts of pieces that lie in the runs.
fn cut(pieces: &[(u32, u32, What)], runs: &Runs) -> Vec<(u32, u32, What)> {
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < pieces.len() && j < runs.len() {
        let (start, end) = (pieces[i].0.max(runs[j].0), pieces[i].1.min(runs[j].1));
        if start < end && pieces[i].2 != What::Nothing {
            out.push((start, end, pieces[i].2));
        }
        if pieces[i].1 < runs[j].1 { i += 1 } else { j += 1 }
    }
    out
}
