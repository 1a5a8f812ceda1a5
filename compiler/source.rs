//! The texts of a policy. Each begins at an offset of its own in one space of bytes, so that a span alone says which
//! file and line it is in. Lines are found only when something is printed.

use std::sync::OnceLock;

use elsa::sync::FrozenVec;
use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use segc_grammar::Span;

/// All texts of one policy; texts are only ever added.
#[derive(Default)]
pub struct Sources {
    texts: FrozenVec<Box<Source>>,
}

/// One text.
pub struct Source {
    /// How people name it: the path as given or as found by `use`.
    pub name: String,
    /// The same relative to the policy's folder: what outputs say, wherever segc was called.
    pub origin: String,
    /// The text.
    pub text: String,
    /// Offset of its first byte.
    pub base: u32,
    lines: OnceLock<Vec<u32>>,
}

/// A place for people: line and column count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

impl Source {
    /// Offsets, from the start of the text, at which its lines begin.
    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let ends = self.text.bytes().enumerate().filter(|&(_, b)| b == b'\n');
            std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect()
        })
    }

    /// The line, from 0, that holds the byte at `offset` (from the start of the text).
    fn line_of(&self, offset: u32) -> usize {
        self.lines().partition_point(|&start| start <= offset) - 1
    }

    fn line_range(&self, line: usize) -> (usize, usize) {
        let start = self.lines()[line] as usize;
        let end = self.lines().get(line + 1).map_or(self.text.len(), |&next| next as usize);
        (start, end)
    }

    fn position(&self, offset: u32) -> Position {
        let line = self.line_of(offset);
        let start = self.lines()[line] as usize;
        let column = self.text[start..offset as usize].chars().count();
        Position { line: line as u32 + 1, column: column as u32 + 1 }
    }
}

impl Sources {
    /// Adds a text and returns it. `None` if all texts together would pass 4 GiB.
    pub fn add(&self, name: String, origin: String, text: String) -> Option<&Source> {
        // One byte between two texts, so that an empty span at the end of one is not the start of the next.
        let base =
            self.texts.iter().last().map_or(Some(0), |last| last.base.checked_add(last.text.len() as u32 + 1))?;
        base.checked_add(u32::try_from(text.len()).ok()?)?.checked_add(1)?;
        Some(self.texts.push_get(Box::new(Source { name, origin, text, base, lines: OnceLock::new() })))
    }

    /// Index of the text that holds the span's start; texts are in the order of their bases.
    fn index(&self, span: Span) -> Option<usize> {
        let (mut low, mut high) = (0, self.texts.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            let starts_before = self.texts.get(middle).is_some_and(|s| s.base <= span.start);
            if starts_before { low = middle + 1 } else { high = middle }
        }
        low.checked_sub(1)
    }

    /// The text that holds the span's start.
    pub fn source(&self, span: Span) -> Option<&Source> {
        let source = self.texts.get(self.index(span)?)?;
        (span.start as usize <= source.base as usize + source.text.len()).then_some(source)
    }

    /// File name and first and last position of a span.
    pub fn place(&self, span: Span) -> Option<(&str, Position, Position)> {
        let source = self.source(span)?;
        let end = span.end.max(span.start) - source.base;
        let end = (end as usize).min(source.text.len()) as u32;
        Some((&source.name, source.position(span.start - source.base), source.position(end)))
    }

    /// Number of the text, in the order of adding, and line of a span's start.
    pub fn line_number(&self, span: Span) -> (u32, u32) {
        let Some(index) = self.index(span) else { return (0, 0) };
        let line = self.texts.get(index).map_or(0, |s| s.line_of(span.start - s.base) as u32 + 1);
        (index as u32, line)
    }

    /// A line of a text, by its number in the order of adding, without the white space around it.
    pub fn line_span(&self, file: u32, line: u32) -> Option<Span> {
        let source = self.texts.get(file as usize)?;
        let (start, end) = source.line_range((line as usize).checked_sub(1).filter(|&l| l < source.lines().len())?);
        let text = &source.text[start..end];
        let from = start + text.len() - text.trim_start().len();
        Some(Span::new(source.base + from as u32, source.base + (from + text.trim().len()) as u32))
    }

    /// `file:line` of a span's start.
    pub fn line(&self, span: Span) -> String {
        self.place(span).map_or_else(String::new, |(file, from, _)| format!("{file}:{}", from.line))
    }

    /// What is written there.
    pub fn text(&self, span: Span) -> &str {
        let Some(source) = self.source(span) else { return "" };
        source.text.get((span.start - source.base) as usize..(span.end - source.base) as usize).unwrap_or("")
    }

    /// How much of a span is underlined, in bytes: the first few hundred.
    pub fn shown_length(&self, span: Span) -> usize {
        let text = self.text(span);
        text.floor_char_boundary(text.len().min(MARGIN))
    }

    /// All texts, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.texts.iter()
    }
}

/// Longest stretch of text that is shown at once, and how much of it around a place, in bytes.
const MOST_SHOWN: usize = 8_000;
const MARGIN: usize = 600;

/// miette asks for the lines around a span; they never cross from one file into another.
impl SourceCode for Sources {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let start = u32::try_from(span.offset()).map_err(|_| MietteError::OutOfBounds)?;
        let source = self.source(Span::new(start, start)).ok_or(MietteError::OutOfBounds)?;
        let base = source.base as usize;
        let (start, end) = (start as usize - base, span.offset() + span.len() - base);
        if end > source.text.len() || end - start > MOST_SHOWN {
            return Err(MietteError::OutOfBounds);
        }
        let first = source.line_of(start as u32);
        let last = source.line_of(end.saturating_sub(usize::from(end > start)) as u32);
        let top = first.saturating_sub(before);
        let bottom = (last + after).min(source.lines().len() - 1);
        let (from, to) = (source.line_range(top).0, source.line_range(bottom).1);
        let column = if before == 0 { start - from } else { 0 };
        let from = if before == 0 { start } else { from };
        let to = if after == 0 { end.max(from) } else { to };
        // A line may be a megabyte long: what is far from the place is not shown.
        let from = source.text.ceil_char_boundary(from.max(start.saturating_sub(MARGIN)));
        let to = source.text.floor_char_boundary(to.min(end + MARGIN));
        Ok(Box::new(MietteSpanContents::new_named(
            source.name.clone(),
            &source.text.as_bytes()[from..to],
            (base + from, to - from).into(),
            top,
            column,
            bottom - top + 1,
        )))
    }
}
