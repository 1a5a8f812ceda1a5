//! The coarsest reading there is: words, strings and symbols, with their places. It never fails, whatever the text,
//! and is what statements are cut apart with and mistakes are located with; pest reads the statements themselves.

/// What a token is, as far as cutting needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters, digits, `_`, `.`, and `-` where no `>` follows.
    Word,
    /// From `"` to the closing one, or to the end of the line.
    String,
    /// Any other character, by its first byte; `->` and `=>` are `>`.
    Symbol(u8),
}

/// One token: bytes `start` up to `end` of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    /// Nothing but white space stands before it on its line.
    pub first_of_line: bool,
}

/// The tokens of a text, comments left out.
pub(crate) struct Tokens<'s> {
    pub bytes: &'s [u8],
    pub at: usize,
    first_of_line: bool,
}

/// What words are made of, besides `-`.
const WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'_' | b'.');
        byte += 1;
    }
    table
};

impl<'s> Tokens<'s> {
    /// Those from byte `at` on, which is outside strings and comments.
    pub fn new(text: &'s str, at: usize) -> Self {
        Self { bytes: text.as_bytes(), at, first_of_line: true }
    }

    fn word_end(&self, mut at: usize) -> usize {
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            at += rest.iter().position(|&byte| !WORD[byte as usize]).unwrap_or(rest.len());
            if self.bytes.get(at) != Some(&b'-') || self.bytes.get(at + 1) == Some(&b'>') {
                return at;
            }
            at += 1;
        }
    }

    fn string_end(&self, mut at: usize) -> usize {
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let Some(found) = rest.iter().position(|byte| matches!(byte, b'"' | b'\n' | b'\\')) else {
                return self.bytes.len();
            };
            at += found;
            match self.bytes[at] {
                b'"' => return at + 1,
                b'\n' => return at,
                _ if self.bytes.get(at + 1).is_some_and(|&next| next != b'\n') => at += 2,
                _ => at += 1,
            }
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let start = self.at;
            let byte = *self.bytes.get(start)?;
            match byte {
                b'\n' => {
                    self.first_of_line = true;
                    self.at += 1;
                }
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'#' => {
                    let rest = &self.bytes[start..];
                    self.at = rest.iter().position(|&byte| byte == b'\n').map_or(self.bytes.len(), |n| start + n);
                }
                _ => {
                    let (kind, end) = match byte {
                        b'"' => (Kind::String, self.string_end(start + 1)),
                        _ if WORD[byte as usize] => (Kind::Word, self.word_end(start + 1)),
                        b'-' | b'=' if self.bytes.get(start + 1) == Some(&b'>') => (Kind::Symbol(b'>'), start + 2),
                        _ => {
                            // A whole character, so that every token's ends can be sliced at.
                            let mut end = start + 1;
                            while self.bytes.get(end).is_some_and(|byte| byte & 0xC0 == 0x80) {
                                end += 1;
                            }
                            (Kind::Symbol(byte), end)
                        }
                    };
                    let first_of_line = std::mem::take(&mut self.first_of_line);
                    self.at = end;
                    return Some(Token { kind, start, end, first_of_line });
                }
            }
        }
    }
}
