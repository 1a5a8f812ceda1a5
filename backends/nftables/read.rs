//! Texts and JSON of nft as programs. Shares nothing with what renders.

mod expressions;
mod grow;
mod json;
mod lexer;
mod lower;
mod plain;
mod rules;
mod sets;
#[cfg(test)]
mod tests;
mod text;
mod tree;
mod values;

use crate::read::{Read, Unreadable};
use crate::rules::program::Places;

/// Reads what `nft -f` takes or `nft list ruleset` prints.
pub(crate) fn text(text: &[u8]) -> Result<Read, Unreadable> {
    lower::lower(text::parse(text)?, Places::Lines)
}

/// Reads what `nft -j list ruleset` prints.
pub(crate) fn json(text: &[u8]) -> Result<Read, Unreadable> {
    lower::lower(json::parse(text)?, Places::Handles)
}
