//! A program as one family sees it, in cells: rules that can be met, each as a product of destinations, keys and times.
//! What is looked up or asked by source becomes a *feature*, whose value is known while one source is looked at.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use segc_backends::rules::program::{Action, ChainId, Condition, Key, MapId, Program, Rule, SetId, Value, Verdict};

use super::list::List;
use super::numbers::meet;
use super::plain::is_plain;
use crate::packets::Error;
use crate::packets::cells::{Runs, Space};
use crate::packets::family::Family;
use crate::packets::tables::{LAST_KEY, NodeId, Tables};

/// What a rule does to a packet that meets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// The next rule.
    Nothing,
    /// This.
    Verdict(Verdict),
    /// Its number becomes this.
    Number(u32),
    /// Not understood: it may be anything.
    Anything,
}

/// The action of a rule, with lookups by address already in cells.
pub enum Do {
    /// The same to every packet.
    Always(What),
    /// By source: the feature that tells which piece of the map.
    BySource(usize, MapId),
    /// By destination.
    ByDestination(MapId),
    /// By number.
    ByNumber(MapId),
    /// A list of rules at once: the feature is the number of its row in [`Lines::rows`].
    List(usize),
}

/// A rule that some packet may meet, or a list of them.
pub struct Line {
    /// Its index in the chain, or that of the list's first.
    pub rule: usize,
    /// Features that must hold.
    pub sources: Vec<usize>,
    /// Destinations; `None` for all.
    pub destinations: Option<Runs>,
    /// Service keys; `None` for all.
    pub keys: Option<Vec<(u32, u32)>>,
    /// Not before, and before.
    pub window: (Option<i64>, Option<i64>),
    /// Numbers; `None` for all.
    pub numbers: Option<Vec<(u32, u32)>>,
    /// It stands under a condition that is not understood.
    pub unknown: bool,
    /// Then.
    pub action: Do,
    /// It writes the packet's number and does nothing else.
    pub numbers_only: bool,
}

impl Line {
    /// The rule at that place, met by every packet, and nothing known of what it does.
    fn at(rule: usize) -> Self {
        Self {
            rule,
            sources: Vec::new(),
            destinations: None,
            keys: None,
            window: (None, None),
            numbers: None,
            unknown: true,
            action: Do::Always(What::Anything),
            numbers_only: false,
        }
    }

    /// Does it hold for every key at every time?
    pub fn whole(&self) -> bool {
        self.keys.is_none() && self.window == (None, None)
    }
}

/// What is asked of a source.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Feature {
    /// 1 if it is in the set, else 0.
    In(SetId),
    /// 1 and more: the piece of the map that holds it; 0 if none does.
    Found(MapId),
}

/// See the module.
#[derive(Default)]
pub struct Lines {
    /// By chain; none of those that are plain.
    pub chains: Vec<Vec<Line>>,
    /// By chain: see [`is_plain`].
    pub plain: Vec<bool>,
    /// Maps by address: from a cell up to another, what. Sorted; a default fills the gaps. Empty for other maps.
    pub maps: Vec<Vec<(u32, u32, What)>>,
    /// From that source cell on, that feature has that value. Sorted. All begin as 0.
    pub events: Vec<(u32, usize, u32)>,
    /// How many features there are.
    pub features: usize,
    /// Rows of lists. The first one is undecided.
    pub rows: Vec<NodeId>,
    /// Names of sets that are filled while the firewall runs and from which packets are only dropped.
    pub runtime: BTreeSet<String>,
    known: FxHashMap<Feature, usize>,
}

/// What lines are made from.
#[derive(Clone, Copy)]
struct Given<'a> {
    program: &'a Program,
    /// The cells of its sets; `None` for those of the other family.
    sets: &'a [Option<Runs>],
}

/// A value of a map.
pub fn what(value: Value) -> What {
    match value {
        Value::Number(number) => What::Number(number),
        Value::Verdict(Verdict::Continue) => What::Nothing,
        Value::Verdict(verdict) => What::Verdict(verdict),
    }
}

/// The sets of addresses that a program tells apart, in one family; what a [`Space`] must be made for.
pub fn ranges<T: Family>(program: &Program) -> Vec<Vec<(T, T)>> {
    let mut all: Vec<Vec<(T, T)>> = program.sets.iter().filter_map(T::ranges).collect();
    for entries in program.maps.iter().filter_map(|map| T::entries(&map.entries)) {
        let mut by_value: Vec<(What, T, T)> = entries.iter().map(|e| (what(e.2), e.0, e.1)).collect();
        by_value.sort_unstable();
        all.extend(by_value.chunk_by(|a, b| a.0 == b.0).map(|same| same.iter().map(|e| (e.1, e.2)).collect()));
    }
    all
}

