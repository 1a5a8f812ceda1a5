//! The verdicts on a policy as it is, and what it takes to see quickly which of them a change may turn.

use std::sync::Arc;

use jiff::civil::Date;
use rustc_hash::FxHashMap;
use segc_grammar::ast::Arrow;

use super::spread::Facts;
use crate::checks;
use crate::graph::{Closure, FlowIndex, Goal, Graph, Question, may_reach, witness};
use crate::model::{ClassSet, Flow, FlowId, Forbid, Model, Require, ServiceSet};

/// All verdicts on a policy on a day.
pub struct Base<'m> {
    pub model: &'m Model<'m>,
    pub day: Date,
    /// Graphs of the services that steps are counted on, of each kind one.
    pub graphs: Vec<(Option<&'m ServiceSet>, Graph<'m>)>,
    pub paths: Vec<Path<'m>>,
    pub direct: Vec<Direct<'m>>,
    pub requires: Vec<Required<'m>>,
    /// For each flow the requires that it has a connection in common with.
    pub required: Vec<Vec<u32>>,
}

/// A forbid over paths.
pub struct Path<'m> {
    pub forbid: &'m Forbid<'m>,
    /// Its graph.
    pub graph: usize,
    pub fails: bool,
    /// For each of its products, if it holds, what a compromise of the left side leads to.
    pub known: Vec<Arc<Facts>>,
    /// Live waivers, and the barriers of the graph.
    pub barriers: ClassSet,
}

/// A direct forbid.
pub struct Direct<'m> {
    pub forbid: &'m Forbid<'m>,
    /// Live flows that break it.
    pub broken_by: Vec<FlowId>,
}

/// A require.
pub struct Required<'m> {
    pub require: &'m Require<'m>,
    pub holds: bool,
    /// For each of its products, flows that may allow some of it.
    pub candidates: Vec<Vec<FlowId>>,
}

impl<'m> Base<'m> {
    /// Judges everything.
    pub fn new(model: &'m Model<'m>, day: Date) -> Self {
        let index = FlowIndex::new(model, |flow| flow.window.holds(day));
        let mut numbers: FxHashMap<Option<&ServiceSet>, usize> = FxHashMap::default();
        let mut graphs = Vec::new();
        let mut paths = Vec::new();
        let mut searched = Searched::default();
        for forbid in model.forbids.iter().filter(|f| f.arrow == Arrow::Path) {
            let graph = *numbers.entry(forbid.over.as_ref()).or_insert_with(|| {
                graphs.push((forbid.over.as_ref(), Graph::new(model, day, forbid.over.as_ref())));
                graphs.len() - 1
            });
            paths.push(path((graph, &graphs[graph].1), forbid, day, &mut searched));
        }
        let direct = model.forbids.iter().filter(|f| f.arrow == Arrow::Direct).map(|forbid| {
            let near = forbid.boxes.iter().flat_map(|(left, right)| index.candidates(left, right));
            let breaks = |id: &FlowId| checks::breaks(&model.zones, flow(model, *id), forbid);
            let mut broken_by: Vec<FlowId> = near.filter(breaks).collect();
            broken_by.sort_unstable();
            broken_by.dedup();
            Direct { forbid, broken_by }
        });
        let requires: Vec<Required<'m>> = model
            .requires
            .iter()
            .map(|require| {
                let candidates = require.boxes.iter().map(|(left, right)| index.candidates(left, right)).collect();
                let mut required = Required { require, holds: true, candidates };
                required.holds = required.holds_with(model, None, None);
                required
            })
            .collect();
        let mut rests: Vec<Vec<u32>> = vec![Vec::new(); model.flows.len()];
        for (number, required) in (0..).zip(&requires) {
            for id in required.candidates.iter().flatten() {
                let on = &mut rests[id.0 as usize];
                if on.last() != Some(&number) && required.meets(flow(model, *id)) {
                    on.push(number);
                }
            }
        }
        Self { model, day, graphs, paths, direct: direct.collect(), requires, required: rests }
    }
}

fn flow<'m>(model: &'m Model<'m>, id: FlowId) -> &'m Flow<'m> {
    &model.flows[id.0 as usize]
}

/// What is known of a compromise, by graph, starts and barriers: many forbids ask about the same left side.
type Searched = FxHashMap<(usize, ClassSet, ClassSet), Arc<Facts>>;

fn path<'m>(
    (number, graph): (usize, &Graph<'m>),
    forbid: &'m Forbid<'m>,
    day: Date,
    searched: &mut Searched,
) -> Path<'m> {
    let barriers = barriers(graph, forbid, day);
    let fails = fails(graph, forbid, &barriers);
    let facts = |(starts, _): &(ClassSet, ClassSet)| {
        let known = searched.entry((number, starts.clone(), barriers.clone()));
        let search = || Facts::new(graph, &Closure::new(graph, Question::new(starts, &barriers)), starts, &barriers);
        known.or_insert_with(|| Arc::new(search())).clone()
    };
    let known = if fails { Vec::new() } else { forbid.boxes.iter().map(facts).collect() };
    Path { forbid, graph: number, fails, known, barriers }
}

/// Where paths end for a forbid on a day.
pub fn barriers(graph: &Graph<'_>, forbid: &Forbid<'_>, day: Date) -> ClassSet {
    let live = forbid.waivers.iter().filter(|w| w.window.holds(day));
    live.fold(graph.barriers.clone(), |all, waiver| all.union(&waiver.zones))
}

/// Does a forbid over paths fail?
pub fn fails(graph: &Graph<'_>, forbid: &Forbid<'_>, barriers: &ClassSet) -> bool {
    forbid.boxes.iter().any(|(starts, goal)| {
        if starts.meets(goal) {
            return true;
        }
        if !may_reach(graph, starts, goal) {
            return false;
        }
        let services = forbid.services.as_ref();
        let question = Question { until: Some(goal).filter(|_| services.is_none()), ..Question::new(starts, barriers) };
        let closure = Closure::new(graph, question);
        witness(graph, &closure, question, &Goal { zones: goal, services }).is_some()
    })
}

impl<'m> Required<'m> {
    /// Has it a connection in common with a flow?
    pub fn meets(&self, flow: &Flow<'_>) -> bool {
        let joins =
            |(left, right): &(ClassSet, ClassSet)| flow.boxes.iter().any(|(a, b)| a.meets(left) && b.meets(right));
        flow.services.meets(&self.require.services) && self.require.boxes.iter().any(joins)
    }

    /// Does it hold without one flow, or with one more?
    pub fn holds_with(&self, model: &Model<'_>, without: Option<FlowId>, also: Option<&Flow<'_>>) -> bool {
        self.require.boxes.iter().zip(&self.candidates).all(|((left, right), near)| {
            let flows =
                near.iter().filter(|&&id| Some(id) != without).map(|id| &model.flows[id.0 as usize]).chain(also);
            checks::missing(&model.zones, (left, right), &self.require.services, flows).is_none()
        })
    }
}
