//! Policies drawn from a seed: valid, and full of what compilers get wrong. Each is accepted by `segc check` without an
//! error (warnings are fine). It knows just enough of what a policy means to stay valid; what it means is judged elsewhere.

mod allows;
pub mod dice;
mod ranges;
mod services;
pub mod topology;
mod zones;

use std::sync::atomic::{AtomicU64, Ordering};

use dice::Dice;
use jiff::civil::{Date, date};

/// Gives `judge` each seed below `seeds`, in two threads.
pub fn each_seed(seeds: u64, judge: impl Fn(u64) + Sync) {
    let next = AtomicU64::new(0);
    let some = || {
        std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed))
            .take_while(|&seed| seed < seeds)
            .for_each(&judge)
    };
    std::thread::scope(|scope| {
        scope.spawn(some);
        some();
    });
}

/// How much to draw.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Zones at the top level, at most 16; the zones inside them come on top.
    pub zones: usize,
    /// Allow statements.
    pub allows: usize,
    /// Services of the policy's own.
    pub services: usize,
    /// Groups.
    pub groups: usize,
    /// Inner zones, in percent of the zones that could have them.
    pub nesting: u64,
}

impl Size {
    /// For many quick cases: a counter-example of this size can be read.
    pub const SMALL: Size = Size { zones: 3, allows: 3, services: 2, groups: 1, nesting: 30 };
    /// For the kernel.
    pub const MEDIUM: Size = Size { zones: 9, allows: 16, services: 7, groups: 3, nesting: 50 };
}

/// The day around which [`policy`] puts its dates.
pub const DAY: Date = date(2026, 6, 15);

/// The policy of a seed, with dates around [`DAY`].
pub fn policy(seed: u64, size: Size) -> String {
    policy_at(seed, size, DAY)
}

/// The policy of a seed. Of two days only the dates in it differ.
pub fn policy_at(seed: u64, size: Size, day: Date) -> String {
    let mut dice = Dice::new(seed);
    let zones = zones::draw(&mut dice, size);
    let groups = allows::groups(&mut dice, size, &zones);
    let services = services::draw(&mut dice, size);
    let mut statements: Vec<String> = zones.iter().map(|zone| zones::write(zone, &zones)).collect();
    statements.extend(groups.iter().map(|group| {
        let members: Vec<&str> = group.members.iter().map(|&zone| zones[zone].name.as_str()).collect();
        format!("group {} = {}", group.name, members.join(", "))
    }));
    statements
        .extend(services.iter().map(|service| format!("service {} = {}", service.name, service.specs.join(", "))));
    statements.extend(allows::draw(&mut dice, size, &zones, &groups, &services, day));
    dice.shuffle(&mut statements);
    format!("# Drawn from seed {seed}.\n{}\n", statements.join("\n"))
}
