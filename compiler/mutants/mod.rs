//! Policy tests: each statement is taken away or widened in thought, one at a time, and all forbids and requires are
//! judged again. A change that none of them notices is one that somebody could make without being asked.

mod base;
mod judge;
mod list;
mod rewrite;
mod spread;

use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::Date;
use segc_grammar::Span;
use segc_grammar::ast::Assumption;

use crate::model::{Assumed, Credential, CredentialId, Flow, FlowId, Model, Places, Pulls, Window, ZoneId};

use base::Base;
pub use list::mutants;
pub use rewrite::Rewrite;

/// What is done to a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An allow is deleted.
    Removed,
    /// An allow also from `any`.
    AnySource,
    /// An allow also to `any`.
    AnyDestination,
    /// An allow also on any service.
    AnyService,
    /// An allow that is not live, also without its dates.
    WithoutDates,
    /// An allow also without `needs`.
    WithoutNeeds,
    /// An allow also without `inert`.
    WithoutInert,
    /// An allow also without `vetted`.
    WithoutVetted,
    /// An allow also with `pulls code`.
    PullsCode,
    /// An allow without `pulls`.
    WithoutPulls,
    /// A zone without `barrier`.
    WithoutBarrier,
    /// A process without `contained`.
    WithoutContained,
    /// A zone without `shares cache with`.
    WithoutShares,
    /// A cache shared with `any`.
    SharesAny,
    /// A credential without `held by`.
    WithoutHeld,
    /// A credential held by `any`.
    HeldByAny,
    /// A credential without `opens`.
    WithoutOpens,
    /// A credential that opens `any`.
    OpensAny,
    /// A credential without `publishes to`.
    WithoutPublishes,
    /// A credential that publishes to `any`.
    PublishesToAny,
    /// A credential that is not `usable anywhere`.
    NotUsableAnywhere,
    /// A credential that is `usable anywhere`.
    UsableAnywhere,
}

/// A change to a policy, in thought.
pub struct Mutant<'m> {
    /// The statement up to its block.
    pub statement: Span,
    /// What is done to it.
    pub kind: Kind,
    /// The same as a change of the text.
    pub rewrite: Rewrite,
    change: Change<'m>,
}

/// A change to a model. What widens an allow is one more allow: the statement as it is, and the wider one beside it.
#[derive(Clone)]
enum Change<'m> {
    Without(FlowId),
    Also(Box<Flow<'m>>),
    Window(FlowId, Window),
    Pulls(FlowId, Option<Pulls>),
    Barrier(ZoneId, Option<(&'m Assumption<'m>, Window)>),
    Contained(ZoneId, Option<Assumed<'m>>),
    Shares(ZoneId, Places),
    Secret(CredentialId, Box<Credential<'m>>),
}

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The verdict on this forbid or require is another one.
    Noticed(Span),
    /// All verdicts are as they were.
    Unnoticed,
    /// It was not judged.
    LeftOut,
}

/// All mutants of a policy and their fates, in the order of the text.
pub struct Report<'m> {
    /// Each with its fate.
    pub mutants: Vec<(Mutant<'m>, Fate)>,
    /// How many forbids and requires there are to notice anything.
    pub invariants: usize,
}

/// Work after which no further mutants are judged. A step is a look at one forbid, or at one zone or allow on the way of a
/// search.
const MOST_WORK: usize = 1_000_000_000;
/// Mutants that are judged between two looks at the work that was done.
const BATCH: usize = 256;

/// Judges all mutants of a model on a day. The same model and day give the same report, bound included.
pub fn run<'m>(model: &'m Model<'m>, day: Date) -> Report<'m> {
    run_within(model, day, MOST_WORK)
}

/// The same within a given amount of work.
pub fn run_within<'m>(model: &'m Model<'m>, day: Date, most_work: usize) -> Report<'m> {
    let all = mutants(model, day);
    let base = Base::new(model, day);
    let mut fates = Vec::with_capacity(all.len());
    let (mut one, mut other) = (model.clone(), model.clone());
    let mut work = 0;
    for batch in all.chunks(BATCH) {
        if work >= most_work {
            fates.resize(all.len(), Fate::LeftOut);
            break;
        }
        let next = AtomicUsize::new(0);
        let judge = |own: &mut Model<'m>| {
            let mut judged = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(mutant) = batch.get(at) else { return judged };
                judged.push((at, base.judge(mutant, own)));
            }
        };
        let mut judged = std::thread::scope(|threads| {
            let second = threads.spawn(|| judge(&mut other));
            let mut judged = judge(&mut one);
            judged.extend(second.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            judged
        });
        judged.sort_unstable_by_key(|(at, _)| *at);
        for (_, (noticed, cost)) in judged {
            fates.push(noticed.map_or(Fate::Unnoticed, Fate::Noticed));
            work += cost;
        }
    }
    let invariants = model.forbids.len() + model.requires.len();
    Report { mutants: all.into_iter().zip(fates).collect(), invariants }
}
