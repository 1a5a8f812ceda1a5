//! A short cut for the rules that large texts are made of: `tcp dport 22 accept comment "…"`, also behind
//! `ip saddr 10.0.0.0/8 ip daddr 10.1.0.0/16`. Whatever is written in any other way is left to [`Parser::rule`], which
//! reads these rules too and to the same effect.

use super::text::Parser;
use super::tree::{Between, Kind, Plain, Rule};
use super::values;
use crate::rules::program::{ChainId, Family, Verdict};

impl Parser<'_> {
    /// Takes such a rule with the end of its line, if one comes next.
    pub(super) fn plain(&mut self, chain: ChainId) -> bool {
        let text = &self.lexer.text[self.lexer.position..];
        let (ends, text) = between(text);
        let Some((low, high, verdict, behind)) = opening(text) else { return false };
        let behind = match behind.strip_prefix(b" comment \"") {
            None => behind,
            Some(quoted) => match quoted.iter().position(|byte| matches!(byte, b'"' | b'\n')) {
                Some(end) if quoted[end] == b'"' => &quoted[end + 1..],
                _ => return false,
            },
        };
        let [b'\n', behind @ ..] = behind else { return false };
        let at = self.lexer.line;
        let plain = Plain { at, low, high, verdict };
        let rule = match ends {
            None => Rule::Plain(plain),
            Some((family, source, destination)) => {
                let ends = [source, destination].map(|range| self.tree.range(family, range));
                Rule::Between(Between { family, ends, plain })
            }
        };
        self.tree.chains[chain.0 as usize].rules.push(rule);
        self.lexer.position = self.lexer.text.len() - behind.len();
        self.lexer.line += 1;
        true
    }
}

/// A range of addresses.
type Range = (u128, u128);

/// The addresses at the beginning, both of one family, and what stands behind; without them all of it.
fn between(text: &[u8]) -> (Option<(Family, Range, Range)>, &[u8]) {
    let (family, kind, source, destination): (_, _, &[u8], &[u8]) = match text {
        [b'i', b'p', b' ', ..] => (Family::V4, Kind::V4, b"ip saddr ", b"ip daddr "),
        [b'i', b'p', b'6', ..] => (Family::V6, Kind::V6, b"ip6 saddr ", b"ip6 daddr "),
        _ => return (None, text),
    };
    let one = |text: &'_ [u8], opening: &[u8]| -> Option<(Range, usize)> {
        let word = text.strip_prefix(opening)?;
        let end = word.iter().take(96).position(|byte| *byte == b' ')?;
        let letter = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':' | b'/' | b'-');
        let known = word[..end].iter().all(letter);
        known.then(|| Some((values::range(kind, &word[..end])?, opening.len() + end + 1)))?
    };
    let both = || {
        let (from, length) = one(text, source)?;
        let (to, more) = one(&text[length..], destination)?;
        Some(((family, from, to), length + more))
    };
    match both() {
        Some((ends, length)) => (Some(ends), &text[length..]),
        None => (None, text),
    }
}

/// Its keys, its verdict and what stands behind.
fn opening(text: &[u8]) -> Option<(u32, u32, Verdict, &[u8])> {
    // Not a table: a word of a length that is known here is compared without a call, and there are a million of them.
    let of = |protocol: u32| move |ports| (ports, protocol << 16);
    let (ports, protocol) = (text.strip_prefix(b"tcp dport ").map(of(6)))
        .or_else(|| text.strip_prefix(b"udp dport ").map(of(17)))
        .or_else(|| text.strip_prefix(b"sctp dport ").map(of(132)))?;
    let (low, behind) = port(ports)?;
    let (high, behind) = match behind.strip_prefix(b"-") {
        Some(last) => port(last)?,
        None => (low, behind),
    };
    let (verdict, behind) = match behind.strip_prefix(b" accept") {
        Some(behind) => (Verdict::Accept, behind),
        None => (Verdict::Drop, behind.strip_prefix(b" drop")?),
    };
    (low <= high).then_some((protocol | low, protocol | high, verdict, behind))
}

