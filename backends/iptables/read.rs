//! Texts of iptables-save, ip6tables-save and ipset save as programs. Shares nothing with what renders.

mod ipset;
mod plain;
mod rule;
#[cfg(test)]
mod tests;

use crate::read::{Dialect, Kind, Note, Read, Table, Unreadable};
use crate::rules::program::{
    Action, Addresses, Chain, ChainId, Condition, Family, Hook, Program, Rule, SetId, Verdict,
};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

/// What is read so far.
struct Reader {
    program: Program,
    notes: Vec<Note>,
    tables: Vec<Table>,
    ipsets: ipset::Sets,
    /// Sets that rules fill.
    filled: Vec<String>,
    /// Some packets may not be tracked: nothing can be said of their states.
    untracked: bool,
    family: Family,
    table: String,
    /// The chains of the table, and which have a policy.
    chains: BTreeMap<String, (ChainId, Option<Verdict>)>,
    /// Looked up only.
    sets: FxHashMap<(Family, Vec<(u128, u128)>), SetId>,
    /// Those of one range. Looked up only.
    single: FxHashMap<(Family, u128, u128), SetId>,
    /// Chains in which packets are changed, and where.
    changes: BTreeMap<ChainId, (u32, String)>,
}

/// Reads one or several saves.
pub(crate) fn read(text: &[u8]) -> Result<Read, Unreadable> {
    let text = std::str::from_utf8(text).map_err(|error| {
        let line = text[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        Unreadable { line: u32::try_from(line).unwrap_or(u32::MAX), what: "bytes that are no UTF-8".to_owned() }
    })?;
    let mut reader = Reader {
        program: Program::default(),
        notes: Vec::new(),
        tables: Vec::new(),
        ipsets: BTreeMap::new(),
        filled: Vec::new(),
        untracked: false,
        family: Family::V4,
        table: String::new(),
        chains: BTreeMap::new(),
        sets: FxHashMap::default(),
        single: FxHashMap::default(),
        changes: BTreeMap::new(),
    };
    let families = reader.glance(text)?;
    let mut families = families.into_iter().peekable();
    let mut last = 1;
    for (number, line) in (1u32..).zip(text.lines()) {
        while families.next_if(|(end, _)| *end < number).is_some() {}
        reader.family = families.peek().map_or(Family::V4, |(_, family)| *family);
        last = number;
        if !reader.plain(number, line) {
            reader.line(number, &words(line).unwrap_or_default())?;
        }
    }
    if !reader.table.is_empty() {
        let what = "`COMMIT` is missing: iptables-restore would take none of the table".to_owned();
        return Err(Unreadable { line: last, what });
    }
    for (family, name) in [("ip", "IPv4"), ("ip6", "IPv6")] {
        if !reader.tables.iter().any(|table| table.family == family && table.name == "filter") {
            let what = format!("no filter table of {name}: nothing here stops its packets");
            reader.notes.push(Note { at: 0, kind: Kind::Loss, what });
        }
    }
    reader.program.hooks.sort_by_key(|hook| hook.priority);
    reader.notes.sort_by_key(|note| note.at);
    Ok(Read { program: reader.program, notes: reader.notes, tables: reader.tables, dialect: Dialect::Iptables })
}

/// A word of a line, without its quotes.
type Word<'a> = Cow<'a, str>;

/// The words of a line; `None` where a quote does not end.
fn words(line: &str) -> Option<Vec<Word<'_>>> {
    let mut words = Vec::with_capacity(16);
    let mut rest = line.trim_ascii_start();
    while let Some(first) = rest.bytes().next() {
        if first == b'#' && words.is_empty() {
            break;
        }
        if first == b'"' {
            let (mut word, mut chars) = (String::new(), rest[1..].chars());
            loop {
                match chars.next()? {
                    '"' => break,
                    '\\' => word.push(chars.next()?),
                    other => word.push(other),
                }
            }
            words.push(Cow::Owned(word));
            rest = chars.as_str();
        } else {
            let end = rest.bytes().position(|byte| byte.is_ascii_whitespace()).unwrap_or(rest.len());
            words.push(Cow::Borrowed(&rest[..end]));
            rest = &rest[end..];
        }
        rest = rest.trim_ascii_start();
    }
    Some(words)
}

/// What tells the family of a save: seen of IPv4, seen of IPv6.
type Hints = (bool, bool);

