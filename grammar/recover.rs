//! Where pest could not go on: what stands there, what belongs there, and so what to say. pest gives the place and the
//! rules it tried; the words are ours.

mod phrases;

use crate::clauses::{clauses_of, first_word, homes};
use crate::lex::{Kind, Token, Tokens};
use crate::nearest::nearest;
use crate::split::{Piece, STATEMENTS};
use crate::syntax_error::{self, SyntaxError};
use crate::{Rule, Span};
use phrases::{is_keyword, phrase};

/// How and where pest stopped in a piece: at byte `at` of it, trying `expected`.
pub(crate) struct Failure {
    pub at: usize,
    pub expected: Vec<Rule>,
}

/// Words that other firewalls start a rule with, and what to do instead.
const FOREIGN: [(&str, &str); 14] = [
    ("permit", "write `allow`"),
    ("accept", "write `allow`"),
    ("pass", "write `allow`"),
    ("grant", "write `allow`"),
    ("deny", "leave it out: what is not allowed is denied; write `forbid` to have that checked"),
    ("drop", "leave it out: what is not allowed is denied; write `forbid` to have that checked"),
    ("reject", "leave it out: what is not allowed is denied; write `forbid` to have that checked"),
    ("block", "leave it out: what is not allowed is denied; write `forbid` to have that checked"),
    ("disallow", "leave it out: what is not allowed is denied; write `forbid` to have that checked"),
    ("include", "write `use \"FILE\"`"),
    ("import", "write `use \"FILE\"`"),
    ("network", "write `zone NAME { hosts … }`"),
    ("host", "write `zone NAME { hosts … }`"),
    ("interface", "put it into the block of a `firewall` or a `router`"),
];

impl Failure {
    /// What is wrong at `self` in `piece` of `text`.
    pub fn explain(self, text: &str, base: u32, piece: Piece) -> SyntaxError {
        Scene::new(text, base, piece, self).explain()
    }
}

/// The surroundings of a failure.
struct Scene<'s> {
    text: &'s str,
    base: u32,
    piece: Piece,
    expected: Vec<Rule>,
    /// What stands there; `None` at the end of the piece.
    token: Option<Token>,
    /// The token after it, in this piece.
    after: Option<Token>,
    /// The last token before it.
    before: Option<Token>,
    /// The one before that.
    before_that: Option<Token>,
    /// The first word of the piece.
    keyword: &'s str,
    /// Keyword of the block it is in, and where that was opened.
    block: Option<(&'static str, usize)>,
}

impl<'s> Scene<'s> {
    fn new(text: &'s str, base: u32, piece: Piece, failure: Failure) -> Self {
        let at = piece.start + failure.at;
        let inside = &text[..piece.end];
        let (mut token, mut before, mut before_that) = (None, None, None);
        let mut keyword = "";
        let mut open = Vec::new();
        let mut tokens = Tokens::new(inside, piece.start);
        for next in tokens.by_ref() {
            if next.end > at {
                token = Some(next);
                break;
            }
            match next.kind {
                Kind::Word if keyword.is_empty() && next.start == piece.start => keyword = &text[next.start..next.end],
                Kind::Symbol(b'{') if open.len() < 3 => open.push(next.start),
                Kind::Symbol(b'}') => drop(open.pop()),
                _ => {}
            }
            before_that = before.replace(next);
        }
        let block = open.last().and_then(|&at| Some((block_name(keyword, open.len())?, at)));
        let after = token.and_then(|_| tokens.next());
        Self { text, base, piece, expected: failure.expected, token, after, before, before_that, keyword, block }
    }

    fn explain(&self) -> SyntaxError {
        let Some(token) = self.token else { return self.at_the_end() };
        match token.kind {
            Kind::String => self.at_string(token),
            Kind::Symbol(_) => self.at_symbol(token),
            Kind::Word => self.at_word(token),
        }
    }

