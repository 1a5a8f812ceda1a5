//! How many steps in a row lead to each fact.

use rustc_hash::FxHashMap;

use super::{Closure, Fact, Graph, Step};

/// Steps in a row on the proof that a closure knows of each fact. That a compromised place no longer tells the truth is
/// no step of its own.
pub struct Hops(FxHashMap<Fact, u32>);

impl Hops {
    /// Of all that a closure found.
    pub fn new(graph: &Graph<'_>, found: &Closure) -> Self {
        let mut hops: FxHashMap<Fact, u32> = FxHashMap::default();
        for fact in found.facts() {
            let step = found.step(fact);
            let premises = step.premises(graph, fact);
            let before = premises.iter().filter_map(|premise| hops.get(premise)).max().copied().unwrap_or(0);
            let own = u32::from(!matches!(step, Step::Start | Step::Writable | Step::Taint));
            hops.insert(fact, before + own);
        }
        Self(hops)
    }

    /// To one fact; `None` if it is not so.
    pub fn to(&self, fact: Fact) -> Option<u32> {
        self.0.get(&fact).copied()
    }
}
