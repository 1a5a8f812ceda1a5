//! The commands of a text of nft, and the tables and chains they hold.

use super::grow::{is_family, lossy, priority};
use super::lexer::{Lexer, Token};
use super::tree::{Base, Tree};
use crate::read::{Kind, Unreadable};
use crate::rules::program::ChainId;
use rustc_hash::FxHashMap;

/// A `define`: its value as it is written.
#[derive(Clone, Copy)]
pub(super) struct Define<'a> {
    pub(super) text: &'a [u8],
    pub(super) line: u32,
    /// Its value as one of `meta priority`, if it is one.
    pub(super) class: Option<u32>,
}

pub(super) struct Parser<'a> {
    pub(super) lexer: Lexer<'a>,
    pub(super) tree: Tree,
    pub(super) defines: FxHashMap<&'a [u8], Define<'a>>,
    /// How many defines deep the reading is.
    pub(super) depth: u32,
}

type Done = Result<(), Unreadable>;

/// Reads a whole text.
pub(super) fn parse(text: &[u8]) -> Result<Tree, Unreadable> {
    let mut parser =
        Parser { lexer: Lexer::new(text, 1), tree: Tree::default(), defines: FxHashMap::default(), depth: 0 };
    loop {
        match parser.lexer.next()? {
            Token::End => return Ok(parser.tree),
            Token::Break => {}
            Token::Word(word) => parser.command(word)?,
            _ => return Err(parser.lexer.error("a command is missing")),
        }
    }
}

impl<'a> Parser<'a> {
    fn command(&mut self, word: &[u8]) -> Done {
        match word {
            b"table" => self.table()?,
            b"define" | b"redefine" => self.define(word == b"redefine").map(drop)?,
            b"undefine" => {
                let name = self.lexer.word("a name")?;
                if self.defines.remove(name).is_none() {
                    return Err(self.lexer.error(format!("`{}` is not defined", lossy(name))));
                }
            }
            b"add" | b"create" | b"insert" => self.add(word)?,
            b"delete" | b"destroy" => self.delete(word == b"destroy")?,
            b"flush" => self.flush()?,
            b"include" => return Err(self.lexer.error("`include`: what it takes in is not in this text")),
            word => return Err(self.lexer.error(format!("`{}` is no command that is understood", lossy(word)))),
        }
        self.end()
    }

    /// The end of a command or clause.
    fn end(&mut self) -> Done {
        match self.lexer.peek()? {
            Token::Break => self.lexer.next().map(drop),
            Token::End | Token::Symbol(b'}') => Ok(()),
            _ => Err(self.lexer.error("more than was expected on this line")),
        }
    }

    /// The family and name of a table; `ip` where none is said.
    fn table_name(&mut self) -> Result<(&'a [u8], &'a [u8]), Unreadable> {
        let first = self.lexer.name("a table")?;
        match self.lexer.peek()? {
            Token::Word(name) | Token::Text(name) if is_family(first) => {
                self.lexer.next()?;
                Ok((first, name))
            }
            _ => Ok((b"ip", first)),
        }
    }

    fn existing(&mut self) -> Result<usize, Unreadable> {
        let (family, name) = self.table_name()?;
        let missing = format!("there is no table `{} {}`", lossy(family), lossy(name));
        self.tree.find(family, name).ok_or_else(|| self.lexer.error(missing))
    }

    /// The table, and in it the name of a chain, set or map. Where a family may be left out, the second word tells.
    fn member(&mut self) -> Result<(usize, &'a [u8]), Unreadable> {
        let table = self.existing_before_name()?;
        let name = self.lexer.name("a name")?;
        Ok((table, name))
    }

    fn existing_before_name(&mut self) -> Result<usize, Unreadable> {
        let first = self.lexer.name("a table")?;
        let (family, name) = if is_family(first) { (first, self.lexer.name("a table")?) } else { (&b"ip"[..], first) };
        let missing = format!("there is no table `{} {}`", lossy(family), lossy(name));
        self.tree.find(family, name).ok_or_else(|| self.lexer.error(missing))
    }

