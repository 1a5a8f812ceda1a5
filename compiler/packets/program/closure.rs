//! What a chain and all that it goes to depend on: so that its value is worked out once for all packets that agree in
//! that.

use std::collections::BTreeSet;

use segc_backends::rules::program::{ChainId, Program};

use super::check::targets;
use super::lines::{Do, Lines, What};
use crate::packets::Error;

/// What the value of a chain depends on, beyond destination, key and time.
#[derive(Clone, Default)]
pub struct Closure {
    /// Features of the source, sorted.
    pub features: Vec<usize>,
    /// Does it ask for the packet's number?
    pub reads: bool,
    /// May it change the packet's number?
    pub writes: bool,
    /// By line: may a chain that it goes to change the number?
    pub below_writes: Vec<bool>,
    /// By line: may one behind it, or a chain that such a one goes to, ask for the number?
    pub read_later: Vec<bool>,
    /// By line: does what it does, once it is met, depend on the source?
    pub by_source: Vec<bool>,
}

/// More features than these, over all chains, are refused.
const MOST_FEATURES: usize = 1 << 28;

/// By chain; those not in `order` (in which each stands after its targets) are empty.
///
/// # Errors
/// Too many features.
pub fn closures(program: &Program, lines: &Lines, order: &[ChainId]) -> Result<Vec<Closure>, Error> {
    let mut all: Vec<Closure> = vec![Closure::default(); program.chains.len()];
    let mut sum = 0;
    for chain in order {
        let mut closure = Closure::default();
        let mut features: BTreeSet<usize> = BTreeSet::new();
        let mut line_reads = Vec::new();
        for line in &lines.chains[chain.0 as usize] {
            features.extend(&line.sources);
            let mut reads = line.numbers.is_some() || matches!(line.action, Do::ByNumber(_));
            let map = match &line.action {
                Do::BySource(feature, map) => {
                    features.insert(*feature);
                    Some(*map)
                }
                Do::ByDestination(map) | Do::ByNumber(map) => Some(*map),
                Do::List(_) => None,
                Do::Always(what) => {
                    closure.writes |= matches!(what, What::Number(_) | What::Anything);
                    None
                }
            };
            let numbers = |value| matches!(value, segc_backends::rules::program::Value::Number(_));
            closure.writes |= map.is_some_and(|map| {
                let map = &program.maps[map.0 as usize];
                super::check::values(&map.entries).chain(map.default).any(numbers)
            });
            let rule = &program.chains[chain.0 as usize].rules[line.rule];
            let (mut below_writes, mut by_source) = (false, matches!(line.action, Do::BySource(..) | Do::List(_)));
            for target in targets(program, &rule.action) {
                let below = &all[target.0 as usize];
                below_writes |= below.writes;
                by_source |= !below.features.is_empty();
                features.extend(&below.features);
                reads |= below.reads;
                closure.writes |= below.writes;
            }
            line_reads.push(reads);
            closure.below_writes.push(below_writes);
            closure.by_source.push(by_source);
        }
        for reads in line_reads.into_iter().rev() {
            closure.read_later.push(closure.reads);
            closure.reads |= reads;
        }
        closure.read_later.reverse();
        closure.features = features.into_iter().collect();
        sum += closure.features.len();
        if sum > MOST_FEATURES {
            return Err(Error::TooMuchWork { steps: MOST_FEATURES as u64 });
        }
        all[chain.0 as usize] = closure;
    }
    Ok(all)
}
