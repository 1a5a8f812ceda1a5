//! Lines, columns and comments.

use super::Join;

/// The column that lines end at, where they can.
pub(super) const WIDTH: usize = 120;
const INDENT: usize = 2;
/// How much further the rest of a long statement or clause is indented.
const HANG: usize = 4;

/// The text as it grows.
pub(super) struct Layout {
    text: String,
    /// Where the current line starts.
    line: usize,
    depth: usize,
    /// Within a block that stands on one line.
    pub in_line: bool,
    /// A comment ended the line: the next token starts a new one, whatever it is joined by.
    after_comment: bool,
    /// A blank line belongs before the next line.
    blank: bool,
    /// The last thing written opened a block: no blank line after it.
    opened: bool,
}

impl Layout {
    pub fn new(size: usize) -> Self {
        let text = String::with_capacity(size + size / 16);
        Self { text, line: 0, depth: 0, in_line: false, after_comment: false, blank: false, opened: false }
    }

    /// Characters on the current line.
    pub fn column(&self) -> usize {
        self.text[self.line..].chars().count()
    }

    pub fn indent(&mut self) {
        self.depth += 1;
    }

    pub fn outdent(&mut self) {
        self.depth -= 1;
    }

    /// Comments and blank lines between two tokens, the second of which is joined by `join`.
    pub fn gap(&mut self, gap: &str, join: Join) {
        if gap.is_empty() {
            return;
        }
        let whole = matches!(join, Join::Clause | Join::Statement | Join::Close | Join::End);
        let mut newlines = 0;
        let mut rest = gap;
        while let Some(first) = rest.find(|letter: char| !letter.is_ascii_whitespace()) {
            newlines += rest[..first].matches('\n').count();
            rest = &rest[first..];
            let end = rest.find('\n').unwrap_or(rest.len());
            self.comment(rest[..end].trim_end(), newlines, whole);
            newlines = 0;
            rest = &rest[end..];
        }
        newlines += rest.matches('\n').count();
        self.blank = newlines > 1 && matches!(join, Join::Clause | Join::Statement);
    }

    fn comment(&mut self, comment: &str, newlines: usize, whole: bool) {
        if newlines == 0 && !self.text.is_empty() && !self.after_comment {
            self.text.push_str("  ");
        } else {
            self.blank = newlines > 1 && whole;
            self.new_line(if whole { 0 } else { HANG });
        }
        self.text.push_str(comment);
        self.opened = false;
        self.after_comment = true;
    }

    fn new_line(&mut self, hang: usize) {
        let blank = std::mem::take(&mut self.blank);
        if !self.text.is_empty() {
            self.text.push_str(if blank && !self.opened { "\n\n" } else { "\n" });
        }
        self.line = self.text.len();
        self.text.extend(std::iter::repeat_n(' ', self.depth * INDENT + hang));
        self.after_comment = false;
    }

    /// Writes a token after its gap has been.
    pub fn token(&mut self, token: &str, join: Join) {
        match join {
            Join::Clause | Join::Statement | Join::Close => self.new_line(0),
            _ if self.after_comment => self.new_line(HANG),
            Join::Break if self.is_full(token) => self.new_line(HANG),
            Join::Space | Join::Break => self.text.push(' '),
            Join::Inline => self.text.push_str("  "),
            Join::Nothing | Join::End => {}
        }
        self.text.push_str(token);
        self.opened = token == "{";
    }

    /// Would `token`, and a comma or brace after it, run over the line?
    fn is_full(&self, token: &str) -> bool {
        !self.in_line && self.column() + 1 + token.chars().count() + 2 > WIDTH
    }

    pub fn finish(mut self) -> String {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text
    }
}
