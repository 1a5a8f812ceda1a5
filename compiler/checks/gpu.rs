//! Allows between a GPU and a place that a compromise of the internet leads to. A worm that brings a model of its own
//! needs a GPU to run it, and who has none asks over whatever connection there is, whichever end opened it.

use segc_grammar::ast::FlagKind;

use super::Context;
use super::public::{first, name, story};
use crate::diagnostics::{Diagnostic, untrusted as say};
use crate::graph::{Fact, Node, flagged};
use crate::model::ClassSet;

/// Each allow that joins them, either way. That it is `inert` does not matter: asking is no compromise.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let gpus = flagged(context.model, FlagKind::Gpu);
    if gpus.is_empty() {
        return;
    }
    let graph = context.graph();
    let joining = |node: &&Node| node.from.meets(&gpus) || node.to.meets(&gpus);
    if !graph.nodes.iter().any(|node| joining(&node)) {
        return;
    }
    let closure = context.internet_leads_to();
    let internet = context.model.zones.internet().0;
    let starts = ClassSet::run(internet, internet + 1);
    // What is behind a barrier is reached, and asks nobody.
    let lost: ClassSet = closure.compromised().iter().filter(|&p| graph.goes_on(p, &starts, &graph.barriers)).collect();
    let lost = lost.difference(&gpus);
    let mut told = None;
    for node in graph.nodes.iter().filter(joining) {
        let has = node.needs.iter().all(|&c| closure.holds(Fact::Captured(c)));
        let asks = || first(&node.from.intersection(&lost)).filter(|_| has).zip(first(&node.to.intersection(&gpus)));
        let answers = || first(&node.to.intersection(&lost)).zip(first(&node.from.intersection(&gpus)));
        let Some((place, gpu)) = asks().or_else(answers).filter(|_| told != Some(node.flow)) else { continue };
        told = Some(node.flow);
        let flow = &context.model.flows[node.flow.0 as usize];
        let (place_name, gpu) = (name(context, place), name(context, gpu));
        let mut labels = vec![(flow.head(), format!("joins {place_name} and {gpu}"))];
        labels.extend(story(context, closure, Fact::Compromised(place)));
        found.push(say::gpu_in_reach(&place_name, &gpu, place == internet, &labels));
    }
}
