//! The seg language: a text becomes a tree, and a text becomes the same text, well formatted. No input or output,
//! and nothing is known here of firewalls, or of what a name means.

pub mod ast;
mod span;
mod syntax_error;

pub use span::Span;
pub use syntax_error::SyntaxError;

/// Reads a text whose first byte counts as byte `base` of the policy. What cannot be read is left out of the tree and
/// is an error; at most 20 are reported.
pub fn parse<'s>(text: &'s str, base: u32) -> (ast::Tree<'s>, Vec<SyntaxError>) {
    let _ = (text, base);
    (ast::Tree::default(), Vec::new())
}
