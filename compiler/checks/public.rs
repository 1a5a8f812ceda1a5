//! What strangers can do, and where what they wrote is read. Untrusted is what is tainted once they have done all that is
//! offered to them: content put where anybody can write, work started where anybody can start it, and what follows.

use segc_grammar::Span;

use super::Context;
use crate::diagnostics::steps::Teller;
use crate::graph::{Closure, Fact, Graph, Hop, Node, Question, Step, Witness, proof};
use crate::model::{ClassSet, ZoneId};

/// What follows from content that anybody can write and work that anybody can start.
pub fn offered(graph: &Graph<'_>) -> Closure {
    // A start may leave a barrier; work that is started behind one may not.
    let starts = graph.triggers.difference(&graph.barriers);
    Closure::new(graph, Question::new(&starts, &graph.barriers))
}

/// What follows from a compromise of the internet.
pub fn from_internet(graph: &Graph<'_>) -> Closure {
    let internet = graph.model.zones.internet().0;
    Closure::new(graph, Question::new(&ClassSet::run(internet, internet + 1), &graph.barriers))
}

/// A statement over which untrusted content is read.
pub struct Reading {
    /// The graph's node.
    pub node: u32,
    /// Who reads.
    pub from: ClassSet,
    /// What is read: a class that anybody can write, if there is one.
    pub what: u32,
}

/// All of them, by node; see [`Context::readings`].
pub fn readings(context: &Context<'_>) -> Vec<Reading> {
    let graph = context.graph();
    let reads: Vec<(u32, ClassSet)> = (0..)
        .zip(&graph.nodes)
        .filter(|(_, node)| !node.vetted)
        .map(|(number, node)| (number, readers(graph, node)))
        .filter(|(_, from)| !from.is_empty())
        .collect();
    if reads.is_empty() {
        return Vec::new();
    }
    let offered = context.offered();
    let places = 0..graph.model.zones.len() as u32;
    let tainted: ClassSet = places.filter(|&place| offered.holds(Fact::Tainted(place))).collect();
    let reading = |(node, from): (u32, ClassSet)| {
        let to = &graph.nodes[node as usize].to;
        let what = first(&to.intersection(&graph.writable)).or_else(|| first(&to.intersection(&tainted)))?;
        Some(Reading { node, from, what })
    };
    reads.into_iter().filter_map(reading).collect()
}

/// The sources of a node that read what comes back: all where the allow pulls, else those where agents act on it.
fn readers(graph: &Graph<'_>, node: &Node) -> ClassSet {
    let pulls = graph.model.flows[node.flow.0 as usize].pulls.is_some();
    if pulls { node.from.clone() } else { node.from.intersection(&graph.agentic) }
}

/// The first class of a set.
pub fn first(set: &ClassSet) -> Option<u32> {
    set.runs().first().map(|run| run.0)
}

/// A place, in backticks.
pub fn name(context: &Context<'_>, class: u32) -> String {
    format!("`{}`", context.model.zones[ZoneId(class)].name)
}

/// Puts steps of the day's graph into words.
pub fn teller<'t>(context: &'t Context<'_>) -> Teller<'t> {
    Teller { graph: context.graph(), sources: context.sources, over: None }
}

/// How a fact of [`Context::offered`] or [`Context::internet_leads_to`] came about, each step at its statement.
pub fn story(context: &Context<'_>, closure: &Closure, fact: Fact) -> Vec<(Span, String)> {
    let way = way(context, closure, fact);
    let teller = teller(context);
    way.hops.iter().filter_map(|hop| teller.hop(hop)).collect()
}

/// The proof of a fact. Work that anybody can start is where it begins, and is a step of it.
fn way(context: &Context<'_>, closure: &Closure, fact: Fact) -> Witness {
    let graph = context.graph();
    let mut way = proof(graph, closure, Hop { fact, step: closure.step(fact) });
    let internet = graph.model.zones.internet().0;
    let mut started: Vec<Fact> = way.hops.iter().flat_map(|hop| hop.step.premises(graph, hop.fact)).collect();
    started.push(fact);
    started.retain(|&f| {
        matches!(f, Fact::Compromised(p) if p != internet && graph.triggers.contains(p))
            && closure.step(f) == Step::Start
    });
    started.sort_unstable();
    started.dedup();
    way.hops.splice(0..0, started.into_iter().map(|fact| Hop { fact, step: Step::Trigger }));
    way
}
