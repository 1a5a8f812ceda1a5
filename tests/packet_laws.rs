//! What holds for every set of packets: policies against the naive evaluator, programs against their evaluation line by
//! line, and proofs against both.

mod by_hand;
mod many;
mod policies;
mod programs;
mod proofs;
mod written;

pub use policies::{key, noon};
