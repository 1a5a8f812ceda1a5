//! Exact sets of packets. A policy and a configuration become sets in the same tables, where equal sets are equal
//! numbers; so it is proved that one allows what the other does, or there is a packet that shows it does not.
//!
//! Verdicts only: what is logged, limited or counted is no part of a set. Sets speak of the first packet of a
//! connection.

mod cells;
mod compare;
mod decides;
mod error;
mod expected;
mod family;
mod index;
mod meant;
mod over;
mod policy;
mod program;
mod proof;
mod regions;
mod rows;
mod sweep;
mod tables;
mod trace;
mod verdicts;

pub use cells::{Runs, Space};
pub use compare::example;
pub use error::Error;
pub use expected::{Expected, expect, expect_side_by_side};
pub use family::Family;
pub use meant::{Declared, Meant};
pub use policy::{classes, policy};
pub use program::{Bounds, bounds, order, ranges};
pub use proof::{Drift, Figures, Proof, Verdict, Witness, prove, prove_expected};
pub use regions::{Region, regions};
pub use tables::{LAST_KEY, NodeId, Tables};
pub use trace::{Packet, Step, Trace, allowing, trace};
pub use verdicts::{Decision, Op, VerdictId, Verdicts};
