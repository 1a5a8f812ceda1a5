//! Access lists of routers and switches, and the interfaces that ask them, as programs. Shares nothing with what renders.
//!
//! A list is asked by the number of its entries, wherever they stand. An interface without a list lets everything pass.

mod entry;
mod lists;
mod words;

pub(crate) use words::{IOS, Words};

use super::{Dialect, Kind, Note, Read, Unreadable};
use crate::rules::program::{Action, Chain, ChainId, Condition, Family, Hook, Program, Rule, SetId, Verdict};
use lists::List;
use smallvec::{SmallVec, smallvec};
use std::collections::BTreeMap;

/// Stands in what segc writes where nothing is known of interfaces; devices do not keep it.
const UNBOUND: &str = "! Bound to no interface";

/// What one interface asks: by family, the list and where that is said.
type Door = [Option<(String, u32)>; 2];

struct Reader<'w> {
    words: &'w Words,
    /// By family and name.
    lists: BTreeMap<(bool, String), List>,
    doors: BTreeMap<String, Door>,
    /// What may change the fate of packets in ways that are not known: on an interface, or everywhere.
    unknown: Vec<(Option<String>, u32, String)>,
    notes: Vec<Note>,
    unbound: bool,
    program: Program,
    sets: BTreeMap<(bool, Vec<(u128, u128)>), SetId>,
}

/// Where a line stands.
enum Section {
    Top,
    List(bool, String),
    Interface(String),
    /// Lines that have nothing to do with which packets are forwarded.
    Dull,
    /// Lines of something that may have.
    Unknown,
}

/// Reads a configuration, or a part of one.
pub(crate) fn read(text: &str, words: &Words) -> Result<Read, Unreadable> {
    let mut reader = Reader {
        words,
        lists: BTreeMap::new(),
        doors: BTreeMap::new(),
        unknown: Vec::new(),
        notes: Vec::new(),
        unbound: false,
        program: Program::default(),
        sets: BTreeMap::new(),
    };
    let mut section = Section::Top;
    for (at, line) in (1u32..).zip(text.lines()) {
        reader.line(at, line.trim_end(), &mut section)?;
    }
    reader.finish()
}