    fn at_the_end(&self) -> SyntaxError {
        let end = self.before.map_or(self.piece.start, |before| before.start);
        let last = self.span(end, self.before.map_or(self.piece.end, |before| before.end));
        if let Some(open) = self.piece.unclosed.filter(|_| self.expects(Rule::close)) {
            return syntax_error::unclosed_brace(self.span(open, open + 1), last);
        }
        if self.before.is_some_and(|before| before.kind == Kind::Symbol(b',')) {
            return syntax_error::comma_too_many(last);
        }
        if let Some(open) = self.piece.unclosed {
            return syntax_error::unclosed_brace(self.span(open, open + 1), last);
        }
        syntax_error::ends_too_soon(last, self.keyword, &self.phrases())
    }

    fn at_string(&self, token: Token) -> SyntaxError {
        let text = self.slice(token);
        let closed = text.len() > 1 && text.ends_with('"');
        if !closed || self.expects(Rule::string) {
            return syntax_error::unterminated_string(self.place(token));
        }
        if let Some(error) = self.after_comma(token) {
            return error;
        }
        if self.expects_any(&[Rule::name, Rule::item]) {
            return syntax_error::quoted_name(self.place(token), text);
        }
        self.unexpected(token)
    }

    fn at_symbol(&self, token: Token) -> SyntaxError {
        let place = self.place(token);
        let rest = &self.text[token.start..self.piece.end];
        if let Some(error) = self.at_arrow(token, rest) {
            return error;
        }
        let after_comma = self.before.filter(|before| before.kind == Kind::Symbol(b','));
        match rest.chars().next().unwrap_or_default() {
            mark @ ('\'' | '‘' | '’' | '“' | '”' | '«' | '»') => {
                syntax_error::wrong_quotes(place, &format!("`{mark}`"))
            }
            '`' => syntax_error::wrong_quotes(place, "a backtick"),
            '}' if self.block.is_none() => syntax_error::stray_brace(place),
            ',' if self.expects_clause() && !self.expects(Rule::comma) => syntax_error::stray_comma(place),
            _ if after_comma.is_some() => {
                syntax_error::comma_too_many(after_comma.map_or(place, |comma| self.place(comma)))
            }
            '{' if self.expects_clause() => syntax_error::brace_in_block(place),
            '=' if self.keyword == "zone" && self.expects(Rule::open) => {
                syntax_error::zone_with_equals(place, self.before.map_or("NAME", |before| self.slice(before)))
            }
            ';' => syntax_error::semicolon(place),
            '*' if self.expects(Rule::item) => self.star(place),
            _ if matches!(token.kind, Kind::Symbol(b'}' | b'{' | b':' | b',' | b'>')) && !self.expects_clause() => {
                syntax_error::item_missing(place, self.slice(token), &self.phrases())
            }
            letter if letter.is_alphabetic() && self.expects_clause() => self.unknown_clause(token),
            _ => self.unexpected(token),
        }
    }

    /// A statement keyword that was taken for a name.
    fn is_misplaced_keyword(&self, token: Token) -> bool {
        token.start > self.piece.start && self.block.is_none() && STATEMENTS.contains(&self.slice(token))
    }

    fn star(&self, place: Span) -> SyntaxError {
        syntax_error::unexpected(place, "*", &["`any`, if every zone is meant,".to_owned()])
    }

    /// Arrows that are none, or of another statement.
    fn at_arrow(&self, token: Token, rest: &str) -> Option<SyntaxError> {
        const ARROWS: [&str; 14] = ["<->", "<=>", "-->", "==>", "->", "=>", "<-", "<=", ">>", ">", "→", "⇒", "↔", "–>"];
        let text = ARROWS.iter().find(|arrow| rest.starts_with(**arrow))?;
        if !self.expects(Rule::arrow) {
            return None;
        }
        let place = self.span(token.start, token.start + text.len());
        let help = match *text {
            "<->" | "<=>" | "↔" => "write two statements, one for each direction, with `->`",
            "<-" | "<=" => "write the source first: `SOURCE -> DESTINATION`",
            "=>" | "⇒" | "==>" if !self.expects(Rule::path) => {
                "write `->`; only `forbid` speaks of paths over several hops, with `=>`"
            }
            "⇒" | "==>" => "write `=>` for paths over any number of hops",
            _ if self.expects(Rule::path) => {
                "write `->` for direct connections, or `=>` for paths over any number of hops"
            }
            _ => "write `->`",
        };
        Some(syntax_error::wrong_arrow(place, text, help))
    }

