//! Remarks: where an entry comes from, in letters that no dialect takes for anything else.

use super::Spelling;
use crate::digest::shorten;
use crate::lists::Permit;
use crate::rules::{Ends, RuleSet};
use std::fmt::Write as _;

/// Characters of a remark: IOS cuts longer ones silently (Cisco IOS Security Configuration Guide, "Access Control Lists").
pub(crate) const REMARK: usize = 100;

/// `text` in letters, digits, blanks and a few signs: every other byte, and `%` itself, as `%` and two hexadecimal digits.
/// `?` asks for help, `!` begins a comment, `|`, `;` and `>` end a command on some devices.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' | b'.' | b':' | b'/' | b'-' | b'_' | b',' | b'+' | b'(' | b')' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => _ = write!(out, "%{byte:02x}"),
        }
    }
    out
}

/// The filter of the templates: texts that [`escape`] has been over, as they are.
pub(crate) fn quote(text: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" .:/-_,+()%".contains(&byte);
    (text.len() <= REMARK && text.bytes().all(plain)).then(|| text.to_owned())
}

/// `zones.seg:14 ml -> gpu`, or `replies to` that; at most [`REMARK`] bytes, cut visibly. The line is never cut off.
pub(crate) fn remark(spelling: &Spelling, rules: &RuleSet, permit: Permit<'_>) -> String {
    let Permit { rule, reply } = permit;
    let name = |ends: &Ends| rules.terms[ends.term.0 as usize].name.as_str();
    let file = escape(rules.files.get(rule.origin.file as usize).map_or("", String::as_str));
    let before = if reply { "replies to " } else { "" };
    let say = |file: &str, from: &str, to: &str| {
        let line = rule.origin.line;
        format!("{before}{}:{line} {from} {} {to}", file.trim_start(), spelling.arrow)
    };
    let (from, to) = (name(&rule.from), name(&rule.to));
    let whole = say(&file, from, to);
    if whole.len() <= REMARK {
        return whole;
    }
    let file = shorten(&file, 28, "...");
    let whole = say(&file, from, to);
    if whole.len() <= REMARK {
        return whole;
    }
    let room = (REMARK - say(&file, "", "").len()) / 2;
    say(&file, &shorten(from, room, "..."), &shorten(to, room, "..."))
}