/// A port in decimal digits, as listings have it.
fn port(text: &[u8]) -> Option<(u32, &[u8])> {
    let mut number = 0;
    let mut length = 0;
    while let Some(digit) = text.get(length).filter(|byte| byte.is_ascii_digit() && length < 6) {
        number = number * 10 + u32::from(digit - b'0');
        length += 1;
    }
    let plain = length > 0 && number <= 0xffff && (length == 1 || text[0] != b'0');
    plain.then(|| (number, &text[length..]))
}

#[cfg(test)]
mod tests {
    use super::super::text;
    use super::opening;

    #[test]
    fn short_cuts_of_addresses_change_nothing() {
        let words = [
            "10.0.0.0/8",
            "10.0.0.1",
            "10.0.0.1/8",
            "10.0.0.1-10.0.0.9",
            "10.0.0.9-10.0.0.1",
            "10.0.0.0/33",
            "010.0.0.1",
            "2001:db8::/32",
            "2001:db8::1",
            "::ffff:10.0.0.1",
            "{ 10.0.0.1 }",
            "@set",
            "!= 10.0.0.1",
            "",
            "a",
            "10.0.0.0/8 ",
        ];
        let (mut taken, mut read_both) = (0, 0);
        for family in ["ip", "ip6"] {
            for source in words {
                for destination in words {
                    let read = |blanks: &str| {
                        let rule =
                            format!("{family} saddr{blanks}{source} {family} daddr {destination} tcp dport 22 accept");
                        let all = format!(
                            "table inet t {{\nset set {{ type ipv4_addr; }}\nchain f {{\ntype filter hook forward priority 0\n{rule}\n{rule}\nudp dport 1 drop\n}}\n}}\n"
                        );
                        let said = text(all.as_bytes()).map(|read| crate::read::show::program(&read, true));
                        (said, super::between(rule.as_bytes()).0.is_some())
                    };
                    let ((short, is_short), (long, is_long)) = (read(" "), read("  "));
                    assert_eq!(short, long, "{source} {destination}");
                    assert!(!is_long);
                    taken += u32::from(is_short);
                    read_both += u32::from(short.is_ok());
                }
            }
        }
        assert!(taken >= 13 && read_both > taken, "{taken} {read_both}");
    }

    /// The short cut takes a rule or leaves it; what is read is the same. A second blank keeps a rule from being taken.
    #[test]
    fn short_cuts_change_nothing() {
        let ports =
            ["22", "0", "65535", "65536", "022", "00", "1-9", "9-1", "7-7", "1-65536", "1-", "-1", "0x16", "ssh", ""];
        let ends = [
            "accept",
            "drop",
            "accept ",
            "accept;drop",
            "accept comment \"a\"",
            "drop comment \"\"",
            "accept comment \"é\"",
            "accept comment \"a\" log",
            "accept comment \"a",
            "accept comment a",
            "accept # a",
            "accepted",
            "accept \\\n drop",
            "return",
            "jump d",
            "counter accept",
            "",
            "accept }",
            "log accept",
        ];
        let mut taken = 0;
        for protocol in ["tcp", "udp", "sctp", "dccp", "th"] {
            for port in ports {
                for end in ends {
                    let read = |blanks: &str| {
                        let rule = format!("{protocol} dport{blanks}{port} {end}");
                        let all = format!(
                            "table inet t {{\nchain d {{\n}}\nchain f {{\ntype filter hook forward priority 0\n{rule}\n{rule}\nudp dport 1 drop\n}}\n}}\n"
                        );
                        let said = text(all.as_bytes()).map(|read| format!("{read:?}"));
                        (said, opening(rule.as_bytes()).is_some())
                    };
                    let ((short, is_short), (long, is_long)) = (read(" "), read("  "));
                    // The text of what is not understood has its blanks made one.
                    assert_eq!(short, long, "{protocol} {port} {end}");
                    assert!(!is_long);
                    taken += u32::from(is_short);
                }
            }
        }
        assert!(taken > 100, "{taken}");
    }
}
