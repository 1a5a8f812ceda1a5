//! Allow statements with lists, groups, `any`, `internet` and `except` on both sides. A pair named outright must share
//! a family and nothing may be left empty, so a statement is drawn again until that holds.

use jiff::ToSpan;
use jiff::civil::Date;

use super::Size;
use super::dice::Dice;
use super::ranges::{Range, without};
use super::services::{self, Service};
use super::zones::Zone;

/// A group.
pub struct Group {
    pub name: String,
    pub members: Vec<usize>,
}

/// Groups of two to four zones, which may overlap.
pub fn groups(dice: &mut Dice, size: Size, zones: &[Zone]) -> Vec<Group> {
    let all: Vec<usize> = (0..zones.len()).collect();
    let draw = |number| {
        let count = 2 + dice.below(3) as usize;
        Group { name: format!("group-{number}"), members: dice.some(&all, count) }
    };
    (1..=size.groups).map(draw).collect()
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Item {
    Zone(usize),
    Group(usize),
    Any,
    Internet,
}

/// A place that a name stands for: a zone, or `internet`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Zone(usize),
    Internet,
}

struct Side {
    items: Vec<Item>,
    except: Vec<Item>,
}

struct Names<'a> {
    zones: &'a [Zone],
    groups: &'a [Group],
}

impl Names<'_> {
    fn places(&self, item: Item) -> Vec<Place> {
        match item {
            Item::Zone(zone) => vec![Place::Zone(zone)],
            Item::Group(group) => self.groups[group].members.iter().map(|&zone| Place::Zone(zone)).collect(),
            Item::Any => (0..self.zones.len()).map(Place::Zone).chain([Place::Internet]).collect(),
            Item::Internet => vec![Place::Internet],
        }
    }

    /// In which families something is left of a place when a list's `except` is cut out.
    fn left(&self, place: Place, except: &[Item]) -> [bool; 2] {
        let cut: Vec<Place> = except.iter().flat_map(|&item| self.places(item)).collect();
        let Place::Zone(zone) = place else { return [!cut.contains(&Place::Internet); 2] };
        [0, 1].map(|family| {
            let holes: Vec<Range> = cut
                .iter()
                .flat_map(|place| match place {
                    Place::Zone(hole) => self.zones[*hole].holds[family].clone(),
                    Place::Internet => Vec::new(),
                })
                .collect();
            !without(&self.zones[zone].holds[family], &holes).is_empty()
        })
    }

    /// The families in which a statement speaks of anything, or nothing where it is no valid one.
    fn families(&self, left: &Side, right: &Side) -> Option<[bool; 2]> {
        let itself = left.items.len() == 1 && left.items == right.items && matches!(left.items[0], Item::Zone(_));
        let mut shared = [false; 2];
        for &a in &left.items {
            for &b in &right.items {
                let outright = |item| matches!(item, Item::Zone(_) | Item::Internet);
                for from in self.places(a) {
                    for to in self.places(b) {
                        if from == to && (!itself || from == Place::Internet) {
                            if outright(a) && outright(b) && from == Place::Internet {
                                return None;
                            }
                            continue;
                        }
                        let (one, other) = (self.left(from, &left.except), self.left(to, &right.except));
                        let both = [one[0] && other[0], one[1] && other[1]];
                        if both == [false; 2] && outright(a) && outright(b) {
                            return None;
                        }
                        shared = [shared[0] | both[0], shared[1] | both[1]];
                    }
                }
            }
        }
        (shared != [false; 2]).then_some(shared)
    }

    fn spell(&self, side: &Side) -> String {
        let name = |item: &Item| match *item {
            Item::Zone(zone) => self.zones[zone].name.as_str(),
            Item::Group(group) => self.groups[group].name.as_str(),
            Item::Any => "any",
            Item::Internet => "internet",
        };
        let list = |items: &[Item]| items.iter().map(name).collect::<Vec<_>>().join(", ");
        let except = if side.except.is_empty() { String::new() } else { format!(" except {}", list(&side.except)) };
        list(&side.items) + &except
    }

    fn side(&self, dice: &mut Dice) -> Side {
        let all: Vec<usize> = (0..self.zones.len()).collect();
        let zone = |dice: &mut Dice| Item::Zone(*dice.pick(&all));
        let group = |dice: &mut Dice| match self.groups.len() {
            0 => Item::Any,
            count => Item::Group(dice.below(count as u64) as usize),
        };
        match dice.below(14) {
            0..=4 => Side { items: vec![zone(dice)], except: vec![] },
            5..=6 => {
                let count = 2 + dice.below(2) as usize;
                Side { items: dice.some(&all, count).into_iter().map(Item::Zone).collect(), except: vec![] }
            }
            7 => Side { items: vec![group(dice)], except: vec![] },
            8 => Side { items: vec![Item::Any], except: vec![] },
            9 => {
                let count = 1 + dice.below(2) as usize;
                let mut except: Vec<Item> = dice.some(&all, count).into_iter().map(Item::Zone).collect();
                except.extend(dice.chance(30).then_some(Item::Internet));
                Side { items: vec![Item::Any], except }
            }
            10 => Side { items: vec![Item::Internet], except: vec![] },
            11 => {
                // A zone without one of its children, where it has one.
                let inner: Vec<usize> = all.iter().copied().filter(|&zone| self.zones[zone].parent.is_some()).collect();
                match inner.is_empty() {
                    true => Side { items: vec![zone(dice)], except: vec![] },
                    false => {
                        let child = *dice.pick(&inner);
                        let parent = self.zones[child].parent.expect("it is inner");
                        Side { items: vec![Item::Zone(parent)], except: vec![Item::Zone(child)] }
                    }
                }
            }
            12 => {
                let whole = group(dice);
                let except = match whole {
                    Item::Group(group) => vec![Item::Zone(*dice.pick(&self.groups[group].members))],
                    _ => vec![],
                };
                Side { items: vec![whole], except }
            }
            _ => Side { items: vec![group(dice), Item::Internet], except: vec![] },
        }
    }
}

