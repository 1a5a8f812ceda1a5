//! Words for the steps of a path of compromise.

use segc_grammar::Span;

use crate::graph::{Element, Fact, Graph, Hop, Step, Witness};
use crate::model::{CredentialId, FlowId, Kind, Model, ServiceSet, Zone, ZoneId, head};
use crate::source::Sources;
use crate::words;

/// Puts steps into words.
pub struct Teller<'t> {
    /// What they are steps of.
    pub graph: &'t Graph<'t>,
    /// Its texts.
    pub sources: &'t Sources,
    /// Only connections on these count, where that was asked.
    pub over: Option<&'t ServiceSet>,
}

impl Teller<'_> {
    fn model(&self) -> &Model<'_> {
        self.graph.model
    }

    fn zone(&self, class: u32) -> &Zone<'_> {
        &self.model().zones[ZoneId(class)]
    }

    fn name(&self, class: u32) -> String {
        format!("`{}`", self.zone(class).name)
    }

    fn secret(&self, credential: CredentialId) -> String {
        format!("`{}`", self.model().credentials[credential.0 as usize].name)
    }

    /// Where a zone or a process is declared. `internet` is nowhere.
    fn place(&self, class: u32) -> Option<Span> {
        let zone = self.zone(class);
        match zone.kind {
            Kind::Process(_) => Some(zone.name_span),
            _ => zone.statement.map(head),
        }
    }

    /// All steps that stand for something in the text, numbered, each with its place.
    pub fn hops(&self, witness: &Witness) -> Vec<(Span, String)> {
        let told = witness.hops.iter().filter_map(|hop| self.hop(hop));
        told.zip(1..).map(|((span, words), number)| (span, format!("{number}. {words}"))).collect()
    }

    /// From where to where: places and credentials along the way.
    pub fn route(&self, witness: &Witness) -> String {
        self.stations(witness).iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" → ")
    }

    /// The same, one by one.
    pub fn stations(&self, witness: &Witness) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let first = witness.hops.iter().find(|hop| witness.trunk.first() == Some(&hop.fact));
        if first.is_some_and(|hop| hop.step == Step::Trigger) {
            names.push(self.zone(self.model().zones.internet().0).name.to_owned());
        }
        for fact in &witness.trunk {
            let name = match *fact {
                Fact::Compromised(place) | Fact::Tainted(place) => self.zone(place).name,
                Fact::Captured(credential) => self.model().credentials[credential.0 as usize].name,
            };
            if names.last().is_none_or(|last| last != name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// One step. That a compromised place no longer tells the truth goes without saying, and where `internet` stands
    /// there is no text.
    pub fn hop(&self, hop: &Hop) -> Option<(Span, String)> {
        let to = match hop.fact {
            Fact::Compromised(place) | Fact::Tainted(place) => self.name(place),
            Fact::Captured(credential) => self.secret(credential),
        };
        let flow = |node: u32| &self.model().flows[self.graph.nodes[node as usize].flow.0 as usize];
        Some(match (hop.step, hop.fact) {
            (Step::Start | Step::Taint, _) => return None,
            (Step::Writable, Fact::Tainted(place)) => (self.place(place)?, format!("anybody can write {to}")),
            (Step::Trigger, Fact::Compromised(place)) => {
                (self.place(place)?, format!("anybody on the internet can start work at {to}"))
            }
            (Step::Connect { node, from }, _) if self.graph.nodes[node as usize].hole.is_some() => {
                let hole = &self.graph.nodes[node as usize];
                let on = crate::words::services(self.model(), &hole.services);
                let by = match hole.hole.flatten() {
                    Some(device) => format!("`{}`", self.model().devices[device.0 as usize].name),
                    None => "a target without state".to_owned(),
                };
                (flow(node).head(), format!("{} may open {on} to {to}: for {by} that is a reply", self.name(from)))
            }
            (Step::Connect { node, from }, _) => {
                let flow = flow(node);
                let keys: Vec<String> = flow.needs.iter().map(|&c| self.secret(c)).collect();
                let with = if keys.is_empty() { String::new() } else { format!(", with {}", keys.join(" and ")) };
                let words = format!("{} may open {} to {to}{with}", self.name(from), self.services(flow));
                (flow.head(), words)
            }
            (Step::Capture { from }, Fact::Captured(credential)) => {
                let secret = &self.model().credentials[credential.0 as usize];
                (secret.held.as_ref()?.0, format!("{} holds {to}", self.name(from)))
            }
            (Step::Use { credential, node, from }, _) => {
                let secret = &self.model().credentials[credential.0 as usize];
                let (on, at) = (self.services(flow(node)), self.sources.line(flow(node).statement.span));
                let words = format!(
                    "{} opens {to}, to which {} may open {on} ({at})",
                    self.secret(credential),
                    self.name(from)
                );
                (secret.opens.as_ref()?.0, words)
            }
            (Step::UseAnywhere { credential, node }, _) => {
                let secret = &self.model().credentials[credential.0 as usize];
                let (on, at) = (self.services(flow(node)), self.sources.line(flow(node).statement.span));
                let words = format!(
                    "{} opens {to} from anywhere: the internet may open {on} to it ({at})",
                    self.secret(credential)
                );
                (secret.opens.as_ref()?.0, words)
            }
            (Step::Publish { credential }, _) => {
                let secret = &self.model().credentials[credential.0 as usize];
                (secret.publishes.as_ref()?.0, format!("{} publishes to {to}", self.secret(credential)))
            }
            (Step::Pull { node, from }, _) => {
                let from = self.name(from);
                let code = self.graph.nodes[node as usize].code;
                let words = if code {
                    format!("{to} runs what it fetches from {from}")
                } else {
                    format!("{to} acts on what it reads at {from}")
                };
                (flow(node).head(), words)
            }
            (Step::Host { process }, _) => {
                let words = format!("{} runs on {to} and is not contained", self.name(process));
                (self.place(process)?, words)
            }
            (Step::Process { host }, Fact::Compromised(process)) => {
                (self.place(process)?, format!("{to} runs on {}", self.name(host)))
            }
            (Step::Cache { share, from }, _) => {
                let zone = self.graph.shares[share as usize].0;
                let span = self.model().zones[zone].shares.as_ref()?.0;
                (span, format!("{} shares a cache with {to}", self.name(from)))
            }
            (Step::Neighbour { from }, Fact::Compromised(to)) => self.nested(from, to),
            _ => return None,
        })
    }

    fn nested(&self, from: u32, to: u32) -> (Span, String) {
        let inner = self.zone(from).parent == Some(ZoneId(to));
        let (child, parent) = if inner { (from, to) } else { (to, from) };
        let span = self.place(child).unwrap_or_default();
        let (from, to) = (self.name(from), self.name(to));
        (span, format!("from {from} to {to}: {} is part of {}", self.name(child), self.name(parent)))
    }

    fn services(&self, flow: &crate::model::Flow<'_>) -> String {
        match self.over {
            Some(over) => words::services(self.model(), &flow.services.intersection(over)),
            None => words::written_services(self.sources, flow.statement),
        }
    }

    /// Something that could be deleted, with its line.
    pub fn element(&self, element: &Element) -> String {
        element_words(self.model(), self.sources, element)
    }
}

/// Something that could be deleted, with its line.
pub fn element_words(model: &Model<'_>, sources: &Sources, element: &Element) -> String {
    let clause = |credential: &CredentialId, word: &str, places: fn(&crate::model::Credential<'_>) -> Option<Span>| {
        let secret = &model.credentials[credential.0 as usize];
        let line = places(secret).map_or_else(String::new, |at| format!(" ({})", sources.line(at)));
        format!("`{word}` of `{}`{line}", secret.name)
    };
    match element {
        Element::Allow(FlowId(flow)) => {
            let flow = &model.flows[*flow as usize];
            let (from, to) = (words::side(model, &flow.left), words::side(model, &flow.right));
            format!("`allow {from} -> {to}` ({})", sources.line(flow.statement.span))
        }
        Element::Held(c) => clause(c, "held by", |s| s.held.as_ref().map(|h| h.0)),
        Element::Opens(c) => clause(c, "opens", |s| s.opens.as_ref().map(|h| h.0)),
        Element::Publishes(c) => clause(c, "publishes to", |s| s.publishes.as_ref().map(|h| h.0)),
        Element::Shares(zone) => {
            let zone = &model.zones[*zone];
            let line = zone.shares.as_ref().map_or_else(String::new, |(at, _)| format!(" ({})", sources.line(*at)));
            format!("`shares cache with` of `{}`{line}", zone.name)
        }
    }
}
