//! Names, strings, dates, numbers and characters.

use super::{SyntaxError, error, one_of, quoted};
use crate::Span;

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameFault {
    Reserved,
    TooLong(usize),
    Start,
    Hyphen,
    Dot,
    Address,
    Letter(char),
}

pub(crate) fn bad_name(span: Span, text: &str, fault: NameFault) -> SyntaxError {
    let name = quoted(text);
    let (message, label, help) = match fault {
        NameFault::Reserved => (
            format!("{name} is a reserved word and cannot be a name"),
            "reserved",
            format!("choose another name, such as `{text}-1`, or finish what stands before {name}"),
        ),
        NameFault::TooLong(length) => (
            format!("the name {name} has {length} characters"),
            "longer than 63 characters",
            "shorten the name to 63 characters, the most that every firewall can carry".to_owned(),
        ),
        NameFault::Start => (
            format!("the name {name} does not start with a letter"),
            "a name is meant here",
            "start the name with a letter from a to z or A to Z".to_owned(),
        ),
        NameFault::Hyphen => (
            format!("the name {name} ends with a hyphen"),
            "ends with `-`",
            format!("write `{}`", text.trim_end_matches('-')),
        ),
        NameFault::Dot => (
            format!("a name cannot hold a dot: {name}"),
            "one name is meant here",
            "use `-` or `_` in names; a dot only joins a zone and one of its processes, as in `dev.agent`".to_owned(),
        ),
        NameFault::Address => (
            format!("{name} stands where a name belongs"),
            "a name is meant here",
            format!("declare `zone NAME {{ hosts {text} }}` and write its name here"),
        ),
        NameFault::Letter(letter) => (
            format!("the name {name} holds `{letter}`"),
            "not an ASCII name",
            "use only the letters a to z and A to Z, digits, `-` and `_`, so that no two names look alike".to_owned(),
        ),
    };
    error("SEG0106", message, span, label, help)
}

pub(crate) fn quoted_name(span: Span, text: &str) -> SyntaxError {
    error(
        "SEG0106",
        format!("a name takes no quotes: {}", quoted(text)),
        span,
        "a name is meant here",
        format!("write `{}`", text.trim_matches('"')),
    )
}

pub(crate) fn unterminated_string(span: Span) -> SyntaxError {
    error(
        "SEG0102",
        "this string is not closed on its line".to_owned(),
        span,
        "starts here",
        "end the string with `\"` on the same line; a quote inside it is written `\\\"`".to_owned(),
    )
}

pub(crate) fn wrong_quotes(span: Span, mark: &str) -> SyntaxError {
    error(
        "SEG0102",
        format!("{mark} does not quote a string"),
        span,
        "not a double quote",
        "put the string in double quotes, as in `\"platform team\"`".to_owned(),
    )
}

pub(crate) fn string_without_quotes(span: Span, keyword: &str, text: &str) -> SyntaxError {
    error(
        "SEG0102",
        format!("{} is not in double quotes", quoted(text)),
        span,
        "a string is meant here",
        format!("write `{keyword} \"{text}\"`"),
    )
}

pub(crate) fn bad_escape(span: Span, escape: &str) -> SyntaxError {
    error(
        "SEG0102",
        format!("{} is no escape", quoted(escape)),
        span,
        "unknown escape",
        "write `\\\\` for a backslash and `\\\"` for a quote; there are no other escapes".to_owned(),
    )
}

pub(crate) fn tab_in_string(span: Span) -> SyntaxError {
    error(
        "SEG0102",
        "a tab stands in this string".to_owned(),
        span,
        "a tab",
        "write spaces instead of the tab".to_owned(),
    )
}

pub(crate) fn string_too_long(span: Span, length: usize) -> SyntaxError {
    error(
        "SEG0102",
        format!("this string has {length} bytes"),
        span,
        "longer than 4096 bytes",
        "shorten it, and keep longer texts where they can be read, behind a ticket number".to_owned(),
    )
}

pub(crate) fn bad_date(span: Span, text: &str, padded: Option<&str>) -> SyntaxError {
    let help = match padded {
        Some(date) => format!("write `{date}`"),
        None => "write the date as YEAR-MONTH-DAY, such as `2027-06-30`".to_owned(),
    };
    error("SEG0107", format!("{} is not a date", quoted(text)), span, "a date is meant here", help)
}

pub(crate) fn no_such_day(span: Span, text: &str, last: Option<&str>) -> SyntaxError {
    let help = match last {
        Some(last) => format!("write a day that exists; that month ends on `{last}`"),
        None => "write a day that exists, as YEAR-MONTH-DAY".to_owned(),
    };
    error("SEG0107", format!("there is no {}", quoted(text)), span, "not in the calendar", help)
}

/// `what` is `a number of hosts`, `a user number` …; `help` is a whole instruction.
pub(crate) fn bad_number(span: Span, text: &str, what: &str, help: &str) -> SyntaxError {
    error("SEG0113", format!("{} is not {what}", quoted(text)), span, &format!("{what} is meant here"), help.to_owned())
}

pub(crate) fn bad_unit(span: Span, text: &str, units: &[&str]) -> SyntaxError {
    let units: Vec<String> = units.iter().map(|unit| format!("`{unit}`")).collect();
    error(
        "SEG0113",
        format!("{} is not a unit of time", quoted(text)),
        span,
        "a unit of time is meant here",
        format!("write {}", one_of(&units)),
    )
}

pub(crate) fn forbidden_character(span: Span, character: char) -> SyntaxError {
    let (what, help) = match character {
        '\r' => (
            "a carriage return without a line feed stands here",
            "end lines with a line feed, or with a carriage return and a line feed",
        ),
        '\0'..='\x1f' | '\x7f'..='\u{9f}' => {
            ("a control character stands here", "remove it: what people read must be what segc reads")
        }
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => (
            "a character that changes the direction of text stands here",
            "remove it: with it, a reviewer sees another policy than segc does",
        ),
        '\u{2028}' | '\u{2029}' => ("a Unicode line separator stands here", "use an ordinary end of line"),
        _ => ("an invisible character stands here", "remove it: what people read must be what segc reads"),
    };
    error("SEG0110", format!("{what} (U+{:04X})", u32::from(character)), span, "here", help.to_owned())
}
