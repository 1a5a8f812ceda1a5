//! A text of nft as words, strings and symbols. Line ends count; comments and joined lines do not.

use crate::read::Unreadable;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Word(&'a [u8]),
    /// Without its quotes.
    Text(&'a [u8]),
    /// One byte, or for two: `N` `!=`, `E` `==`, `L` `<=`, `G` `>=`, `S` `<<` or `>>`.
    Symbol(u8),
    /// The end of a line, or `;`.
    Break,
    End,
}

/// Where the reading stands. Cheap to copy, so that a place can be gone back to.
#[derive(Clone, Copy)]
pub(super) struct Lexer<'a> {
    pub(super) text: &'a [u8],
    pub(super) position: usize,
    pub(super) line: u32,
}

const WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric()
            || matches!(byte as u8, b'_' | b'.' | b'/' | b':' | b'-' | b'*' | b'\\');
        byte += 1;
    }
    table
};

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a [u8], line: u32) -> Lexer<'a> {
        Lexer { text, position: 0, line }
    }

    pub(super) fn error(&self, what: impl Into<String>) -> Unreadable {
        Unreadable { line: self.line, what: what.into() }
    }

    /// Skips blanks, comments and joined lines; line ends too if asked.
    #[inline]
    pub(super) fn skip(&mut self, lines: bool) {
        // Most often one blank, or none at all.
        if let Some(b' ') = self.text.get(self.position) {
            self.position += 1;
        }
        if self.text.get(self.position).is_some_and(|byte| WORD[*byte as usize] && *byte != b'\\') {
            return;
        }
        self.skip_more(lines);
    }

    fn skip_more(&mut self, lines: bool) {
        while let Some(byte) = self.text.get(self.position) {
            match byte {
                b' ' | b'\t' | b'\r' => self.position += 1,
                b'\n' if lines => {
                    self.position += 1;
                    self.line += 1;
                }
                b'\\' if self.text.get(self.position + 1) == Some(&b'\n') => {
                    self.position += 2;
                    self.line += 1;
                }
                b'#' => {
                    let rest = &self.text[self.position..];
                    self.position += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                }
                _ => break,
            }
        }
    }

    /// The next token. Its start is where [`Lexer::skip`] ends.
    pub(super) fn next(&mut self) -> Result<Token<'a>, Unreadable> {
        self.skip(false);
        let start = self.position;
        let Some(&byte) = self.text.get(start) else { return Ok(Token::End) };
        if WORD[byte as usize] {
            let rest = &self.text[start..];
            let length = rest.iter().position(|byte| !WORD[*byte as usize]).unwrap_or(rest.len());
            let length = match rest[..length].iter().position(|byte| *byte == b'\\') {
                // A joined line ends the word; a backslash elsewhere belongs to no word that is known.
                Some(at) if at > 0 => at,
                _ => length,
            };
            self.position += length;
            return Ok(Token::Word(&rest[..length]));
        }
        self.position += 1;
        let next = self.text.get(self.position).copied().unwrap_or(0);
        let double = match (byte, next) {
            (b'!', b'=') => Some(b'N'),
            (b'=', b'=') => Some(b'E'),
            (b'<', b'=') => Some(b'L'),
            (b'>', b'=') => Some(b'G'),
            (b'<', b'<') | (b'>', b'>') => Some(b'S'),
            _ => None,
        };
        if let Some(double) = double {
            self.position += 1;
            return Ok(Token::Symbol(double));
        }
        match byte {
            b'\n' => {
                self.line += 1;
                Ok(Token::Break)
            }
            b';' => Ok(Token::Break),
            b'"' => {
                let rest = &self.text[self.position..];
                match rest.iter().position(|byte| matches!(byte, b'"' | b'\n')) {
                    Some(length) if rest[length] == b'"' => {
                        self.position += length + 1;
                        Ok(Token::Text(&rest[..length]))
                    }
                    _ => Err(self.error("a string without an end")),
                }
            }
            b'{' | b'}' | b'(' | b')' | b'[' | b']' | b',' | b'=' | b'!' | b'<' | b'>' | b'&' | b'|' | b'^' | b'~'
            | b'@' | b'$' | b'+' | b'\'' | b'%' | b'?' => Ok(Token::Symbol(byte)),
            _ => Err(self.error(format!("a byte that no text of nft has: 0x{byte:02x}"))),
        }
    }

    pub(super) fn peek(&self) -> Result<Token<'a>, Unreadable> {
        let mut copy = *self;
        copy.next()
    }

    /// Takes the token if it is this one.
    #[inline]
    pub(super) fn take(&mut self, token: Token<'_>) -> Result<bool, Unreadable> {
        if let Token::Symbol(symbol @ (b'$' | b'@' | b'{' | b'}' | b',')) = token {
            self.skip(false);
            let found = self.text.get(self.position) == Some(&symbol);
            self.position += usize::from(found);
            return Ok(found);
        }
        let mut copy = *self;
        let taken = copy.next()? == token;
        if taken {
            *self = copy;
        }
        Ok(taken)
    }

    // Inlined where the word is known, so that it is compared without a call.
    #[inline]
    pub(super) fn take_word(&mut self, word: &[u8]) -> Result<bool, Unreadable> {
        self.skip(false);
        let rest = &self.text[self.position..];
        let found = rest.starts_with(word) && rest.get(word.len()).is_none_or(|byte| !WORD[*byte as usize]);
        if found {
            self.position += word.len();
        }
        Ok(found)
    }

    pub(super) fn symbol(&mut self, symbol: u8) -> Result<(), Unreadable> {
        match self.next()? {
            Token::Symbol(found) if found == symbol => Ok(()),
            _ => Err(self.error(format!("`{}` is missing", char::from(symbol)))),
        }
    }

    pub(super) fn word(&mut self, what: &str) -> Result<&'a [u8], Unreadable> {
        match self.next()? {
            Token::Word(word) => Ok(word),
            _ => Err(self.error(format!("{what} is missing"))),
        }
    }

    /// A name, quoted or not.
    pub(super) fn name(&mut self, what: &str) -> Result<&'a [u8], Unreadable> {
        match self.next()? {
            Token::Word(word) | Token::Text(word) => Ok(word),
            _ => Err(self.error(format!("{what} is missing"))),
        }
    }

    /// Skips what stands between braces, the opening one taken already.
    pub(super) fn skip_braces(&mut self) -> Result<(), Unreadable> {
        let mut depth = 1usize;
        while depth > 0 {
            match self.next()? {
                Token::Symbol(b'{') => depth += 1,
                Token::Symbol(b'}') => depth -= 1,
                Token::End => return Err(self.error("`}` is missing")),
                _ => {}
            }
        }
        Ok(())
    }

    /// What was read since `start`, blanks made one.
    pub(super) fn since(&self, start: usize) -> String {
        let text = String::from_utf8_lossy(&self.text[start..self.position]);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Goes to the end of the rule or line, over whole braces, and says what stood there.
    pub(super) fn rest(&mut self) -> Result<String, Unreadable> {
        self.skip(false);
        let start = self.position;
        let mut depth = 0usize;
        loop {
            let before = *self;
            match self.next()? {
                Token::Symbol(b'{') => depth += 1,
                Token::Symbol(b'}') if depth > 0 => depth -= 1,
                Token::End if depth > 0 => return Err(self.error("`}` is missing")),
                Token::Symbol(b'}') | Token::Break | Token::End if depth == 0 => {
                    *self = before;
                    return Ok(self.since(start));
                }
                _ => {}
            }
        }
    }
}