impl Reader<'_> {
    fn line(&mut self, at: u32, line: &str, section: &mut Section) -> Result<(), Unreadable> {
        let all: Vec<&str> = line.split_ascii_whitespace().collect();
        if all.is_empty() || all[0].starts_with('!') {
            self.unbound |= line.starts_with(UNBOUND);
            return Ok(());
        }
        if !line.starts_with([' ', '\t']) {
            *section = self.head(at, line, &all)?;
            return Ok(());
        }
        match section {
            Section::List(v6, name) => {
                let key = (*v6, std::mem::take(name));
                let result = self.entry(at, &key, &all);
                *name = key.1;
                result
            }
            Section::Interface(name) => {
                let name = name.clone();
                self.interface(at, &name, line, &all);
                Ok(())
            }
            Section::Dull => Ok(()),
            Section::Top | Section::Unknown => {
                self.unknown.push((None, at, line.trim().to_owned()));
                Ok(())
            }
        }
    }

    /// A line that is not indented begins something.
    fn head(&mut self, at: u32, line: &str, all: &[&str]) -> Result<Section, Unreadable> {
        for v6 in [false, true] {
            let head = self.words.list[usize::from(v6)];
            if all.len() == head.len() + 1 && all.starts_with(head) {
                let name = all[head.len()].to_owned();
                if self.lists.insert((v6, name.clone()), List::default()).is_some() {
                    return Err(Unreadable { line: at, what: format!("list `{name}` stands twice") });
                }
                return Ok(Section::List(v6, name));
            }
        }
        if all[0] == "interface" && all.len() > 1 {
            let name = all[1..].concat();
            self.doors.entry(name.clone()).or_default();
            return Ok(Section::Interface(name));
        }
        if words::DULL.iter().any(|dull| all.starts_with(dull)) {
            return Ok(Section::Dull);
        }
        self.unknown.push((None, at, line.to_owned()));
        Ok(Section::Unknown)
    }

    fn interface(&mut self, at: u32, name: &str, line: &str, all: &[&str]) {
        for v6 in [false, true] {
            let bind = self.words.bind[usize::from(v6)];
            if all.len() == bind.len() + 2 && all.starts_with(bind) {
                let list = all[bind.len()].to_owned();
                match (all[bind.len() + 1], self.doors.get_mut(name)) {
                    // A second one takes the place of the first.
                    ("in", Some(door)) => door[usize::from(v6)] = Some((list, at)),
                    _ => {
                        let what = format!("`{}` may drop more: lists of what leaves are not judged", line.trim());
                        self.notes.push(Note { at, kind: Kind::Removes, what });
                        self.unknown.push((None, at, line.trim().to_owned()));
                    }
                }
                return;
            }
        }
        if !words::DULL_ON_INTERFACES.iter().any(|dull| all.starts_with(dull)) {
            self.unknown.push((Some(name.to_owned()), at, line.trim().to_owned()));
        }
    }

    fn finish(mut self) -> Result<Read, Unreadable> {
        let mut chains: BTreeMap<(bool, String), ChainId> = BTreeMap::new();
        for (key, list) in std::mem::take(&mut self.lists) {
            let id = ChainId(u32::try_from(self.program.chains.len()).unwrap_or(u32::MAX));
            let rules = list.rules(self.words, key.0)?;
            self.program.chains.push(Chain { table: String::new(), name: key.1.clone(), rules });
            chains.insert(key, id);
        }
        let doors = std::mem::take(&mut self.doors);
        let bound = doors.values().flatten().any(Option::is_some);
        for v6 in [false, true] {
            let mut rules = self.doubts();
            for (name, door) in &doors {
                if let Some((list, at)) = &door[usize::from(v6)] {
                    let chain = match chains.get(&(v6, list.clone())) {
                        Some(&id) if !self.program.chains[id.0 as usize].rules.is_empty() => id,
                        _ => {
                            let what = format!("list `{list}` is missing or empty: everything would pass");
                            return Err(Unreadable { line: *at, what });
                        }
                    };
                    let number = self.program.name_interface(name);
                    let conditions = smallvec![Condition::Interface(vec![(number, number)])];
                    rules.push(Rule { at: *at, conditions, action: Action::Verdict(Verdict::Goto(chain)) });
                }
            }
            if self.unbound && !bound {
                let mine: Vec<ChainId> = chains.iter().filter(|(key, _)| key.0 == v6).map(|(_, id)| *id).collect();
                if let [id] = mine[..] {
                    let action = Action::Verdict(Verdict::Goto(id));
                    rules.push(Rule { at: 0, conditions: smallvec![], action });
                }
            }
            let chain = ChainId(u32::try_from(self.program.chains.len()).unwrap_or(u32::MAX));
            let (name, family) = if v6 { ("IPv6", Family::V6) } else { ("IPv4", Family::V4) };
            self.program.chains.push(Chain { table: String::new(), name: name.to_owned(), rules });
            self.program.hooks.push(Hook { chain, priority: 0, policy: Verdict::Accept, family: Some(family) });
        }
        Ok(Read { program: self.program, notes: self.notes, tables: Vec::new(), dialect: Dialect::Stateless })
    }

    /// Lines that are not understood stand before all others: they may do anything.
    fn doubts(&mut self) -> Vec<Rule> {
        let mut rules = Vec::new();
        for (interface, at, text) in &self.unknown {
            let mut conditions = SmallVec::new();
            if let Some(name) = interface {
                let number = self.program.name_interface(name);
                conditions.push(Condition::Interface(vec![(number, number)]));
            }
            rules.push(Rule { at: *at, conditions, action: Action::Unknown(text.clone()) });
        }
        rules
    }
}
