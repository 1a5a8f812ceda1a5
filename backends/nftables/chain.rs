//! The rules of one pair of ends, merged: no two equal ones, none that a longer-lived one covers, and the origins of all.

use super::services::{Condition, conditions};
use crate::rules::{Origin, Rule, RuleSet};
use std::cmp::Reverse;

/// One service of one rule.
#[derive(Clone, Copy, Debug)]
struct Entry {
    condition: Condition,
    window: Window,
    log: bool,
    origin: Origin,
}

/// When a rule is live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Seconds since 1970: not before.
    pub since: Option<i64>,
    /// Seconds since 1970: no longer at this moment.
    pub before: Option<i64>,
}

impl Window {
    fn starts(self) -> i64 {
        self.since.unwrap_or(i64::MIN)
    }

    fn ends(self) -> i64 {
        self.before.unwrap_or(i64::MAX)
    }
}

/// The entries of a chain, in a buffer that serves one chain after the other.
#[derive(Default)]
pub(super) struct Chain {
    entries: Vec<Entry>,
    origins: Vec<Origin>,
}

impl Chain {
    /// Takes the rules of the next chain.
    pub(super) fn fill<'a>(&mut self, set: &RuleSet, rules: impl Iterator<Item = &'a Rule>) {
        self.entries.clear();
        for rule in rules {
            let window = Window { since: rule.since, before: rule.before };
            for service in &set.services[rule.services.0 as usize] {
                let entry = |condition| Entry { condition, window, log: rule.log, origin: rule.origin };
                self.entries.extend(conditions(*service).map(entry));
            }
        }
        let key = |entry: &Entry| (entry.condition, entry.window.starts(), Reverse(entry.window.ends()), entry.origin);
        self.entries.sort_unstable_by_key(key);
    }

    /// Calls `line` for each rule to write, in order: of the entries that log, or of all.
    ///
    /// Of one condition the earliest start comes first, so a window lies within an earlier one if and only if it ends no
    /// later than the last one kept, whose end is the latest so far.
    pub(super) fn lines(&mut self, log: bool, mut line: impl FnMut(Condition, Window, &[Origin])) {
        let mut last: Option<(Condition, Window)> = None;
        self.origins.clear();
        for entry in self.entries.iter().filter(|entry| entry.log || !log) {
            let covered = last.is_some_and(|(condition, window)| {
                condition == entry.condition && entry.window.ends() <= window.ends()
            });
            if !covered {
                if let Some((condition, window)) = last {
                    line(condition, window, told(&mut self.origins));
                }
                self.origins.clear();
                last = Some((entry.condition, entry.window));
            }
            self.origins.push(entry.origin);
        }
        if let Some((condition, window)) = last {
            line(condition, window, told(&mut self.origins));
        }
    }
}

/// Each origin once.
fn told(origins: &mut Vec<Origin>) -> &[Origin] {
    origins.sort_unstable();
    origins.dedup();
    origins
}
