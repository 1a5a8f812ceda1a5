//! Why nothing can be said of a policy or a program. Each is an answer of its own: never a shorter one.

use std::fmt;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// More nodes than the tables take.
    TooLarge {
        /// The limit.
        nodes: usize,
    },
    /// More steps than anybody waits for.
    TooMuchWork {
        /// The limit.
        steps: u64,
    },
    /// A chain that comes back to itself.
    Loop {
        /// Its name.
        chain: String,
    },
    /// Jumps nested too deep.
    TooDeep {
        /// Where they start.
        chain: String,
        /// How deep.
        jumps: usize,
    },
    /// A program that does not keep what its fields promise.
    Malformed {
        /// What is wrong.
        what: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { nodes } => write!(f, "the set of packets needs more than {nodes} nodes"),
            Self::TooMuchWork { steps } => write!(f, "the set of packets needs more than {steps} steps"),
            Self::Loop { chain } => write!(f, "chain `{chain}` comes back to itself"),
            Self::TooDeep { chain, jumps } => write!(f, "from chain `{chain}` on, {jumps} jumps are nested"),
            Self::Malformed { what } => write!(f, "what was read is not well formed: {what}"),
        }
    }
}

impl std::error::Error for Error {}
