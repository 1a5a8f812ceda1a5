//! Allows that add nothing: all that they let in, others let in as well, one alone or several together. Judged on the
//! connections themselves, so that nesting and `except` are seen through.

use super::Context;
use smallvec::SmallVec;

use crate::diagnostics::{Diagnostic, tidiness};
use crate::model::{Assumed, Connections, CredentialId, Families, Flow, FlowId, Pulls, ServiceSet};

/// A flow that falls into more parts than this on the way is not judged, which reports nothing.
const MOST: usize = 4096;

/// Allows that others make needless. They can all be deleted together: each is judged against those that are then
/// left, the narrowest first, so that of two that cover each other the first in the text stays.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let flows = &context.model.flows;
    let mut judged = Covered { context, kept: vec![true; flows.len()] };
    for (kept, (flow, repeated)) in judged.kept.iter_mut().zip(flows.iter().zip(context.repeats())) {
        *kept = repeated.is_none() && !flow.window.is_over(context.day);
    }
    let mut order: Vec<usize> = (0..flows.len()).filter(|&i| judged.kept[i] && judged.suspect(i)).collect();
    order.sort_by_cached_key(|&i| (size(&flows[i]), std::cmp::Reverse(i)));
    let mut spare = Vec::new();
    for i in order {
        if judged.by(i).is_some() {
            judged.kept[i] = false;
            spare.push(i);
        }
    }
    // Told by those that stay.
    for i in spare {
        let Some(by) = judged.by(i) else { continue };
        let heads: Vec<_> = by.iter().map(|id| flows[id.0 as usize].head()).collect();
        found.push(tidiness::covered(flows[i].head(), &heads));
    }
}

/// How many connections, roughly: pairs of classes times services.
fn size(flow: &Flow<'_>) -> u128 {
    let pairs: u128 = flow.boxes.iter().map(|(a, b)| a.len() as u128 * b.len() as u128).sum();
    pairs * flow.services.intervals().iter().map(|i| u128::from(i.1 - i.0) + 1).sum::<u128>()
}

struct Covered<'c, 'm> {
    context: &'c Context<'m>,
    /// Those that may cover others.
    kept: Vec<bool>,
}

impl Covered<'_, '_> {
    fn flow(&self, id: FlowId) -> &Flow<'_> {
        &self.context.model.flows[id.0 as usize]
    }

    /// Does `other` stand in for all that is said of what `flow` lets in, where both let it in?
    fn stands_in(&self, other: FlowId, flow: usize) -> bool {
        let (wider, narrower) = (self.flow(other), &self.context.model.flows[flow]);
        other.0 as usize != flow
            && self.kept[other.0 as usize]
            && wider.window.covers(&narrower.window)
            && (wider.log || !narrower.log)
            && conduct(wider) == conduct(narrower)
    }

    /// A quick look at one pair of classes: can all services of it be let in by others?
    fn suspect(&self, flow: usize) -> bool {
        let model = self.context.model;
        let Some((left, right)) = model.flows[flow].boxes.first() else { return false };
        let (Some(from), Some(to)) = (left.iter().next(), right.iter().next()) else { return false };
        let pair = |class| model.zones.families(&crate::model::ClassSet::run(class, class + 1));
        let mut rest = model.flows[flow].services.only(pair(from).and(pair(to)));
        for other in self.context.index().around(from, to) {
            if rest.is_empty() {
                break;
            }
            let services = &self.flow(other).services;
            if services.meets(&rest) && self.stands_in(other, flow) && self.flow(other).joins(from, to) {
                rest = rest.difference(services);
            }
        }
        rest.is_empty()
    }

    /// Others that let in all that the flow does; none of them could be left out. `None`: it lets in something alone.
    fn by(&self, flow: usize) -> Option<Vec<FlowId>> {
        let mut by: Vec<FlowId> = Vec::new();
        let mut rest = self.parts(flow);
        while let Some(part) = rest.first() {
            let next = self.at_corner(flow, part)?;
            rest = self.without(rest, next)?;
            by.push(next);
        }
        // The later ones may have made an earlier one needless.
        let mut at = 0;
        while at < by.len() {
            let mut others = by.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, id)| *id);
            let rest = others.try_fold(self.parts(flow), |rest, id| self.without(rest, id))?;
            if rest.is_empty() {
                by.remove(at);
            } else {
                at += 1;
            }
        }
        by.sort_unstable();
        (!by.is_empty()).then_some(by)
    }

    /// What it lets in, family by family: a class without IPv6 lets in no ICMPv6.
    fn parts(&self, flow: usize) -> Vec<Connections> {
        let families = [Families { v4: true, v6: false }, Families { v4: false, v6: true }];
        let products = self.context.model.flows[flow].products();
        let each = products.flat_map(|p| families.map(|f| Connections::from(p).of_family(self.context.model, f)));
        each.filter(|part| !part.is_empty()).collect()
    }

    fn without(&self, rest: Vec<Connections>, id: FlowId) -> Option<Vec<Connections>> {
        let mut rest = rest;
        for product in self.flow(id).products() {
            rest = rest.into_iter().flat_map(|part| part.without(product)).collect();
            if rest.len() > MOST {
                return None;
            }
        }
        Some(rest)
    }

    /// The widest flow that lets in the first connection of a part, the first of several.
    fn at_corner(&self, flow: usize, part: &Connections) -> Option<FlowId> {
        let (from, to) = (part.left.iter().next()?, part.right.iter().next()?);
        let key = part.services.intervals().first()?.0;
        let lets_in = |id: &FlowId| {
            self.stands_in(*id, flow)
                && self.flow(*id).services.meets(&ServiceSet::interval(key, key))
                && self.flow(*id).joins(from, to)
        };
        let all = self.context.index().around(from, to).filter(lets_in);
        all.max_by_key(|id| (size(self.flow(*id)), std::cmp::Reverse(*id)))
    }
}

type Dates = (Option<jiff::civil::Date>, Option<jiff::civil::Date>);

/// What a connection means for paths of compromise: dates of its `inert` and `vetted`, what it needs, what comes back.
type Conduct = (Option<Dates>, Option<Dates>, SmallVec<[CredentialId; 1]>, Option<Pulls>);

/// See [`Conduct`]: flows that differ in it do not stand in for each other.
pub fn conduct(flow: &Flow<'_>) -> Conduct {
    let dates = |assumed: Option<Assumed<'_>>| assumed.map(|a| (a.window.from, a.window.until));
    (dates(flow.inert), dates(flow.vetted), flow.needs.clone(), flow.pulls)
}
