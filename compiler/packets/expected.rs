//! What a policy allows, worked out before the configuration is known: most are written in the policy's own addresses,
//! and then its cells are theirs.

use std::time::Instant;

use super::cells::Space;
use super::error::Error;
use super::family::Family;
use super::meant::Meant;
use super::policy::{classes, policy};
use super::proof::Figures;
use super::tables::{NodeId, Tables};

/// The policy's set in both families.
pub struct Expected {
    /// IPv4.
    pub(super) v4: Half<u32>,
    /// IPv6.
    pub(super) v6: Half<u128>,
}

/// The policy's set in one family.
pub(super) struct Half<T> {
    pub space: Space<T>,
    pub tables: Tables,
    pub allowed: Result<Vec<NodeId>, Error>,
    pub figures: Figures,
}

/// What is allowed.
pub fn expect(meant: Meant<'_, '_>) -> Expected {
    Expected { v4: Half::new(meant, &[]), v6: Half::new(meant, &[]) }
}

/// The same, each family on a thread of its own: for whoever has nothing else to do.
pub fn expect_side_by_side(meant: Meant<'_, '_>) -> Expected {
    std::thread::scope(|threads| {
        let v6 = threads.spawn(|| Half::new(meant, &[]));
        let v4 = Half::new(meant, &[]);
        Expected { v4, v6: v6.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)) }
    })
}

impl<T: Family> Half<T> {
    /// In cells that tell the sets of `others` apart, too.
    pub fn new(meant: Meant<'_, '_>, others: &[Vec<(T, T)>]) -> Self {
        let mut clock = Clock::new();
        let ends = meant.declared.iter().flat_map(|d| [&d.sources, &d.destinations]);
        let mut others = others.to_vec();
        others.extend(ends.map(|set| T::own(set).as_slice().to_vec()));
        let space = Space::<T>::new(&classes(meant.model), &others);
        let mut tables = Tables::new(space.count());
        let mut figures = Figures { cells: space.count(), space: clock.lap(), ..Figures::default() };
        let allowed = policy(meant, &space, &mut tables);
        figures.policy = clock.lap();
        figures.policy_nodes = tables.count();
        Self { space, tables, allowed, figures }
    }
}

/// Tells how long something took: for people, and for nothing else.
pub(super) struct Clock(Instant);

impl Clock {
    pub fn new() -> Self {
        Self(Instant::now())
    }

    /// Nanoseconds since the last lap.
    pub fn lap(&mut self) -> u64 {
        let before = std::mem::replace(&mut self.0, Instant::now());
        u64::try_from(self.0.duration_since(before).as_nanos()).unwrap_or(u64::MAX)
    }
}
