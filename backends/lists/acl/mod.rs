//! Access lists of routers and switches: entries that are asked one after the other, without state, one list for each
//! family and group of interfaces. What the dialects share is decided here once; [`Spelling`] is where they differ.

mod entry;
mod files;
mod refuses;
mod target;
mod text;

pub(crate) use entry::lines;
pub(crate) use target::AccessLists;
pub(crate) use text::{REMARK, escape, quote, remark};

use super::{Entry, Permit, entries};
use crate::digest::{fnv1a, shorten};
use crate::rules::{Arrival, RuleSet};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// How a dialect spells what all of them say. Pairs are of IPv4 and IPv6.
pub(crate) struct Spelling {
    /// The words before the name of a list.
    pub list: [&'static str; 2],
    /// What stands at the head of each list, without its indentation.
    pub first: Option<&'static str>,
    pub indent: &'static str,
    /// The word before the number of an entry.
    pub sequence: [&'static str; 2],
    /// Remarks have numbers as well.
    pub remarks_numbered: bool,
    /// What stands between the ends in a remark.
    pub arrow: &'static str,
    /// Networks of IPv4 as address and wildcard, not as prefix.
    pub wildcards: bool,
    /// ICMP of IPv6.
    pub icmp6: &'static str,
    /// Neighbour solicitation and advertisement.
    pub discovery: [&'static str; 2],
    /// The words before the name of a list that an interface asks.
    pub bind: [&'static str; 2],
}

/// One access list.
pub(crate) struct List {
    pub name: String,
    /// All its lines, its head included.
    pub text: String,
}

/// The lists of one group of interfaces, in the order of writing.
pub(crate) struct Group {
    /// Sorted; empty where nothing is known of interfaces.
    pub interfaces: Vec<String>,
    /// Of IPv4 and IPv6.
    pub lists: [List; 2],
}

/// Both lists of every group of interfaces; where nothing is known of interfaces, both lists of everything.
pub(crate) fn groups(spelling: &Spelling, rules: &RuleSet) -> Vec<Group> {
    let mut arrivals: Vec<&Arrival> = rules.arrivals.iter().collect();
    arrivals.sort_by(|a, b| a.name.cmp(&b.name));
    let mut taken = BTreeSet::new();
    if arrivals.is_empty() {
        let all = entries(rules, None, None, true);
        let list = |v6| list(spelling, rules, &all, (&rules.name, v6), &mut taken);
        return vec![Group { interfaces: Vec::new(), lists: [false, true].map(list) }];
    }
    let group = |arrival: &Arrival| {
        let all = entries(rules, Some(arrival), None, true);
        let mut interfaces: Vec<String> = arrival.interfaces.iter().map(|(name, _)| name.clone()).collect();
        interfaces.sort_unstable();
        let list = |v6| list(spelling, rules, &all, (&arrival.name, v6), &mut taken);
        Group { interfaces, lists: [false, true].map(list) }
    };
    arrivals.into_iter().map(group).collect()
}

fn list(
    spelling: &Spelling,
    rules: &RuleSet,
    all: &[Entry<'_>],
    (stem, v6): (&str, bool),
    taken: &mut BTreeSet<String>,
) -> List {
    let body = body(spelling, rules, all, v6);
    let name = name(stem, v6, &body, taken);
    let mut text = format!("{} {name}\n", spelling.list[usize::from(v6)]);
    if let Some(first) = spelling.first {
        let _ = writeln!(text, "{}{first}", spelling.indent);
    }
    text.push_str(&body);
    List { name, text }
}

/// A name that hangs on whatever the list says, so that a changed list is another one and can be loaded beside the old;
/// at most 63 letters, digits, `-` and `_`. No two are alike, nor become so when case is ignored.
fn name(stem: &str, v6: bool, body: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let readable: String = stem.chars().map(plain).collect();
    let mut said = format!("{stem}\n{body}");
    loop {
        let (short, family) = (shorten(&readable, 36, "-"), if v6 { "IN6" } else { "IN4" });
        let name = format!("SEGC-{short}-{family}-{:012x}", fnv1a(said.as_bytes()) >> 16);
        if taken.insert(name.to_ascii_uppercase()) {
            return name;
        }
        said.push('.');
    }
}

/// Entries that log stand before others that may permit the same. Between two denials the order of permits means nothing.
fn logging_first<'e, 'r>(all: &'e [Entry<'r>]) -> Vec<&'e Entry<'r>> {
    let mut ordered = Vec::with_capacity(all.len());
    for run in all.chunk_by(|a, b| a.permits.is_some() && b.permits.is_some()) {
        let logs = |entry: &&Entry<'_>| logs(entry);
        ordered.extend(run.iter().filter(logs));
        ordered.extend(run.iter().filter(|entry| !logs(entry)));
    }
    ordered
}

fn logs(entry: &Entry<'_>) -> bool {
    matches!(entry.permits, Some(Permit { rule, reply: false }) if rule.log)
}

/// What a list says, behind its head: neighbour discovery, the entries, and a last denial that logs.
fn body(spelling: &Spelling, rules: &RuleSet, all: &[Entry<'_>], v6: bool) -> String {
    let mut writer = Writer { spelling, v6, out: String::new(), number: 0 };
    if v6 {
        writer.remark("neighbour discovery: the explicit deny at the end comes before what passes by itself");
        for kind in spelling.discovery {
            writer.entry(&format!("permit {} any any {kind}", spelling.icmp6), false);
        }
    }
    let mut written = BTreeSet::new();
    for entry in logging_first(all) {
        let mut lines = lines(spelling, rules, entry, v6);
        if lines.is_empty() {
            continue;
        }
        match entry.permits {
            Some(permit) => writer.remark(&remark(spelling, rules, permit)),
            None => writer.remark("what is not the internet ends here, unless permitted above"),
        }
        let any = lines.len();
        lines.retain(|line| written.insert(line.clone()));
        if lines.len() < any {
            writer.remark("in part or whole as above");
        }
        let log = logs(entry) || entry.permits.is_none();
        lines.iter().for_each(|line| writer.entry(line, log));
    }
    writer.remark("everything else");
    writer.entry(if v6 { "deny ipv6 any any" } else { "deny ip any any" }, true);
    writer.out
}

struct Writer<'s> {
    spelling: &'s Spelling,
    v6: bool,
    out: String,
    number: u64,
}

impl Writer<'_> {
    fn remark(&mut self, text: &str) {
        self.out.push_str(self.spelling.indent);
        if self.spelling.remarks_numbered {
            self.numbered();
        }
        let _ = writeln!(self.out, "remark {text}");
    }

    fn entry(&mut self, line: &str, log: bool) {
        self.out.push_str(self.spelling.indent);
        self.numbered();
        let _ = writeln!(self.out, "{line}{}", if log { " log" } else { "" });
    }

    fn numbered(&mut self) {
        self.number += 10;
        let _ = write!(self.out, "{}{} ", self.spelling.sequence[usize::from(self.v6)], self.number);
    }
}
