//! Who can get where. Zones and statements are nodes: zone → allow → zone, and parent ↔ child. A statement between
//! groups is one node with all its sources before and its destinations after it.

mod build;
mod cut;
mod index;
mod paths;
mod search;

pub use build::{Graph, Node};
pub use cut::{Cut, cut};
pub use index::{FlowIndex, Lists};
pub use paths::{Count, count_paths};
pub use search::{Goal, Hop, Reach, may_reach, search};

/// A set with more classes than this is not listed class by class.
const WIDE: usize = 64;
