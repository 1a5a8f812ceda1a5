//! What a program does with a packet, every way it may go. Where a condition, an action or the packet's number is not
//! known there are several ways, each with the rules that decided.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use segc_backends::rules::program::{
    Action, Addresses, ChainId, Condition, Entries, Family, Key, MapId, Program, Rule, Value, Verdict,
};

use super::Packet;
use crate::packets::Error;

/// Chains nested deeper are refused.
const DEEPEST: usize = 64;

/// Rules that are asked for one packet: more than any rule set that can be read has, unless it leads many numbers through
/// many chains.
const MOST_STEPS: u64 = 1 << 28;

/// A rule, by its index in its chain; one past the last stands for the policy of the hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// The chain.
    pub chain: ChainId,
    /// The rule.
    pub rule: usize,
}

/// The ways that a packet may go.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// The jumps and the deciding rule of each hook, on a way on which all hooks accept. `None`: there is no such way.
    pub accepted: Option<Vec<Step>>,
    /// The same for a way on which it is dropped. If both are `Some`, it is not known what happens.
    pub dropped: Option<Vec<Step>>,
    /// Rules that it came to and of which it is not known what they do to it.
    pub unknown: BTreeSet<Step>,
    /// How many rules were asked.
    pub steps: u64,
}

/// A number of the packet; `None` is unknown.
type Number = Option<u32>;

/// How each number that the packet may have came about.
type Ways = BTreeMap<Number, Vec<Step>>;

/// What may become of a packet that enters a chain.
#[derive(Clone, Default)]
struct Ends {
    accepted: Ways,
    dropped: Option<Vec<Step>>,
    back: Ways,
}

struct Walk<'a> {
    program: &'a Program,
    packet: &'a Packet,
    known: BTreeMap<(ChainId, Number), Ends>,
    unknown: BTreeSet<Step>,
    steps: u64,
}

/// Whether a rule is met.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Met {
    No,
    Maybe,
    Yes,
}

/// Sends a packet through all hooks of its family.
///
/// # Errors
/// A loop, jumps nested too deep, or too much work.
pub fn trace(program: &Program, packet: &Packet) -> Result<Trace, Error> {
    let family = if packet.source.is_ipv4() { Family::V4 } else { Family::V6 };
    let mut walk = Walk { program, packet, known: BTreeMap::new(), unknown: BTreeSet::new(), steps: 0 };
    let mut live: Ways = BTreeMap::from([(None, Vec::new())]);
    let mut dropped: Option<Vec<Step>> = None;
    for hook in program.hooks.iter().filter(|hook| hook.family.is_none_or(|f| f == family)) {
        let mut next = Ways::new();
        for (number, before) in &live {
            let joined = |steps: &Vec<Step>| before.iter().chain(steps).copied().collect::<Vec<_>>();
            let ends = walk.chain(hook.chain, *number, 0)?;
            for (number, steps) in &ends.accepted {
                next.entry(*number).or_insert_with(|| joined(steps));
            }
            if let Some(steps) = &ends.dropped {
                dropped.get_or_insert_with(|| joined(steps));
            }
            let last = Step { chain: hook.chain, rule: program.chains[hook.chain.0 as usize].rules.len() };
            for number in ends.back.keys() {
                if hook.policy == Verdict::Accept {
                    next.entry(*number).or_insert_with(|| joined(&vec![last]));
                } else {
                    dropped.get_or_insert_with(|| joined(&vec![last]));
                }
            }
        }
        live = next;
    }
    Ok(Trace { accepted: live.into_values().next(), dropped, unknown: walk.unknown, steps: walk.steps })
}

