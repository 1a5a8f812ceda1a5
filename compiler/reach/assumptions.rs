//! What an answer relies on: where compromise would go on at once if a `barrier`, `inert`, `vetted`, `contained` or
//! `needs` did not hold.

use jiff::civil::Date;
use segc_grammar::Span;

use crate::graph::{Closure, Fact, Graph};
use crate::model::{ClassSet, CredentialId, FlowId, Kind, ZoneId};

/// Of what something is relied upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A zone that is reached and not left.
    Barrier(ZoneId),
    /// A connection that compromises nothing.
    Inert(FlowId),
    /// A connection over which no compromise comes back.
    Vetted(FlowId),
    /// A process that does not get out.
    Contained(ZoneId),
    /// A connection that nobody gets through without a credential.
    Needs(FlowId, CredentialId),
}

/// One assumption.
pub struct Assumption<'m> {
    /// Of what.
    pub about: About,
    /// Why, in the policy's words; of `needs` the allow's reason, if it has one.
    pub why: Option<&'m str>,
    /// Where it stands.
    pub span: Span,
    /// The last day it holds.
    pub until: Option<Date>,
}

/// The assumptions at which a closure stops, and how many more the policy makes on that day.
pub fn relied_upon<'m>(
    graph: &Graph<'m>,
    found: &Closure,
    starts: &ClassSet,
    day: Date,
) -> (Vec<Assumption<'m>>, usize) {
    let goes = |place: u32| found.reached(place) && graph.goes_on(place, starts, &graph.barriers);
    let mut all: Vec<(Assumption<'m>, bool)> = Vec::new();
    for (id, zone) in graph.model.zones.iter() {
        if let Some((written, window)) = zone.barrier.filter(|(_, window)| window.holds(day)) {
            let stops = found.reached(id.0) && !starts.contains(id.0);
            let until = window.until;
            let why = Some(written.why.text.as_ref());
            all.push((Assumption { about: About::Barrier(id), why, span: written.why.span, until }, stops));
        }
        if let Kind::Process(process) = &zone.kind
            && let Some(assumed) = process.contained.filter(|a| a.window.holds(day))
        {
            let stops = goes(id.0) && zone.parent.is_some_and(|host| !found.reached(host.0));
            let why = Some(assumed.written.why.text.as_ref());
            let until = assumed.window.until;
            all.push((Assumption { about: About::Contained(id), why, span: assumed.span, until }, stops));
        }
    }
    // A statement may be several nodes.
    let mut stopped: Vec<(bool, bool)> = vec![(false, false); graph.model.flows.len()];
    for node in &graph.nodes {
        let stops = &mut stopped[node.flow.0 as usize];
        let far = |set: &ClassSet| set.iter().any(|place| !found.reached(place));
        stops.0 |= (node.inert || !node.needs.is_empty()) && far(&node.to) && node.from.iter().any(goes);
        let swallows = |place: u32| !found.reached(place) && (node.code || graph.agentic.contains(place));
        let tainted = |place: u32| found.holds(Fact::Tainted(place));
        stops.1 |= node.vetted && node.from.iter().any(swallows) && node.to.iter().any(tainted);
    }
    for (number, flow) in graph.model.flows.iter().enumerate().filter(|(_, flow)| flow.window.holds(day)) {
        let id = FlowId(number as u32);
        let (ahead, back) = stopped[number];
        for (about, assumed, stops) in [(About::Inert(id), flow.inert, ahead), (About::Vetted(id), flow.vetted, back)] {
            if let Some(assumed) = assumed.filter(|a| a.window.holds(day)) {
                let why = Some(assumed.written.why.text.as_ref());
                all.push((Assumption { about, why, span: assumed.span, until: assumed.window.until }, stops));
            }
        }
        for &credential in &flow.needs {
            let stops = ahead && !found.holds(Fact::Captured(credential));
            let (about, span) = (About::Needs(id, credential), flow.head());
            all.push((Assumption { about, why: None, span, until: flow.window.until }, stops));
        }
    }
    let others = all.iter().filter(|(_, stops)| !stops).count();
    let mut relied: Vec<Assumption<'m>> = all.into_iter().filter(|(_, stops)| *stops).map(|(a, _)| a).collect();
    relied.sort_by_key(|a| (a.about, a.span));
    (relied, others)
}
