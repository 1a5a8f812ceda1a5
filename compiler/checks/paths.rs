//! `forbid … => …`: compromise of the left never leads to compromise of the right, over any number of steps.

use jiff::civil::Date;
use rustc_hash::FxHashMap;
use segc_grammar::Span;
use segc_grammar::ast::Arrow;

use super::{Context, later};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::paths::{self as say, Further};
use crate::graph::{Count, Cut, Goal, Graph, Hop, Reach, count_paths, cut, may_reach, search};
use crate::model::{ClassSet, FlowId, Forbid, Model, ServiceSet, ZoneId, head};
use crate::words;

/// Judges every forbid over paths on the context's day.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let model = context.model;
    let mut graphs: Graphs<'_> = Graphs::new(model, context.day);
    let required = required(context);
    for forbid in model.forbids.iter().filter(|f| f.arrow == Arrow::Path) {
        let graph = graphs.over(forbid.over.as_ref());
        found.extend(Judge { context, graph, forbid, required: &required }.findings());
    }
}

/// One graph per `over`.
struct Graphs<'m> {
    model: &'m Model<'m>,
    day: Date,
    built: FxHashMap<Option<ServiceSet>, Graph<'m>>,
}

impl<'m> Graphs<'m> {
    fn new(model: &'m Model<'m>, day: Date) -> Self {
        Self { model, day, built: FxHashMap::default() }
    }

    fn over(&mut self, services: Option<&ServiceSet>) -> &Graph<'m> {
        self.built.entry(services.cloned()).or_insert_with(|| Graph::new(self.model, self.day, services))
    }
}

/// For each flow, the first `require` that rests on it: such a flow is never proposed for removal.
fn required(context: &Context<'_>) -> Vec<Option<Span>> {
    let model = context.model;
    let mut required = vec![None; model.flows.len()];
    if model.requires.is_empty() {
        return required;
    }
    for require in &model.requires {
        for (left, right) in &require.boxes {
            for FlowId(id) in context.index().candidates(left, right) {
                let flow = &model.flows[id as usize];
                let joins = flow.boxes.iter().any(|(a, b)| a.meets(left) && b.meets(right));
                if joins && flow.services.meets(&require.services) {
                    required[id as usize].get_or_insert(require.statement.span);
                }
            }
        }
    }
    required
}

struct Judge<'j, 'm> {
    context: &'j Context<'m>,
    graph: &'j Graph<'m>,
    forbid: &'j Forbid<'m>,
    required: &'j [Option<Span>],
}

/// A way from one set of starts to one goal.
struct Found {
    starts: ClassSet,
    goal: ClassSet,
    reach: Reach,
    way: Vec<Hop>,
}

