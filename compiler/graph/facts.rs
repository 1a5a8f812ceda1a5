//! What can come to be known of a compromise, and what is known to have led to it.

use smallvec::SmallVec;

use super::Graph;
use crate::model::{CredentialId, FlowId, ZoneId};

/// One thing that a compromise leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// A place is compromised: a class.
    Compromised(u32),
    /// A credential is captured.
    Captured(CredentialId),
    /// What others read from a place is an attacker's: a class.
    Tainted(u32),
}

/// The step that led to a fact. Numbers are classes, but for `node`, which is one of the graph's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// It starts so.
    Start,
    /// Anybody can put content there.
    Writable,
    /// Anybody on the internet can start work there.
    Trigger,
    /// A connection from a compromised place, with all that it needs.
    Connect {
        /// The statement.
        node: u32,
        /// From there.
        from: u32,
    },
    /// A credential that is held at a compromised place.
    Capture {
        /// From there.
        from: u32,
    },
    /// A captured credential that opens the place, over a connection of a compromised one.
    Use {
        /// With it.
        credential: CredentialId,
        /// The statement.
        node: u32,
        /// From there.
        from: u32,
    },
    /// The same from the internet.
    UseAnywhere {
        /// With it.
        credential: CredentialId,
        /// The statement.
        node: u32,
    },
    /// A captured credential that publishes there.
    Publish {
        /// With it.
        credential: CredentialId,
    },
    /// The place itself is compromised.
    Taint,
    /// What is fetched from a tainted place.
    Pull {
        /// The statement.
        node: u32,
        /// From there.
        from: u32,
    },
    /// A process on the same hosts that is not contained.
    Host {
        /// Which.
        process: u32,
    },
    /// The hosts that the process runs on.
    Process {
        /// Which zone.
        host: u32,
    },
    /// A shared cache: which of the graph's.
    Cache {
        /// Whose.
        share: u32,
        /// From there.
        from: u32,
    },
    /// The parent or a child.
    Neighbour {
        /// From there.
        from: u32,
    },
}

/// Something that a person can delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Element {
    /// An allow.
    Allow(FlowId),
    /// A credential's `held by`.
    Held(CredentialId),
    /// A credential's `opens`.
    Opens(CredentialId),
    /// A credential's `publishes to`.
    Publishes(CredentialId),
    /// A zone's `shares cache with`.
    Shares(ZoneId),
}

impl Step {
    /// What must be known before, the place that the step starts from first.
    pub fn premises(self, graph: &Graph<'_>, fact: Fact) -> SmallVec<[Fact; 2]> {
        let mut premises = SmallVec::new();
        match self {
            Step::Start | Step::Writable | Step::Trigger => {}
            Step::Connect { node, from } => {
                premises.push(Fact::Compromised(from));
                premises.extend(graph.nodes[node as usize].needs.iter().map(|&c| Fact::Captured(c)));
            }
            Step::Capture { from } | Step::Neighbour { from } | Step::Cache { from, .. } => {
                premises.push(Fact::Compromised(from));
            }
            Step::Use { credential, node, from } => {
                premises.push(Fact::Captured(credential));
                premises.push(Fact::Compromised(from));
                premises.extend(graph.nodes[node as usize].needs.iter().map(|&c| Fact::Captured(c)));
            }
            Step::UseAnywhere { credential, .. } | Step::Publish { credential } => {
                premises.push(Fact::Captured(credential));
            }
            Step::Taint => {
                if let Fact::Tainted(place) = fact {
                    premises.push(Fact::Compromised(place));
                }
            }
            Step::Pull { from, .. } => premises.push(Fact::Tainted(from)),
            Step::Host { process } => premises.push(Fact::Compromised(process)),
            Step::Process { host } => premises.push(Fact::Compromised(host)),
        }
        premises
    }

    /// What it rests on that could be deleted.
    pub fn elements(self, graph: &Graph<'_>, fact: Fact) -> SmallVec<[Element; 2]> {
        let allow = |node: u32| Element::Allow(graph.nodes[node as usize].flow);
        match (self, fact) {
            (Step::Connect { node, .. } | Step::Pull { node, .. }, _) => SmallVec::from_slice(&[allow(node)]),
            (Step::Use { credential, node, .. } | Step::UseAnywhere { credential, node }, _) => {
                SmallVec::from_slice(&[Element::Opens(credential), allow(node)])
            }
            (Step::Capture { .. }, Fact::Captured(credential)) => SmallVec::from_slice(&[Element::Held(credential)]),
            (Step::Publish { credential }, _) => SmallVec::from_slice(&[Element::Publishes(credential)]),
            (Step::Cache { share, .. }, _) => SmallVec::from_slice(&[Element::Shares(graph.shares[share as usize].0)]),
            _ => SmallVec::new(),
        }
    }
}
