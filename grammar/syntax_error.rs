//! What is wrong with a text, in words. All prose about syntax is in this file.

use crate::Span;

/// One thing that is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// `SEG01xx`; each has a page in `docs/errors/`.
    pub code: &'static str,
    /// Lower case, no full stop, user input in backticks.
    pub message: String,
    /// Where; the first place is the main one. Never empty.
    pub labels: Vec<(Span, String)>,
    /// What to write instead.
    pub help: String,
}
