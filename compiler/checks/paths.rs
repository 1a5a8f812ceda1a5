//! `forbid … => …`: compromise of the left never leads to compromise of the right, over any number of steps.

use std::sync::Arc;

use jiff::civil::Date;
use rustc_hash::FxHashMap;
use segc_grammar::Span;
use segc_grammar::ast::Arrow;

use super::{Context, later};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::paths::{self as say, Further};
use crate::diagnostics::steps::Teller;
use crate::graph::{
    Closure, Count, Cut, Element, Fact, Goal, Graph, Question, Witness, count_paths, cut, may_reach, required, witness,
};
use crate::model::{ClassSet, Forbid, ServiceSet, head};
use crate::words;

/// Judges every forbid over paths on the context's day.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let model = context.model;
    let mut graphs = Graphs { context, built: FxHashMap::default() };
    let required = required(model, context.index());
    let mut told = Vec::new();
    for forbid in model.forbids.iter().filter(|f| f.arrow == Arrow::Path) {
        let Built { graph, ambient } = graphs.over(forbid.over.as_ref());
        let judge = Judge { context, graph, ambient: ambient.as_ref(), forbid, required: &required };
        found.extend(judge.findings(&mut told));
    }
}

/// Which forbids over paths fail on the context's day, in source order: the verdicts alone, without stories and cuts.
pub fn failing(context: &Context<'_>) -> Vec<bool> {
    let mut graphs = Graphs { context, built: FxHashMap::default() };
    let paths = context.model.forbids.iter().filter(|f| f.arrow == Arrow::Path);
    let fails = paths.map(|forbid| {
        let Built { graph, ambient } = graphs.over(forbid.over.as_ref());
        let judge = Judge { context, graph, ambient: ambient.as_ref(), forbid, required: &[] };
        !judge.find(&judge.barriers()).is_empty()
    });
    fails.collect()
}

/// One graph per `over`.
struct Graphs<'c, 'm> {
    context: &'c Context<'m>,
    built: FxHashMap<Option<ServiceSet>, Built<'m>>,
}

impl<'m> Graphs<'_, 'm> {
    fn over(&mut self, services: Option<&ServiceSet>) -> &Built<'m> {
        let context = self.context;
        let new = || match services {
            None => Built::new(Arc::clone(context.graph())),
            Some(_) => Built::new(Arc::new(Graph::new(context.model, context.day, services))),
        };
        self.built.entry(services.cloned()).or_insert_with(new)
    }
}

/// A graph, and what the public alone does in it: the same for every forbid.
struct Built<'m> {
    graph: Arc<Graph<'m>>,
    /// `None` where nothing comes back that could do harm: then nobody gets anywhere who is nowhere.
    ambient: Option<Closure>,
}

impl<'m> Built<'m> {
    fn new(graph: Arc<Graph<'m>>) -> Self {
        let none = ClassSet::default();
        let ambient = (!graph.pulling.is_empty()).then(|| Closure::new(&graph, Question::new(&none, &graph.barriers)));
        Self { graph, ambient }
    }
}

struct Judge<'j, 'm> {
    context: &'j Context<'m>,
    graph: &'j Graph<'m>,
    ambient: Option<&'j Closure>,
    forbid: &'j Forbid<'m>,
    required: &'j [Option<Span>],
}

/// A way from one set of starts to one goal. No starts: the public alone goes it.
struct Found {
    starts: ClassSet,
    goal: ClassSet,
    way: Witness,
}

impl Judge<'_, '_> {
    /// Zones that nobody goes on from, those of live waivers among them.
    fn barriers(&self) -> ClassSet {
        let live = self.forbid.waivers.iter().filter(|w| w.window.holds(self.context.day));
        live.fold(self.graph.barriers.clone(), |set, w| set.union(&w.zones))
    }

    /// What is wrong; `told` are places of which it was said that the public alone reaches them.
    fn findings(&self, told: &mut Vec<u32>) -> Vec<Diagnostic> {
        let day = self.context.day;
        let live: Vec<_> = self.forbid.waivers.iter().enumerate().filter(|(_, w)| w.window.holds(day)).collect();
        let barriers_without = |left_out: Option<usize>| {
            let kept = live.iter().filter(|(i, _)| Some(*i) != left_out);
            kept.fold(self.graph.barriers.clone(), |set, (_, w)| set.union(&w.zones))
        };
        let all = self.barriers();
        let mut found = Vec::new();
        let failures = self.find(&all);
        let fails = !failures.is_empty();
        for failure in failures {
            let prey = match failure.way.trunk.last() {
                Some(Fact::Compromised(place)) if failure.starts.is_empty() => Some(*place),
                _ => None,
            };
            if prey.is_none_or(|place| !told.contains(&place)) {
                found.push(self.explain(&failure, &all));
            }
            told.extend(prey);
        }
        for &(i, waiver) in &live {
            let needed = |day: Date| waiver.window.holds(day) && self.needed_on(day, i);
            let needless = !fails && found.is_empty() && self.find(&barriers_without(Some(i))).is_empty();
            if needless && !later::changes(self.context).keys().take(later::MOST_DAYS).any(|&day| needed(day)) {
                found.push(say::waiver_excuses_nothing(waiver.span, head(self.forbid.statement)));
            }
        }
        if found.is_empty() && !fails && !live.is_empty() {
            let words = |(_, w): &(usize, &crate::model::Waiver<'_>)| {
                let until = w.window.until.map_or("with no last day".to_owned(), |d| format!("until {d}"));
                (w.span, format!("paths through here are let be, {until}"))
            };
            found.push(say::waived(head(self.forbid.statement), &live.iter().map(words).collect::<Vec<_>>()));
        }
        found
    }

