//! Processes, as a network firewall sees them: it knows a host and not who on it sends, so what one process may do it
//! lets all of the host do.

use super::Context;
use crate::diagnostics::{Diagnostic, ownership};
use crate::model::{ClassSet, Connections, Product, ZoneId};

/// Pieces beyond which nothing more is taken away.
const MOST: usize = 4096;

/// Allows of a process that let its hosts do what no allow of theirs does.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let model = context.model;
    if model.zones.processes().is_empty() {
        return;
    }
    for flow in model.flows.iter().filter(|f| f.window.holds(context.day)) {
        let processes: Vec<u32> = flow
            .boxes
            .iter()
            .flat_map(|(left, _)| left.intersection(model.zones.processes()).iter().collect::<Vec<_>>())
            .collect();
        for process in processes.into_iter().map(ZoneId) {
            let hosts = model.zones.hosts_of(process).difference(&flow.left.except);
            let right = flow.boxes.iter().fold(ClassSet::default(), |all, (_, to)| all.union(to));
            let right = model.zones.addressed(&right);
            let let_out = Product { left: &hosts, right: &right, services: &flow.services };
            let mut rest = vec![Connections::from(let_out)];
            rest.retain(|part| !part.is_empty());
            for id in context.index().candidates(&hosts, &right) {
                let other = &model.flows[id.0 as usize];
                // What is in too many pieces is told: it is wider in some of them.
                if other.window.covers(&flow.window) && rest.len() < MOST {
                    for product in other.products() {
                        rest = rest.into_iter().flat_map(|part| part.without(product)).collect();
                    }
                }
            }
            if !rest.is_empty() {
                let zone = &model.zones[process];
                let host = zone.parent.map_or("", |host| model.zones[host].name);
                found.push(ownership::widened(zone.name, host, flow.head(), zone.name_span));
            }
        }
    }
}
