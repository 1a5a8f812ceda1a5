//! Who can get where: connections, credentials, pulled content, shared caches, processes. Places and statements are
//! nodes; a statement between groups is one node with all its sources before and its destinations after it.

mod build;
mod causes;
mod closure;
mod cut;
mod facts;
mod hitting;
mod hops;
mod index;
mod paths;
mod required;
mod unreached;
mod witness;

pub use build::{Graph, Node, flagged};
pub use closure::{Closure, Level, Question};
pub use cut::{Cut, cut};
pub use facts::{Element, Fact, Step};
pub use hops::Hops;
pub use index::{FlowIndex, Lists};
pub use paths::{Count, count_paths};
pub use required::required;
pub use witness::{Goal, Hop, Witness, may_reach, proof, witness};

/// A set with more classes than this is not listed class by class.
const WIDE: usize = 64;