    /// Would the forbid fail on that day without the waiver, and hold with it?
    fn needed_on(&self, day: Date, waiver: usize) -> bool {
        let Built { graph, ambient } =
            Built::new(Arc::new(Graph::new(self.context.model, day, self.forbid.over.as_ref())));
        let then = Judge { graph: &graph, ambient: ambient.as_ref(), ..*self };
        let mut all = graph.barriers.clone();
        let mut others = graph.barriers.clone();
        for (i, w) in self.forbid.waivers.iter().enumerate().filter(|(_, w)| w.window.holds(day)) {
            all = all.union(&w.zones);
            if i != waiver {
                others = others.union(&w.zones);
            }
        }
        then.find(&all).is_empty() && !then.find(&others).is_empty()
    }

    /// The shortest way that breaks the forbid, if one does; and one that the public alone goes, if there is one.
    fn find(&self, barriers: &ClassSet) -> Vec<Found> {
        let none = ClassSet::default();
        let nobody = Question::new(&none, barriers);
        // A waiver is a barrier more, for this forbid alone.
        let own =
            (self.ambient.is_some() && *barriers != self.graph.barriers).then(|| Closure::new(self.graph, nobody));
        let ambient = own.as_ref().or(self.ambient);
        let mut best: Option<Found> = None;
        let mut public: Option<Found> = None;
        for (starts, goal) in &self.forbid.boxes {
            let mut goal = goal.clone();
            if let Some(closure) = ambient {
                // Each place that the public reaches is told of once, and left out of what the left side reaches.
                loop {
                    let aim = Goal { zones: &goal, services: self.forbid.services.as_ref() };
                    let Some(way) = witness(self.graph, closure, nobody, &aim) else { break };
                    let Some(&Fact::Compromised(place)) = way.trunk.last() else { break };
                    if public.as_ref().is_none_or(|p| way.hops.len() < p.way.hops.len()) {
                        public = Some(Found { starts: none.clone(), goal: goal.clone(), way });
                    }
                    goal = match self.forbid.services {
                        None => goal.difference(&closure.compromised()),
                        Some(_) => goal.difference(&ClassSet::run(place, place + 1)),
                    };
                }
            }
            if goal.is_empty() || !may_reach(self.graph, starts, &goal) {
                continue;
            }
            let question = Question {
                until: Some(&goal).filter(|_| self.forbid.services.is_none()),
                ..Question::new(starts, barriers)
            };
            let closure = Closure::new(self.graph, question);
            let aim = Goal { zones: &goal, services: self.forbid.services.as_ref() };
            let way = if starts.meets(&goal) {
                Some(Witness::default())
            } else {
                witness(self.graph, &closure, question, &aim)
            };
            let Some(way) = way else { continue };
            if best.as_ref().is_none_or(|b| way.hops.len() < b.way.hops.len()) {
                best = Some(Found { starts: starts.clone(), goal, way });
            }
        }
        public.into_iter().chain(best).collect()
    }

    fn explain(&self, found: &Found, barriers: &ClassSet) -> Diagnostic {
        let model = self.context.model;
        if found.way.hops.is_empty() {
            let shared = found.starts.intersection(&found.goal);
            return say::same_place(head(self.forbid.statement), &words::classes(model, &shared));
        }
        let teller = Teller { graph: self.graph, sources: self.context.sources, over: self.forbid.over.as_ref() };
        let goal = Goal { zones: &found.goal, services: self.forbid.services.as_ref() };
        let question = Question::new(&found.starts, barriers);
        // The search may have stopped at the first goal.
        let closure = Closure::new(self.graph, question);
        let further = match count_paths(self.graph, &closure, question, &goal) {
            Count::Exactly(n) => Further::Exactly(n.saturating_sub(1)),
            Count::AtLeast(n) => Further::AtLeast(n.saturating_sub(1)),
        };
        let cut = cut(self.graph, question, &goal, self.required);
        let tell = if found.starts.is_empty() { say::ambient_path } else { say::forbidden_path };
        tell(
            head(self.forbid.statement),
            &teller.route(&found.way),
            teller.hops(&found.way),
            further,
            self.cut_words(cut, &teller, found.way.hops.len() > 1),
        )
    }

    fn cut_words(&self, cut: Cut, teller: &Teller<'_>, between: bool) -> say::Cut {
        let words = |elements: Vec<Element>| elements.iter().map(|e| teller.element(e)).collect();
        match cut {
            Cut::Smallest(elements, ways) => {
                say::Cut::Smallest(words(elements), ways.iter().map(|way| teller.route(way)).collect())
            }
            Cut::Enough(elements) => say::Cut::Enough(words(elements)),
            Cut::OnlyRequired(flow) => {
                let require =
                    self.required[flow.0 as usize].map_or_else(String::new, |at| self.context.sources.line(at));
                say::Cut::OnlyRequired { allow: teller.element(&Element::Allow(flow)), require, between }
            }
            Cut::SamePlace => say::Cut::SamePlace,
            Cut::MoreThan(n) => say::Cut::MoreThan(n),
        }
    }
}
