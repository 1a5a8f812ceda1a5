//! Zones side by side and inside one another: touching, full of holes, filled by their children, in public space.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Size;
use super::dice::Dice;
use super::ranges::{Families, Range, spell, without};

/// A zone and what it holds.
pub struct Zone {
    pub name: String,
    pub parent: Option<usize>,
    /// Its `hosts` clauses.
    pub clauses: Vec<Clause>,
    /// What is in it in the end.
    pub holds: Families,
}

/// One `hosts` clause.
#[derive(Default)]
pub struct Clause {
    pub hosts: Vec<String>,
    pub except: Vec<String>,
    /// Zones taken away.
    pub except_zones: Vec<usize>,
}

// Words of the language and of rule sets, names that a joining of names could confuse, and the two longest that differ
// only at their end.
const NAMES: [&str; 22] = [
    "in",
    "log",
    "drop",
    "accept",
    "inet",
    "a--b",
    "x_to",
    "x",
    "to",
    "to_x",
    "any4",
    "forward",
    "from_x",
    "ip",
    "ip6",
    "hosts",
    "a__b",
    "counter",
    "Office",
    "tcp",
    "n23456789-123456789-123456789-123456789-123456789-123456789-12a",
    "n23456789-123456789-123456789-123456789-123456789-123456789-12b",
];

/// Where blocks are taken from, one after the other, so that neighbours touch: the first block's first address. Some
/// are public (`internet` is cut), some straddle the edge between public and special-purpose space.
const POOLS4: [Ipv4Addr; 7] = [
    Ipv4Addr::new(10, 20, 0, 0),
    Ipv4Addr::new(45, 60, 0, 0),
    Ipv4Addr::new(192, 168, 0, 0),
    Ipv4Addr::new(198, 51, 96, 0),
    Ipv4Addr::new(172, 16, 0, 0),
    Ipv4Addr::new(100, 63, 240, 0),
    Ipv4Addr::new(9, 255, 240, 0),
];
const POOLS6: [Ipv6Addr; 5] = [
    Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0),
    Ipv6Addr::new(0x2a00, 0x1450, 0, 0, 0, 0, 0, 0),
    Ipv6Addr::new(0xfd00, 0x10, 0, 0, 0, 0, 0, 0),
    Ipv6Addr::new(0x2001, 0x1ff, 0xffff, 0, 0, 0, 0, 0),
    Ipv6Addr::new(0x3ffe, 0xffff, 0xffff, 0, 0, 0, 0, 0),
];
/// A /20 and a /48.
const BLOCK: [u128; 2] = [1 << 12, 1 << 80];

/// Draws all zones. A zone's parent stands before it.
pub fn draw(dice: &mut Dice, size: Size) -> Vec<Zone> {
    let mut names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    dice.shuffle(&mut names);
    names.truncate(size.zones * 2);
    let mut spare = (1..).map(|number| format!("zone-{number}"));
    let mut name = move |dice: &mut Dice| {
        if dice.chance(60) { names.pop() } else { None }.unwrap_or_else(|| spare.next().expect("endless"))
    };
    let mut taken = [[0; POOLS4.len()], [0; POOLS4.len()]];
    let mut zones = Vec::new();
    for number in 0..size.zones {
        // The first three are of one family, of the other, and of both, where there is room for that.
        let families = match number {
            0 if size.zones > 3 => [true, false],
            1 if size.zones > 3 => [false, true],
            2 => [true, true],
            _ => *dice.pick(&[[true, false], [true, false], [false, true], [true, true], [true, true], [true, true]]),
        };
        let blocks = [0, 1].map(|family| families[family].then(|| block(dice, family, &mut taken[family])));
        top(dice, blocks, size, &mut name, &mut zones);
    }
    zones
}

fn block(dice: &mut Dice, family: usize, taken: &mut [u128]) -> Range {
    let pools = if family == 0 { POOLS4.len() } else { POOLS6.len() };
    let pool = dice.below(pools as u64) as usize;
    let start = if family == 0 { u128::from(u32::from(POOLS4[pool])) } else { u128::from(POOLS6[pool]) };
    let first = start + taken[pool] * BLOCK[family];
    taken[pool] += 1;
    (first, first + BLOCK[family] - 1)
}

