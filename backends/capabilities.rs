//! What a target can express. The check against a rule set is made here, once for all targets, before anything is
//! rendered: a condition that a target lacks is refused, never dropped.

/// What a target can express.
#[derive(Clone, Copy, Debug)]
pub struct Capabilities {
    /// Keeps state: replies need no rules of their own.
    pub stateful: bool,
    /// Rules that log.
    pub log: bool,
    /// Rules that begin and end by themselves.
    pub dates: bool,
}
