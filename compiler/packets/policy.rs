//! Model → set: what the policy allows on a day. Written anew from what the language means: nothing here is shared
//! with `lower`, whose mistakes it is to find.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::Error;
use super::cells::{Runs, Space};
use super::family::Family;
use super::meant::Meant;
use super::sweep::sweep;
use super::tables::{NodeId, Tables};
use super::verdicts::{Decision, Op};
use crate::model::{ClassSet, Model};

/// The addresses of each class, by its number: what a [`Space`] is made for.
pub fn classes<'a, T: Family>(model: &'a Model<'_>) -> Vec<&'a [(T, T)]> {
    model.zones.iter().map(|(_, zone)| T::own(&zone.own).as_slice()).collect()
}

/// The cells of each class.
enum Classes {
    /// Those of a class are in a row, and follow those of the class before it: where they start.
    InOrder(Vec<u32>),
    /// In a space that was made for another policy first.
    Anyhow(Vec<Runs>),
}

impl Classes {
    fn new(all: Vec<Runs>) -> Self {
        let mut starts = vec![0];
        for runs in &all {
            match (runs.as_slice(), starts.last().copied()) {
                ([], Some(next)) => starts.push(next),
                (&[(start, end)], Some(next)) if start == next => starts.push(end),
                _ => return Self::Anyhow(all),
            }
        }
        Self::InOrder(starts)
    }

    fn runs(&self, set: &ClassSet) -> Runs {
        let mut all: Runs = match self {
            Self::InOrder(starts) => {
                let cells = set.runs().iter().map(|run| (starts[run.0 as usize], starts[run.1 as usize]));
                cells.filter(|run| run.0 < run.1).collect()
            }
            Self::Anyhow(runs) => set.iter().flat_map(|class| &runs[class as usize]).copied().collect(),
        };
        all.sort_unstable();
        all.dedup_by(|next, last| {
            let touch = last.1 == next.0;
            last.1 = if touch { next.1 } else { last.1 };
            touch
        });
        all
    }
}

/// Flows with the same sources.
struct Group {
    sources: Runs,
    /// Destinations, and what is allowed there.
    items: Vec<(Runs, NodeId)>,
}

/// The set of what the policy allows on its day: by source cell a row, in which nothing is denied and what is undecided
/// is not allowed. Only flows that hold on that day are in it, each for as long as it holds.
///
/// # Errors
/// It does not fit the tables.
pub fn policy<T: Family>(meant: Meant<'_, '_>, space: &Space<T>, tables: &mut Tables) -> Result<Vec<NodeId>, Error> {
    let classes = Classes::new(classes::<T>(meant.model).into_iter().map(|set| space.runs(set)).collect());
    let mut groups = groups::<T>(meant, &classes, tables)?;
    // Broadest first, so that classes with the same broad groups share what is made of those.
    groups.sort_by_key(|g| std::cmp::Reverse(g.sources.iter().map(|run| run.1 - run.0).sum::<u32>()));
    let mut rows = Vec::with_capacity(groups.len());
    for group in &mut groups {
        group.items.sort_by(|a, b| (a.0.first(), a.1).cmp(&(b.0.first(), b.1)));
        rows.push(sweep(tables, &group.items)?);
    }
    let mut set = fold(tables, &groups, &rows, space.count())?;
    beside(meant, space, tables, &mut set)?;
    Ok(set)
}

/// Adds what passes whatever the policy says.
fn beside<T: Family>(
    meant: Meant<'_, '_>,
    space: &Space<T>,
    tables: &mut Tables,
    set: &mut [NodeId],
) -> Result<(), Error> {
    for declared in meant.declared {
        let always = tables.verdicts.window(None, None, Decision::Allow);
        let leaf = tables.keys(declared.services.only(T::FAMILIES).intervals(), always)?;
        let row = tables.spread(&space.runs(T::own(&declared.destinations).as_slice()), leaf)?;
        for cell in space.runs(T::own(&declared.sources).as_slice()).iter().flat_map(|run| run.0..run.1) {
            set[cell as usize] = tables.apply(Op::Over, set[cell as usize], row)?;
        }
    }
    Ok(())
}

fn groups<T: Family>(meant: Meant<'_, '_>, classes: &Classes, tables: &mut Tables) -> Result<Vec<Group>, Error> {
    let mut groups: Vec<Group> = Vec::new();
    let mut by_left: FxHashMap<&ClassSet, usize> = FxHashMap::default();
    for (_, flow, boxes) in meant.flows() {
        let services = flow.services.only(T::FAMILIES);
        let what = tables.verdicts.window(flow.window.since(), flow.window.before(), Decision::Allow);
        let leaf = tables.keys(services.intervals(), what)?;
        for (left, right) in boxes {
            let group = *by_left.entry(left).or_insert_with(|| {
                groups.push(Group { sources: classes.runs(left), items: Vec::new() });
                groups.len() - 1
            });
            let destinations = classes.runs(right);
            if leaf != NodeId::UNDECIDED && !destinations.is_empty() && !groups[group].sources.is_empty() {
                groups[group].items.push((destinations, leaf));
            }
        }
    }
    groups.retain(|group| !group.items.is_empty());
    Ok(groups)
}

/// Per source cell the union of the rows of the groups that hold it. `groups` are in the order of folding, and what a
/// cell has in common with the one before it, from the first on, is kept.
fn fold(tables: &mut Tables, groups: &[Group], rows: &[NodeId], cells: u32) -> Result<Vec<NodeId>, Error> {
    let mut edges: Vec<(u32, usize)> = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        edges.extend(group.sources.iter().flat_map(|run| [(run.0, number), (run.1, number)]));
    }
    edges.sort_unstable();
    let mut set = Vec::with_capacity(cells as usize);
    let mut active: BTreeSet<usize> = BTreeSet::new();
    let mut kept: Vec<(usize, NodeId)> = Vec::new();
    let mut edges = edges.into_iter().peekable();
    while set.len() < cells as usize {
        let here = set.len() as u32;
        while let Some((_, group)) = edges.next_if(|edge| edge.0 == here) {
            if !active.remove(&group) {
                active.insert(group);
            }
        }
        let common = kept.iter().zip(&active).take_while(|(kept, group)| kept.0 == **group).count();
        kept.truncate(common);
        for &group in active.iter().skip(common) {
            let below = kept.last().map_or(NodeId::UNDECIDED, |last| last.1);
            kept.push((group, tables.apply(Op::Over, below, rows[group])?));
        }
        let row = kept.last().map_or(NodeId::UNDECIDED, |last| last.1);
        set.resize(edges.peek().map_or(cells, |edge| edge.0).min(cells) as usize, row);
    }
    Ok(set)
}