    fn define(&mut self, again: bool) -> Result<&'a [u8], Unreadable> {
        let name = self.lexer.word("a name")?;
        self.lexer.symbol(b'=')?;
        self.lexer.skip(false);
        let (start, line) = (self.lexer.position, self.lexer.line);
        let text = self.lexer.text;
        self.lexer.rest()?;
        let text = &text[start..self.lexer.position];
        if !again && self.defines.contains_key(name) {
            return Err(self.lexer.error(format!("`{}` is defined twice", lossy(name))));
        }
        let class = super::values::class(text.trim_ascii());
        self.defines.insert(name, Define { text, line, class });
        Ok(name)
    }

    fn add(&mut self, verb: &[u8]) -> Done {
        let insert = verb == b"insert";
        let what = self.lexer.word("what to add")?;
        match what {
            b"table" if !insert => self.table(),
            b"chain" if !insert => {
                let (table, name) = self.member()?;
                self.chain(table, name)
            }
            b"set" | b"map" if !insert => {
                let (table, name) = self.member()?;
                self.set(table, name, what == b"map")
            }
            b"element" if !insert => {
                let (table, name) = self.member()?;
                self.add_elements(table, name)
            }
            b"rule" => {
                let (table, name) = self.member()?;
                let chain = self.tree.chain(table, name, self.lexer.line)?;
                if !self.tree.chains[chain.0 as usize].defined {
                    return Err(self.lexer.error(format!("there is no chain `{}`", lossy(name))));
                }
                self.rule(table, chain, insert)
            }
            what => Err(self.lexer.error(format!("`{} {}` is not understood", lossy(verb), lossy(what)))),
        }
    }

    fn delete(&mut self, may_miss: bool) -> Done {
        if !self.lexer.take_word(b"table")? {
            return Err(self.lexer.error("only whole tables can be deleted in a text that is read back"));
        }
        let (family, name) = self.table_name()?;
        match self.tree.find(family, name) {
            Some(table) => self.tree.delete(table),
            None if may_miss => {}
            None => {
                return Err(self.lexer.error(format!("there is no table `{} {}`", lossy(family), lossy(name))));
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Done {
        match self.lexer.word("what to flush")? {
            b"ruleset" => {
                if matches!(self.lexer.peek()?, Token::Word(_)) {
                    return Err(self.lexer.error("`flush ruleset` of one family is not understood"));
                }
                while !self.tree.tables.is_empty() {
                    self.tree.delete(0);
                }
            }
            b"table" => {
                let table = self.existing()?;
                self.tree.flush(table);
            }
            b"chain" => {
                let (table, name) = self.member()?;
                let Some(chain) = self.tree.tables[table].chains.get(name) else {
                    return Err(self.lexer.error(format!("there is no chain `{}`", lossy(name))));
                };
                self.tree.chains[chain.0 as usize].rules.clear();
            }
            b"set" | b"map" => {
                let (table, name) = self.member()?;
                let Some(set) = self.tree.tables[table].sets.get(name).copied() else {
                    return Err(self.lexer.error(format!("there is no set `{}`", lossy(name))));
                };
                self.tree.sets[set].empty();
            }
            what => return Err(self.lexer.error(format!("`flush {}` is not understood", lossy(what)))),
        }
        Ok(())
    }

    fn table(&mut self) -> Done {
        let (family, name) = self.table_name()?;
        let table = self.tree.table(family, name);
        if !self.lexer.take(Token::Symbol(b'{'))? {
            return Ok(());
        }
        let mut local = Vec::new();
        loop {
            match self.lexer.next()? {
                Token::Break => continue,
                Token::Symbol(b'}') => break,
                Token::End => return Err(self.lexer.error("`}` is missing")),
                Token::Word(b"chain") => {
                    let name = self.lexer.name("a chain")?;
                    self.chain(table, name)?;
                }
                Token::Word(word @ (b"set" | b"map")) => {
                    let name = self.lexer.name("a set")?;
                    self.set(table, name, word == b"map")?;
                }
                Token::Word(word @ (b"define" | b"redefine")) => local.push(self.define(word == b"redefine")?),
                Token::Word(b"flags") => {
                    let (line, flags) = (self.lexer.line, self.lexer.rest()?);
                    if flags.split([',', ' ']).any(|flag| flag == "dormant") {
                        self.tree.tables[table].dormant = true;
                        self.tree.note(
                            line,
                            Kind::Ignored,
                            format!("table `{}` is dormant: the kernel asks none of it", lossy(name)),
                        );
                    }
                }
                Token::Word(b"comment") => drop(self.lexer.rest()?),
                Token::Word(b"flowtable") => {
                    let line = self.lexer.line;
                    self.lexer.rest()?;
                    self.tree.note(
                        line,
                        Kind::Changes,
                        "a flow table: offloaded connections go round the forward hook",
                    );
                }
                Token::Word(b"counter" | b"quota" | b"limit" | b"ct" | b"secmark" | b"synproxy") => {
                    drop(self.lexer.rest()?)
                }
                _ => return Err(self.lexer.error("a chain, set or map is missing")),
            }
            self.end()?;
        }
        for name in local {
            self.defines.remove(name);
        }
        Ok(())
    }

    fn chain(&mut self, table: usize, name: &[u8]) -> Done {
        let line = self.lexer.line;
        let chain = self.tree.chain(table, name, line)?;
        let defined = &mut self.tree.chains[chain.0 as usize];
        if !defined.defined {
            defined.defined = true;
            defined.line = line;
        }
        if !self.lexer.take(Token::Symbol(b'{'))? {
            return Ok(());
        }
        loop {
            self.lexer.skip(true);
            if self.plain(chain) {
                continue;
            }
            match self.lexer.peek()? {
                Token::Break => drop(self.lexer.next()?),
                Token::Symbol(b'}') => {
                    self.lexer.next()?;
                    return Ok(());
                }
                Token::End => return Err(self.lexer.error("`}` is missing")),
                Token::Word(b"type") => {
                    self.lexer.next()?;
                    self.base(chain)?;
                    self.end()?;
                }
                Token::Word(b"policy") => {
                    self.lexer.next()?;
                    self.policy(chain)?;
                    self.end()?;
                }
                // A chain's own comment, or its devices; no rule begins so.
                Token::Word(b"comment" | b"devices" | b"device") => drop(self.lexer.rest()?),
                _ => {
                    self.rule(table, chain, false)?;
                    self.end()?;
                }
            }
        }
    }

    fn policy(&mut self, chain: ChainId) -> Done {
        let drops = match self.lexer.word("a policy")? {
            b"accept" => false,
            b"drop" => true,
            _ => return Err(self.lexer.error("a policy is `accept` or `drop`")),
        };
        match &mut self.tree.chains[chain.0 as usize].base {
            Some(base) => base.drops = drops,
            None => return Err(self.lexer.error("a policy before the chain's type and hook")),
        }
        Ok(())
    }

    /// `type filter hook forward priority filter - 5`, the first word taken.
    fn base(&mut self, chain: ChainId) -> Done {
        let line = self.lexer.line;
        let kind = lossy(self.lexer.word("a type")?);
        if !matches!(&*kind, "filter" | "nat" | "route") || !self.lexer.take_word(b"hook")? {
            return Err(self.lexer.error("`type filter hook …` is missing"));
        }
        let hook = lossy(self.lexer.word("a hook")?);
        while !self.lexer.take_word(b"priority")? {
            match self.lexer.next()? {
                Token::Break | Token::End => return Err(self.lexer.error("`priority` is missing")),
                Token::Symbol(b'{') => self.lexer.skip_braces()?,
                _ => {}
            }
        }
        let words = self.lexer.rest()?;
        let Some(priority) = priority(&words) else {
            return Err(self.lexer.error(format!("`{words}` is no priority that is understood")));
        };
        let drops = self.tree.chains[chain.0 as usize].base.as_ref().is_some_and(|base| base.drops);
        self.tree.base(chain, Base { kind, hook, priority, drops }, line)
    }
}