/// A zone of its own blocks, what is cut out of it for another zone, and what is inside it.
fn top(
    dice: &mut Dice,
    blocks: [Option<Range>; 2],
    size: Size,
    name: &mut impl FnMut(&mut Dice) -> String,
    zones: &mut Vec<Zone>,
) {
    let number = zones.len();
    let mut zone = Zone { name: name(dice), parent: None, clauses: Vec::new(), holds: Families::default() };
    if dice.chance(15) {
        // The whole block, less a zone that lies in the middle of it.
        let mut hole =
            Zone { name: name(dice), parent: None, clauses: vec![Clause::default()], holds: Families::default() };
        let mut clause = Clause { except_zones: vec![number + 1], ..Clause::default() };
        for (family, (first, last)) in blocks.iter().enumerate().filter_map(|(family, block)| Some((family, (*block)?)))
        {
            let sixteenth = (last - first).div_ceil(16);
            let cut = (first + sixteenth * (1 + dice.below_wide(8)), first + sixteenth * 12 - 1 - dice.below_wide(3));
            clause.hosts.push(spell(dice, family, (first, last)));
            hole.clauses[0].hosts.push(spell(dice, family, cut));
            hole.holds[family] = vec![cut];
            zone.holds[family] = without(&[(first, last)], &[cut]);
        }
        zone.clauses.push(clause);
        zones.push(zone);
        zones.push(hole);
    } else {
        let mut one = Clause::default();
        let apart = dice.chance(40);
        for (family, block) in blocks.iter().enumerate().filter_map(|(family, block)| Some((family, (*block)?))) {
            let (hosts, holes) = shape(dice, block);
            for range in &hosts {
                one.hosts.push(spell(dice, family, *range));
            }
            for range in &holes {
                one.except.push(spell(dice, family, *range));
            }
            zone.holds[family] = without(&hosts, &holes);
            if apart {
                zone.clauses.push(std::mem::take(&mut one));
            }
        }
        if !apart {
            zone.clauses.push(one);
        }
        zones.push(zone);
    }
    if dice.chance(size.nesting) {
        for inner in inside(dice, number, name, zones) {
            if dice.chance(size.nesting) {
                inside(dice, inner, name, zones);
            }
        }
    }
}

/// What a zone hosts of its block, and the holes in that.
fn shape(dice: &mut Dice, (first, last): Range) -> (Vec<Range>, Vec<Range>) {
    let middle = first + (last - first) / 2;
    match dice.below(7) {
        0 => (vec![(first, last)], vec![]),
        1 => (vec![(first, first + (last - first) / 4)], vec![]),
        2 => (vec![(first + 1 + dice.below_wide(300), last - dice.below_wide(300))], vec![]),
        3 => (dice.some(&[(first, first), (first + 1, first + 1), (middle, middle), (last, last)], 3), vec![]),
        4 => {
            let sixteenth = (last - first).div_ceil(16);
            let from = first + 3 + dice.below_wide(9);
            let holes = [
                (first, first),
                (last, last),
                (from, from + 14),
                (middle + 1, middle + sixteenth),
                (last - 9, last - 9),
            ];
            let count = 1 + dice.below(3) as usize;
            (vec![(first, last)], dice.some(&holes, count))
        }
        5 => (vec![(first, middle), (middle + 1, last)], vec![]),
        _ => (vec![(first + 16, first + 31), (middle - 5, middle + 7), (last - 1, last - 1)], vec![]),
    }
}

/// Puts one or two zones into a zone; says which.
fn inside(
    dice: &mut Dice,
    parent: usize,
    name: &mut impl FnMut(&mut Dice) -> String,
    zones: &mut Vec<Zone>,
) -> Vec<usize> {
    let way = dice.below(4);
    let mut parts = vec![Families::default(), Families::default()];
    for (family, ranges) in zones[parent].holds.iter().enumerate() {
        for &(first, last) in ranges {
            let middle = first + (last - first) / 2;
            match way {
                // Two that fill the parent.
                0 => {
                    parts[0][family].push((first, middle));
                    parts[1][family].extend((middle < last).then_some((middle + 1, last)));
                }
                // One that leaves the last address of each range, and a second that is just the first one.
                1 => {
                    parts[0][family].extend((first + 1 < last).then(|| (first + 1, last - 1)));
                    parts[1][family].push((first, first));
                }
                // One in the middle.
                2 => parts[0][family].push((first + (middle - first) / 2, middle)),
                // One at the end, of some ranges only.
                _ => parts[0][family].extend(dice.chance(60).then_some((last - (last - middle) / 3, last))),
            }
        }
    }
    let mut made = Vec::new();
    for holds in parts.into_iter().filter(|part| part.iter().any(|ranges| !ranges.is_empty())) {
        let mut clause = Clause::default();
        for (family, ranges) in holds.iter().enumerate() {
            clause.hosts.extend(ranges.iter().map(|range| spell(dice, family, *range)));
        }
        made.push(zones.len());
        zones.push(Zone { name: name(dice), parent: Some(parent), clauses: vec![clause], holds });
    }
    made
}

/// A zone as it stands in a policy.
pub fn write(zone: &Zone, zones: &[Zone]) -> String {
    let inside = zone.parent.map_or(String::new(), |parent| format!(" in {}", zones[parent].name));
    let mut text = format!("zone {}{inside} {{", zone.name);
    for clause in &zone.clauses {
        text += &format!("\n  hosts {}", clause.hosts.join(", "));
        let holes = clause.except_zones.iter().map(|&hole| zones[hole].name.clone());
        let except: Vec<String> = clause.except.iter().cloned().chain(holes).collect();
        if !except.is_empty() {
            text += &format!(" except {}", except.join(", "));
        }
    }
    text + "\n}"
}
