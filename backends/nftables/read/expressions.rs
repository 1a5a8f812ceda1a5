//! Conditions of a text of nft: what is looked at, and what it is compared with.

use super::lexer::Token;
use super::sets::Gives;
use super::text::Parser;
use super::tree::{Elements, Keys, Kind, Right, Selector, Statement};
use super::values::{self, last};
use crate::read::Unreadable;
use crate::rules::program::Family;

/// The family and protocol without which a packet has none of these.
pub(super) fn implied(selectors: &[Selector]) -> (Option<Family>, Option<u8>) {
    let mut all = (None, None);
    for selector in selectors {
        let (family, protocol) = match selector {
            Selector::Source(family) | Selector::Destination(family) => (Some(*family), None),
            Selector::IpProtocol => (Some(Family::V4), None),
            Selector::NextHeader => (Some(Family::V6), None),
            Selector::IcmpType | Selector::IcmpCode => (Some(Family::V4), Some(1)),
            Selector::Icmpv6Type | Selector::Icmpv6Code => (Some(Family::V6), Some(58)),
            Selector::Port(protocol) => (None, *protocol),
            Selector::Other(family, protocol) => (*family, *protocol),
            _ => (None, None),
        };
        all = (all.0.or(family), all.1.or(protocol));
    }
    all
}

/// What can be written without being seen by any condition that is understood.
pub(super) fn harmless(of: &[u8], field: &[u8]) -> bool {
    match of {
        b"meta" => matches!(field, b"mark" | b"nftrace"),
        b"ct" => matches!(field, b"mark" | b"label" | b"helper" | b"timeout" | b"expectation" | b"event" | b"secmark"),
        b"ip" | b"ip6" => matches!(field, b"dscp" | b"ecn" | b"ttl" | b"hoplimit" | b"flowlabel" | b"id"),
        b"tcp" => field == b"option",
        _ => false,
    }
}

impl<'a> Parser<'a> {
    /// A comparison, a lookup of a verdict, or a `set`; `false` where it is none of them.
    pub(super) fn expression(&mut self, table: usize) -> Result<bool, Unreadable> {
        self.lexer.skip(false);
        let start = self.lexer.position;
        let Some((first, named)) = self.selector()? else { return Ok(false) };
        let mut selectors = vec![first];
        while self.lexer.take_word(b".")? {
            match self.selector()? {
                Some((selector, _)) => selectors.push(selector),
                None => return Ok(false),
            }
        }
        let mut understood = selectors.iter().all(|selector| selector.kind() != Kind::Opaque);
        while self.binary()? {
            understood = false;
            self.operand()?;
        }
        if self.lexer.take_word(b"set")? {
            if selectors == [Selector::Class] {
                return self.set_class(table, start);
            }
            return self.set_other(start, &selectors, named);
        }
        if self.lexer.take_word(b"vmap")? {
            if !understood {
                return Ok(false);
            }
            let kinds: Vec<Kind> = selectors.iter().map(|selector| selector.kind()).collect();
            let right = self.right(table, &kinds, Gives::Verdict)?;
            let text = self.lexer.since(start).into();
            self.tree.say(Statement::Vmap(selectors.into(), right, text));
            return Ok(true);
        }
        let operator = self.operator()?;
        let behind = self.lexer;
        if understood && self.comparison(table, start, &selectors, operator).unwrap_or(false) {
            return Ok(true);
        }
        self.lexer = behind;
        self.operand()?;
        while self.binary()? {
            self.operand()?;
        }
        self.unless(start, &selectors);
        Ok(true)
    }

    fn operator(&mut self) -> Result<u8, Unreadable> {
        let before = self.lexer;
        Ok(match self.lexer.next()? {
            Token::Symbol(operator @ (b'N' | b'E' | b'L' | b'G' | b'<' | b'>' | b'!')) => operator,
            Token::Word(b"eq") => b'E',
            Token::Word(b"ne") => b'N',
            Token::Word(b"lt") => b'<',
            Token::Word(b"le") => b'L',
            Token::Word(b"gt") => b'>',
            Token::Word(b"ge") => b'G',
            _ => {
                self.lexer = before;
                b'E'
            }
        })
    }

    /// Takes an operator that joins two operands, if one comes next.
    pub(super) fn binary(&mut self) -> Result<bool, Unreadable> {
        let before = self.lexer;
        let joined = matches!(
            self.lexer.next()?,
            Token::Symbol(b',' | b'&' | b'|' | b'^' | b'S')
                | Token::Word(b"." | b"/" | b"-" | b"and" | b"or" | b"xor" | b"lshift" | b"rshift")
        );
        if !joined {
            self.lexer = before;
        }
        Ok(joined)
    }