/// Draws the statements. So that every zone is asked for, the first ones name one zone after the other.
pub fn draw(
    dice: &mut Dice,
    size: Size,
    zones: &[Zone],
    groups: &[Group],
    services: &[Service],
    day: Date,
) -> Vec<String> {
    let names = Names { zones, groups };
    let mut statements = Vec::new();
    // A draw that fits comes within a few tries; the bound only keeps a strange layout from spinning.
    for _ in 0..size.allows * 200 {
        if statements.len() == size.allows {
            break;
        }
        let itself = dice.chance(10);
        let mut left = names.side(dice);
        let mut right = names.side(dice);
        if statements.len() < zones.len() {
            left = Side { items: vec![Item::Zone(statements.len())], except: vec![] };
        }
        if itself {
            // `z -> z` pairs a zone with itself; `g -> g` and `any -> any` look alike and do not.
            let same = match dice.below(4) {
                0 if !groups.is_empty() => Item::Group(dice.below(groups.len() as u64) as usize),
                1 => Item::Any,
                _ => Item::Zone(dice.below(zones.len() as u64) as usize),
            };
            (left, right) = (Side { items: vec![same], except: vec![] }, Side { items: vec![same], except: vec![] });
        }
        let Some(families) = names.families(&left, &right) else { continue };
        let wanted = draw_services(dice, services, families);
        let arrow = *dice.pick(&["->", " -> ", "\n  -> "]);
        let clauses = clauses(dice, day);
        let (left, right) = (names.spell(&left), names.spell(&right));
        statements.push(format!("allow {left}{arrow}{right} : {} {{ {clauses} }}", wanted.join(", ")));
    }
    statements
}

/// One to three services that can match in these families.
fn draw_services(dice: &mut Dice, services: &[Service], families: [bool; 2]) -> Vec<String> {
    if dice.chance(4) {
        return vec!["any".to_owned()];
    }
    let mut wanted: Vec<String> = Vec::new();
    let count = 1 + dice.below(3) as usize;
    while wanted.len() < count {
        let (text, fits) = if !services.is_empty() && dice.chance(40) {
            let service = dice.pick(services);
            (service.name.clone(), service.families)
        } else {
            services::spec(dice)
        };
        if (families[0] && fits[0] || families[1] && fits[1]) && !wanted.contains(&text) {
            wanted.push(text);
        }
    }
    wanted
}

fn clauses(dice: &mut Dice, day: Date) -> String {
    let mut clauses = vec!["reason \"drawn\"".to_owned(), "owner \"tests\"".to_owned()];
    if dice.chance(40) {
        clauses.push("log".to_owned());
    }
    let mut from = None;
    if dice.chance(25) {
        let days = *dice.pick(&[-400, -1, 0, 0, 1]);
        from = Some(days);
        clauses.push(format!("from {}", day.saturating_add(days.days())));
    }
    if dice.chance(30) {
        let days = (*dice.pick(&[-1, 0, 0, 1, 400])).max(from.unwrap_or(-1));
        clauses.push(format!("until {}", day.saturating_add(days.days())));
    }
    dice.shuffle(&mut clauses);
    clauses.join(*dice.pick(&[" ", "  ", "\n  "]))
}
