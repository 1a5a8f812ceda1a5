//! Cuts a text into statements, so that each can be parsed, and can fail, on its own.
//!
//! A statement starts at its keyword outside all braces and ends with its block, or before the next keyword. Text that
//! starts with no keyword is a piece too: what is wrong with it is found when it is parsed.

use crate::lex::{Kind, Token, Tokens};

/// The words that start a statement; none of them can be a name.
pub(crate) const STATEMENTS: [&str; 12] = [
    "allow",
    "controls",
    "credential",
    "firewall",
    "forbid",
    "group",
    "require",
    "router",
    "service",
    "use",
    "watch",
    "zone",
];

/// Bytes `start` up to `end`: first to last token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub start: usize,
    pub end: usize,
    /// Its `{`, where the matching `}` is missing.
    pub unclosed: Option<usize>,
}

/// Cuts `text` from byte `from`. Where the end is reached with a brace open, the text after that brace is cut again,
/// this time at every line that starts with a statement keyword: so one missing brace costs one statement.
pub(crate) fn split(text: &str, from: usize) -> Vec<Piece> {
    let mut splitter = Splitter { text, pieces: Vec::new(), piece: None, depth: 0, open: 0, by_line: false };
    if let Some(open) = splitter.run(from) {
        splitter.by_line = true;
        splitter.depth = 1;
        if let Some(piece) = &mut splitter.piece {
            piece.end = open + 1;
        }
        splitter.run(open + 1);
    }
    splitter.finish()
}

/// The same for a text of which there is more: `None` where the end is reached with a brace open.
pub(crate) fn split_closed(text: &str, from: usize) -> Option<Vec<Piece>> {
    let mut splitter = Splitter { text, pieces: Vec::new(), piece: None, depth: 0, open: 0, by_line: false };
    splitter.run(from).is_none().then(|| splitter.finish())
}

/// Does `text`, the start of a line, begin with a statement's keyword?
pub(crate) fn starts_statement(text: &str) -> bool {
    let word = Tokens::new(text, 0).next().filter(|token| token.start == 0 && token.kind == Kind::Word);
    word.is_some_and(|word| STATEMENTS.contains(&&text[..word.end]))
}

/// Cuts one piece again, at every line that starts with a statement keyword, whatever the braces say.
pub(crate) fn split_by_line(text: &str, piece: Piece) -> Vec<Piece> {
    let text = &text[..piece.end];
    let mut splitter = Splitter { text, pieces: Vec::new(), piece: None, depth: 0, open: 0, by_line: true };
    splitter.run(piece.start);
    splitter.finish()
}

struct Splitter<'s> {
    text: &'s str,
    pieces: Vec<Piece>,
    piece: Option<Piece>,
    depth: usize,
    /// The `{` that took the depth from 0 to 1.
    open: usize,
    by_line: bool,
}

impl Splitter<'_> {
    /// Returns the brace that is open at the end, unless lines decide.
    fn run(&mut self, from: usize) -> Option<usize> {
        // A keyword right after one of these, on the same line, stands where a name belongs: it is a mistake in this
        // statement and not the next statement's start.
        let mut name_is_due = false;
        let mut after_every = false;
        for token in Tokens::new(self.text, from) {
            match token.kind {
                Kind::Symbol(b'{') => {
                    self.extend(token);
                    if self.depth == 0 {
                        self.open = token.start;
                    }
                    self.depth += 1;
                    name_is_due = false;
                }
                Kind::Symbol(b'}') => {
                    self.extend(token);
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        self.pieces.extend(self.piece.take());
                    }
                    name_is_due = false;
                }
                Kind::Symbol(byte) => {
                    self.extend(token);
                    name_is_due = matches!(byte, b',' | b'>' | b':' | b'=');
                }
                Kind::Word => {
                    let here = self.depth == 0 || (self.by_line && token.first_of_line && !after_every);
                    let due = std::mem::take(&mut name_is_due) && !token.first_of_line;
                    if here && !due && self.starts_statement(token) {
                        self.cut(token);
                        name_is_due = !matches!(&self.text[token.start..token.end], "controls" | "use");
                    } else {
                        self.extend(token);
                        after_every = self.by_line && &self.text[token.start..token.end] == "every";
                    }
                }
                Kind::String => {
                    self.extend(token);
                    name_is_due = false;
                }
            }
        }
        (self.depth > 0 && !self.by_line).then_some(self.open)
    }

    fn starts_statement(&self, token: Token) -> bool {
        let glued = token.start > 0 && self.text.as_bytes()[token.start - 1] == b'/';
        (3..=10).contains(&(token.end - token.start))
            && !glued
            && STATEMENTS.contains(&&self.text[token.start..token.end])
    }

    fn extend(&mut self, token: Token) {
        match &mut self.piece {
            Some(piece) => piece.end = token.end,
            None => self.piece = Some(Piece { start: token.start, end: token.end, unclosed: None }),
        }
    }

    /// The piece so far, if any, ends before `token`, which starts the next.
    fn cut(&mut self, token: Token) {
        if let Some(mut piece) = self.piece.take() {
            piece.unclosed = (self.depth > 0).then_some(self.open);
            self.pieces.push(piece);
        }
        self.depth = 0;
        self.extend(token);
    }

    fn finish(mut self) -> Vec<Piece> {
        if let Some(mut piece) = self.piece.take() {
            piece.unclosed = (self.depth > 0).then_some(self.open);
            self.pieces.push(piece);
        }
        self.pieces
    }
}