impl Walk<'_> {
    fn chain(&mut self, id: ChainId, number: Number, depth: usize) -> Result<Ends, Error> {
        if let Some(ends) = self.known.get(&(id, number)) {
            return Ok(ends.clone());
        }
        let chain = &self.program.chains[id.0 as usize];
        if depth > DEEPEST {
            return Err(Error::TooDeep { chain: chain.name.clone(), jumps: depth });
        }
        let mut ends = Ends::default();
        let mut live = BTreeSet::from([number]);
        for (at, rule) in chain.rules.iter().enumerate() {
            let here = Step { chain: id, rule: at };
            self.steps += live.len() as u64;
            if self.steps > MOST_STEPS {
                return Err(Error::TooMuchWork { steps: MOST_STEPS });
            }
            // What asks for another packet, as most rules do, changes nothing.
            if self.is_other(rule) {
                continue;
            }
            let mut next = BTreeSet::new();
            for number in live {
                let met = self.met(rule, number);
                let (actions, sure) = match met {
                    Met::No => (Vec::new(), false),
                    _ => self.actions(rule, number),
                };
                if met == Met::Maybe || met == Met::Yes && !sure {
                    self.unknown.insert(here);
                }
                if met != Met::Yes {
                    next.insert(number);
                }
                for action in actions {
                    self.act(action, here, number, depth, &mut ends, &mut next)?;
                }
            }
            live = next;
        }
        for number in live {
            ends.back.entry(number).or_default();
        }
        self.known.insert((id, number), ends.clone());
        Ok(ends)
    }

    fn act(
        &mut self,
        action: Act,
        here: Step,
        number: Number,
        depth: usize,
        ends: &mut Ends,
        next: &mut BTreeSet<Number>,
    ) -> Result<(), Error> {
        match action {
            Act::Number(number) => {
                next.insert(number);
            }
            Act::Verdict(Verdict::Continue) => {
                next.insert(number);
            }
            Act::Anything => {
                // Its number may be another whichever way it goes on.
                ends.accepted.entry(None).or_insert_with(|| vec![here]);
                ends.dropped.get_or_insert_with(|| vec![here]);
                ends.back.entry(None).or_insert_with(|| vec![here]);
                next.extend([number, None]);
            }
            Act::Verdict(Verdict::Accept) => {
                ends.accepted.entry(number).or_insert_with(|| vec![here]);
            }
            Act::Verdict(Verdict::Drop) => {
                ends.dropped.get_or_insert_with(|| vec![here]);
            }
            Act::Verdict(Verdict::Return) => {
                ends.back.entry(number).or_insert_with(|| vec![here]);
            }
            Act::Verdict(verdict @ (Verdict::Jump(target) | Verdict::Goto(target))) => {
                let below = self.chain(target, number, depth + 1)?;
                let joined = |steps: Vec<Step>| [vec![here], steps].concat();
                for (number, steps) in below.accepted {
                    ends.accepted.entry(number).or_insert_with(|| joined(steps));
                }
                if let Some(steps) = below.dropped {
                    ends.dropped.get_or_insert_with(|| joined(steps));
                }
                for (number, steps) in below.back {
                    if matches!(verdict, Verdict::Jump(_)) {
                        next.insert(number);
                    } else {
                        ends.back.entry(number).or_insert_with(|| joined(steps));
                    }
                }
            }
        }
        Ok(())
    }

    /// Does it ask for other addresses or services than the packet's?
    fn is_other(&self, rule: &Rule) -> bool {
        rule.conditions.iter().any(|condition| match condition {
            Condition::Source(set) => !contains(&self.program.sets[set.0 as usize], self.packet.source),
            Condition::Destination(set) => !contains(&self.program.sets[set.0 as usize], self.packet.destination),
            Condition::Service(keys) => found(keys, self.packet.key, |k| (k.0, k.1)).is_none(),
            _ => false,
        })
    }

    fn met(&self, rule: &Rule, number: Number) -> Met {
        let yes = |holds: bool| if holds { Met::Yes } else { Met::No };
        let only_drops = rule.action == Action::Verdict(Verdict::Drop);
        // An unknown number is in some interval of all lists, unless there is none, and surely only if that is all.
        let lists = rule.conditions.iter().filter_map(|condition| match condition {
            Condition::Number(intervals) => Some(intervals),
            _ => None,
        });
        let numbers = match lists.fold(vec![(0, u32::MAX)], |all, list| in_both(&all, list)) {
            none if none.is_empty() => Met::No,
            all if covers_all(&all) => Met::Yes,
            _ => Met::Maybe,
        };
        let each = rule.conditions.iter().map(|condition| match condition {
            Condition::Family(family) => yes((*family == Family::V4) == self.packet.source.is_ipv4()),
            Condition::Source(set) => yes(contains(&self.program.sets[set.0 as usize], self.packet.source)),
            Condition::Destination(set) => yes(contains(&self.program.sets[set.0 as usize], self.packet.destination)),
            Condition::Service(keys) => yes(found(keys, self.packet.key, |k| (k.0, k.1)).is_some()),
            Condition::Number(intervals) => match number {
                Some(number) => yes(intervals.iter().any(|i| i.0 <= number && number <= i.1)),
                None => numbers,
            },
            Condition::Time { since, before } => {
                yes(since.is_none_or(|s| s <= self.packet.time) && before.is_none_or(|b| self.packet.time < b))
            }
            Condition::Never => Met::No,
            Condition::Connection(kinds) => yes(kinds.holds_first()),
            Condition::Runtime(_) if only_drops => Met::No,
            Condition::Runtime(_)
            | Condition::Interface(_)
            | Condition::Leaving(_)
            | Condition::SourcePort(_)
            | Condition::Unknown(_) => Met::Maybe,
        });
        each.min().unwrap_or(Met::Yes)
    }

    /// What the rule may do, and whether that is sure.
    fn actions(&self, rule: &Rule, number: Number) -> (Vec<Act>, bool) {
        let (key, map) = match &rule.action {
            Action::Verdict(verdict) => return (vec![Act::Verdict(*verdict)], true),
            Action::SetNumber(number) => return (vec![Act::Number(Some(*number))], true),
            Action::Unknown(_) => return (vec![Act::Anything], false),
            Action::Lookup { key, map } | Action::LookupNumber { key, map } => (*key, *map),
        };
        let found = match key {
            Key::Source => self.look_up(map, self.packet.source),
            Key::Destination => self.look_up(map, self.packet.destination),
            Key::Number => {
                let map = &self.program.maps[map.0 as usize];
                let Entries::Number(entries) = &map.entries else { return (vec![Act::Number(number)], true) };
                match number {
                    Some(number) => found(entries, number, |e| (e.0, e.1)).map(|e| e.2).or(map.default),
                    None => {
                        let mut all: Vec<Act> = entries.iter().map(|e| act(e.2)).collect();
                        all.push(map.default.map_or(Act::Number(None), act));
                        return (all, false);
                    }
                }
            }
        };
        (vec![found.map_or(Act::Number(number), act)], true)
    }

    fn look_up(&self, map: MapId, address: IpAddr) -> Option<Value> {
        let map = &self.program.maps[map.0 as usize];
        let entry = match (&map.entries, address) {
            (Entries::V4(all), IpAddr::V4(a)) => found(all, a, |e| (e.0, e.1)).map(|e| e.2),
            (Entries::V6(all), IpAddr::V6(a)) => found(all, a, |e| (e.0, e.1)).map(|e| e.2),
            _ => return None,
        };
        entry.or(map.default)
    }
}

