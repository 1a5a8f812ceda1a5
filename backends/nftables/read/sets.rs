//! Sets, maps and their elements, as a text of nft has them.

use super::grow::lossy;
use super::lexer::{Lexer, Token};
use super::text::Parser;
use super::tree::{Elements, Keys, Kind, SetIndex};
use super::values;
use crate::read::Unreadable;
use crate::rules::program::{Value, Verdict};

type Done = Result<(), Unreadable>;

/// Defines within defines.
const DEEPEST: u32 = 16;

/// What a map gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    Nothing,
    Verdict,
    Class,
    Opaque,
}

impl<'a> Parser<'a> {
    /// A set or map, its name taken.
    pub(super) fn set(&mut self, table: usize, name: &[u8], map: bool) -> Done {
        let index = self.tree.set(table, name, self.lexer.line);
        let first = !std::mem::replace(&mut self.tree.sets[index].defined, true);
        self.tree.sets[index].map = map;
        if !self.lexer.take(Token::Symbol(b'{'))? {
            return Ok(());
        }
        let mut gives = Gives::Nothing;
        loop {
            match self.lexer.next()? {
                Token::Break => {}
                Token::Symbol(b'}') => return Ok(()),
                Token::Word(b"type") => {
                    let words = self.lexer.rest()?;
                    let (key, value) = split(&words);
                    let kinds: Vec<Kind> = key.split(" . ").map(|name| values::kind(name.trim().as_bytes())).collect();
                    gives = self.typed(index, first, &kinds, value);
                }
                Token::Word(b"typeof") => {
                    let words = self.lexer.rest()?;
                    let (key, value) = split(&words);
                    let kind = |words: &str| {
                        let mut words = words.split_whitespace();
                        let pair = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
                        let found = values::selector(pair.0.as_bytes(), pair.1.as_bytes());
                        if words.next().is_some() {
                            Kind::Opaque
                        } else {
                            found.map_or(Kind::Opaque, |selector| selector.kind())
                        }
                    };
                    let kinds: Vec<Kind> = key.split(" . ").map(kind).collect();
                    let value = value.map(|value| match value {
                        "meta priority" => "classid",
                        value => value,
                    });
                    gives = self.typed(index, first, &kinds, value);
                }
                Token::Word(b"flags") => {
                    let flags = self.lexer.rest()?;
                    let comes_and_goes = |flag: &str| matches!(flag, "dynamic" | "timeout");
                    self.tree.sets[index].runtime |= flags.split([',', ' ']).any(comes_and_goes);
                }
                Token::Word(b"timeout") => {
                    self.tree.sets[index].runtime = true;
                    self.lexer.rest()?;
                }
                Token::Word(b"elements") => {
                    self.lexer.symbol(b'=')?;
                    self.elements_of(table, index, gives)?;
                }
                Token::Word(
                    b"size" | b"policy" | b"gc-interval" | b"auto-merge" | b"comment" | b"counter" | b"limit"
                    | b"quota" | b"last" | b"ct",
                ) => drop(self.lexer.rest()?),
                _ => return Err(self.lexer.error(format!("a clause of `{}` that is not understood", lossy(name)))),
            }
        }
    }

    fn typed(&mut self, index: SetIndex, first: bool, kinds: &[Kind], value: Option<&str>) -> Gives {
        let set = &mut self.tree.sets[index];
        let gives = match value {
            None => Gives::Nothing,
            Some("verdict") => Gives::Verdict,
            Some("classid") => Gives::Class,
            Some(_) => Gives::Opaque,
        };
        // A map without values would look like a set.
        let kinds =
            if gives == Gives::Opaque || set.map == (gives == Gives::Nothing) { &[Kind::Opaque] } else { kinds };
        if first || set.elements.kinds() != kinds {
            set.elements = Elements { keys: Keys::of(kinds), ..Elements::default() };
        }
        gives
    }

    /// `add element inet t s { … }`, the name taken.
    pub(super) fn add_elements(&mut self, table: usize, name: &[u8]) -> Done {
        let Some(index) = self.tree.tables[table].sets.get(name).copied() else {
            return Err(self.lexer.error(format!("there is no set `{}`", lossy(name))));
        };
        let set = &self.tree.sets[index];
        let gives = match (set.map, set.elements.values.first().or(set.elements.default.as_ref())) {
            (false, _) => Gives::Nothing,
            (true, Some(Value::Verdict(_))) => Gives::Verdict,
            (true, Some(Value::Number(_))) => Gives::Class,
            (true, None) => return Err(self.lexer.error("elements of a map outside of it are not understood")),
        };
        self.elements_of(table, index, gives)
    }

