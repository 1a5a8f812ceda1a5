//! What a policy says of connections that somebody asks about: which are allowed, by which statements, and which are not.

mod nearest;
mod rules;

use jiff::civil::Date;

use crate::model::{Families, FlowId, Model, Product};

pub use crate::model::Connections;
pub use nearest::{Miss, Near, nearest};
pub use rules::{Decided, Rules};

/// What becomes of the connections that were asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Allows that let some of them in, in source order.
    pub allows: Vec<FlowId>,
    /// Some of what the first of them lets in.
    pub allowed: Option<Connections>,
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
        for product in flow.products_and_wire() {
            let let_in = Product { services: &services, ..product };
            if !asked.meets(let_in) {
                continue;
            }
            if answer.allows.last() != Some(&FlowId(id)) {
                answer.allows.push(FlowId(id));
            }
            answer.allowed.get_or_insert_with(|| asked.also_in(let_in));
            let (met, mut rest): (Vec<_>, Vec<_>) = answer.denied.into_iter().partition(|part| part.meets(let_in));
            rest.extend(met.iter().flat_map(|part| part.without(let_in)));
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