impl Judge<'_, '_> {
    fn findings(&self) -> Vec<Diagnostic> {
        let day = self.context.day;
        let live: Vec<_> = self.forbid.waivers.iter().enumerate().filter(|(_, w)| w.window.holds(day)).collect();
        let barriers_without = |left_out: Option<usize>| {
            let kept = live.iter().filter(|(i, _)| Some(*i) != left_out);
            kept.fold(self.graph.barriers.clone(), |set, (_, w)| set.union(&w.zones))
        };
        let all = barriers_without(None);
        let mut found = Vec::new();
        if let Some(failure) = self.find(&all) {
            found.push(self.explain(&failure, &all));
        }
        for &(i, waiver) in &live {
            let needed = |day: Date| waiver.window.holds(day) && self.needed_on(day, i);
            let needless = found.is_empty() && self.find(&barriers_without(Some(i))).is_none();
            if needless && !later::changes(self.context).keys().take(later::MOST_DAYS).any(|&day| needed(day)) {
                found.push(say::waiver_excuses_nothing(waiver.span, head(self.forbid.statement)));
            }
        }
        if found.is_empty() && !live.is_empty() {
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
        let graph = Graph::new(self.context.model, day, self.forbid.over.as_ref());
        let then = Judge { graph: &graph, ..*self };
        let mut all = graph.barriers.clone();
        let mut others = graph.barriers.clone();
        for (i, w) in self.forbid.waivers.iter().enumerate().filter(|(_, w)| w.window.holds(day)) {
            all = all.union(&w.zones);
            if i != waiver {
                others = others.union(&w.zones);
            }
        }
        then.find(&all).is_none() && then.find(&others).is_some()
    }

    /// The shortest way that breaks the forbid, if one does.
    fn find(&self, barriers: &ClassSet) -> Option<Found> {
        let mut best: Option<Found> = None;
        for (starts, goal) in &self.forbid.boxes {
            if !may_reach(self.graph, starts, goal) {
                continue;
            }
            let reach = search(self.graph, starts, barriers);
            let aim = Goal { zones: goal, services: self.forbid.services.as_ref() };
            let overlap = starts.meets(goal);
            let way = if overlap { Some(Vec::new()) } else { reach.witness(self.graph, starts, barriers, &aim) };
            let Some(way) = way else { continue };
            if best.as_ref().is_none_or(|b| way.len() < b.way.len()) {
                best = Some(Found { starts: starts.clone(), goal: goal.clone(), reach, way });
            }
        }
        best
    }

    fn explain(&self, found: &Found, barriers: &ClassSet) -> Diagnostic {
        let model = self.context.model;
        let name = |zone: u32| model.zones[ZoneId(zone)].name;
        if found.way.is_empty() {
            let shared = found.starts.intersection(&found.goal);
            return say::same_place(head(self.forbid.statement), &words::classes(model, &shared));
        }
        let route: Vec<String> = std::iter::once(found.way[0].from)
            .chain(found.way.iter().map(|h| h.to))
            .map(|z| format!("`{}`", name(z)))
            .collect();
        let hops = found.way.iter().enumerate().map(|(i, hop)| {
            let (from, to) = (name(hop.from), name(hop.to));
            match hop.flow {
                Some(FlowId(id)) => {
                    let flow = &model.flows[id as usize];
                    let on = match &self.forbid.over {
                        Some(over) => words::services(model, &flow.services.intersection(over)),
                        None => words::written_services(self.context.sources, flow.statement),
                    };
                    (flow.head(), format!("{}. `{from}` may open {on} to `{to}`", i + 1))
                }
                None => {
                    let (child, parent) = self.nested(hop);
                    let span = child.statement.map_or(child.name_span, head);
                    (span, format!("{}. from `{from}` to `{to}`: `{}` is part of `{}`", i + 1, child.name, parent))
                }
            }
        });
        let goal = Goal { zones: &found.goal, services: self.forbid.services.as_ref() };
        let further = match count_paths(self.graph, &found.starts, barriers, &goal) {
            Count::Exactly(n) => Further::Exactly(n.saturating_sub(1)),
            Count::AtLeast(n) => Further::AtLeast(n.saturating_sub(1)),
        };
        let cut = cut(self.graph, &found.reach, (&found.starts, barriers), &goal, self.required);
        say::forbidden_path(
            head(self.forbid.statement),
            &route.join(" → "),
            hops.collect(),
            further,
            self.cut_words(cut, found.way.len() > 1),
        )
    }

    /// The child and the parent's name of a step between the two.
    fn nested(&self, hop: &Hop) -> (&crate::model::Zone<'_>, &str) {
        let zones = &self.context.model.zones;
        let (from, to) = (ZoneId(hop.from), ZoneId(hop.to));
        if zones[from].parent == Some(to) { (&zones[from], zones[to].name) } else { (&zones[to], zones[from].name) }
    }

    fn cut_words(&self, cut: Cut, between: bool) -> say::Cut {
        let words = |id: &FlowId| {
            let flow = &self.context.model.flows[id.0 as usize];
            let pair = format!(
                "{} -> {}",
                words::side(self.context.model, &flow.left),
                words::side(self.context.model, &flow.right)
            );
            format!("`allow {pair}` ({})", self.context.sources.line(flow.statement.span))
        };
        match cut {
            Cut::Smallest(flows) => say::Cut::Smallest(flows.iter().map(words).collect()),
            Cut::Enough(flows) => say::Cut::Enough(flows.iter().map(words).collect()),
            Cut::OnlyRequired(flow) => {
                let require =
                    self.required[flow.0 as usize].map_or_else(String::new, |at| self.context.sources.line(at));
                say::Cut::OnlyRequired { allow: words(&flow), require, between }
            }
            Cut::SamePlace => say::Cut::SamePlace,
            Cut::MoreThan(n) => say::Cut::MoreThan(n),
        }
    }
}