impl Reader {
    /// Looks over all lines for what later lines bear on: sets, which may stand behind the rules that name them, rules
    /// that fill sets or take packets out of tracking, and the family of each line, as runs by their last lines.
    ///
    /// A save tells its family in its head, or by its addresses and protocols; tables between two heads, or up to a
    /// table of the same name, are one save.
    fn glance(&mut self, text: &str) -> Result<Vec<(u32, Family)>, Unreadable> {
        let mut families = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        let mut hints: Hints = (false, false);
        let mut decide = |hints: &mut Hints, last: u32, line: u32| {
            if *hints == (true, true) {
                return Err(Unreadable { line, what: "both IPv4 and IPv6 in one save".to_owned() });
            }
            families.push((last, if hints.1 { Family::V6 } else { Family::V4 }));
            *hints = (false, false);
            Ok(())
        };
        let mut last = 1;
        for (number, line) in (1u32..).zip(text.lines()) {
            last = number;
            if let Some(plain) = plain::Plain::of(line) {
                hints.0 |= plain.names(Family::V4);
                hints.1 |= plain.names(Family::V6);
                continue;
            }
            let words =
                words(line).ok_or_else(|| Unreadable { line: number, what: "a string without an end".to_owned() })?;
            let head = line.trim_start().strip_prefix("# Generated by ");
            let again = line.starts_with('*') && seen.contains(&line.trim());
            if (head.is_some() && hints != (false, false)) || again {
                decide(&mut hints, number - 1, number)?;
                seen.clear();
            }
            if line.starts_with('*') {
                seen.push(line.trim());
            }
            if let Some(head) = head {
                hints.1 |= head.starts_with("ip6tables");
                hints.0 |= head.starts_with("iptables");
            }
            if let Some("create" | "add") = words.first().map(AsRef::as_ref) {
                ipset::line(&words, &mut self.ipsets, number)?;
            }
            let adds_to_set = |word: &Word<'_>| matches!(word.as_ref(), "--add-set" | "--del-set" | "--map-set");
            if let Some(at) = words.iter().position(adds_to_set) {
                self.filled.extend(words.get(at + 1).map(|word| word.to_string()));
            }
            self.untracked |= words.iter().any(|word| matches!(word.as_ref(), "NOTRACK" | "--notrack"));
            glance_at_rule(&words, &mut hints);
        }
        decide(&mut hints, last, last)?;
        Ok(families)
    }
}