    /// Passes over an operand, whatever it means.
    fn operand(&mut self) -> Result<(), Unreadable> {
        match self.lexer.next()? {
            Token::Word(_) | Token::Text(_) => Ok(()),
            Token::Symbol(b'@' | b'$') => self.lexer.word("a name").map(drop),
            Token::Symbol(b'{') => self.lexer.skip_braces(),
            Token::Symbol(b'(') => loop {
                match self.lexer.next()? {
                    Token::Symbol(b')') => return Ok(()),
                    Token::Word(_) | Token::Symbol(b'|' | b'&' | b'^' | b',') => {}
                    _ => return Err(self.lexer.error("`)` is missing")),
                }
            },
            _ => Err(self.lexer.error("a value is missing")),
        }
    }

    /// `false` or an error where the comparison is not understood.
    fn comparison(
        &mut self,
        table: usize,
        start: usize,
        selectors: &[Selector],
        operator: u8,
    ) -> Result<bool, Unreadable> {
        let kinds: Vec<Kind> = selectors.iter().map(|selector| selector.kind()).collect();
        let right = self.right(table, &kinds, Gives::Nothing)?;
        let after = self.lexer;
        if self.binary()? {
            return Ok(false);
        }
        self.lexer = after;
        match (selectors, operator, right) {
            ([Selector::Time], operator, Right::One(low, high)) if low == high => {
                // Seconds against a clock of nanoseconds: only these two are the same for both.
                let moment = i64::try_from(low).ok();
                match operator {
                    b'<' => self.tree.say(Statement::Time(None, moment)),
                    b'G' => self.tree.say(Statement::Time(moment, None)),
                    _ => return Ok(false),
                }
            }
            ([Selector::Time], ..) => return Ok(false),
            ([selector], b'E', Right::One(low, high)) => self.tree.say(Statement::Is(*selector, low, high)),
            (_, operator @ (b'E' | b'N'), right) => {
                let text = self.lexer.since(start).into();
                self.tree.say(Statement::Match(selectors.into(), operator == b'N', right, text));
            }
            ([selector], operator, Right::One(low, high)) if low == high => {
                let range = match operator {
                    b'<' => low.checked_sub(1).map(|high| (0, high)),
                    b'L' => Some((0, low)),
                    b'>' => low.checked_add(1).map(|low| (low, last(kinds[0]))),
                    b'G' => Some((low, last(kinds[0]))),
                    _ => return Ok(false),
                };
                let ordered = values::have_order(kinds[0]);
                match range.filter(|range| range.0 <= range.1 && ordered) {
                    Some((low, high)) => self.tree.say(Statement::Is(*selector, low, high)),
                    None => return Ok(false),
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// What something is compared with, or looked up in.
    pub(super) fn right(&mut self, table: usize, kinds: &[Kind], gives: Gives) -> Result<Right, Unreadable> {
        self.lexer.skip(false);
        let start = self.lexer.position;
        if self.lexer.take(Token::Symbol(b'@'))? {
            let name = self.lexer.word("a set")?;
            return Ok(Right::Named(self.tree.set(table, name, self.lexer.line)));
        }
        let mut elements = Elements { keys: Keys::of(kinds), ..Elements::default() };
        if self.list()? || gives != Gives::Nothing {
            if self.elements(table, kinds, gives, &mut elements)? {
                return Err(self.lexer.error("an element with a time to live"));
            }
            elements.text = self.lexer.since(start);
            return Ok(Right::Some(Box::new(elements)));
        }
        if let [kind] = kinds {
            let (low, high) = self.range(*kind)?;
            if *kind != Kind::CtState || self.lexer.peek()? != Token::Symbol(b',') {
                return Ok(Right::One(low, high));
            }
            elements.push(low, high, None);
            while self.lexer.take(Token::Symbol(b','))? {
                let (low, high) = self.range(*kind)?;
                elements.push(low, high, None);
            }
            return Ok(Right::Some(Box::new(elements)));
        }
        for (index, kind) in kinds.iter().enumerate() {
            if index > 0 && !self.lexer.take_word(b".")? {
                return Err(self.lexer.error("`.` is missing"));
            }
            let (low, high) = self.range(*kind)?;
            elements.push(low, high, None);
        }
        Ok(Right::Some(Box::new(elements)))
    }

    /// Whether a list in braces comes next, or a define of one.
    fn list(&self) -> Result<bool, Unreadable> {
        let mut copy = self.lexer;
        Ok(match copy.next()? {
            Token::Symbol(b'{') => true,
            Token::Symbol(b'$') => match copy.next()? {
                Token::Word(name) => {
                    self.defines.get(name).is_some_and(|define| define.text.trim_ascii_start().starts_with(b"{"))
                }
                _ => false,
            },
            _ => false,
        })
    }

    /// `… set VALUE` of anything but the priority.
    fn set_other(&mut self, start: usize, selectors: &[Selector], named: (&[u8], &[u8])) -> Result<bool, Unreadable> {
        let before = self.lexer;
        let constant = match self.selector() {
            Ok(Some((_, named))) => {
                while self.lexer.take_word(b".")? {
                    self.selector()?;
                }
                matches!(named, (b"meta" | b"ct", b"mark"))
            }
            _ => {
                self.lexer = before;
                self.operand()?;
                true
            }
        };
        while self.binary()? {
            self.operand()?;
        }
        let looked_up = self.lexer.take_word(b"map")?;
        if looked_up {
            self.operand()?;
        }
        if selectors.len() != 1 || !harmless(named.0, named.1) {
            let text = self.lexer.since(start).into();
            self.tree.say(Statement::Rewrite(text));
        } else if !constant || looked_up || !matches!(named.0, b"meta" | b"ct") {
            // Where there is nothing to write, or to write to, the rule ends.
            self.unless(start, selectors);
        }
        Ok(true)
    }

    /// What is looked at; and the words for it. `None` where no such thing comes next.
    #[expect(clippy::type_complexity, reason = "a pair of words")]
    pub(super) fn selector(&mut self) -> Result<Option<(Selector, (&'a [u8], &'a [u8]))>, Unreadable> {
        const OTHER: Selector = Selector::Other(None, None);
        let first = match self.lexer.next()? {
            Token::Word(word) => word,
            Token::Symbol(b'@') => {
                // `@th,16,16`
                self.lexer.word("a header")?;
                for _ in 0..2 {
                    self.lexer.symbol(b',')?;
                    self.lexer.word("a number")?;
                }
                return Ok(Some((OTHER, (b"@", b""))));
            }
            _ => return Ok(None),
        };
        let selector = match first {
            b"iifname" => return Ok(Some((Selector::Interface, (b"meta", first)))),
            b"oifname" => return Ok(Some((Selector::Leaving, (b"meta", first)))),
            b"mark" | b"iif" | b"iiftype" | b"iifgroup" | b"oif" | b"oiftype" | b"oifgroup" | b"skuid" | b"skgid"
            | b"nftrace" | b"rtclassid" | b"ibrname" | b"obrname" | b"ibriport" | b"obriport" | b"pkttype" | b"cpu"
            | b"cgroup" => return Ok(Some((OTHER, (b"meta", first)))),
            b"ct" => {
                let mut key = self.lexer.word("a key")?;
                if matches!(key, b"original" | b"reply") {
                    key = self.lexer.word("a key")?;
                    if matches!(key, b"ip" | b"ip6") {
                        self.lexer.word("a key")?;
                    }
                    return Ok(Some((OTHER, (b"ct", b"original"))));
                }
                if key == b"count" {
                    self.lexer.take_word(b"over")?;
                }
                return Ok(values::selector(first, key).map(|selector| (selector, (first, key))));
            }
            b"fib" => {
                self.lexer.word("a key")?;
                while self.lexer.take_word(b".")? {
                    self.lexer.word("a key")?;
                }
                self.lexer.word("a key")?;
                OTHER
            }
            b"socket" => {
                if self.lexer.word("a key")? == b"cgroupv2" {
                    self.lexer.take_word(b"level")?;
                    self.lexer.word("a level")?;
                }
                OTHER
            }
            b"rt" => {
                if matches!(self.lexer.word("a key")?, b"ip" | b"ip6") {
                    self.lexer.word("a key")?;
                }
                OTHER
            }
            b"exthdr" | b"hbh" | b"frag" | b"dst" | b"srh" | b"mh" => {
                self.lexer.word("a key")?;
                OTHER
            }
            _ => {
                // Only these begin with the name of a header; another word must not take the next one with it.
                let Some(_) = values::selector(first, b"") else { return Ok(None) };
                let field = self.lexer.word("a field")?;
                if field == b"option" {
                    self.lexer.word("an option")?;
                    if !matches!(self.lexer.peek()?, Token::Word(b"exists" | b"missing" | b"set")) {
                        self.lexer.word("a field")?;
                    }
                }
                return Ok(values::selector(first, field).map(|selector| (selector, (first, field))));
            }
        };
        Ok(Some((selector, (first, b""))))
    }
}