impl Lines {
    /// Of a program that keeps its promises; `space` was made for its [`ranges`]. Chains other than `reached` stay
    /// empty.
    ///
    /// # Errors
    /// The tables are full, or it was too much work.
    pub fn new<T: Family>(
        program: &Program,
        reached: &[ChainId],
        space: &Space<T>,
        tables: &mut Tables,
    ) -> Result<Self, Error> {
        let sets: Vec<Option<Runs>> =
            program.sets.iter().map(|set| T::ranges(set).map(|ranges| space.runs(&ranges))).collect();
        let mut lines = Self { rows: vec![NodeId::UNDECIDED], ..Self::default() };
        for map in &program.maps {
            lines.maps.push(match T::entries(&map.entries) {
                Some(entries) => in_cells(&entries, map.default, space),
                None => Vec::new(),
            });
        }
        let given = Given { program, sets: &sets };
        lines.chains.resize_with(program.chains.len(), Vec::new);
        lines.plain.resize(program.chains.len(), false);
        for chain in reached {
            let rules = &program.chains[chain.0 as usize].rules;
            if is_plain(rules) {
                lines.plain[chain.0 as usize] = true;
                continue;
            }
            let mut found = Vec::new();
            let mut list = List::default();
            for (at, rule) in rules.iter().enumerate() {
                if list.takes::<T>(tables, (at, rule), &sets) {
                    continue;
                }
                if let Some(line) = lines.line::<T>(given, at, rule) {
                    found.extend(lines.list::<T>(given, rules, std::mem::take(&mut list), tables)?);
                    found.push(line);
                }
            }
            found.extend(lines.list::<T>(given, rules, list, tables)?);
            lines.chains[chain.0 as usize] = found;
        }
        lines.events.sort_unstable();
        Ok(lines)
    }

    /// A list as one line; one of a single rule as that rule.
    fn list<T: Family>(
        &mut self,
        given: Given<'_>,
        rules: &[Rule],
        list: List,
        tables: &mut Tables,
    ) -> Result<Option<Line>, Error> {
        let first = list.first;
        if list.rules < 2 {
            return Ok(rules[first..].iter().take(list.rules).find_map(|rule| self.line::<T>(given, first, rule)));
        }
        let pieces = list.rows(tables, given.sets)?;
        let feature = self.features;
        self.features += 1;
        let mut numbered = Vec::with_capacity(pieces.len());
        for (start, end, row) in pieces {
            numbered.push((start, end, self.rows.len() as u32));
            self.rows.push(row);
        }
        self.changes(feature, &numbered);
        Ok(Some(Line { sources: vec![feature], action: Do::List(feature), unknown: false, ..Line::at(first) }))
    }