    fn at_word(&self, token: Token) -> SyntaxError {
        let (place, word) = (self.place(token), self.slice(token));
        if token.start == self.piece.start {
            return self.unknown_statement(place, word);
        }
        if self.block.is_none() && token.first_of_line {
            let foreign = FOREIGN.iter().any(|(foreign, _)| *foreign == word.to_lowercase());
            if foreign || (nearest(word, STATEMENTS).is_some() && !self.expects_any(&[Rule::name, Rule::item])) {
                return self.unknown_statement(place, word);
            }
        }
        if let Some(error) = self.after_comma(token) {
            return error;
        }
        if let Some(error) = self.value_missing(token) {
            return error;
        }
        let list_goes_on = self.expects(Rule::comma) && self.before.is_some_and(|before| before.kind == Kind::Word);
        if self.expects_clause() {
            let known = !homes(word).is_empty() || self.nearest_clause(word).is_some();
            let has_value = self.after.is_some_and(|after| after.kind == Kind::String) || token.first_of_line;
            if !list_goes_on || known || has_value {
                return self.unknown_clause(token);
            }
        }
        if self.block.is_none() && self.expects(Rule::open) && !homes(word).is_empty() {
            return syntax_error::missing_brace(place, word);
        }
        if let Some(before) = self.before.filter(|before| self.is_misplaced_keyword(*before)) {
            let fault = syntax_error::NameFault::Reserved;
            return syntax_error::bad_name(self.place(before), self.slice(before), fault);
        }
        let before = self.before.map_or("", |before| self.run(before));
        if list_goes_on && self.expects(Rule::colon) {
            return syntax_error::missing_colon(place, self.run(token), before);
        }
        if list_goes_on {
            return syntax_error::missing_comma(place, self.run(token), before);
        }
        self.unexpected(token)
    }

    /// A word where a string, a date or a number belongs.
    fn value_missing(&self, token: Token) -> Option<SyntaxError> {
        let (place, word) = (self.place(token), self.slice(token));
        let keyword = self.before.map_or("", |before| self.slice(before));
        if self.expects(Rule::string) && !self.expects_clause() {
            return Some(syntax_error::string_without_quotes(place, keyword, word));
        }
        if self.expects(Rule::date) {
            return Some(syntax_error::bad_date(place, word, None));
        }
        if self.expects_any(&[Rule::number, Rule::pace]) {
            return Some(syntax_error::bad_number(place, word, "a number", "write a whole number, in digits only"));
        }
        None
    }

    /// `a, reason "x"`: the word after the comma was taken for an item, and what follows it does not fit.
    fn after_comma(&self, token: Token) -> Option<SyntaxError> {
        let comma = |token: &Token| token.kind == Kind::Symbol(b',');
        if let Some(before) = self.before.filter(comma) {
            return (!self.expects_any(&[Rule::string])).then(|| syntax_error::comma_too_many(self.place(before)));
        }
        let (before, comma) = (self.before?, self.before_that.filter(comma)?);
        if self.slice(before) == "except" {
            return Some(syntax_error::comma_too_many(self.place(comma)));
        }
        let is_clause = before.kind == Kind::Word && !homes(self.slice(before)).is_empty();
        let is_value =
            token.kind == Kind::String || self.slice(token).starts_with(|first: char| first.is_ascii_digit());
        (is_clause && is_value && self.block.is_some()).then(|| syntax_error::comma_too_many(self.place(comma)))
    }

