//! Paths of compromise that one version has and the other has not: pairs of zones, and the shortest way for the
//! nearest of them.

use jiff::civil::Date;
use rustc_hash::FxHashMap;
use segc_grammar::ast::FlagKind;

use super::cells::{Cells, Edition};
use super::closure::Closure;
use super::wire::Change;
use super::zones::Matching;
use crate::diagnostics::steps::Teller;
use crate::graph::{self, Fact, Goal, Graph, Question, witness};
use crate::model::{ClassSet, Model, ZoneId};
use crate::source::Sources;
use segc_grammar::Span;

/// Paths of one version that the other has not.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    /// How many pairs of zones.
    pub pairs: usize,
    /// How many zones are reached by somebody who did not reach them.
    pub targets: usize,
    /// Some of these: critical ones first, then the nearest.
    pub nearest: Vec<Reached>,
}

/// A zone, and who reaches it in this version only.
#[derive(Clone, Debug)]
pub struct Reached {
    /// The zone.
    pub target: ZoneId,
    /// Those that do; never empty.
    pub sources: ClassSet,
    /// The shortest way of any of them: whose, past what, and step by step.
    pub first: ZoneId,
    /// Places and credentials on it.
    pub route: Vec<String>,
    /// Its steps, each with its statement.
    pub hops: Vec<(Span, String)>,
}

/// Targets that are told.
pub const MOST: usize = 10;
/// Targets that ways are searched for, so that the nearest can be told.
const TRIED: usize = 16;

/// One version's steps.
pub struct Side<'p> {
    /// Which version.
    pub edition: Edition,
    /// Its steps.
    pub graph: &'p Graph<'p>,
    /// What they lead to.
    pub closure: &'p Closure,
    /// Its texts.
    pub sources: &'p Sources,
}

/// The steps of a version on a day.
pub fn steps<'m>(model: &'m Model<'m>, day: Date) -> (Graph<'m>, Closure) {
    let graph = Graph::new(model, day, None);
    let closure = Closure::new(&graph);
    (graph, closure)
}

/// Paths of `own` that `other` has not. `changes` are connections that only `own` allows: what lies behind them is
/// looked at first.
pub fn beyond(own: &Side<'_>, other: &Side<'_>, cells: &Cells, matching: &Matching, changes: &[Change]) -> Paths {
    let zones = own.graph.model.zones.len() as u32;
    let before: Vec<Vec<u32>> = (0..zones).map(|zone| counterparts(own, ZoneId(zone), cells, matching)).collect();
    let mut known: FxHashMap<(u32, Vec<u32>), Vec<u32>> = FxHashMap::default();
    let mut reached: Vec<Vec<u32>> = vec![Vec::new(); zones as usize];
    let mut pairs = 0;
    for from in 0..zones {
        // Zones of one component, on both sides, reach the same.
        let there = &before[from as usize];
        let components = there.iter().map(|&zone| other.closure.component(zone)).collect();
        let targets = known.entry((own.closure.component(from), components)).or_insert_with(|| {
            let new = |to: &u32| own.closure.reaches(from, *to) && !all_reach(other, there, &before[*to as usize]);
            (0..zones).filter(new).collect()
        });
        for &to in targets.iter().filter(|&&to| to != from) {
            reached[to as usize].push(from);
            pairs += 1;
        }
    }
    let targets = reached.iter().filter(|sources| !sources.is_empty()).count();
    Paths { pairs, targets, nearest: nearest(own, reached, cells, changes) }
}

/// A zone's twin; or, where it has none, the zones of the other version that its addresses were in; none at all where
/// some of them were nobody's.
fn counterparts(own: &Side<'_>, zone: ZoneId, cells: &Cells, matching: &Matching) -> Vec<u32> {
    if let Some(twin) = matching.twin[own.edition as usize][zone.0 as usize] {
        return vec![twin];
    }
    let all = cells.of(own.edition, &own.graph.model.zones.classes(zone));
    let there = own.edition.other();
    if all.within(cells.known(there)) { cells.classes(there, &all).iter().collect() } else { Vec::new() }
}

/// Does each of some zones reach each of others? No zones are a place that was not there.
fn all_reach(side: &Side<'_>, from: &[u32], to: &[u32]) -> bool {
    let every = from.iter().all(|&a| to.iter().all(|&b| a == b || side.closure.reaches(a, b)));
    every && !from.is_empty() && !to.is_empty()
}

/// Those that a reader asks about first, with a way each.
fn nearest(own: &Side<'_>, reached: Vec<Vec<u32>>, cells: &Cells, changes: &[Change]) -> Vec<Reached> {
    let model = own.graph.model;
    let mut targets: Vec<(ZoneId, ClassSet)> = (0..)
        .zip(reached)
        .filter(|(_, sources)| !sources.is_empty())
        .map(|(target, sources)| (ZoneId(target), sources.into_iter().collect()))
        .collect();
    if targets.is_empty() {
        return Vec::new();
    }
    let ordinary = |zone: ZoneId| !model.zones[zone].flags.contains(&FlagKind::Critical);
    let ends = changes.iter().flat_map(|change| &change.parts).flat_map(|part| part.left.runs()).copied();
    let ends = cells.classes(own.edition, &ClassSet::new(ends.collect()));
    let near = graph::Closure::new(own.graph, Question::new(&ends, &own.graph.barriers));
    let steps = |zone: ZoneId| near.round(Fact::Compromised(zone.0)).unwrap_or(u32::MAX);
    targets.sort_by_key(|(zone, _)| (ordinary(*zone), steps(*zone), zone.0));
    targets.truncate(TRIED);
    let mut told: Vec<Reached> = targets
        .into_iter()
        .filter_map(|(target, sources)| {
            let goal = ClassSet::run(target.0, target.0 + 1);
            let question = Question { until: Some(&goal), ..Question::new(&sources, &own.graph.barriers) };
            let closure = graph::Closure::new(own.graph, question);
            let way = witness(own.graph, &closure, question, &Goal { zones: &goal, services: None })?;
            let first = way.trunk.iter().find_map(|fact| match fact {
                Fact::Compromised(place) if sources.contains(*place) => Some(ZoneId(*place)),
                _ => None,
            });
            let first = first.or_else(|| sources.iter().next().map(ZoneId))?;
            let teller = Teller { graph: own.graph, sources: own.sources, over: None };
            Some(Reached { target, first, route: teller.stations(&way), hops: teller.hops(&way), sources })
        })
        .collect();
    told.sort_by_key(|r| (ordinary(r.target), r.hops.len(), r.target.0));
    told.truncate(MOST);
    told
}