    fn elements_of(&mut self, table: usize, index: SetIndex, gives: Gives) -> Done {
        let mut elements = std::mem::take(&mut self.tree.sets[index].elements);
        let kinds = elements.kinds();
        let runtime = match &elements.keys {
            Keys::Opaque => {
                self.lexer.skip(true);
                self.lexer.symbol(b'{')?;
                self.lexer.skip_braces()?;
                false
            }
            _ => self.elements(table, &kinds, gives, &mut elements)?,
        };
        self.tree.sets[index].runtime |= runtime;
        self.tree.sets[index].elements = elements;
        Ok(())
    }

    /// `{ KEY, KEY : VALUE, … }` or a define of that. Says whether an element has a time to live.
    pub(super) fn elements(
        &mut self,
        table: usize,
        kinds: &[Kind],
        gives: Gives,
        into: &mut Elements,
    ) -> Result<bool, Unreadable> {
        self.lexer.skip(true);
        if self.lexer.take(Token::Symbol(b'$'))? {
            return self.within_define(|parser| parser.elements(table, kinds, gives, into));
        }
        self.lexer.symbol(b'{')?;
        let mut runtime = false;
        loop {
            self.lexer.skip(true);
            if self.lexer.take(Token::Symbol(b'}'))? {
                return Ok(runtime);
            }
            runtime |= self.element(table, kinds, gives, into)?;
            self.lexer.skip(true);
            match self.lexer.next()? {
                Token::Symbol(b',') => {}
                Token::Symbol(b'}') => return Ok(runtime),
                _ => return Err(self.lexer.error("`,` or `}` is missing behind an element")),
            }
        }
    }

    fn element(&mut self, table: usize, kinds: &[Kind], gives: Gives, into: &mut Elements) -> Result<bool, Unreadable> {
        let all = self.lexer.take_word(b"*")?;
        if !all {
            if let Some(nested) = self.nested()? {
                // A define that is a list itself.
                let outer = std::mem::replace(&mut self.lexer, nested);
                self.deeper()?;
                let runtime = self.elements(table, kinds, gives, into);
                self.depth -= 1;
                self.lexer = outer;
                return runtime;
            }
            if let Keys::Concat(..) = into.keys {
                let mut fields = Vec::with_capacity(kinds.len());
                for (index, kind) in kinds.iter().enumerate() {
                    if index > 0 && !self.lexer.take_word(b".")? {
                        return Err(self.lexer.error("`.` is missing between the parts of a key"));
                    }
                    fields.push(self.range(*kind)?);
                }
                fields.into_iter().for_each(|(low, high)| into.push(low, high, None));
            } else {
                let (low, high) = self.range(kinds[0])?;
                into.push(low, high, None);
            }
        }
        let mut runtime = false;
        loop {
            match self.lexer.peek()? {
                Token::Word(b"timeout" | b"expires") => {
                    self.lexer.next()?;
                    self.lexer.word("a time")?;
                    runtime = true;
                }
                Token::Word(b"comment") => {
                    self.lexer.next()?;
                    self.lexer.name("a comment")?;
                }
                Token::Word(b"counter") => {
                    self.lexer.next()?;
                    for word in [&b"packets"[..], b"bytes"] {
                        if self.lexer.take_word(word)? {
                            self.lexer.word("a number")?;
                        }
                    }
                }
                // An element with a rate or quota does not always match.
                Token::Word(b"limit" | b"quota" | b"ct" | b"last") => {
                    return Err(self.lexer.error("an element with a rate, count or quota is not understood"));
                }
                _ => break,
            }
        }
        let value = match gives {
            Gives::Nothing => None,
            Gives::Verdict | Gives::Class => {
                self.lexer.skip(true);
                if !self.lexer.take_word(b":")? {
                    return Err(self.lexer.error("`:` and a value are missing behind a key"));
                }
                self.lexer.skip(true);
                Some(if gives == Gives::Verdict { self.verdict_value(table)? } else { Value::Number(self.class()?) })
            }
            Gives::Opaque => return Err(self.lexer.error("a value that is not understood")),
        };
        if all {
            if std::mem::replace(&mut into.all, true) {
                return Err(self.lexer.error("`*` stands twice"));
            }
            into.default = value;
        } else {
            into.values.extend(value);
        }
        Ok(runtime)
    }

    fn verdict_value(&mut self, table: usize) -> Result<Value, Unreadable> {
        let word = self.lexer.word("a verdict")?;
        match self.verdict(table, word)? {
            Some(verdict) => Ok(Value::Verdict(verdict)),
            None => Err(self.lexer.error(format!("`{}` is no verdict", lossy(word)))),
        }
    }

