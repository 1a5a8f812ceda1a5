//! How a [`Tree`] grows and shrinks: what both forms of input share.

use super::tree::{Base, Chain, Rule, Said, Set, SetIndex, Statement, Table, Tree};
use crate::read::{Kind, Note, Unreadable};
use crate::rules::program::{ChainId, Family};
use std::rc::Rc;

/// Families that nft knows.
const FAMILIES: &[&[u8]] = &[b"ip", b"ip6", b"inet", b"arp", b"bridge", b"netdev"];

pub(super) fn is_family(word: &[u8]) -> bool {
    FAMILIES.contains(&word)
}

/// Bytes of a text for people.
pub(super) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Tree {
    pub(super) fn find(&self, family: &[u8], name: &[u8]) -> Option<usize> {
        let same = |table: &Table| table.name.as_bytes() == name && table.family.as_bytes() == family;
        self.tables.iter().position(same)
    }

    /// The table, new if need be.
    pub(super) fn table(&mut self, family: &[u8], name: &[u8]) -> usize {
        self.find(family, name).unwrap_or_else(|| {
            self.tables.push(Table {
                family: lossy(family).into(),
                name: lossy(name).into(),
                dormant: false,
                chains: rustc_hash::FxHashMap::default(),
                sets: rustc_hash::FxHashMap::default(),
            });
            self.tables.len() - 1
        })
    }

    /// Deletes a table with all that is in it.
    pub(super) fn delete(&mut self, table: usize) {
        self.flush(table);
        let table = self.tables.remove(table);
        let mut ids: Vec<ChainId> = table.chains.into_values().collect();
        ids.sort_unstable();
        for id in ids {
            self.chains[id.0 as usize].base = None;
        }
    }

    /// Empties the chains of a table.
    pub(super) fn flush(&mut self, table: usize) {
        let (family, name) = (self.tables[table].family.clone(), self.tables[table].name.clone());
        for chain in self.chains.iter_mut().filter(|chain| chain.table == name && chain.family == family) {
            chain.rules.clear();
        }
    }

    /// The chain of that name, whether it is defined already or not.
    pub(super) fn chain(&mut self, table: usize, name: &[u8], line: u32) -> Result<ChainId, Unreadable> {
        // Jumps are often written in the order of their chains: the one behind the last is worth a look. It spares half of all
        // look-ups, each of which misses the cache, and so a tenth of a large reading.
        let table = &mut self.tables[table];
        let next = self.last.wrapping_add(1);
        if let Some(chain) = self.chains.get(next)
            && chain.name.as_bytes() == name
            // The very table, and none of the same name that was deleted.
            && Rc::ptr_eq(&chain.table, &table.name)
        {
            self.last = next;
            return Ok(ChainId(next as u32));
        }
        if let Some(id) = table.chains.get(name) {
            self.last = id.0 as usize;
            return Ok(*id);
        }
        let id =
            u32::try_from(self.chains.len()).map_err(|_| Unreadable { line, what: "too many chains".to_owned() })?;
        table.chains.insert(name.into(), ChainId(id));
        self.chains.push(Chain {
            table: table.name.clone(),
            name: lossy(name),
            family: table.family.clone(),
            line,
            defined: false,
            base: None,
            rules: Vec::new(),
        });
        self.last = id as usize;
        Ok(ChainId(id))
    }

    /// The set or map of that name, whether it is defined already or not.
    pub(super) fn set(&mut self, table: usize, name: &[u8], line: u32) -> SetIndex {
        let table = &mut self.tables[table];
        if let Some(index) = table.sets.get(name) {
            return *index;
        }
        table.sets.insert(name.into(), self.sets.len());
        self.sets.push(Set { name: lossy(name), line, ..Set::default() });
        self.sets.len() - 1
    }

    /// The number of a range of addresses.
    pub(super) fn range(&mut self, family: Family, range: (u128, u128)) -> u32 {
        let ranges = &mut self.ranges;
        *self.known_ranges.entry((family, range.0, range.1)).or_insert_with(|| {
            ranges.push(range);
            u32::try_from(ranges.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// Makes a rule of all statements from `start` on.
    pub(super) fn rule(&self, at: u32, start: usize) -> Result<Rule, Unreadable> {
        let index = |count: usize| {
            u32::try_from(count).map_err(|_| Unreadable { line: at, what: "too many statements".to_owned() })
        };
        Ok(Rule::Said(Said { at, start: index(start)?, end: index(self.statements.len())? }))
    }

    pub(super) fn say(&mut self, statement: Statement) {
        self.statements.push(statement);
    }

    pub(super) fn note(&mut self, at: u32, kind: Kind, what: impl Into<String>) {
        self.notes.push(Note { at, kind, what: what.into() });
    }

    /// A chain becomes one that the kernel calls.
    pub(super) fn base(&mut self, chain: ChainId, base: Base, line: u32) -> Result<(), Unreadable> {
        let chain = &mut self.chains[chain.0 as usize];
        if let Some(first) = &chain.base
            && (first.kind != base.kind || first.hook != base.hook || first.priority != base.priority)
        {
            return Err(Unreadable {
                line,
                what: format!("chain `{}` is declared a second time, otherwise", chain.name),
            });
        }
        chain.base = Some(base);
        Ok(())
    }
}

/// A priority: a number, a name, or a name and a difference (`include/uapi/linux/netfilter_ipv4.h`; nft(8)).
pub(super) fn priority(words: &str) -> Option<i32> {
    let words = words.replace(' ', "");
    if let Ok(number) = words.parse::<i32>() {
        return Some(number);
    }
    let end = words.find(['+', '-']).unwrap_or(words.len());
    let base = match &words[..end] {
        "raw" => -300,
        "mangle" => -150,
        "dstnat" => -100,
        "filter" => 0,
        "security" => 50,
        "srcnat" => 100,
        _ => return None,
    };
    let difference = if end == words.len() { 0 } else { words[end..].parse::<i32>().ok()? };
    i32::checked_add(base, difference)
}
