//! The addresses of two versions of a policy, cut where either cuts them. A cell is what lies in one class of the old
//! version (or in none) and in one class of the new version (or in none); sets of classes of either version become sets
//! of cells, and so can be compared, whatever zones are called and however they are nested.

use rustc_hash::FxHashMap;

use crate::model::{AddressSet, Bits, ClassSet, Families, Kind, Model, Ranges, Zone, ZoneId};

/// Which version of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edition {
    /// The one compared with.
    Old,
    /// The one that is to be.
    New,
}

impl Edition {
    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Old => Self::New,
            Self::New => Self::Old,
        }
    }
}

/// Addresses that both versions keep together.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The class that holds them in the old and in the new version.
    pub classes: [Option<u32>; 2],
    /// They; empty only for a process, and for a zone that is known by name.
    pub addresses: AddressSet,
}

/// All cells, in the order of the new version's classes, then the old one's; no class comes last.
pub struct Cells {
    all: Vec<Cell>,
    /// For each version, by class: `items[starts[class]..starts[class + 1]]`.
    starts: [Vec<u32>; 2],
    items: [Vec<u32>; 2],
    /// Cells that have a class at all, for each version.
    known: [ClassSet; 2],
    /// Cells with IPv4, with IPv6.
    with: [ClassSet; 2],
}

/// Old class and new class; `NONE` where there is none.
type Key = (u32, u32);
const NONE: u32 = u32::MAX;
/// Ranges of IPv4 and of IPv6.
type Stretches = (Vec<(u32, u32)>, Vec<(u128, u128)>);

impl Cells {
    /// Of two versions.
    pub fn new(old: &Model<'_>, new: &Model<'_>) -> Self {
        let v4 = overlay(&ranges(old, |z| &z.own.v4), &ranges(new, |z| &z.own.v4));
        let v6 = overlay(&ranges(old, |z| &z.own.v6), &ranges(new, |z| &z.own.v6));
        let mut found: FxHashMap<Key, Stretches> = FxHashMap::default();
        v4.into_iter().for_each(|(key, range)| found.entry(key).or_default().0.push(range));
        v6.into_iter().for_each(|(key, range)| found.entry(key).or_default().1.push(range));
        for key in without_addresses(old, new) {
            found.entry(key).or_default();
        }
        let mut sorted: Vec<_> = found.into_iter().collect();
        sorted.sort_unstable_by_key(|&((old, new), _)| (new, old));
        let class = |number: u32| (number != NONE).then_some(number);
        let all: Vec<Cell> = sorted
            .into_iter()
            .map(|((old, new), (v4, v6))| Cell {
                classes: [class(old), class(new)],
                addresses: AddressSet { v4: Ranges::new(v4), v6: Ranges::new(v6) },
            })
            .collect();
        let lists = [lists(&all, 0, old.zones.len()), lists(&all, 1, new.zones.len())];
        let having = |holds: &dyn Fn(&Cell) -> bool| -> ClassSet {
            all.iter().zip(0..).filter(|(cell, _)| holds(cell)).map(|(_, number)| number).collect()
        };
        let known = [0, 1].map(|version| having(&|cell: &Cell| cell.classes[version].is_some()));
        let families = |cell: &Cell| {
            let of = |model: &Model<'_>, class: Option<u32>| {
                class.map_or(Families::default(), |c| model.zones.families(&ClassSet::run(c, c + 1)))
            };
            // A class may have a family that the part of it in this cell has not.
            if cell.addresses.is_empty() {
                of(old, cell.classes[0]).or(of(new, cell.classes[1]))
            } else {
                cell.addresses.families()
            }
        };
        let with = [having(&|c: &Cell| families(c).v4), having(&|c: &Cell| families(c).v6)];
        let [(starts_old, items_old), (starts_new, items_new)] = lists;
        Self { all, starts: [starts_old, starts_new], items: [items_old, items_new], known, with }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// None at all?
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Each cell with its number.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Cell)> {
        (0..).zip(&self.all)
    }

    /// The cells of a class of a version, in order.
    pub fn of_class(&self, edition: Edition, class: u32) -> &[u32] {
        let (starts, at) = (&self.starts[edition as usize], class as usize);
        &self.items[edition as usize][starts[at] as usize..starts[at + 1] as usize]
    }

    /// A set of classes of a version, as cells.
    pub fn of(&self, edition: Edition, classes: &ClassSet) -> ClassSet {
        let count = self.starts[edition as usize].len() as u32 - 1;
        // `any except x` has thousands of classes in a few runs: what it lacks is the shorter list.
        if classes.len() * 2 > count as usize {
            let lacking = ClassSet::run(0, count).difference(classes);
            return self.known[edition as usize].difference(&self.listed(edition, &lacking));
        }
        self.listed(edition, classes)
    }

    fn listed(&self, edition: Edition, classes: &ClassSet) -> ClassSet {
        classes.iter().flat_map(|class| self.of_class(edition, class)).copied().collect()
    }

    /// The classes of a version in which some of these cells lie.
    pub fn classes(&self, edition: Edition, cells: &ClassSet) -> ClassSet {
        cells.iter().filter_map(|cell| self.all[cell as usize].classes[edition as usize]).collect()
    }

    /// Cells that have a class in that version.
    pub fn known(&self, edition: Edition) -> &ClassSet {
        &self.known[edition as usize]
    }

    /// Cells with addresses of a family: 0 is IPv4, 1 is IPv6.
    pub fn with_family(&self, family: usize) -> &ClassSet {
        &self.with[family]
    }

    /// Families that some of these cells have.
    pub fn families(&self, cells: &ClassSet) -> Families {
        Families { v4: cells.meets(&self.with[0]), v6: cells.meets(&self.with[1]) }
    }

    /// All addresses of some cells, of some families.
    pub fn addresses(&self, cells: &[u32], families: Families) -> AddressSet {
        let all = || cells.iter().map(|&cell| &self.all[cell as usize].addresses);
        let v4 = all().filter(|_| families.v4).flat_map(|a| a.v4.as_slice()).copied().collect();
        let v6 = all().filter(|_| families.v6).flat_map(|a| a.v6.as_slice()).copied().collect();
        AddressSet { v4: Ranges::new(v4), v6: Ranges::new(v6) }
    }
}