    fn unknown_statement(&self, place: Span, word: &str) -> SyntaxError {
        let lower = word.to_lowercase();
        if let Some((_, help)) = FOREIGN.iter().find(|(foreign, _)| *foreign == lower) {
            return syntax_error::foreign_action(place, word, help);
        }
        syntax_error::unknown_statement(place, word, nearest(word, STATEMENTS), &STATEMENTS)
    }

    fn unknown_clause(&self, token: Token) -> SyntaxError {
        let (place, word) = (self.place(token), self.slice(token));
        let Some((block, open)) = self.block else { return self.unexpected(token) };
        let outer = block == "process" || block == "except via";
        let of_the_outer = outer
            && self.piece.unclosed.is_some()
            && clauses_of(self.keyword).iter().any(|clause| first_word(clause) == word);
        if token.first_of_line && (STATEMENTS.contains(&word) || of_the_outer) {
            return syntax_error::unclosed_brace(self.span(open, open + 1), self.span(token.start, token.end));
        }
        let list = clauses_of(block);
        let home = homes(word);
        let rest_is_wrong = home.contains(&block);
        if !home.is_empty() && !rest_is_wrong {
            return syntax_error::clause_of_another_block(place, word, block, &home, list);
        }
        syntax_error::unknown_clause(place, word, block, self.nearest_clause(word), list)
    }

    fn nearest_clause(&self, word: &str) -> Option<&'static str> {
        let (block, _) = self.block?;
        let words = clauses_of(block).iter().map(|clause| first_word(clause));
        let found = nearest(word, words)?;
        clauses_of(block).iter().copied().find(|clause| first_word(clause) == found)
    }

    fn unexpected(&self, token: Token) -> SyntaxError {
        syntax_error::unexpected(self.place(token), self.slice(token), &self.phrases())
    }

    fn expects(&self, rule: Rule) -> bool {
        self.expected.contains(&rule)
    }

    fn expects_any(&self, rules: &[Rule]) -> bool {
        rules.iter().any(|rule| self.expects(*rule))
    }

    /// May a clause start here?
    fn expects_clause(&self) -> bool {
        self.block.is_some() && self.expects(Rule::close)
    }

    /// What is expected, in words, each once, in the order of the grammar.
    fn phrases(&self) -> Vec<String> {
        let mut rules = self.expected.clone();
        rules.sort_by_key(|rule| (*rule == Rule::EOI, *rule));
        rules.dedup();
        let clause = self.expects_clause();
        let mut phrases: Vec<String> = Vec::new();
        for rule in rules {
            let phrase = phrase(rule);
            // Clauses are not listed one by one where any of them may start.
            let one_of_many = clause && phrase.starts_with('`') && !matches!(rule, Rule::close | Rule::EXCEPT);
            let phrase = if one_of_many && is_keyword(rule) { "a clause".to_owned() } else { phrase };
            if !phrase.is_empty() && !phrases.contains(&phrase) {
                phrases.push(phrase);
            }
        }
        phrases
    }

    fn slice(&self, token: Token) -> &'s str {
        &self.text[token.start..token.end]
    }

    /// The token and what it is written together with: `10.0.0.0/8` where the token is only `8`.
    fn run(&self, token: Token) -> &'s str {
        const MOST: usize = 80;
        let joins = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-/:%*".contains(byte);
        let bytes = self.text.as_bytes();
        let back = bytes[..token.start].iter().rev().take(MOST).take_while(|byte| joins(byte)).count();
        let on = bytes[token.end..self.piece.end].iter().take(MOST).take_while(|byte| joins(byte)).count();
        &self.text[token.start - back..token.end + on]
    }

    fn place(&self, token: Token) -> Span {
        self.span(token.start, token.end)
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.base + start as u32, self.base + end as u32)
    }
}

/// The keyword of the block that is `depth` deep in a statement.
fn block_name(statement: &str, depth: usize) -> Option<&'static str> {
    match (statement, depth) {
        ("zone", 2..) => Some("process"),
        ("forbid", 2..) => Some("except via"),
        _ => STATEMENTS.iter().copied().find(|keyword| *keyword == statement),
    }
}
