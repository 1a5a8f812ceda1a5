//! What is wrong with a text, in words. All prose about syntax is in this file and its folder; those who find a
//! mistake give facts.

mod network;
mod structure;
mod words;

pub(crate) use network::*;
pub(crate) use structure::*;
pub(crate) use words::*;

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

/// Every code of this crate, and its title.
pub const CODES: &[(&str, &str)] = &[
    ("SEG0101", "something else is expected here"),
    ("SEG0102", "string not well formed"),
    ("SEG0103", "braces do not match"),
    ("SEG0104", "address not well formed"),
    ("SEG0105", "service not well formed"),
    ("SEG0106", "name not well formed"),
    ("SEG0107", "date not well formed"),
    ("SEG0108", "no service named"),
    ("SEG0109", "clause out of place"),
    ("SEG0110", "forbidden character"),
    ("SEG0111", "too many errors"),
    ("SEG0112", "clause given twice"),
    ("SEG0113", "number not well formed"),
    ("SEG0114", "unknown statement"),
    ("SEG0115", "wrong arrow"),
    ("SEG0116", "list not well formed"),
];

fn error(code: &'static str, message: String, span: Span, label: &str, help: String) -> SyntaxError {
    SyntaxError { code, message, labels: vec![(span, label.to_owned())], help }
}

/// What the user wrote, in backticks, on one line and shortened.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 40;
    let line = text.lines().next().unwrap_or_default().replace('`', "'");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", &line[..end]),
        None => format!("`{line}`"),
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(crate) fn one_of(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests;
