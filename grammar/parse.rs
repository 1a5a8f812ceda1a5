//! Text to tree. The text is cut into statements; each is parsed by pest, on its own if need be, in two threads where there is
//! much of it, and judged: the grammar takes words loosely, so that what is wrong with them is said here in our own
//! words. A byte order mark at the start is skipped.

mod addresses;
mod clause;
mod reader;
mod services;
mod statement;
mod words;

use std::sync::atomic::{AtomicUsize, Ordering};

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};

use crate::ast::{Statement, Tree};
use crate::split::{Piece, split, split_by_line, split_closed, starts_statement};
use crate::syntax_error::{self, SyntaxError};
use crate::{Rule, SegParser, Span, characters, recover};
use reader::Reader;

/// No more errors than these are reported; the last one then says that reading stopped.
pub(crate) const MOST_ERRORS: usize = 20;

/// So many bytes are parsed at once, and to the end of a statement, as long as there is nothing wrong with them. Few in
/// tests, whose texts are short.
const BATCH: usize = if cfg!(test) { 32 } else { 1 << 12 };

/// Texts below this many bytes are not worth a second thread.
const WORTH_A_THREAD: usize = 1 << 17;

/// Reads a text whose first byte counts as byte `base` of the policy. What cannot be read is left out of the tree and
/// is an error; at most 20 are reported, in the order of the text.
///
/// `base` and the length of the text together must fit 32 bits.
pub fn parse<'s>(text: &'s str, base: u32) -> (Tree<'s>, Vec<SyntaxError>) {
    parse_in(text, base, if text.len() < WORTH_A_THREAD { 1 } else { 2 })
}

/// What was read of some pieces.
#[derive(Default)]
struct Part<'s> {
    statements: Vec<Statement<'s>>,
    errors: Vec<SyntaxError>,
    /// Characters that have no place in a policy, and where.
    forbidden: Vec<(usize, char)>,
}

impl<'s> Part<'s> {
    /// A statement counts only if nothing is wrong with it.
    fn take(&mut self, statement: Option<Statement<'s>>, mut reader: Reader<'s>) {
        if reader.errors.is_empty() {
            self.statements.extend(statement);
        }
        self.errors.append(&mut reader.errors);
    }

    fn holds_forbidden(&self, start: usize, end: usize) -> bool {
        let after = self.forbidden.partition_point(|&(at, _)| at < start);
        self.forbidden.get(after).is_some_and(|&(at, _)| at < end)
    }
}

/// The result does not depend on `threads`.
fn parse_in<'s>(text: &'s str, base: u32, threads: usize) -> (Tree<'s>, Vec<SyntaxError>) {
    let file = File { text, base };
    // More shares than threads: some statements take longer to read than others, and neither thread shall wait.
    let shares = starts(text, after_mark(text), if threads == 1 { 1 } else { threads * 8 });
    let parts = file.read_shares(&shares, threads);
    let parts = parts.unwrap_or_else(|| file.read(shares[0], text.len(), true).into_iter().collect());

    let mut whole = Part::default();
    whole.statements.reserve(parts.iter().map(|part| part.statements.len()).sum());
    for part in parts {
        whole.statements.extend(part.statements);
        whole.errors.extend(part.errors);
        whole.forbidden.extend(part.forbidden);
    }
    whole.forbidden.truncate(MOST_ERRORS + 1);
    whole.errors.extend(whole.forbidden.iter().map(|&(at, character)| {
        syntax_error::forbidden_character(file.span(at, at + character.len_utf8()), character)
    }));
    whole.errors.sort_by_key(place);
    stop_after_most(&mut whole);
    (Tree { statements: whole.statements }, whole.errors)
}

/// The length of the byte order mark that a text starts with.
pub(crate) fn after_mark(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

fn place(error: &SyntaxError) -> u32 {
    error.labels.first().map_or(0, |(span, _)| span.start)
}

/// Beyond the cap the last error says so, and nothing after it counts as read.
fn stop_after_most(part: &mut Part<'_>) {
    if part.errors.len() <= MOST_ERRORS {
        return;
    }
    let stop = part.errors[MOST_ERRORS - 1].labels[0].0;
    part.errors.truncate(MOST_ERRORS - 1);
    part.errors.push(syntax_error::stopped(stop));
    part.statements.retain(|statement| statement.span.start < stop.start);
}

/// Where so many shares of about the same number of bytes start, in order: the first at `from`, the others, of which there
/// may be fewer, at lines that begin with a statement's keyword. No token crosses a line, so such a share can be read on
/// its own, unless a brace is open before it.
fn starts(text: &str, from: usize, count: usize) -> Vec<usize> {
    let mut starts = vec![from];
    for number in 1..count {
        let found = statement_after(text, from + (text.len() - from) / count * number);
        starts.extend(found.filter(|found| starts.last() < Some(found)));
    }
    starts
}

/// The first line from byte `at` on, but for the one that holds it, that begins with a statement's keyword.
fn statement_after(text: &str, at: usize) -> Option<usize> {
    let lines = text.as_bytes().get(at..)?.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    lines.map(|(newline, _)| at + newline + 1).find(|&line| starts_statement(&text[line..]))
}

/// What each thread knows of the text.
#[derive(Clone, Copy)]
struct File<'s> {
    text: &'s str,
    base: u32,
}

