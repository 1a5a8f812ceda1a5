//! Findings over a model. [`CHECKS`] is the table of those whose level a policy may set; forbids, requires and
//! `controls` are always judged, at `deny`.

mod controls;
mod covered;
mod direct;
mod duplicate;
mod expired;
mod later;
mod paths;
mod required;
mod simple;
mod unused;
mod widened;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::Date;
use segc_grammar::ast::Level;

use crate::diagnostics::{Diagnostic, Severity, sort};
use crate::graph::FlowIndex;
use crate::model::{FlowId, Model};
use crate::source::Sources;

/// What checks look at.
pub struct Context<'m> {
    /// The policy.
    pub model: &'m Model<'m>,
    /// Its texts, for saying `file:line` in a sentence.
    pub sources: &'m Sources,
    /// The day that dates are judged on.
    pub day: Date,
    index: OnceLock<FlowIndex>,
    repeats: OnceLock<Vec<Option<FlowId>>>,
}

impl<'m> Context<'m> {
    /// A policy on a day.
    pub fn new(model: &'m Model<'m>, sources: &'m Sources, day: Date) -> Self {
        Self { model, sources, day, index: OnceLock::new(), repeats: OnceLock::new() }
    }

    /// Which flows leave and enter a class, on whatever day.
    fn index(&self) -> &FlowIndex {
        self.index.get_or_init(|| FlowIndex::new(self.model, |_| true))
    }

    /// For each flow the first one that says exactly the same.
    fn repeats(&self) -> &[Option<FlowId>] {
        self.repeats.get_or_init(|| duplicate::repeats(&self.model.flows))
    }
}

/// A built-in check whose level `controls` may set.
pub struct Check {
    /// Its name in `controls`.
    pub name: &'static str,
    /// Its level where nothing is said.
    pub level: Level,
    /// One line for the manual.
    pub summary: &'static str,
    /// It may be wrong about a policy of which statements had to be left out.
    whole: bool,
    run: fn(&Context<'_>, &mut Vec<Diagnostic>),
}

/// All of them, sorted by name.
pub const CHECKS: &[Check] = &[
    Check {
        name: "any-service",
        level: Level::Warn,
        summary: "an allow opens every service",
        whole: false,
        run: simple::any_service,
    },
    Check {
        name: "covered",
        level: Level::Warn,
        summary: "an allow adds nothing to others",
        whole: false,
        run: covered::check,
    },
    Check {
        name: "duplicate",
        level: Level::Warn,
        summary: "a statement says the same as an earlier one",
        whole: false,
        run: duplicate::check,
    },
    Check {
        name: "expired",
        level: Level::Warn,
        summary: "something has ended and no longer counts",
        whole: false,
        run: expired::check,
    },
    Check {
        name: "unenforced",
        level: Level::Warn,
        summary: "`isolated`, but nothing keeps members apart",
        whole: false,
        run: simple::isolated,
    },
    Check { name: "unowned", level: Level::Warn, summary: "an allow has no owner", whole: false, run: simple::unowned },
    Check {
        name: "unused",
        level: Level::Warn,
        summary: "a name that no other statement uses",
        whole: true,
        run: unused::check,
    },
    Check {
        name: "widened",
        level: Level::Warn,
        summary: "a network firewall lets a process' hosts do what only the process may",
        whole: false,
        run: widened::check,
    },
];

/// Checks that the language knows and this version does not.
pub const LATER_CHECKS: &[&str] = &[
    "agent-reaches-own-host",
    "agent-root",
    "credential-unused",
    "gpu-in-reach",
    "install-open",
    "mixed-authority",
    "model-account",
    "public-trigger",
    "review-overdue",
    "soon",
    "standing-credential",
    "trifecta",
    "worm-loop",
    "writable-allowed",
];

/// One thing to look for: what, and at which level its findings are, if not at their own.
type Task = (fn(&Context<'_>, &mut Vec<Diagnostic>), Option<Severity>);

/// Everything that is to be said about a model, ordered by place. `complete` is false where statements had to be left
/// out of it. Two threads take the tasks in turn.
pub fn check(context: &Context<'_>, complete: bool) -> Vec<Diagnostic> {
    let tasks = tasks(context, complete);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        while let Some(&(run, severity)) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut own = Vec::new();
            run(context, &mut own);
            found.extend(own.into_iter().map(|d| match severity {
                Some(severity) => d.with_severity(severity),
                None => d,
            }));
        }
        found
    };
    let mut found = std::thread::scope(|threads| {
        let other = threads.spawn(work);
        let mut found = work();
        // A check that panics is a bug of ours: it must not pass for a clean one.
        found.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        found
    });
    sort(&mut found);
    found
}

/// What a policy demands of itself, and the table's checks, the longer ones first.
fn tasks(context: &Context<'_>, complete: bool) -> Vec<Task> {
    let mut tasks: Vec<Task> = vec![(paths::check, None), (controls::check, None), (direct::check, None)];
    if complete {
        tasks.extend([(required::check as fn(&Context<'_>, &mut Vec<Diagnostic>), None), (later::check, None)]);
    }
    tasks.push((simple::isolated_but_allowed, None));
    for check in CHECKS.iter().filter(|c| complete || !c.whole) {
        let set = context.model.controls.levels.iter().find(|(name, ..)| *name == check.name);
        let severity = match set.map_or(check.level, |(_, level, _)| *level) {
            Level::Off => continue,
            Level::Warn => Severity::Warning,
            Level::Deny => Severity::Error,
        };
        // It takes longest of the table.
        let place = if check.name == "covered" { 0 } else { tasks.len() };
        tasks.insert(place, (check.run, Some(severity)));
    }
    tasks
}
