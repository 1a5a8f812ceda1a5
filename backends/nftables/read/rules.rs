//! Rules of a text of nft, statement by statement. What is not understood ends the rule as unknown, with its text.

use super::lexer::Token;
use super::text::Parser;
use super::tree::{Kind as ValueKind, Selector, Statement};
use crate::read::{Kind, Unreadable};
use crate::rules::program::{ChainId, Verdict};

impl<'a> Parser<'a> {
    pub(super) fn rule(&mut self, table: usize, chain: ChainId, insert: bool) -> Result<(), Unreadable> {
        self.lexer.skip(false);
        let (at, first) = (self.lexer.line, self.tree.statements.len());
        loop {
            if matches!(self.lexer.peek()?, Token::Break | Token::End | Token::Symbol(b'}')) {
                break;
            }
            let (before, depth, mark) = (self.lexer, self.depth, self.tree.statements.len());
            if !self.statement(table).unwrap_or(false) {
                (self.lexer, self.depth) = (before, depth);
                self.tree.statements.truncate(mark);
                let text = self.lexer.rest()?;
                self.touched(table, &text);
                self.tree.say(Statement::Unknown(text.into()));
            }
        }
        let rule = self.tree.rule(at, first)?;
        let rules = &mut self.tree.chains[chain.0 as usize].rules;
        if insert {
            rules.insert(0, rule)
        } else {
            rules.push(rule)
        }
        Ok(())
    }

    /// Sets that stand in what is not understood may be filled there.
    fn touched(&mut self, table: usize, text: &str) {
        for part in text.split('@').skip(1) {
            let end = part.find(|c: char| !(c.is_ascii_alphanumeric() || "_.-/".contains(c))).unwrap_or(part.len());
            if let Some(set) = self.tree.tables[table].sets.get(&part.as_bytes()[..end]).copied() {
                self.tree.sets[set].runtime = true;
            }
        }
    }

    /// One statement; `false` or an error where it is not understood.
    fn statement(&mut self, table: usize) -> Result<bool, Unreadable> {
        self.lexer.skip(false);
        let (before, start) = (self.lexer, self.lexer.position);
        let Token::Word(word) = self.lexer.next()? else {
            self.lexer = before;
            return self.expression(table);
        };
        if let Some(verdict) = self.verdict(table, word)? {
            self.tree.say(Statement::Verdict(verdict));
            return Ok(true);
        }
        match word {
            b"comment" => drop(self.lexer.name("a comment")?),
            b"counter" => self.counter()?,
            b"log" => self.log()?,
            b"reject" => self.reject()?,
            b"limit" => {
                if !self.lexer.take_word(b"name")? {
                    if !self.lexer.take_word(b"rate")? {
                        return Ok(false);
                    }
                    self.lexer.take_word(b"over")?;
                    if !self.lexer.word("a rate")?.contains(&b'/') {
                        self.lexer.word("a unit")?;
                    }
                    if self.lexer.take_word(b"burst")? {
                        self.lexer.word("a number")?;
                        self.lexer.word("a unit")?;
                    }
                } else {
                    self.lexer.name("a limit")?;
                }
                self.unless(start, &[]);
            }
            b"quota" => {
                if self.lexer.take_word(b"name")? {
                    self.lexer.name("a quota")?;
                } else {
                    if !self.lexer.take_word(b"over")? {
                        self.lexer.take_word(b"until")?;
                    }
                    self.lexer.word("a number")?;
                    self.lexer.word("a unit")?;
                    if self.lexer.take_word(b"used")? {
                        self.lexer.word("a number")?;
                        self.lexer.word("a unit")?;
                    }
                }
                self.unless(start, &[]);
            }
            b"notrack" => self.tree.say(Statement::Untracked),
            b"dnat" | b"snat" | b"masquerade" | b"redirect" => {
                self.lexer = before;
                let text = self.lexer.rest()?;
                self.tree.say(Statement::Rewrite(text.into()));
            }
            b"flow" => {
                let line = self.lexer.line;
                self.lexer.word("`add`")?;
                self.lexer.symbol(b'@')?;
                self.lexer.word("a flow table")?;
                self.tree.note(
                    line,
                    Kind::Changes,
                    "connections are offloaded: their later packets go round the forward hook",
                );
            }
            b"add" | b"update" | b"delete" => {
                self.lexer.symbol(b'@')?;
                let name = self.lexer.word("a set")?;
                self.lexer.symbol(b'{')?;
                self.lexer.skip_braces()?;
                let set = self.tree.set(table, name, self.lexer.line);
                self.tree.sets[set].runtime = true;
                // A set that is full, or an element that is not there, ends the rule.
                self.unless(start, &[]);
            }
            _ => {
                self.lexer = before;
                return self.expression(table);
            }
        }
        Ok(true)
    }

