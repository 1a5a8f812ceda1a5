//! segc: a declarative segmentation compiler. A policy text becomes a tree, the tree a model, the model findings and
//! a rule set per firewall, and each rule set a text.

pub mod checks;
pub mod cli;
pub mod coverage;
pub mod diagnostics;
pub mod diff;
pub mod draw;
pub mod explain;
pub mod graph;
pub mod inventory;
pub mod lower;
pub mod model;
pub mod mutants;
pub mod packets;
pub mod place;
pub mod prove;
pub mod reach;
pub mod resolve;
pub mod source;
pub mod words;
