//! Statements as they are written, without what means nothing: white space, comments, and what things are called.

use rustc_hash::FxHashMap;
use segc_grammar::Span;
use segc_grammar::ast::Statement;

use crate::source::Sources;

/// Names of the old version that are called otherwise in the new one.
pub type Renames<'m> = FxHashMap<&'m str, &'m str>;

/// A text without white space and comments, but for one space where two words would run together, and with its names
/// replaced. Strings stay as they are.
pub fn bare(text: &str, renames: &Renames<'_>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(token) = next(&mut rest) {
        let word = |c: Option<char>| c.is_some_and(is_word);
        if word(out.chars().next_back()) && word(token.chars().next()) {
            out.push(' ');
        }
        out.push_str(renames.get(token).copied().unwrap_or(token));
    }
    out
}

/// A text on one line, for telling: white space squeezed, comments left out.
pub fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut end) = (text, 0);
    while let Some(token) = next(&mut rest) {
        let start = text.len() - rest.len() - token.len();
        if start > end && !out.is_empty() {
            out.push(' ');
        }
        end = start + token.len();
        out.push_str(token);
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Takes the next word (names and numbers with their hyphens), string or sign off a text.
fn next<'t>(rest: &mut &'t str) -> Option<&'t str> {
    loop {
        *rest = rest.trim_start();
        match rest.strip_prefix('#') {
            Some(comment) => *rest = comment.split_once('\n').map_or("", |(_, after)| after),
            None => break,
        }
    }
    let first = rest.chars().next()?;
    let length = match first {
        '"' => string(rest),
        c if is_word(c) => word(rest),
        c => c.len_utf8(),
    };
    let (token, after) = rest.split_at(length);
    *rest = after;
    Some(token)
}

/// Length of a string with its quotes.
fn string(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|&(_, c)| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

/// Length of a name: hyphens belong to it where a letter, digit or underscore follows.
fn word(text: &str) -> usize {
    let all = text.find(|c: char| !is_word(c) && c != '-').unwrap_or(text.len());
    text[..all].trim_end_matches('-').len()
}

/// What stands at a span, on one line.
pub fn line_at(sources: &Sources, span: Span) -> String {
    line(sources.text(span))
}

/// Statements.
pub type List<'m> = Vec<&'m Statement<'m>>;

/// Takes those out of both lists that have the same key, as often as both have it; the order is kept.
pub fn cancel<'m, K: std::hash::Hash + Eq>(
    (old, of_old): (List<'m>, impl Fn(&'m Statement<'m>) -> K),
    (new, of_new): (List<'m>, impl Fn(&'m Statement<'m>) -> K),
) -> (List<'m>, List<'m>) {
    let mut count: FxHashMap<K, usize> = FxHashMap::default();
    old.iter().for_each(|s| *count.entry(of_old(s)).or_default() += 1);
    let mut both: FxHashMap<K, usize> = FxHashMap::default();
    let mut take = |key: K| match count.get_mut(&key) {
        Some(left) if *left > 0 => {
            *left -= 1;
            *both.entry(key).or_default() += 1;
            true
        }
        _ => false,
    };
    let new = new.into_iter().filter(|s| !take(of_new(s))).collect();
    let mut matched = |key: K| match both.get_mut(&key) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    };
    let old = old.into_iter().filter(|s| !matched(of_old(s))).collect();
    (old, new)
}

#[cfg(test)]
mod tests {
    use super::{Renames, bare, line};

    #[test]
    fn what_means_nothing_is_left_out() {
        let names: Renames<'_> = [("dev", "lab")].into_iter().collect();
        for (text, wanted) in [
            ("allow  a ->dev : ssh # why\n, x", "allow a->lab:ssh,x"),
            ("reason \"dev  # b\"  owner\"c\"", "reason\"dev  # b\"owner\"c\""),
            ("about \"say \\\"x  y\\\\\" }", "about\"say \\\"x  y\\\\\"}"),
            ("dev->dev-1 dev", "lab->dev-1 lab"),
        ] {
            assert_eq!(bare(text, &names), wanted);
        }
        assert_eq!(line("a\n  ->b # c\n { }"), "a ->b { }");
    }
}
