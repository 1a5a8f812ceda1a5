//! What a rule set in the dialect that segc writes does with a packet, read off its lines one by one. Shares nothing
//! with the readers, the sets and the evaluators of the program. What it does not know, it says.

use std::collections::HashMap;
use std::net::IpAddr;

use ipnet::IpNet;

/// The first packet of a connection, by its service key.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub source: IpAddr,
    pub destination: IpAddr,
    /// As in the program: protocol, then port or type and code.
    pub key: u32,
}

/// Something that is not understood, or that the kernel would refuse.
pub struct NotKnown;

type Known<T> = Result<T, NotKnown>;

/// Its words, without the comment.
type Line<'t> = Vec<&'t str>;

/// Chains, maps and sets of the table `segc`, and what its words stand for.
pub struct Rules<'t> {
    words: HashMap<&'t str, &'t str>,
    chains: HashMap<&'t str, Vec<Line<'t>>>,
    /// Ranges of addresses, or a word, and what is said of them.
    entries: HashMap<&'t str, Vec<(Entry<'t>, &'t str)>>,
}

enum Entry<'t> {
    Range(IpAddr, IpAddr),
    Word(&'t str),
    Rest,
}

/// What became of a packet in a chain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Accepted,
    Dropped,
    Back,
}

impl<'t> Rules<'t> {
    /// Reads a text.
    pub fn new(text: &'t str) -> Known<Self> {
        let mut own = Rules { words: HashMap::new(), chains: HashMap::new(), entries: HashMap::new() };
        // Nothing before it lets anything pass or stops it, as long as the sets of the other table are empty.
        let (before, table) = text.split_once("\ntable inet segc {\n").ok_or(NotKnown)?;
        for line in before.lines() {
            if let Some(definition) = line.strip_prefix("define ") {
                let (word, value) = definition.split_once(" = ").ok_or(NotKnown)?;
                if own.words.insert(word, value).is_some() {
                    return Err(NotKnown);
                }
            }
        }
        let mut lines = table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        while let Some(line) = lines.next() {
            if line == "}" {
                return if lines.next().is_none() { Ok(own) } else { Err(NotKnown) };
            }
            let [kind, name, "{"] = line.split(' ').collect::<Vec<_>>()[..] else { return Err(NotKnown) };
            let twice = match kind {
                "chain" => {
                    let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "}").collect();
                    let code = |line: &'t str| line.split(" comment \"").next().unwrap_or(line);
                    own.chains.insert(name, body.iter().map(|line| code(line).split(' ').collect()).collect()).is_some()
                }
                "map" | "set" => {
                    let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "}").collect();
                    // The elements end with a brace of their own.
                    if lines.next() != Some("}") {
                        return Err(NotKnown);
                    }
                    own.entries.insert(name, own.elements(kind == "map", &body)?).is_some()
                }
                _ => true,
            };
            if twice {
                return Err(NotKnown);
            }
        }
        Err(NotKnown)
    }

    fn elements(&self, map: bool, body: &[&'t str]) -> Known<Vec<(Entry<'t>, &'t str)>> {
        let start = body.iter().position(|line| *line == "elements = {").ok_or(NotKnown)?;
        let mut all = Vec::new();
        for line in &body[start + 1..] {
            let element = line.strip_suffix(',').ok_or(NotKnown)?;
            let (key, value) = if map { element.split_once(" : ").ok_or(NotKnown)? } else { (element, "") };
            all.push((self.entry(key)?, value));
        }
        // What overlaps nft refuses or merges, which is none of our business; but an element may stand twice.
        for (at, (one, says)) in all.iter().enumerate() {
            for (other, means) in &all[..at] {
                let meet = match (one, other) {
                    (Entry::Range(a, b), Entry::Range(c, d)) => {
                        a <= d && c <= b && a.is_ipv4() == c.is_ipv4() && (a, b, says) != (c, d, means)
                    }
                    (Entry::Word(a), Entry::Word(b)) => a == b && says != means,
                    (Entry::Rest, Entry::Rest) => says != means,
                    _ => false,
                };
                if meet {
                    return Err(NotKnown);
                }
            }
        }
        Ok(all)
    }

    fn entry(&self, key: &'t str) -> Known<Entry<'t>> {
        if key == "*" {
            return Ok(Entry::Rest);
        }
        if let Some(word) = key.strip_prefix('$') {
            return Ok(Entry::Word(self.words.get(word).ok_or(NotKnown)?));
        }
        if let Ok(net) = key.parse::<IpNet>() {
            // Host bits are cut off by nft in some places and refused in others.
            return if net.trunc() == net { Ok(Entry::Range(net.network(), net.broadcast())) } else { Err(NotKnown) };
        }
        let (first, last) = key.split_once('-').unwrap_or((key, key));
        match (first.parse::<IpAddr>(), last.parse::<IpAddr>()) {
            (Ok(first), Ok(last)) if first <= last && first.is_ipv4() == last.is_ipv4() => {
                Ok(Entry::Range(first, last))
            }
            _ => Err(NotKnown),
        }
    }

    /// Does the packet pass?
    pub fn passes(&self, asked: &Asked) -> Known<bool> {
        let [hook, rest @ ..] = &self.chains.get("forward").ok_or(NotKnown)?[..] else { return Err(NotKnown) };
        let accepts = match &hook.join(" ")[..] {
            "type filter hook forward priority filter; policy drop;" => false,
            "type filter hook forward priority filter; policy accept;" => true,
            _ => return Err(NotKnown),
        };
        Ok(match self.lines(rest, asked, &mut None, 0)? {
            End::Accepted => true,
            End::Dropped => false,
            End::Back => accepts,
        })
    }

    fn lines(&self, lines: &[Line<'t>], asked: &Asked, number: &mut Option<&'t str>, depth: usize) -> Known<End> {
        for words in lines {
            let (mut at, mut met) = (0, true);
            while let Some((used, holds)) = self.condition(&words[at..], asked)? {
                at += used;
                met &= holds;
            }
            if met && let Some(end) = self.act(&words[at..], asked, number, depth)? {
                return Ok(end);
            }
        }
        Ok(End::Back)
    }

    /// A condition at the beginning of these words: how many it takes, and whether the packet meets it.
    fn condition(&self, words: &[&'t str], asked: &Asked) -> Known<Option<(usize, bool)>> {
        let (protocol, low) = (asked.key >> 16, asked.key & 0xffff);
        let v4 = asked.source.is_ipv4();
        Ok(Some(match *words {
            ["counter", ..] => (1, true),
            ["ip", "saddr", set, ..] if set.starts_with('@') => (3, v4 && self.holds(&set[1..], asked.source)?),
            ["ip", "daddr", set, ..] if set.starts_with('@') => (3, v4 && self.holds(&set[1..], asked.destination)?),
            ["ip6", "saddr", set, ..] if set.starts_with('@') => (3, !v4 && self.holds(&set[1..], asked.source)?),
            ["ip6", "daddr", set, ..] if set.starts_with('@') => (3, !v4 && self.holds(&set[1..], asked.destination)?),
            [name @ ("tcp" | "udp" | "sctp"), "dport", ports, ..] => {
                (3, protocol == numbered(name)? && within(ports, low, 0xffff)?)
            }
            [name @ ("icmp" | "icmpv6"), field @ ("type" | "code"), range, ..] => {
                let number = if field == "type" { low >> 8 } else { low & 0xff };
                let family = v4 == (name == "icmp");
                (3, family && protocol == numbered(name)? && within(range, number, 0xff)?)
            }
            ["meta", "l4proto", "!=", "{", "icmp,", "icmpv6", "}", ..] => (7, protocol != 1 && protocol != 58),
            ["meta", "l4proto", "{", "icmp,", "icmpv6", "}", ..] => (6, protocol == 1 || protocol == 58),
            ["meta", "l4proto", name, ..] if !["!=", "=="].contains(&name) => (3, protocol == numbered(name)?),
            // The first packet of a connection is new, and goes the way in which it is opened.
            ["ct", "state", state @ ("invalid" | "related" | "established" | "new"), ..] => (3, state == "new"),
            ["ct", "direction", way @ ("reply" | "original"), ..] => (3, way == "original"),
            _ => return Ok(None),
        }))
    }

    /// What is done then; nothing where the next line is asked.
    fn act(&self, words: &[&'t str], asked: &Asked, number: &mut Option<&'t str>, depth: usize) -> Known<Option<End>> {
        let v4 = asked.source.is_ipv4();
        match *words {
            [] => Ok(None),
            // Limits the log alone, which stands behind it; and what is logged goes on.
            ["limit", "rate", _, "burst", _, "packets", "log", "prefix", ..] | ["log", "prefix", ..] => {
                // A verdict behind it would be quoted, or be the last word.
                if words.last().is_some_and(|last| last.ends_with('"')) { Ok(None) } else { Err(NotKnown) }
            }
            ["accept"] => Ok(Some(End::Accepted)),
            ["drop"] | ["reject", "with", "icmpx", "admin-prohibited"] => Ok(Some(End::Dropped)),
            ["return"] => Ok(Some(End::Back)),
            [how @ ("jump" | "goto"), chain] => {
                if depth == 16 {
                    return Err(NotKnown);
                }
                let end = self.lines(self.chains.get(chain).ok_or(NotKnown)?, asked, number, depth + 1)?;
                Ok((end != End::Back || how == "goto").then_some(end))
            }
            [family @ ("ip" | "ip6"), end @ ("saddr" | "daddr"), "vmap", map] => {
                let address = if end == "saddr" { asked.source } else { asked.destination };
                let found = if v4 == (family == "ip") { self.at(map, Some(address), None)? } else { None };
                self.told(found, asked, number, depth)
            }
            ["meta", "priority", "vmap", map] => {
                let found = self.at(map, None, Some(number.ok_or(NotKnown)?))?;
                self.told(found, asked, number, depth)
            }
            ["meta", "priority", "set", family @ ("ip" | "ip6"), end @ ("saddr" | "daddr"), "map", map] => {
                let address = if end == "saddr" { asked.source } else { asked.destination };
                let found = if v4 == (family == "ip") { self.at(map, Some(address), None)? } else { None };
                if let Some(found) = found {
                    let word = found.strip_prefix('$').ok_or(NotKnown)?;
                    *number = Some(self.words.get(word).ok_or(NotKnown)?);
                }
                Ok(None)
            }
            _ => Err(NotKnown),
        }
    }

    /// What a map of verdicts says.
    fn told(
        &self,
        found: Option<&'t str>,
        asked: &Asked,
        number: &mut Option<&'t str>,
        depth: usize,
    ) -> Known<Option<End>> {
        found.map_or(Ok(None), |verdict| self.act(&verdict.split(' ').collect::<Vec<_>>(), asked, number, depth))
    }

    /// The value of an address or number in a map.
    fn at(&self, map: &str, address: Option<IpAddr>, number: Option<&str>) -> Known<Option<&'t str>> {
        let entries = self.entries.get(map.strip_prefix('@').ok_or(NotKnown)?).ok_or(NotKnown)?;
        let mut rest = None;
        for (entry, value) in entries {
            match entry {
                Entry::Range(first, last) if address.is_some_and(|a| *first <= a && a <= *last) => {
                    return Ok(Some(value));
                }
                Entry::Word(word) if number == Some(word) => return Ok(Some(value)),
                Entry::Rest => rest = Some(*value),
                _ => {}
            }
        }
        Ok(rest)
    }

    fn holds(&self, set: &str, address: IpAddr) -> Known<bool> {
        let entries = self.entries.get(set).ok_or(NotKnown)?;
        Ok(entries.iter().any(|(entry, _)| matches!(entry, Entry::Range(a, b) if *a <= address && address <= *b)))
    }
}

/// The number of a protocol.
fn numbered(name: &str) -> Known<u32> {
    let known = [("icmp", 1), ("tcp", 6), ("udp", 17), ("icmpv6", 58), ("sctp", 132)];
    let found = known.iter().find(|(known, _)| *known == name).map(|(_, number)| *number);
    found.or_else(|| name.parse().ok().filter(|number| *number < 256)).ok_or(NotKnown)
}

/// Is it in `LOW-HIGH` or just that number? Neither is more than `most`.
fn within(range: &str, number: u32, most: u32) -> Known<bool> {
    let (low, high) = range.split_once('-').unwrap_or((range, range));
    match (low.parse::<u32>(), high.parse::<u32>()) {
        (Ok(low), Ok(high)) if low <= high && high <= most => Ok(low <= number && number <= high),
        _ => Err(NotKnown),
    }
}
