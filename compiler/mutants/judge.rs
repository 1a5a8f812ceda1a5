//! One mutant: which verdict it turns, if it turns one.

use jiff::civil::Date;
use segc_grammar::Span;

use super::base::{Base, Path, barriers, fails};
use super::spread::reaches;
use super::{Change, Kind, Mutant};
use crate::checks;
use crate::graph::{Graph, Node};
use crate::model::{self, Flow, FlowId, Model, Window, head};

/// Not one day.
const NEVER: Window = Window { from: Some(Date::MAX), until: Some(Date::MIN) };

impl<'m> Base<'m> {
    /// The first forbid or require whose verdict is another one, and the work that it took to see. `own` is the model,
    /// to be changed and put back.
    pub fn judge(&self, mutant: &Mutant<'m>, own: &mut Model<'m>) -> (Option<Span>, usize) {
        match &mutant.change {
            Change::Also(flow) => self.with(flow, own),
            Change::Without(id) => self.without(*id, own),
            change => self.turned(change.clone(), mutant.kind.widens(), own),
        }
    }

    /// One more flow: what holds may break, and a require that fails may hold.
    fn with(&self, flow: &Flow<'m>, own: &mut Model<'m>) -> (Option<Span>, usize) {
        let mut work = self.direct.len() + self.requires.len();
        let zones = &self.model.zones;
        let mut direct = self.direct.iter().filter(|d| d.broken_by.is_empty()).map(|d| d.forbid);
        if let Some(broken) = direct.find(|forbid| checks::breaks(zones, flow, forbid)) {
            return (Some(head(broken.statement)), work);
        }
        let mut failing = self.requires.iter().filter(|r| !r.holds && r.meets(flow));
        if let Some(met) = failing.find(|r| r.holds_with(self.model, None, Some(flow))) {
            return (Some(head(met.require.statement)), work);
        }
        let nodes: Vec<Vec<Node>> =
            self.graphs.iter().map(|(over, graph)| graph.nodes_of(flow, self.day, *over)).collect();
        for path in self.paths.iter().filter(|p| !p.fails) {
            let (breaks, cost) = self.breaks(path, &nodes[path.graph], flow, own);
            work += cost;
            if breaks {
                return (Some(head(path.forbid.statement)), work);
            }
        }
        (None, work)
    }

    /// Does a forbid over paths that holds break once there are these nodes, which are all of a flow?
    fn breaks(&self, path: &Path<'m>, new: &[Node], flow: &Flow<'m>, own: &mut Model<'m>) -> (bool, usize) {
        let (over, graph) = &self.graphs[path.graph];
        let size = graph.nodes.len() + self.model.zones.len();
        let mut work = 0;
        for ((starts, goal), known) in path.forbid.boxes.iter().zip(&path.known) {
            work += 1;
            if path.forbid.services.is_none() {
                let (reached, searches) = reaches(graph, known, (starts, &path.barriers, goal), new);
                work += searches * size;
                if reached {
                    return (true, work);
                }
            } else if new.iter().any(|node| !known.leads_to(graph, node).is_empty()) {
                // The last step counts: what is reached already may now be reached in another way.
                own.flows.push(flow.clone());
                let breaks = fails(&Graph::new(own, self.day, *over), path.forbid, &path.barriers);
                own.flows.pop();
                return (breaks, work + 2 * size);
            }
        }
        (false, work)
    }

    /// One flow less: a require may fail, and a forbid that fails may hold.
    fn without(&self, id: FlowId, own: &mut Model<'m>) -> (Option<Span>, usize) {
        let mut requires = self.required[id.0 as usize].iter().map(|&r| &self.requires[r as usize]);
        if let Some(lost) = requires.find(|r| r.holds && !r.holds_with(self.model, Some(id), None)) {
            return (Some(head(lost.require.statement)), 1);
        }
        if let Some(mended) = self.direct.iter().find(|d| d.broken_by == [id]) {
            return (Some(head(mended.forbid.statement)), 1);
        }
        self.turned(Change::Window(id, NEVER), false, own)
    }

    /// Forbids over paths, judged anew: those that hold if the change widens, and those that fail if it narrows.
    fn turned(&self, change: Change<'m>, widens: bool, own: &mut Model<'m>) -> (Option<Span>, usize) {
        let concerned: Vec<&Path<'m>> = self.paths.iter().filter(|p| p.fails != widens).collect();
        if concerned.is_empty() {
            return (None, 1);
        }
        let back = change.apply(own);
        let mut work = 0;
        let mut turned = None;
        for (number, (over, old)) in self.graphs.iter().enumerate() {
            let mut concerned = concerned.iter().filter(|p| p.graph == number).peekable();
            if concerned.peek().is_none() || turned.is_some() {
                continue;
            }
            let graph = Graph::new(own, self.day, *over);
            work += old.nodes.len() + self.model.zones.len();
            for path in concerned {
                work += old.nodes.len() + self.model.zones.len();
                if fails(&graph, path.forbid, &barriers(&graph, path.forbid, self.day)) == widens {
                    turned = Some(head(path.forbid.statement));
                    break;
                }
            }
        }
        back.apply(own);
        (turned, work)
    }
}

impl Kind {
    /// Does the change only add to what a compromise leads to? Otherwise it only takes away.
    fn widens(self) -> bool {
        let narrows = [
            Kind::Removed,
            Kind::WithoutPulls,
            Kind::WithoutShares,
            Kind::WithoutHeld,
            Kind::WithoutOpens,
            Kind::WithoutPublishes,
            Kind::NotUsableAnywhere,
        ];
        !narrows.contains(&self)
    }
}

impl<'m> Change<'m> {
    /// Makes the change, and gives the one that takes it back.
    fn apply(self, model: &mut Model<'m>) -> Change<'m> {
        match self {
            // The first is judged without being made, the second as one that never holds.
            Change::Also(_) | Change::Without(_) => self,
            Change::Window(id, window) => {
                Change::Window(id, std::mem::replace(&mut model.flows[id.0 as usize].window, window))
            }
            Change::Pulls(id, pulls) => {
                Change::Pulls(id, std::mem::replace(&mut model.flows[id.0 as usize].pulls, pulls))
            }
            Change::Barrier(id, barrier) => {
                Change::Barrier(id, std::mem::replace(&mut model.zones[id].barrier, barrier))
            }
            Change::Contained(id, contained) => match &mut model.zones[id].kind {
                model::Kind::Process(process) => {
                    Change::Contained(id, std::mem::replace(&mut process.contained, contained))
                }
                _ => Change::Contained(id, contained),
            },
            Change::Shares(id, shares) => Change::Shares(id, std::mem::replace(&mut model.zones[id].shares, shares)),
            Change::Secret(id, mut secret) => {
                std::mem::swap(&mut model.credentials[id.0 as usize], &mut secret);
                Change::Secret(id, secret)
            }
        }
    }
}
