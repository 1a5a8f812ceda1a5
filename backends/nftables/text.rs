//! Free text in a rule set: origins in comments, and log prefixes. Nothing in it can end the string it stands in.

use crate::digest::shorten;
use crate::rules::Origin;
use std::fmt::Write as _;

/// Bytes of a comment (`NFTNL_UDATA_COMMENT_MAXLEN`; measured: 128 load, 129 do not).
pub(super) const COMMENT: usize = 128;

/// Bytes of a log prefix (`NF_LOG_PREFIXLEN` less its NUL; measured: 127 load, 128 do not).
pub(super) const PREFIX: usize = 127;

/// `text` in printable ASCII without `"`, `\` and `$`: every other byte, and `%` itself, as `%` and two hexadecimal
/// digits. Nft knows no escapes within a string, and reads `$name` in some strings.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' | b'$' | b'%' => _ = write!(out, "%{byte:02x}"),
            b' '..=b'~' => out.push(char::from(byte)),
            _ => _ = write!(out, "%{byte:02x}"),
        }
    }
    out
}

/// The filter of the templates: `text` as a quoted string, where it is one that [`escape`] has been over.
pub(super) fn quote(text: &str) -> Option<String> {
    let plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'$');
    (text.len() <= COMMENT && text.bytes().all(plain)).then(|| format!("\"{text}\""))
}

/// Writes `zones.seg:12, zones.seg:30`: at most [`COMMENT`] bytes and at least the first of `origins`; what has no room is
/// counted: `; +3 more`. `files` are escaped.
pub(super) fn origins(out: &mut String, files: &[String], origins: &[Origin]) {
    let start = out.len();
    for (done, origin) in origins.iter().enumerate() {
        let before = out.len();
        let comma = if done == 0 { "" } else { ", " };
        let _ = write!(out, "{comma}{}:{}", files[origin.file as usize], origin.line);
        let rest = origins.len() - done - 1;
        let tail = if rest == 0 { 0 } else { more(rest).len() };
        if out.len() - start + tail <= COMMENT {
            continue;
        }
        out.truncate(before);
        if done == 0 {
            let line = format!(":{}", origin.line);
            let room = COMMENT - tail - line.len();
            out.push_str(&shorten(&files[origin.file as usize], room, "~"));
            out.push_str(&line);
        }
        let left = if done == 0 { rest } else { rest + 1 };
        if left > 0 {
            out.push_str(&more(left));
        }
        return;
    }
}

fn more(count: usize) -> String {
    format!("; +{count} more")
}

/// `segc allow dev -> gpu: `, in at most [`PREFIX`] bytes.
pub(super) fn log_prefix(from: &str, to: &str) -> String {
    let what = shorten(&format!("segc allow {from} -> {to}"), PREFIX - 2, "~");
    format!("{what}: ")
}