/// The family that a rule tells.
fn glance_at_rule(words: &[Word<'_>], hints: &mut Hints) {
    if !words.iter().any(|word| word == "-A") {
        return;
    }
    let mut previous = "";
    for word in words.iter().map(AsRef::as_ref) {
        if matches!(previous, "-s" | "-d" | "--src-range" | "--dst-range") {
            hints.1 |= word.contains(':');
            hints.0 |= !word.contains(':');
        }
        hints.1 |= matches!(word, "ipv6-icmp" | "icmpv6" | "icmp6" | "--icmpv6-type") && previous != "--comment";
        hints.0 |= (word == "icmp" && matches!(previous, "-p" | "-m")) || word == "--icmp-type";
        previous = word;
    }
}

impl Reader {
    fn line(&mut self, line: u32, words: &[Word<'_>]) -> Result<(), Unreadable> {
        let error = |what: String| Err(Unreadable { line, what });
        let Some(first) = words.first() else { return Ok(()) };
        match first.as_ref() {
            "create" | "add" if self.table.is_empty() => Ok(()),
            "COMMIT" if !self.table.is_empty() => {
                self.commit();
                Ok(())
            }
            table if table.starts_with('*') && self.table.is_empty() => {
                if !matches!(table, "*filter" | "*nat" | "*mangle" | "*raw" | "*security") {
                    return error(format!("`{table}` is no table that is known"));
                }
                self.table = table[1..].to_owned();
                let family = if self.family == Family::V4 { "ip" } else { "ip6" };
                if self.tables.iter().any(|known| known.family == family && known.name == self.table) {
                    return error(format!("`{table}` stands twice for one family: the second would replace the first"));
                }
                self.tables.push(Table { family: family.to_owned(), name: self.table.clone() });
                Ok(())
            }
            chain if chain.starts_with(':') && !self.table.is_empty() => {
                let policy = match words.get(1).map(AsRef::as_ref) {
                    Some("ACCEPT") => Some(Verdict::Accept),
                    Some("DROP") => Some(Verdict::Drop),
                    Some("-") => None,
                    _ => return error(format!("the policy of `{chain}` is missing")),
                };
                let id = ChainId(u32::try_from(self.program.chains.len()).unwrap_or(u32::MAX));
                let name = chain[1..].to_owned();
                self.program.chains.push(Chain { table: self.table.clone(), name: name.clone(), rules: Vec::new() });
                if self.chains.insert(name, (id, policy)).is_some() {
                    return error(format!("chain `{chain}` stands twice"));
                }
                Ok(())
            }
            counters if counters.starts_with('[') && counters.ends_with(']') => self.rule(line, &words[1..]),
            "-A" => self.rule(line, words),
            other => error(format!("`{other}` is not understood here")),
        }
    }

    fn set(&mut self, family: Family, ranges: Vec<(u128, u128)>) -> SetId {
        let program = &mut self.program;
        *self.sets.entry((family, ranges)).or_insert_with_key(|(family, ranges)| {
            let small = |value: u128| Ipv4Addr::from(u32::try_from(value).unwrap_or(u32::MAX));
            program.sets.push(match family {
                Family::V4 => Addresses::V4(ranges.iter().map(|(low, high)| (small(*low), small(*high))).collect()),
                Family::V6 => Addresses::V6(
                    ranges.iter().map(|(low, high)| (Ipv6Addr::from(*low), Ipv6Addr::from(*high))).collect(),
                ),
            });
            SetId(u32::try_from(program.sets.len() - 1).unwrap_or(u32::MAX))
        })
    }

    /// The end of a table: its chains become hooks. Priorities as in `include/uapi/linux/netfilter_ipv4.h`.
    fn commit(&mut self) {
        let priority = match &*self.table {
            "raw" => -300,
            "mangle" => -150,
            "nat" => -100,
            "security" => 50,
            _ => 0,
        };
        for (name, (id, policy)) in std::mem::take(&mut self.chains) {
            let (Some(policy), family) = (policy, Some(self.family)) else { continue };
            match &*name {
                "FORWARD" => self.program.hooks.push(Hook { chain: id, priority, policy, family }),
                "PREROUTING" | "POSTROUTING" => {}
                _ => continue,
            }
            let (may_drop, change) = self.reaches(id);
            let hook = name.to_lowercase();
            if let Some((at, what)) = change {
                let what = format!("packets are changed, or their fate is unknown, in hook {hook}: {what}");
                self.notes.push(Note { at, kind: Kind::Changes, what });
            }
            if name == "FORWARD" || (policy == Verdict::Accept && !may_drop) {
                continue;
            }
            let what = format!("chain `{name}` of table {} may drop", self.table);
            self.notes.push(Note { at: 0, kind: Kind::Removes, what: what.clone() });
            let rule = Rule {
                at: 0,
                conditions: smallvec::smallvec![Condition::Unknown(what)],
                action: Action::Verdict(Verdict::Drop),
            };
            let chain = ChainId(u32::try_from(self.program.chains.len()).unwrap_or(u32::MAX));
            self.program.chains.push(Chain { table: self.table.clone(), name: name.clone(), rules: vec![rule] });
            let priority = if name == "PREROUTING" { i32::MIN } else { i32::MAX };
            self.program.hooks.push(Hook { chain, priority, policy: Verdict::Accept, family });
        }
        self.table.clear();
    }

    /// Whether a packet that a chain is asked about may be dropped; and where it may be changed.
    fn reaches(&self, chain: ChainId) -> (bool, Option<(u32, String)>) {
        let mut seen = vec![false; self.program.chains.len()];
        let mut open = vec![chain];
        let (mut drops, mut change) = (false, None);
        while let Some(chain) = open.pop() {
            if std::mem::replace(&mut seen[chain.0 as usize], true) {
                continue;
            }
            change = change.or_else(|| self.changes.get(&chain).cloned());
            for rule in &self.program.chains[chain.0 as usize].rules {
                match &rule.action {
                    Action::Verdict(Verdict::Drop) => drops = true,
                    Action::Unknown(text) => drops |= !rule::rewrites(text),
                    Action::Verdict(Verdict::Jump(chain) | Verdict::Goto(chain)) => open.push(*chain),
                    _ => {}
                }
            }
        }
        (drops, change)
    }
}
