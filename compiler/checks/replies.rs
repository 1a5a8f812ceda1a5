//! What firewalls without state let pass because it looks like a reply.

use std::collections::BTreeMap;

use segc_grammar::ast::Arrow;

use super::Context;
use crate::diagnostics::{Diagnostic, replies as say};
use crate::model::{DeviceId, Families, Flow, Hole, ServiceSet, head};
use crate::place::lets_segments_pass;
use crate::words;

/// One finding for each firewall without state that carries anything.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let model = context.model;
    let mut of: BTreeMap<Option<DeviceId>, Vec<&Hole>> = BTreeMap::new();
    for hole in live(context) {
        of.entry(hole.device).or_default().push(hole);
    }
    let segments = model.flows.iter().filter(|f| f.window.holds(context.day) && lets_segments_pass(f)).count();
    for (device, holes) in of {
        let mut told: Vec<(segc_grammar::Span, String)> = Vec::new();
        for hole in &holes {
            let at = flow(context, hole).head();
            if told.iter().all(|(span, _)| *span != at) {
                told.push((at, words_of(context, hole)));
            }
        }
        found.push(say::holes(&said_of(context, device), &told, segments));
    }
}

/// Forbidden connections that look like replies: always judged, like every forbid.
pub fn forbidden(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let any = ServiceSet::any();
    for forbid in context.model.forbids.iter().filter(|forbid| forbid.arrow == Arrow::Direct) {
        let services = forbid.services.as_ref().unwrap_or(&any);
        let broken = live(context).find_map(|hole| {
            let both = forbid.boxes.iter().find_map(|(left, right)| {
                let (from, to) = (hole.from.intersection(left), hole.to.intersection(right));
                let on = hole.services.intersection(services).only(joint(context, &from, &to));
                (!from.is_empty() && !to.is_empty() && !on.is_empty()).then_some((from, to, on))
            })?;
            Some((hole, both))
        });
        if let Some((hole, (from, to, on))) = broken {
            let model = context.model;
            let pair = format!("{} -> {}", words::classes(model, &from), words::classes(model, &to));
            let flow = flow(context, hole);
            let on = words::services(model, &on);
            found.push(say::forbidden(&said_of(context, hole.device), head(forbid.statement), &pair, &on, flow.head()));
        }
    }
}

fn joint(context: &Context<'_>, from: &crate::model::ClassSet, to: &crate::model::ClassSet) -> Families {
    context.model.zones.families(from).and(context.model.zones.families(to))
}

fn live<'c>(context: &'c Context<'_>) -> impl Iterator<Item = &'c Hole> {
    context.model.holes.iter().filter(|hole| flow(context, hole).window.holds(context.day))
}

fn flow<'c, 'm>(context: &'c Context<'m>, hole: &Hole) -> &'c Flow<'m> {
    &context.model.flows[hole.flow.0 as usize]
}

fn words_of(context: &Context<'_>, hole: &Hole) -> String {
    let model = context.model;
    let (from, to) = (words::classes(model, &hole.from), words::classes(model, &hole.to));
    format!("{from} may open {} to {to}, from the port asked for here", words::services(model, &hole.services))
}

/// A firewall in words, and where it names its target.
fn said_of(context: &Context<'_>, device: Option<DeviceId>) -> say::Stateless {
    let device = device.map(|id| &context.model.devices[id.0 as usize]);
    say::Stateless {
        name: device.map_or("the target".to_owned(), |device| format!("`{}`", device.name)),
        target: device.and_then(|device| device.target()).map(|target| (target.text.to_owned(), target.span)),
    }
}
