//! Words for answers of `segc reach`: they find nothing wrong, so they have no code.

mod dot;
mod human;
mod json;
mod layout;
mod picture;
mod svg;

pub use dot::dot;
pub use human::render as human;
pub use json::render as json;
pub use svg::svg;

use segc_grammar::Span;

use super::steps::Teller;
use crate::graph::Fact;
use crate::model::{CredentialId, Kind, Model, ZoneId};
use crate::reach::{About, Assumption, Reach, Story};
use crate::source::Sources;
use crate::words;

/// No such place.
pub fn unknown(name: &str, near: Option<&str>) -> String {
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    format!("`{}` is no zone or process of this policy{near}", name.escape_default())
}

/// A group has no hosts of its own.
pub fn group(name: &str, members: &[&str]) -> String {
    format!("`{name}` is a group; ask about one of its zones: {}", super::list(members.iter().copied(), 8))
}

/// An answer with what is needed to put it into words.
struct Words<'w> {
    reach: &'w Reach<'w>,
    sources: &'w Sources,
}

impl<'w> Words<'w> {
    fn model(&self) -> &'w Model<'w> {
        self.reach.graph.model
    }

    fn name(&self, class: u32) -> &'w str {
        self.model().zones[ZoneId(class)].name
    }

    fn secret(&self, credential: CredentialId) -> &'w str {
        self.model().credentials[credential.0 as usize].name
    }

    fn teller(&self) -> Teller<'w> {
        Teller { graph: &self.reach.graph, sources: self.sources, over: None }
    }

    /// What sort of place it is, in the language's words.
    fn kind(&self, class: u32) -> &'static str {
        match self.model().zones[ZoneId(class)].kind {
            Kind::Hosts => "zone",
            Kind::Internet => "internet",
            Kind::Domains(_) => "domains",
            Kind::Process(_) => "process",
        }
    }

    /// What a story leads to.
    fn goal(&self, story: &Story) -> &'w str {
        match story.to {
            Fact::Compromised(place) | Fact::Tainted(place) => self.name(place),
            Fact::Captured(credential) => self.secret(credential),
        }
    }

    /// The steps of a story, each with its statement.
    fn hops(&self, story: &Story) -> Vec<(Span, String)> {
        story.way.hops.iter().filter_map(|hop| self.teller().hop(hop)).collect()
    }

    /// What is relied upon.
    fn assumed(&self, assumption: &Assumption<'_>) -> String {
        let flow = |flow: crate::model::FlowId| {
            let flow = &self.model().flows[flow.0 as usize];
            format!("`{} -> {}`", words::side(self.model(), &flow.left), words::side(self.model(), &flow.right))
        };
        match assumption.about {
            About::Barrier(zone) => format!("nobody gets on from `{}`", self.name(zone.0)),
            About::Contained(process) => format!("`{}` does not get out of its confinement", self.name(process.0)),
            About::Inert(id) => format!("{} compromises nothing", flow(id)),
            About::Vetted(id) => format!("what comes back over {} is harmless", flow(id)),
            About::Needs(id, credential) => {
                format!("nobody gets through {} without `{}`", flow(id), self.secret(credential))
            }
        }
    }

    /// The clause that says so.
    fn clause(assumption: &Assumption<'_>) -> &'static str {
        match assumption.about {
            About::Barrier(_) => "barrier",
            About::Contained(_) => "contained",
            About::Inert(_) => "inert",
            About::Vetted(_) => "vetted",
            About::Needs(..) => "needs",
        }
    }
}
