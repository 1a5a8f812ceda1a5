//! What a policy says of connections that somebody asks about: which are allowed, by which statements, and which are not.

mod nearest;

use jiff::civil::Date;

use crate::model::{ClassSet, Families, FlowId, Model, ServiceSet};

pub use nearest::{Miss, Near, nearest};

/// Connections: from each class of one set to each of another, on each service, in one family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Sources.
    pub left: ClassSet,
    /// Destinations.
    pub right: ClassSet,
    /// On what.
    pub services: ServiceSet,
}

/// What becomes of the connections that were asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Allows that let some of them in, in source order.
    pub allows: Vec<FlowId>,
    /// What no allow lets in; no two of them meet.
    pub denied: Vec<Connections>,
    /// Some connection that was asked about can exist at all.
    pub exists: bool,
}

/// More parts than this are not told apart; nobody would read them.
const MOST: usize = 4096;

impl Answer {
    /// Is every one allowed?
    pub fn is_allowed(&self) -> bool {
        self.exists && self.denied.is_empty()
    }

    /// Is none allowed?
    pub fn is_denied(&self) -> bool {
        self.allows.is_empty()
    }
}

impl Connections {
    /// Those of one family. Every packet has addresses: classes without any of the family are left out.
    pub fn of_family(&self, model: &Model<'_>, families: Families) -> Self {
        let within = |set: &ClassSet| set.iter().filter(|&class| model.zones.has(class, families)).collect();
        Self { left: within(&self.left), right: within(&self.right), services: self.services.only(families) }
    }

    fn is_empty(&self) -> bool {
        self.left.is_empty() || self.right.is_empty() || self.services.is_empty()
    }

    fn meets(&self, left: &ClassSet, right: &ClassSet, services: &ServiceSet) -> bool {
        self.left.meets(left) && self.right.meets(right) && self.services.meets(services)
    }

    /// Without a product: up to three parts that do not meet.
    fn without(&self, left: &ClassSet, right: &ClassSet, services: &ServiceSet) -> impl Iterator<Item = Self> {
        let (from, to) = (self.left.intersection(left), self.right.intersection(right));
        let parts = [
            Self { left: self.left.difference(left), ..self.clone() },
            Self { left: from.clone(), right: self.right.difference(right), services: self.services.clone() },
            Self { left: from, right: to, services: self.services.difference(services) },
        ];
        parts.into_iter().filter(|part| !part.is_empty())
    }
}

/// What the policy says on `day` of connections of one family.
///
/// # Errors
/// The connections fall into more parts than can be told.
pub fn explain(model: &Model<'_>, day: Date, family: Families, asked: &Connections) -> Result<Answer, TooMany> {
    let mut answer = Answer { exists: !asked.is_empty(), ..Answer::default() };
    if !answer.exists {
        return Ok(answer);
    }
    answer.denied.push(asked.clone());
    for (flow, id) in model.flows.iter().zip(0..).filter(|(flow, _)| flow.window.holds(day)) {
        // A flow over both families allows no ICMPv6 within IPv4.
        let services = flow.services.only(family);
        for (left, right) in &flow.boxes {
            if !asked.meets(left, right, &services) {
                continue;
            }
            if answer.allows.last() != Some(&FlowId(id)) {
                answer.allows.push(FlowId(id));
            }
            let (met, mut rest): (Vec<_>, Vec<_>) =
                answer.denied.into_iter().partition(|part| part.meets(left, right, &services));
            rest.extend(met.iter().flat_map(|part| part.without(left, right, &services)));
            if rest.len() > MOST {
                return Err(TooMany);
            }
            answer.denied = rest;
        }
    }
    answer.denied.sort_by(|a, b| (&a.left, &a.right, &a.services).cmp(&(&b.left, &b.right, &b.services)));
    Ok(answer)
}

/// The connections fall into more than 4,096 parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;