    fn line<T: Family>(&mut self, Given { program, sets }: Given<'_>, at: usize, rule: &Rule) -> Option<Line> {
        let mut line = Line {
            unknown: matches!(rule.action, Action::Unknown(_)),
            numbers_only: matches!(rule.action, Action::SetNumber(_) | Action::LookupNumber { .. }),
            ..Line::at(at)
        };
        let mut runtime: Option<&String> = None;
        for condition in &rule.conditions {
            match condition {
                Condition::Never => return None,
                // Sets speak of first packets.
                Condition::Connection(kinds) if !kinds.holds_first() => return None,
                Condition::Connection(_) => {}
                Condition::Family(family) if *family != T::VERSION => return None,
                Condition::Family(_) => {}
                Condition::Source(set) => {
                    let runs = sets[set.0 as usize].as_ref()?;
                    let pieces = runs.iter().map(|run| (run.0, run.1, 1));
                    line.sources.push(self.feature(Feature::In(*set), pieces.collect()));
                }
                Condition::Destination(set) => {
                    let runs = sets[set.0 as usize].as_ref()?;
                    line.destinations = Some(match line.destinations {
                        Some(before) => meet(&before, runs),
                        None => runs.clone(),
                    });
                }
                Condition::Service(keys) => line.keys = both(line.keys, keys, LAST_KEY),
                Condition::Number(numbers) => line.numbers = both(line.numbers, numbers, u32::MAX),
                Condition::Time { since, before } => {
                    line.window.0 = line.window.0.max(*since);
                    line.window.1 = line.window.1.into_iter().chain(*before).min();
                }
                Condition::Runtime(name) => runtime = Some(name),
                Condition::Interface(_) | Condition::Leaving(_) | Condition::SourcePort(_) | Condition::Unknown(_) => {
                    line.unknown = true
                }
            }
        }
        if let Some(name) = runtime {
            if rule.action == Action::Verdict(Verdict::Drop) {
                self.runtime.insert(name.clone());
                return None;
            }
            line.unknown = true;
        }
        let by_address = |map: MapId| T::entries(&program.maps[map.0 as usize].entries).is_some();
        line.action = match &rule.action {
            Action::Verdict(Verdict::Continue) => return None,
            Action::Verdict(verdict) => Do::Always(What::Verdict(*verdict)),
            Action::SetNumber(number) => Do::Always(What::Number(*number)),
            Action::Unknown(_) => Do::Always(What::Anything),
            Action::Lookup { key, map } | Action::LookupNumber { key, map } => match key {
                Key::Number => Do::ByNumber(*map),
                // A map of the other family: no packet of this one finds anything.
                _ if !by_address(*map) => return None,
                Key::Destination => Do::ByDestination(*map),
                Key::Source => {
                    let pieces = self.maps[map.0 as usize].iter().zip(1..).map(|(p, n)| (p.0, p.1, n));
                    let pieces = pieces.collect();
                    Do::BySource(self.feature(Feature::Found(*map), pieces), *map)
                }
            },
        };
        let nothing = |list: &Option<Vec<(u32, u32)>>| list.as_ref().is_some_and(Vec::is_empty);
        let over = matches!(line.window, (Some(since), Some(before)) if before <= since);
        let never = nothing(&line.destinations) || nothing(&line.keys) || nothing(&line.numbers) || over;
        (!never).then_some(line)
    }

    fn feature(&mut self, feature: Feature, pieces: Vec<(u32, u32, u32)>) -> usize {
        if let Some(&known) = self.known.get(&feature) {
            return known;
        }
        let number = self.features;
        self.features += 1;
        self.known.insert(feature, number);
        self.changes(number, &pieces);
        number
    }

    /// The values of a feature, from a cell up to another. Sorted; 0 elsewhere.
    fn changes(&mut self, feature: usize, pieces: &[(u32, u32, u32)]) {
        for (at, &(start, end, value)) in pieces.iter().enumerate() {
            self.events.push((start, feature, value));
            if pieces.get(at + 1).is_none_or(|next| next.0 != end) {
                self.events.push((end, feature, 0));
            }
        }
    }
}

/// What is in both lists of intervals, of which everything is `None`.
fn both(before: Option<Vec<(u32, u32)>>, also: &[(u32, u32)], last: u32) -> Option<Vec<(u32, u32)>> {
    let before = before.unwrap_or_else(|| vec![(0, last)]);
    let (mut i, mut j) = (0, 0);
    let mut out: Vec<(u32, u32)> = Vec::new();
    while i < before.len() && j < also.len() {
        let (low, high) = (before[i].0.max(also[j].0), before[i].1.min(also[j].1));
        if low <= high {
            match out.last_mut() {
                Some(touching) if touching.1 + 1 == low => touching.1 = high,
                _ => out.push((low, high)),
            }
        }
        if before[i].1 < also[j].1 { i += 1 } else { j += 1 }
    }
    (out != [(0, last)]).then_some(out)
}

fn in_cells<T: Family>(entries: &[(T, T, Value)], default: Option<Value>, space: &Space<T>) -> Vec<(u32, u32, What)> {
    let mut by_value: Vec<(What, T, T)> = entries.iter().map(|e| (what(e.2), e.0, e.1)).collect();
    by_value.sort_unstable();
    let mut pieces: Vec<(u32, u32, What)> = Vec::new();
    for same in by_value.chunk_by(|a, b| a.0 == b.0) {
        let ranges: Vec<(T, T)> = same.iter().map(|e| (e.1, e.2)).collect();
        pieces.extend(space.runs(&ranges).into_iter().map(|run| (run.0, run.1, same[0].0)));
    }
    pieces.sort_unstable();
    let Some(default) = default.map(what) else { return pieces };
    let (mut filled, mut at) = (Vec::with_capacity(pieces.len()), 0);
    for piece in pieces {
        if at < piece.0 {
            filled.push((at, piece.0, default));
        }
        at = piece.1;
        filled.push(piece);
    }
    if at < space.count() {
        filled.push((at, space.count(), default));
    }
    filled
}
