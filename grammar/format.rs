//! Canonical text: the same statements in the same order, with comments where they stood and white space as it should
//! be. It walks pest's tokens, so it can add, drop or change none.

mod layout;

use pest::Parser;
use pest::iterators::Pair;

use crate::parse::{after_mark, parse};
use crate::split::split;
use crate::{Rule, SegParser, SyntaxError};
use layout::Layout;

/// The text, well formatted: two spaces of indent, one clause a line (a block that stood on one line and fits in 120
/// columns stays there), at most one blank line between things, comments kept. Formatting twice changes nothing more,
/// and the meaning stays. A byte order mark is dropped, and lines end with a line feed.
///
/// # Errors
///
/// Those of [`parse`]: a text with errors is not formatted.
pub fn format(text: &str) -> Result<String, Vec<SyntaxError>> {
    let (_, errors) = parse(text, 0);
    if !errors.is_empty() {
        return Err(errors);
    }
    let start = after_mark(text);
    let mut layout = Layout::new(text.len());
    let mut end = start;
    for piece in split(text, start) {
        layout.gap(&text[end..piece.start], Join::Statement);
        let statement = &text[piece.start..piece.end];
        for pair in SegParser::parse(Rule::single, statement).into_iter().flatten() {
            Walk { text: statement, end: 0, layout: &mut layout }.pair(&pair, Join::Statement);
        }
        end = piece.end;
    }
    layout.gap(&text[end..], Join::End);
    Ok(layout.finish())
}

/// What stands between two tokens where there is no comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Join {
    /// Nothing at all.
    Nothing,
    /// One space.
    Space,
    /// One space, or a new line where the line is full.
    Break,
    /// The next clause of a block on many lines.
    Clause,
    /// The next clause of a block on one line.
    Inline,
    /// The brace that closes a block on many lines.
    Close,
    /// The next statement.
    Statement,
    /// The end of the text.
    End,
}

/// A walk over the tokens of one statement.
struct Walk<'s, 'l> {
    text: &'s str,
    /// The end of the last token.
    end: usize,
    layout: &'l mut Layout,
}

impl<'s> Walk<'s, '_> {
    /// Writes a pair that is joined to what is before it by `join`.
    fn pair(&mut self, pair: &Pair<'s, Rule>, join: Join) {
        if pair.as_rule() == Rule::EOI {
            return;
        }
        let mut parts = pair.clone().into_inner().peekable();
        if parts.peek().is_none() {
            self.token(pair, join);
            return;
        }
        if is_block(pair.as_rule()) {
            self.block(pair);
            return;
        }
        let mut before = None;
        for part in parts {
            let rule = part.as_rule();
            self.pair(&part, before.map_or(join, |before| between(before, rule)));
            before = Some(rule);
        }
    }

    fn token(&mut self, pair: &Pair<'s, Rule>, join: Join) {
        // A keyword takes a blank along.
        let (start, token) = (pair.as_span().start(), pair.as_str().trim_ascii_end());
        self.layout.gap(&self.text[self.end..start], join);
        self.layout.token(token, join);
        self.end = start + token.len();
    }

    /// A block, on one line if it stood on one and fits.
    fn block(&mut self, block: &Pair<'s, Rule>) {
        let text = block.as_str().trim_end();
        let one_line = self.layout.in_line
            || (!text.contains('\n') && self.layout.column() + inline_width(block) <= layout::WIDTH);
        let outside = std::mem::replace(&mut self.layout.in_line, one_line);
        let mut first = true;
        let parts: Vec<Pair<'s, Rule>> = block.clone().into_inner().collect();
        let empty = parts.len() == 2 && parts[0].as_str().len() == 1 && !text.contains('#');
        for part in parts {
            let join = match part.as_rule() {
                Rule::open => Join::Space,
                Rule::close if empty => Join::Nothing,
                Rule::close if one_line => Join::Space,
                Rule::close => Join::Close,
                _ if one_line && first => Join::Space,
                _ if one_line => Join::Inline,
                _ => Join::Clause,
            };
            first = part.as_rule() == Rule::open;
            if part.as_rule() == Rule::close && !one_line {
                // Comments before the brace belong into the block, the brace does not.
                let start = part.as_span().start();
                self.layout.gap(&self.text[self.end..start], Join::Close);
                self.end = start;
                self.layout.outdent();
            }
            self.pair(&part, join);
            if part.as_rule() == Rule::open && !one_line {
                self.layout.indent();
            }
        }
        self.layout.in_line = outside;
    }
}

/// How two neighbours within a statement or clause are joined.
fn between(before: Rule, rule: Rule) -> Join {
    match (before, rule) {
        (_, Rule::comma | Rule::left | Rule::right) | (Rule::left, _) => Join::Nothing,
        (Rule::comma, _) | (_, Rule::EXCEPT | Rule::arrow | Rule::path | Rule::colon) => Join::Break,
        _ => Join::Space,
    }
}

fn is_block(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::zone_block
            | Rule::process_block
            | Rule::allow_block
            | Rule::forbid_block
            | Rule::waiver_block
            | Rule::require_block
            | Rule::credential_block
            | Rule::watch_block
            | Rule::controls_block
            | Rule::firewall_block
            | Rule::router_block
    )
}

/// The columns that a block takes on one line, with the space before it.
fn inline_width(block: &Pair<'_, Rule>) -> usize {
    let mut flat = Layout::new(0);
    flat.in_line = true;
    let text = block.get_input();
    let mut walk = Walk { text, end: block.as_span().start(), layout: &mut flat };
    walk.block(block);
    flat.column()
}

#[cfg(test)]
mod tests;
