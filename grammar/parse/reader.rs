//! Pairs of pest to nodes of the tree: what all readers of statements and clauses stand on.

use pest::iterators::{Pair, Pairs};

use crate::parse::MOST_ERRORS;
use crate::{Rule, Span, SyntaxError};

/// Reads statements. A fault is noted and reading goes on, so that several are found; a statement with faults is
/// not used.
pub(super) struct Reader<'s> {
    /// The text that pest was given.
    text: &'s str,
    /// Where that starts.
    base: u32,
    pub errors: Vec<SyntaxError>,
    /// Room for the clauses that a block had so far.
    pub seen: Vec<(Rule, Span)>,
}

/// The next part that the grammar promises.
pub(super) fn next<'s>(parts: &mut Pairs<'s, Rule>) -> Pair<'s, Rule> {
    parts.next().expect("the grammar has it")
}

/// The next part, if it is of this rule.
pub(super) fn next_if<'s>(parts: &mut Pairs<'s, Rule>, rule: Rule) -> Option<Pair<'s, Rule>> {
    if parts.peek().is_some_and(|pair| pair.as_rule() == rule) { parts.next() } else { None }
}

impl<'s> Reader<'s> {
    pub fn new(text: &'s str, base: u32) -> Self {
        Self { text, base, errors: Vec::new(), seen: Vec::new() }
    }

    /// Notes a fault. What is beyond the cap is not reported anyway.
    pub fn fault(&mut self, error: SyntaxError) {
        if self.errors.len() <= MOST_ERRORS {
            self.errors.push(error);
        }
    }

    /// The place of a pair without the space and comments that pest counts to it where something optional ends it, and
    /// without the blank that a keyword takes along.
    pub fn span(&self, pair: &Pair<'s, Rule>) -> Span {
        let span = pair.as_span();
        let mut end = span.end();
        if end > span.start() && self.text.as_bytes()[end - 1].is_ascii_whitespace() {
            let mut last = pair.clone();
            while let Some(part) = last.clone().into_inner().next_back() {
                last = part;
            }
            let last = last.as_span();
            end = last.start() + last.as_str().trim_ascii_end().len();
        }
        Span::new(self.base + span.start() as u32, self.base + end as u32)
    }

    /// The place of a keyword, without the blank that it takes along.
    pub fn keyword(&self, pair: &Pair<'s, Rule>) -> Span {
        self.within(pair, 0, pair.as_str().trim_ascii_end().len())
    }

    /// A part of a word: bytes `start` up to `end` of it.
    pub fn within(&self, pair: &Pair<'s, Rule>, start: usize, end: usize) -> Span {
        let base = self.base + pair.as_span().start() as u32;
        Span::new(base + start as u32, base + end as u32)
    }

    /// What is written there.
    pub fn slice(&self, span: Span) -> &'s str {
        &self.text[(span.start - self.base) as usize..(span.end - self.base) as usize]
    }
}