/// Processes and zones of names have no addresses by which to know them again: a process is the same if its full name is,
/// or its own name and its hosts are; a zone of names if its names are.
fn without_addresses(old: &Model<'_>, new: &Model<'_>) -> Vec<Key> {
    let unseen = |model: &Model<'_>| model.zones.processes().union(model.zones.domains());
    let mut gone: Vec<u32> = unseen(old).iter().collect();
    let mut keys = Vec::new();
    for class in unseen(new).iter() {
        let zone = &new.zones[ZoneId(class)];
        let same_name = |c: &u32| zone.is_process() && old.zones[ZoneId(*c)].name == zone.name;
        let alike = |c: &u32| describes(old, *c) == describes(new, class);
        let twin = gone.iter().position(same_name).or_else(|| gone.iter().position(alike));
        keys.push((twin.map_or(NONE, |at| gone.remove(at)), class));
    }
    keys.extend(gone.into_iter().map(|class| (class, NONE)));
    keys
}

/// What tells a place without addresses from others: names, sorted; or its own name, and where it runs.
fn describes<'m>(model: &'m Model<'_>, class: u32) -> (Vec<&'m str>, Option<&'m AddressSet>) {
    let zone = &model.zones[ZoneId(class)];
    match (&zone.kind, zone.parent) {
        (Kind::Domains(names), _) => {
            let mut names: Vec<&str> = names.iter().map(|name| name.text.as_ref()).collect();
            names.sort_unstable();
            names.dedup();
            (names, None)
        }
        (_, Some(host)) => (zone.name.rsplit('.').take(1).collect(), Some(&model.zones[host].hosts)),
        (_, None) => (vec![zone.name], None),
    }
}

/// The ranges of one family of all classes, in order; no two of them overlap.
fn ranges<'m, T: Bits + 'm>(model: &'m Model<'_>, of: impl Fn(&'m Zone<'_>) -> &'m Ranges<T>) -> Vec<(T, T, u32)> {
    let each = model.zones.iter().flat_map(|(id, zone)| of(zone).as_slice().iter().map(move |r| (r.0, r.1, id.0)));
    let mut all: Vec<(T, T, u32)> = each.collect();
    all.sort_unstable();
    all
}

/// Two lists of ranges laid over each other: every stretch that lies in either, with the class of both.
fn overlay<T: Bits>(old: &[(T, T, u32)], new: &[(T, T, u32)]) -> Vec<(Key, (T, T))> {
    let mut out = Vec::with_capacity(old.len() + new.len());
    let (mut i, mut j) = (0, 0);
    let mut from = Some(T::MIN);
    while let Some(at) = from {
        while old.get(i).is_some_and(|r| r.1 < at) {
            i += 1;
        }
        while new.get(j).is_some_and(|r| r.1 < at) {
            j += 1;
        }
        // What is here, and where that changes next.
        let here = |r: Option<&(T, T, u32)>| match r {
            Some(&(first, last, class)) if first <= at => (class, Some(last)),
            Some(&(first, ..)) => (NONE, first.previous()),
            None => (NONE, None),
        };
        let ((a, end_a), (b, end_b)) = (here(old.get(i)), here(new.get(j)));
        let end = match (end_a, end_b) {
            (Some(a), Some(b)) => a.min(b),
            (Some(end), None) | (None, Some(end)) => end,
            (None, None) => break,
        };
        if (a, b) != (NONE, NONE) {
            out.push(((a, b), (at, end)));
        }
        from = end.next();
    }
    out
}

/// Cells by class of a version.
fn lists(all: &[Cell], version: usize, classes: usize) -> (Vec<u32>, Vec<u32>) {
    let mut pairs: Vec<(u32, u32)> =
        all.iter().zip(0..).filter_map(|(cell, number)| Some((cell.classes[version]?, number))).collect();
    pairs.sort_unstable();
    let starts = (0..=classes as u32).map(|class| pairs.partition_point(|p| p.0 < class) as u32).collect();
    (starts, pairs.into_iter().map(|p| p.1).collect())
}