    /// The verdict that a word begins.
    pub(super) fn verdict(&mut self, table: usize, word: &[u8]) -> Result<Option<Verdict>, Unreadable> {
        Ok(Some(match word {
            b"accept" => Verdict::Accept,
            b"drop" => Verdict::Drop,
            b"return" => Verdict::Return,
            b"continue" => Verdict::Continue,
            b"jump" | b"goto" => {
                let name = self.lexer.name("a chain")?;
                let chain = self.tree.chain(table, name, self.lexer.line)?;
                if word == b"jump" { Verdict::Jump(chain) } else { Verdict::Goto(chain) }
            }
            _ => return Ok(None),
        }))
    }

    /// A value of `meta priority`.
    pub(super) fn class(&mut self) -> Result<u32, Unreadable> {
        if self.lexer.take(Token::Symbol(b'$'))? {
            let name = self.lexer.word("a name")?;
            if let Some(class) = self.defines.get(name).and_then(|define| define.class) {
                return Ok(class);
            }
            return Err(self.lexer.error(format!("`{}` is not defined, or no class id", lossy(name))));
        }
        let word = self.lexer.name("a class id")?;
        values::class(word).ok_or_else(|| self.lexer.error(format!("`{}` is no class id", lossy(word))))
    }

    /// One value, prefix or range.
    pub(super) fn range(&mut self, kind: Kind) -> Result<(u128, u128), Unreadable> {
        if self.lexer.take(Token::Symbol(b'$'))? {
            return self.within_define(|parser| parser.range(kind));
        }
        let token = self.lexer.next()?;
        let (Token::Word(mut word) | Token::Text(mut word)) = token else {
            return Err(self.lexer.error("a value is missing"));
        };
        if matches!(token, Token::Text(_)) && kind == Kind::Time {
            return Err(self.lexer.error("a date in the time zone of whoever reads it"));
        }
        // `22:accept`: the colon is no part of a key of these kinds.
        if matches!(token, Token::Word(_))
            && !matches!(kind, Kind::V6 | Kind::Class)
            && let Some(colon) = word.iter().position(|byte| *byte == b':')
            && colon > 0
        {
            self.lexer.position -= word.len() - colon;
            word = &word[..colon];
        }
        let single = values::range(kind, word);
        let Some((low, high)) = single else {
            return Err(self.lexer.error(format!("`{}` is no value that is understood here", lossy(word))));
        };
        if low == high && self.lexer.take_word(b"-")? {
            let last = self.lexer.name("the end of a range")?;
            return values::value(kind, last)
                .and_then(|last| values::ordered(low, last))
                .ok_or_else(|| self.lexer.error(format!("`{}` is no end of a range", lossy(last))));
        }
        Ok((low, high))
    }

    /// If a define of a list comes next, its text.
    fn nested(&mut self) -> Result<Option<Lexer<'a>>, Unreadable> {
        let before = self.lexer;
        if !self.lexer.take(Token::Symbol(b'$'))? {
            return Ok(None);
        }
        let name = self.lexer.word("a name")?;
        if let Some(define) = self.defines.get(name) {
            let lexer = Lexer::new(define.text, define.line);
            if lexer.peek()? == Token::Symbol(b'{') {
                return Ok(Some(lexer));
            }
        }
        self.lexer = before;
        Ok(None)
    }

    fn deeper(&mut self) -> Done {
        self.depth += 1;
        if self.depth > DEEPEST { Err(self.lexer.error("defines of defines of defines, too deep")) } else { Ok(()) }
    }

    /// Reads what a define stands for, its `$` taken.
    pub(super) fn within_define<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Unreadable>,
    ) -> Result<T, Unreadable> {
        let name = self.lexer.word("a name")?;
        let Some(define) = self.defines.get(name) else {
            return Err(self.lexer.error(format!("`{}` is not defined", lossy(name))));
        };
        let inner = Lexer::new(define.text, define.line);
        self.deeper()?;
        let outer = std::mem::replace(&mut self.lexer, inner);
        let result = read(self);
        let whole = self.lexer.peek();
        self.lexer = outer;
        self.depth -= 1;
        let result = result?;
        if whole? != Token::End {
            return Err(self.lexer.error(format!("`{}` is more than one value", lossy(name))));
        }
        Ok(result)
    }
}

/// `KEY : VALUE`.
fn split(words: &str) -> (&str, Option<&str>) {
    match words.split_once(" : ") {
        Some((key, value)) => (key, Some(value.trim())),
        None => (words, None),
    }
}
