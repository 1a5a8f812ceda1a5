//! Statements, clauses, lists, braces and arrows: what stands where something else belongs.

use super::{SyntaxError, error, one_of, quoted};
use crate::Span;

/// `expected` are phrases; none of them means that nothing can follow.
pub(crate) fn unexpected(span: Span, text: &str, expected: &[String]) -> SyntaxError {
    let message = format!("{} does not fit here", quoted(text));
    let help = if expected.is_empty() { "remove it".to_owned() } else { format!("write {} here", one_of(expected)) };
    error("SEG0101", message, span, "something else is expected here", help)
}

pub(crate) fn ends_too_soon(span: Span, statement: &str, expected: &[String]) -> SyntaxError {
    let help = format!("go on with {}", one_of(expected));
    error("SEG0101", format!("this {} is not finished", quoted(statement)), span, "more is expected after this", help)
}

pub(crate) fn zone_with_equals(span: Span, name: &str) -> SyntaxError {
    error(
        "SEG0101",
        "a zone is not declared with `=`".to_owned(),
        span,
        "a block is expected here",
        format!("write `zone {name} {{ hosts … }}`"),
    )
}

pub(crate) fn semicolon(span: Span) -> SyntaxError {
    error(
        "SEG0101",
        "`;` ends nothing here".to_owned(),
        span,
        "not needed",
        "remove it; clauses are set apart by spaces or lines, and the items of a list by commas".to_owned(),
    )
}

pub(crate) fn unclosed_brace(open: Span, end: Span) -> SyntaxError {
    SyntaxError {
        code: "SEG0103",
        message: "this block is not closed".to_owned(),
        labels: vec![(open, "opened here".to_owned()), (end, "not closed by here".to_owned())],
        help: "write `}` where the block ends".to_owned(),
    }
}

pub(crate) fn stray_brace(span: Span) -> SyntaxError {
    error(
        "SEG0103",
        "this `}` closes nothing".to_owned(),
        span,
        "no block is open",
        "remove it, or look for a `}` too many before it".to_owned(),
    )
}

pub(crate) fn missing_brace(span: Span, text: &str) -> SyntaxError {
    error(
        "SEG0103",
        format!("`{{` is missing before {}", quoted(text)),
        span,
        "a block is expected here",
        "put the clauses into a block: `{ … }`".to_owned(),
    )
}

pub(crate) fn brace_in_block(span: Span) -> SyntaxError {
    error(
        "SEG0103",
        "a second `{` inside a block".to_owned(),
        span,
        "a clause is expected here",
        "remove it; only `process` and `except via` have a block of their own".to_owned(),
    )
}

/// `block` is the keyword of the block, `home` where the clause does belong.
pub(crate) fn clause_of_another_block(
    span: Span,
    clause: &str,
    block: &str,
    home: &[&str],
    list: &[&str],
) -> SyntaxError {
    let home: Vec<String> = home.iter().map(|word| format!("`{word}`")).collect();
    let help = match home.len() {
        ..4 => format!("move it to a {} block; `{block}` takes {}", one_of(&home), clauses(list)),
        _ => format!("remove it or move it to another block; `{block}` takes {}", clauses(list)),
    };
    let message = format!("{} is not a clause of `{block}`", quoted(clause));
    error("SEG0109", message, span, "does not belong here", help)
}

pub(crate) fn unknown_clause(span: Span, text: &str, block: &str, meant: Option<&str>, list: &[&str]) -> SyntaxError {
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("`{block}` takes {}", clauses(list)),
    };
    error("SEG0109", format!("unknown clause {}", quoted(text)), span, &format!("not a clause of `{block}`"), help)
}

fn clauses(list: &[&str]) -> String {
    let list: Vec<String> = list.iter().map(|word| format!("`{word}`")).collect();
    match list.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => list.concat(),
    }
}

pub(crate) fn clause_twice(again: Span, first: Span, clause: &str, join: &str) -> SyntaxError {
    SyntaxError {
        code: "SEG0112",
        message: format!("`{clause}` is given twice"),
        labels: vec![(again, "again here".to_owned()), (first, "first here".to_owned())],
        help: join.to_owned(),
    }
}

pub(crate) fn not_a_requirement(
    span: Span,
    clause: &str,
    kind: &str,
    meant: Option<&str>,
    list: &[&str],
) -> SyntaxError {
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("name a clause that `{kind}` can have: {}", clauses(list)),
    };
    error("SEG0109", format!("`{kind}` has no clause {}", quoted(clause)), span, "not one of its clauses", help)
}

pub(crate) fn unknown_flag(span: Span, text: &str, meant: Option<&str>, list: &[&str]) -> SyntaxError {
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the flags are {}", clauses(list)),
    };
    error("SEG0109", format!("unknown flag {}", quoted(text)), span, "not a flag", help)
}

pub(crate) fn unknown_statement(span: Span, text: &str, meant: Option<&str>, list: &[&str]) -> SyntaxError {
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("start a statement with one of {}", clauses(list)),
    };
    error("SEG0114", format!("unknown statement {}", quoted(text)), span, "a statement is expected here", help)
}

/// A word other firewalls start a rule with: `permit`, `deny` …
pub(crate) fn foreign_action(span: Span, text: &str, help: &str) -> SyntaxError {
    error(
        "SEG0114",
        format!("{} is not a statement of this language", quoted(text)),
        span,
        "a statement is expected here",
        help.to_owned(),
    )
}

pub(crate) fn wrong_arrow(span: Span, text: &str, help: &str) -> SyntaxError {
    error(
        "SEG0115",
        format!("{} is not the arrow that belongs here", quoted(text)),
        span,
        "an arrow is meant here",
        help.to_owned(),
    )
}

pub(crate) fn missing_colon(span: Span, text: &str, before: &str) -> SyntaxError {
    error(
        "SEG0101",
        format!("something is missing between {} and {}", quoted(before), quoted(text)),
        span,
        "`:` or `,` is missing before this",
        format!("write `{before} : {text}` if {} is a service, or `{before}, {text}` if it is a zone", quoted(text)),
    )
}

pub(crate) fn missing_comma(span: Span, text: &str, before: &str) -> SyntaxError {
    error(
        "SEG0116",
        format!("a comma is missing between {} and {}", quoted(before), quoted(text)),
        span,
        "the next item of a list",
        format!("write `{before}, {text}`"),
    )
}

pub(crate) fn comma_too_many(span: Span) -> SyntaxError {
    error(
        "SEG0116",
        "nothing follows this comma".to_owned(),
        span,
        "a comma too many",
        "remove the comma, or write what follows it".to_owned(),
    )
}

pub(crate) fn stray_comma(span: Span) -> SyntaxError {
    error(
        "SEG0116",
        "this comma separates nothing".to_owned(),
        span,
        "a comma too many",
        "remove the comma; clauses are set apart by spaces or lines".to_owned(),
    )
}

pub(crate) fn item_missing(span: Span, text: &str, expected: &[String]) -> SyntaxError {
    error(
        "SEG0101",
        format!("something is missing before {}", quoted(text)),
        span,
        "something is missing before this",
        format!("write {} here", one_of(expected)),
    )
}

pub(crate) fn stopped(span: Span) -> SyntaxError {
    error(
        "SEG0111",
        "too many errors: reading stopped here".to_owned(),
        span,
        "not read from here on",
        "mend the errors above and run segc again".to_owned(),
    )
}
