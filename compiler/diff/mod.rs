//! What becomes possible and impossible from one version of a policy to the next, exactly.

mod cells;
mod closure;
mod flows;
mod invariants;
mod paths;
mod places;
mod statements;
mod text;
mod wire;
mod zones;

use jiff::civil::Date;
use segc_grammar::ast::Statement;

use crate::model::Model;
use crate::source::Sources;

pub use cells::{Cell, Cells, Edition};
pub use invariants::{Controls, Weakened};
pub use paths::{Paths, Reached};
pub use places::{Place, Speaker};
pub use statements::{ClauseEdit, Edit, Renamed};
pub use text::line_at;
pub use wire::{Change, Part};
pub use zones::Moved;

/// A version of a policy.
pub struct Version<'m> {
    /// What it means.
    pub model: &'m Model<'m>,
    /// Its texts.
    pub sources: &'m Sources,
    /// All of its statements, in source order.
    pub statements: Vec<&'m Statement<'m>>,
}

/// How two versions differ on a day.
pub struct Diff<'m> {
    /// Addresses that both keep together.
    pub cells: Cells,
    /// What statements of the new version allow and the old version does not.
    pub opened: Vec<Change>,
    /// What statements of the old version allow and the new version does not.
    pub closed: Vec<Change>,
    /// Addresses whose zone is another one.
    pub moved: Vec<Moved>,
    /// Paths of compromise of the new version only.
    pub paths_opened: Paths,
    /// Paths of compromise of the old version only.
    pub paths_closed: Paths,
    /// Forbids and requires of the old version that the new one does not make up for.
    pub weakened: Vec<Weakened<'m>>,
    /// What `controls` demand.
    pub controls: Controls,
    /// What is called otherwise.
    pub renamed: Vec<Renamed<'m>>,
    /// Statements that are not as they were.
    pub edits: Vec<Edit<'m>>,
}

impl Diff<'_> {
    /// On the wire, on the day or later: does something open?
    pub fn is_wider(&self) -> bool {
        !self.opened.is_empty()
    }

    /// On the wire, on the day or later: does something close?
    pub fn is_narrower(&self) -> bool {
        !self.closed.is_empty()
    }
}

/// Compares two versions on a day.
pub fn diff<'m>(old: &Version<'m>, new: &Version<'m>, day: Date) -> Diff<'m> {
    let cells = Cells::new(old.model, new.model);
    let matching = zones::Matching::new(old.model, new.model, &cells);
    let services = flows::Services::new(old.model, new.model);
    let known = |version: &Version<'m>, edition| {
        let flows = flows::Flows::new(version.model, edition, &cells, &services);
        (flows, paths::steps(version.model, day))
    };
    let ((old_flows, before), (new_flows, after)) =
        side_by_side(|| known(old, Edition::Old), || known(new, Edition::New));
    let wire = |of, against| wire::Wire { cells: &cells, services: &services, of, against }.beyond(day);
    let (opened, closed) = side_by_side(|| wire(&new_flows, &old_flows), || wire(&old_flows, &new_flows));
    let was = paths::Side { edition: Edition::Old, graph: &before.0, closure: &before.1, sources: old.sources };
    let is = paths::Side { edition: Edition::New, graph: &after.0, closure: &after.1, sources: new.sources };
    let ((paths_opened, paths_closed), (renamed, edits, controls, weakened)) = side_by_side(
        || {
            let opened = paths::beyond(&is, &was, &cells, &matching, &opened);
            (opened, paths::beyond(&was, &is, &cells, &matching, &closed))
        },
        || {
            let renamed = statements::renamed(old, new, &cells, &matching);
            let edits = statements::edits(old, new, &cells, &renamed);
            let renames = renamed.iter().map(|r| (r.from, r.to)).collect();
            let controls = invariants::controls(old, new, &renames);
            (renamed, edits, controls, invariants::weakened(old, new, &cells, day))
        },
    );
    let moved = matching.moved(&cells);
    Diff { cells, opened, closed, moved, paths_opened, paths_closed, weakened, controls, renamed, edits }
}

/// Two things at the same time.
fn side_by_side<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|threads| {
        let first = threads.spawn(one);
        let second = other();
        (first.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), second)
    })
}
