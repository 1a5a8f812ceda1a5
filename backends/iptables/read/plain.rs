//! A short cut for the rule that long lists are made of: `-A FORWARD -s A -d B -p tcp -m tcp --dport 22 -j ACCEPT`.
//! Whatever is written in any other way is left to [`Reader::rule`], which reads these rules too and to the same effect.

use super::{Reader, ipset};
use crate::rules::program::{Action, Condition, Family, Rule, Verdict};
use smallvec::{SmallVec, smallvec};

/// Such a rule.
pub(super) struct Plain<'a> {
    chain: &'a str,
    source: Option<&'a str>,
    destination: Option<&'a str>,
    /// An interval of keys, as [`Condition::Service`] has them.
    keys: (u32, u32),
    target: &'a str,
}

/// Ways to begin with a protocol and a port.
const OPENINGS: [(&str, u32); 4] = [
    ("-p tcp -m tcp --dport ", 6 << 16),
    ("-p udp -m udp --dport ", 17 << 16),
    ("-p tcp --dport ", 6 << 16),
    ("-p udp --dport ", 17 << 16),
];

impl<'a> Plain<'a> {
    /// The rule of a line, if it is one.
    pub(super) fn of(line: &'a str) -> Option<Self> {
        let (chain, rest) = word(line.strip_prefix("-A ")?)?;
        let (source, rest) = option(rest, "-s ")?;
        let (destination, rest) = option(rest, "-d ")?;
        let (ports, base) = OPENINGS.iter().find_map(|(opening, base)| Some((rest.strip_prefix(opening)?, *base)))?;
        let (ports, rest) = word(ports)?;
        let (low, high) = ports.split_once(':').unwrap_or((ports, ports));
        let (low, high) = (port(low)?, port(high)?);
        let target = rest.strip_prefix("-j ").filter(|target| matches!(*target, "ACCEPT" | "DROP"))?;
        (low <= high).then_some(Plain { chain, source, destination, keys: (base | low, base | high), target })
    }

    /// Does it name an address that looks like one of the family?
    pub(super) fn names(&self, family: Family) -> bool {
        [self.source, self.destination].iter().flatten().any(|end| end.contains(':') == (family == Family::V6))
    }
}

/// Letters up to a blank, and what follows that.
fn word(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| byte == b' ')?;
    let (word, rest) = (&text[..end], &text[end + 1..]);
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'/' | b'-' | b',');
    let known = !word.is_empty() && word.bytes().all(letter) && !rest.starts_with(' ');
    known.then_some((word, rest))
}

/// An option's value, if it stands there, and what follows; `None` where its value is no plain word.
fn option<'a>(text: &'a str, opening: &str) -> Option<(Option<&'a str>, &'a str)> {
    match text.strip_prefix(opening) {
        None => Some((None, text)),
        Some(value) => word(value).map(|(value, rest)| (Some(value), rest)),
    }
}

/// A port in decimal digits.
fn port(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse::<u16>().ok().filter(|_| digits).map(u32::from)
}

impl Reader {
    /// Takes such a rule, if the line is one.
    pub(super) fn plain(&mut self, at: u32, line: &str) -> bool {
        self.try_plain(at, line).is_some()
    }

    fn try_plain(&mut self, at: u32, line: &str) -> Option<()> {
        let plain = Plain::of(line)?;
        let chain = self.chains.get(plain.chain)?.0;
        // A chain may be called so.
        if self.table.is_empty() || self.chains.contains_key(plain.target) {
            return None;
        }
        let mut set = |end: &str| -> Option<_> {
            let (_, (low, high)) = ipset::range(end, self.family)?;
            if let Some(set) = self.single.get(&(self.family, low, high)) {
                return Some(*set);
            }
            let set = self.set(self.family, vec![(low, high)]);
            self.single.insert((self.family, low, high), set);
            Some(set)
        };
        let mut conditions = SmallVec::new();
        if let Some(source) = plain.source {
            conditions.push(Condition::Source(set(source)?));
        }
        if let Some(destination) = plain.destination {
            conditions.push(Condition::Destination(set(destination)?));
        }
        conditions.push(Condition::Service(smallvec![plain.keys]));
        let verdict = if plain.target == "ACCEPT" { Verdict::Accept } else { Verdict::Drop };
        self.program.chains[chain.0 as usize].rules.push(Rule { at, conditions, action: Action::Verdict(verdict) });
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::Plain;
    use crate::read::{iptables, show};

    /// The short cut takes a rule or leaves it; what is read is the same. A second blank keeps a rule from being taken.
    #[test]
    fn short_cuts_change_nothing() {
        let words = [
            "10.0.0.0/8",
            "10.0.0.1",
            "10.0.0.1/8",
            "10.0.0.0/255.0.0.0",
            "10.0.0.0/33",
            "10.0.0.1-10.0.0.9",
            "010.0.0.1",
            "2001:db8::/32",
            "2001:db8::1",
            "a",
            "\"10.0.0.1\"",
        ];
        let ports = ["22", "0", "65535", "65536", "022", "1:9", "9:1", ":9", "9:", "+1", "ssh", "1,2"];
        let targets = ["ACCEPT", "DROP", "REJECT", "RETURN", "user", "nobody", "ACCEPT ", "DROP -m x"];
        let mut all: Vec<String> = Vec::new();
        for source in words {
            for destination in words {
                all.push(format!("-s {source} -d {destination} -p tcp -m tcp --dport 22 -j ACCEPT"));
            }
            all.push(format!("-s {source} -p udp -m udp --dport 22 -j ACCEPT"));
            all.push(format!("-d {source} -p tcp -m udp --dport 22 -j ACCEPT"));
            all.push(format!("-d {source} -s {source} -p tcp --dport 22 -j ACCEPT"));
        }
        for port in ports {
            for target in targets {
                all.extend(["tcp", "udp", "sctp"].map(|p| format!("-p {p} -m {p} --dport {port} -j {target}")));
            }
        }
        let (mut taken, mut read_both) = (0, 0);
        for rule in &all {
            for chains in [":user - [0:0]", ":user - [0:0]\n:ACCEPT - [0:0]"] {
                let read = |blanks: &str| {
                    let rule = format!("-A FORWARD{blanks}{rule}");
                    let text = format!("*filter\n:FORWARD DROP [0:0]\n{chains}\n{rule}\n{rule}\nCOMMIT\n");
                    let said = iptables(text.as_bytes()).map(|read| show::program(&read, true));
                    (said, Plain::of(&rule).is_some())
                };
                let ((short, is_short), (long, is_long)) = (read(" "), read("  "));
                assert_eq!(short, long, "{rule}");
                assert!(!is_long);
                taken += u32::from(is_short);
                read_both += u32::from(short.is_ok());
            }
        }
        assert!(taken > 100 && read_both > taken / 2, "{taken} {read_both}");
    }
}