    /// The text since `start` is a condition that is not understood.
    pub(super) fn unless(&mut self, start: usize, selectors: &[Selector]) {
        let text = self.lexer.since(start).into();
        let (family, protocol) = super::expressions::implied(selectors);
        self.tree.say(Statement::Unless(family, protocol, text));
    }

    fn counter(&mut self) -> Result<(), Unreadable> {
        if self.lexer.take_word(b"name")? {
            self.lexer.name("a counter")?;
        } else if self.lexer.take_word(b"packets")? {
            self.lexer.word("a number")?;
            if self.lexer.take_word(b"bytes")? {
                self.lexer.word("a number")?;
            }
        }
        Ok(())
    }

    fn log(&mut self) -> Result<(), Unreadable> {
        loop {
            match self.lexer.peek()? {
                Token::Word(b"prefix" | b"level" | b"group" | b"snaplen" | b"queue-threshold") => {
                    self.lexer.next()?;
                    self.lexer.name("a value")?;
                }
                Token::Word(b"flags") => {
                    self.lexer.next()?;
                    if matches!(self.lexer.word("a flag")?, b"tcp" | b"ip") {
                        self.lexer.word("a flag")?;
                        while self.lexer.take(Token::Symbol(b','))? {
                            self.lexer.word("a flag")?;
                        }
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    /// Some answers exist for one protocol or family only, which nft makes a condition without listing it.
    fn reject(&mut self) -> Result<(), Unreadable> {
        if self.lexer.take_word(b"with")? {
            let of = self.lexer.word("what to reject with")?;
            let what = self.lexer.word("what to reject with")?;
            if what == b"type" {
                self.lexer.word("what to reject with")?;
            }
            match of {
                b"tcp" => self.tree.say(Statement::Is(Selector::L4Protocol, 6, 6)),
                b"icmp" => self.tree.say(Statement::Is(Selector::NfProto, 4, 4)),
                b"icmpv6" => self.tree.say(Statement::Is(Selector::NfProto, 6, 6)),
                b"icmpx" => {}
                _ => return Err(self.lexer.error("an answer that is not understood")),
            }
        }
        self.tree.say(Statement::Verdict(Verdict::Drop));
        Ok(())
    }

    /// What stands behind `meta priority set`.
    pub(super) fn set_class(&mut self, table: usize, start: usize) -> Result<bool, Unreadable> {
        let before = self.lexer;
        if let Some((selector, _)) = self.selector()? {
            let keyed = matches!(selector, Selector::Source(_) | Selector::Destination(_) | Selector::Class);
            if !keyed || !self.lexer.take_word(b"map")? {
                return Ok(false);
            }
            let right = self.right(table, &[selector.kind()], super::sets::Gives::Class)?;
            let text = self.lexer.since(start).into();
            self.tree.say(Statement::SetClassMap(selector, right, text));
            return Ok(true);
        }
        self.lexer = before;
        let (low, high) = self.range(ValueKind::Class)?;
        if low != high || self.binary()? {
            return Ok(false);
        }
        self.tree.say(Statement::SetClass(u32::try_from(low).unwrap_or_default()));
        Ok(true)
    }
}
