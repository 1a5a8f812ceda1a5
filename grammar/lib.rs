//! The seg language: a text becomes a tree, and a text becomes the same text, well formatted. No input or output,
//! and nothing is known here of firewalls, or of what a name means.

// What pest writes without its `std` feature names this.
extern crate alloc;

pub mod ast;
mod characters;
mod clauses;
mod format;
mod icmp;
mod lex;
mod nearest;
mod parse;
mod recover;
mod span;
mod split;
mod syntax_error;

pub use format::format;
pub use parse::parse;
pub use span::Span;
pub use syntax_error::{CODES, SyntaxError};

/// The parser that pest makes of `segc.pest`. Its `Rule` never leaves this crate.
mod seg {
    #![allow(missing_docs, reason = "pest writes it")]

    #[derive(pest_derive::Parser)]
    #[grammar = "segc.pest"]
    pub(crate) struct SegParser;
}

pub(crate) use seg::{Rule, SegParser};
