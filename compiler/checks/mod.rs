//! Findings over a model. [`CHECKS`] is the table of those whose level a policy may set; forbids, requires and
//! `controls` are always judged, at `deny`.

mod agents;
mod at_hand;
mod controls;
mod covered;
mod credentials;
mod direct;
mod duplicate;
mod emergency;
mod expired;
mod foreign_code;
mod gpu;
mod later;
mod leads;
mod paths;
mod public;
mod replies;
mod required;
mod review;
mod simple;
mod soon;
mod topology;
mod trifecta;
mod triggers;
mod unused;
mod widened;
mod worm_loop;

pub use direct::breaks;
pub use paths::failing;
pub use required::missing;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;
use segc_grammar::ast::{Clause, ClauseKind, Level};

use crate::diagnostics::{Diagnostic, Severity, sort};
use crate::graph::{Closure, FlowIndex, Graph};
use crate::model::{FlowId, Model};
use crate::place::Topology;
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
    graph: OnceLock<Arc<Graph<'m>>>,
    offered: OnceLock<Closure>,
    from_internet: OnceLock<Closure>,
    readings: OnceLock<Vec<public::Reading>>,
    topology: OnceLock<Topology<'m>>,
    repeats: OnceLock<Vec<Option<FlowId>>>,
}

impl<'m> Context<'m> {
    /// A policy on a day.
    pub fn new(model: &'m Model<'m>, sources: &'m Sources, day: Date) -> Self {
        Self {
            model,
            sources,
            day,
            index: OnceLock::new(),
            repeats: OnceLock::new(),
            topology: OnceLock::new(),
            graph: OnceLock::new(),
            offered: OnceLock::new(),
            from_internet: OnceLock::new(),
            readings: OnceLock::new(),
        }
    }

    /// Where zones hang, if anything is said of it.
    fn topology(&self) -> Option<&Topology<'m>> {
        let some = !self.model.devices.is_empty();
        some.then(|| self.topology.get_or_init(|| Topology::new(self.model)))
    }

    /// The graph of the day, in which every connection is a step.
    fn graph(&self) -> &Arc<Graph<'m>> {
        self.graph.get_or_init(|| Arc::new(Graph::new(self.model, self.day, None)))
    }

    /// What strangers do with what is offered to them: content that anybody can write, work that anybody can start.
    fn offered(&self) -> &Closure {
        self.offered.get_or_init(|| public::offered(self.graph()))
    }

    /// What comes of a compromise of the internet.
    fn internet_leads_to(&self) -> &Closure {
        self.from_internet.get_or_init(|| public::from_internet(self.graph()))
    }

    /// Where untrusted content is read.
    fn readings(&self) -> &[public::Reading] {
        self.readings.get_or_init(|| public::readings(self))
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
        name: "agent-reaches-own-host",
        level: Level::Warn,
        summary: "an agent can take the host it runs on",
        whole: false,
        run: agents::reaches_own_host,
    },
    Check { name: "agent-root", level: Level::Deny, summary: "an agent runs as root", whole: false, run: agents::root },
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
        name: "credential-unused",
        level: Level::Warn,
        summary: "a credential that nobody holds or that is good for nothing",
        whole: true,
        run: credentials::unused,
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
        name: "gpu-in-reach",
        level: Level::Warn,
        summary: "an allow joins a GPU and a place that a compromise of the internet leads to",
        whole: false,
        run: gpu::check,
    },
    Check {
        name: "install-open",
        level: Level::Warn,
        summary: "who runs fetched code may connect to the internet",
        whole: false,
        run: foreign_code::install_open,
    },
    Check {
        name: "mixed-authority",
        level: Level::Warn,
        summary: "one agent can use credentials for zones of different owners",
        whole: false,
        run: agents::mixed_authority,
    },
    Check {
        name: "model-account",
        level: Level::Warn,
        summary: "who runs fetched code holds a credential for a model service",
        whole: false,
        run: foreign_code::model_account,
    },
    Check {
        name: "public-trigger",
        level: Level::Deny,
        summary: "where anybody can start work a credential is at hand",
        whole: false,
        run: triggers::check,
    },
    Check {
        name: "reply-hole",
        level: Level::Warn,
        summary: "a firewall without state lets connections be opened that look like replies",
        whole: false,
        run: replies::check,
    },
    Check {
        name: "review-overdue",
        level: Level::Warn,
        summary: "the day of a `review` has passed",
        whole: false,
        run: review::check,
    },
    Check {
        name: "soon",
        level: Level::Warn,
        summary: "something ends within 14 days",
        whole: false,
        run: soon::check,
    },
    Check {
        name: "standing-credential",
        level: Level::Deny,
        summary: "a credential without `lifetime` for a critical zone is held where untrusted content is read",
        whole: false,
        run: credentials::standing,
    },
    Check {
        name: "trifecta",
        level: Level::Deny,
        summary: "untrusted content, a credential and a way out in one place",
        whole: false,
        run: trifecta::check,
    },
    Check {
        name: "unattached",
        level: Level::Warn,
        summary: "a zone hangs on no firewall and no router",
        whole: true,
        run: topology::unattached,
    },
    Check {
        name: "unenforced",
        level: Level::Warn,
        summary: "a denial, or `isolated`, that no firewall enforces",
        whole: true,
        run: topology::unenforced,
    },
    Check { name: "unowned", level: Level::Warn, summary: "an allow has no owner", whole: false, run: simple::unowned },
    Check {
        name: "unroutable",
        level: Level::Warn,
        summary: "an allow between places that nothing joins",
        whole: true,
        run: topology::unroutable,
    },
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
    Check {
        name: "worm-loop",
        level: Level::Deny,
        summary: "who runs what a place serves can publish there",
        whole: false,
        run: worm_loop::check,
    },
    Check {
        name: "writable-allowed",
        level: Level::Warn,
        summary: "who holds a credential may write where anybody can",
        whole: false,
        run: trifecta::writable_allowed,
    },
];

/// Who answers for a statement, as its clauses say.
fn owner<'c>(clauses: &'c [Clause<'_>]) -> Option<&'c str> {
    clauses.iter().find_map(|c| match &c.kind {
        ClauseKind::Owner(owner) => Some(&*owner.text),
        _ => None,
    })
}

/// One thing to look for: what, and at which level its findings are, if not at their own.
type Task = (fn(&Context<'_>, &mut Vec<Diagnostic>), Option<Severity>);

/// Forbids over paths alone.
pub fn forbidden_paths(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    paths::check(context, &mut found);
    found
}

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
    tasks.push((replies::forbidden, None));
    tasks.push((simple::isolated_but_allowed, None));
    tasks.push((emergency::check, None));
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