impl<'s> File<'s> {
    /// What is in all shares, by so many threads. `None` where a brace is open at the start of one.
    fn read_shares(&self, starts: &[usize], threads: usize) -> Option<Vec<Part<'s>>> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut parts = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(&start) = starts.get(number) else { return Some(parts) };
                let end = starts.get(number + 1).copied();
                parts.push((number, self.read(start, end.unwrap_or(self.text.len()), end.is_none())?));
            }
        };
        let mut parts = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut all = vec![work()];
            all.extend(others.into_iter().map(|t| t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))));
            all.into_iter().flatten().flatten().collect::<Vec<_>>()
        });
        if parts.len() < starts.len() {
            return None;
        }
        parts.sort_unstable_by_key(|(number, _)| *number);
        Some(parts.into_iter().map(|(_, part)| part).collect())
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.base + start as u32, self.base + end as u32)
    }

    /// What is in one share. `None` where a brace is open at its end, if there are more.
    fn read(&self, start: usize, end: usize, is_last: bool) -> Option<Part<'s>> {
        let text = &self.text[..end];
        let mut forbidden = characters::forbidden(&text[start..], MOST_ERRORS + 1);
        if forbidden.is_empty()
            && let Some(statements) = self.read_flawless(start, end)
        {
            return Some(Part { statements, ..Part::default() });
        }
        forbidden.iter_mut().for_each(|(at, _)| *at += start);
        let pieces = if is_last { split(text, start) } else { split_closed(text, start)? };
        let mut part = Part { statements: Vec::with_capacity(pieces.len()), errors: Vec::new(), forbidden };
        for &piece in &pieces {
            if part.errors.len() > MOST_ERRORS {
                break;
            }
            self.read_piece(piece, &mut part);
        }
        Some(part)
    }

    /// Parses many statements at once, which spares pest much setting up and us the cutting. `None` where anything at
    /// all is wrong: what, is found piece by piece. Whatever is read without a fault would be cut into the same
    /// statements: a word that starts one is no name, and a batch ends before a line that begins with such a word.
    fn read_flawless(&self, start: usize, end: usize) -> Option<Vec<Statement<'s>>> {
        let share = &self.text[..end];
        let mut statements = Vec::with_capacity((end - start) / 64);
        let mut from = start;
        while from < end {
            let to = statement_after(share, from + BATCH).unwrap_or(end);
            let text = &share[from..to];
            let mut reader = Reader::new(text, self.base + from as u32);
            for pair in SegParser::parse(Rule::file, text).ok()?.filter(|pair| pair.as_rule() != Rule::EOI) {
                let statement = reader.statement(pair);
                statements.push(statement.filter(|_| reader.errors.is_empty())?);
            }
            from = to;
        }
        Some(statements)
    }

    fn read_piece(&self, piece: Piece, part: &mut Part<'s>) {
        let Err(failure) = self.read_statement(piece, part) else { return };
        // Perhaps a missing brace made one piece of several statements.
        let again = split_by_line(self.text, piece);
        if again.len() < 2 {
            part.errors.push(failure.explain(self.text, self.base, piece));
            return;
        }
        for &piece in &again {
            if part.errors.len() > MOST_ERRORS {
                break;
            }
            if let Err(failure) = self.read_statement(piece, part) {
                part.errors.push(failure.explain(self.text, self.base, piece));
            }
        }
    }

    /// Fails where pest does. Faults of words are errors of `part`, and the statement is left out.
    fn read_statement(&self, piece: Piece, part: &mut Part<'s>) -> Result<(), recover::Failure> {
        if part.holds_forbidden(piece.start, piece.end) {
            return Ok(());
        }
        let text = &self.text[piece.start..piece.end];
        match SegParser::parse(Rule::single, text) {
            Ok(mut pairs) => {
                let mut reader = Reader::new(text, self.base + piece.start as u32);
                let statement = pairs.next().and_then(|pair| reader.statement(pair));
                part.take(statement, reader);
                Ok(())
            }
            Err(error) => {
                let at = match error.location {
                    InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
                };
                let expected = match error.variant {
                    ErrorVariant::ParsingError { positives, .. } => positives,
                    ErrorVariant::CustomError { .. } => Vec::new(),
                };
                Err(recover::Failure { at, expected })
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
