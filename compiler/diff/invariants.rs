//! What the old version demanded of itself and the new one no longer does.

use jiff::civil::Date;
use segc_grammar::ast::{Arrow, Level, Statement};

use super::Version;
use super::cells::{Cells, Edition};
use super::text::{Renames, bare};
use super::wire::{Part, Rest, without};
use crate::checks::CHECKS;
use crate::model::{ClassSet, Forbid, ServiceSet, Waiver};

/// A forbid or require that is not demanded any more, or not of everything.
#[derive(Clone, Debug)]
pub struct Weakened<'m> {
    /// As it was.
    pub statement: &'m Statement<'m>,
    /// What is no longer demanded, in cells. Cells that are nobody's any more are not among them.
    pub parts: Vec<Part>,
}

/// Forbids and requires of the old version that the new one does not make up for.
pub fn weakened<'m>(old: &Version<'m>, new: &Version<'m>, cells: &Cells, day: Date) -> Vec<Weakened<'m>> {
    let mut found = Vec::new();
    for forbid in &old.model.forbids {
        let stands = |f: &&Forbid<'_>| f.arrow == forbid.arrow && as_strong(f, forbid, cells, day);
        let others = new.model.forbids.iter().filter(stands);
        let now: Vec<Rest> = others.flat_map(|f| demands(cells, Edition::New, &f.boxes, f.services.as_ref())).collect();
        let then = demands(cells, Edition::Old, &forbid.boxes, forbid.services.as_ref());
        judge(forbid.statement, then, &now, cells, &mut found);
    }
    let now: Vec<Rest> =
        new.model.requires.iter().flat_map(|r| demands(cells, Edition::New, &r.boxes, Some(&r.services))).collect();
    for require in &old.model.requires {
        let then = demands(cells, Edition::Old, &require.boxes, Some(&require.services));
        judge(require.statement, then, &now, cells, &mut found);
    }
    found
}

fn demands(
    cells: &Cells,
    edition: Edition,
    boxes: &[(ClassSet, ClassSet)],
    services: Option<&ServiceSet>,
) -> Vec<Rest> {
    let services = services.cloned().unwrap_or_else(ServiceSet::any);
    // What is in neither version, or in one of them only, can be the end of no connection in both.
    let alive = |set: &ClassSet| cells.of(edition, set).intersection(cells.known(Edition::New));
    let boxes = boxes.iter().map(|(left, right)| (alive(left), alive(right), services.clone()));
    boxes.filter(|(left, right, _)| !left.is_empty() && !right.is_empty()).collect()
}

fn judge<'m>(
    statement: &'m Statement<'m>,
    then: Vec<Rest>,
    now: &[Rest],
    cells: &Cells,
    found: &mut Vec<Weakened<'m>>,
) {
    // Nearly all are demanded as they were.
    let then: Vec<Rest> = then.into_iter().filter(|part| !now.contains(part)).collect();
    let near: Vec<Rest> =
        now.iter().filter(|n| then.iter().any(|t| t.0.meets(&n.0) && t.1.meets(&n.1))).cloned().collect();
    let rest = without(then, &near);
    let families = |left: &ClassSet, right: &ClassSet, s: &ServiceSet| {
        cells.families(left).and(cells.families(right)).and(s.families())
    };
    let parts: Vec<Part> = rest
        .into_iter()
        .map(|(left, right, services)| Part { families: families(&left, &right, &services), left, right, services })
        .filter(|part| !part.families.is_none())
        .collect();
    if !parts.is_empty() {
        found.push(Weakened { statement, parts });
    }
}

/// Does a forbid count at least the steps that another one counts, and excuse nothing that it did not?
fn as_strong(new: &Forbid<'_>, old: &Forbid<'_>, cells: &Cells, day: Date) -> bool {
    let steps = match (&new.over, &old.over) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(new), Some(old)) => old.within(new),
    };
    let excused = |waiver: &Waiver<'_>| {
        let zones = cells.of(Edition::New, &waiver.zones);
        let before = |w: &&Waiver<'_>| {
            w.window.covers(&crate::model::Window { from: waiver.window.from.max(Some(day)), ..waiver.window })
        };
        let mut known = old.waivers.iter().filter(before).map(|w| cells.of(Edition::Old, &w.zones));
        waiver.window.is_over(day) || known.any(|known| zones.within(&known))
    };
    steps && (old.arrow == Arrow::Direct || new.waivers.iter().all(excused))
}

/// What every statement had to carry and need not any more, and what it must carry now, in the policy's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Controls {
    /// Requirements that are gone.
    pub removed: Vec<String>,
    /// Requirements that are new.
    pub added: Vec<String>,
    /// Checks whose level is another one: name, before, after.
    pub levels: Vec<(&'static str, Level, Level)>,
}

/// How `controls` differ.
pub fn controls(old: &Version<'_>, new: &Version<'_>, renames: &Renames<'_>) -> Controls {
    let same = Renames::default();
    let list = |version: &Version<'_>, renames: &Renames<'_>| -> Vec<(String, String)> {
        let mut all = Vec::new();
        for control in &version.model.controls.every {
            let whole = version.sources.text(control.span);
            let subject = whole.split_once("needs").map_or(whole, |(subject, _)| subject);
            for requirement in &control.requirements {
                let text = format!("{} needs {}", subject.trim(), version.sources.text(requirement.span));
                all.push((bare(&text, renames), super::text::line(&text)));
            }
        }
        all
    };
    let (before, after) = (list(old, renames), list(new, &same));
    let lacking = |from: &[(String, String)], other: &[(String, String)]| {
        let gone = from.iter().filter(|(key, _)| other.iter().all(|(k, _)| k != key));
        gone.map(|(_, words)| words.clone()).collect()
    };
    let level = |version: &Version<'_>, name: &str, usual: Level| {
        let set = version.model.controls.levels.iter().find(|(check, ..)| *check == name);
        set.map_or(usual, |(_, level, _)| *level)
    };
    let levels = CHECKS.iter().map(|c| (c.name, level(old, c.name, c.level), level(new, c.name, c.level)));
    Controls {
        removed: lacking(&before, &after),
        added: lacking(&after, &before),
        levels: levels.filter(|(_, before, after)| before != after).collect(),
    }
}