/// One thing that a rule may do.
#[derive(Clone, Copy)]
enum Act {
    Verdict(Verdict),
    Number(Number),
    Anything,
}

fn act(value: Value) -> Act {
    match value {
        Value::Number(number) => Act::Number(Some(number)),
        Value::Verdict(verdict) => Act::Verdict(verdict),
    }
}

fn in_both(a: &[(u32, u32)], b: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let each = a.iter().flat_map(|x| b.iter().map(move |y| (x.0.max(y.0), x.1.min(y.1))));
    each.filter(|both| both.0 <= both.1).collect()
}

fn covers_all(intervals: &[(u32, u32)]) -> bool {
    let mut next = Some(0);
    for &(low, high) in intervals {
        if next.is_none_or(|next| low > next) {
            break;
        }
        next = high.checked_add(1);
    }
    next.is_none()
}

fn contains(set: &Addresses, address: IpAddr) -> bool {
    match (set, address) {
        (Addresses::V4(ranges), IpAddr::V4(a)) => found(ranges, a, |r| *r).is_some(),
        (Addresses::V6(ranges), IpAddr::V6(a)) => found(ranges, a, |r| *r).is_some(),
        _ => false,
    }
}

/// What holds the wanted one, of inclusive ranges that are sorted and disjoint.
fn found<E, N: Ord>(ranges: &[E], wanted: N, range: impl Fn(&E) -> (N, N)) -> Option<&E> {
    let below = ranges.partition_point(|entry| range(entry).0 <= wanted);
    ranges[..below].last().filter(|entry| wanted <= range(entry).1)
}
