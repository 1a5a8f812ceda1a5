//! A program in lines, for tests.

use super::Read;
use crate::rules::program::{Action, Addresses, Condition, Entries, Program, SetId, Value, Verdict};
use std::fmt::Write;

fn set(program: &Program, set: SetId) -> String {
    fn all<T: std::fmt::Display + PartialEq>(ranges: &[(T, T)]) -> String {
        let one = |(low, high): &(T, T)| if low == high { low.to_string() } else { format!("{low}-{high}") };
        ranges.iter().map(one).collect::<Vec<_>>().join(", ")
    }
    match &program.sets[set.0 as usize] {
        Addresses::V4(ranges) => format!("v4 {{{}}}", all(ranges)),
        Addresses::V6(ranges) => format!("v6 {{{}}}", all(ranges)),
    }
}

fn verdict(program: &Program, verdict: Verdict) -> String {
    match verdict {
        Verdict::Jump(chain) => format!("jump {}", program.chains[chain.0 as usize].name),
        Verdict::Goto(chain) => format!("goto {}", program.chains[chain.0 as usize].name),
        other => format!("{other:?}").to_lowercase(),
    }
}

fn value(program: &Program, value: Value) -> String {
    match value {
        Value::Number(number) => format!("{:x}:{:x}", number >> 16, number & 0xffff),
        Value::Verdict(found) => verdict(program, found),
    }
}

fn services(keys: &[(u32, u32)]) -> String {
    let key = |key: u32| format!("{}/{}", key >> 16, key & 0xffff);
    let one = |(low, high): &(u32, u32)| if low == high { key(*low) } else { format!("{}-{}", key(*low), key(*high)) };
    keys.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Names, or all but those.
fn interfaces(names: &[(u128, u128)]) -> String {
    let name = |packed: u128| {
        let bytes = packed.to_be_bytes();
        String::from_utf8_lossy(bytes.split(|byte| *byte == 0).next().unwrap_or_default()).into_owned()
    };
    let single = names.iter().all(|(low, high)| low == high);
    let gaps = || names.windows(2).map(|pair| name(pair[0].1 + 1)).collect::<Vec<_>>();
    let (but, all) = if single { ("", names.iter().map(|n| name(n.0)).collect()) } else { ("all but ", gaps()) };
    format!("{but}{{{}}}", all.join(", "))
}

fn condition(program: &Program, condition: &Condition) -> String {
    match condition {
        Condition::Source(found) => format!("source in {}", set(program, *found)),
        Condition::Destination(found) => format!("destination in {}", set(program, *found)),
        Condition::Service(keys) => format!("service in {{{}}}", services(keys)),
        Condition::Interface(names) => format!("comes in by {}", interfaces(names)),
        Condition::Leaving(names) => format!("leaves by {}", interfaces(names)),
        other => format!("{other:?}"),
    }
}

fn map(program: &Program, index: usize, names: bool) -> String {
    let map = &program.maps[index];
    let mut text = if names { format!("{} ", map.name) } else { String::new() };
    let mut one = |key: String, found: Value| {
        let _ = write!(text, "{key} : {}, ", value(program, found));
    };
    match &map.entries {
        Entries::V4(entries) => entries.iter().for_each(|(low, high, found)| one(format!("{low}-{high}"), *found)),
        Entries::V6(entries) => entries.iter().for_each(|(low, high, found)| one(format!("{low}-{high}"), *found)),
        Entries::Number(entries) => {
            entries.iter().for_each(|(low, high, found)| one(format!("{low:x}-{high:x}"), *found))
        }
    }
    if let Some(default) = map.default {
        one("*".to_owned(), default);
    }
    text
}

/// Everything by what it means: no ids, sets and maps where they are used, chains by name.
pub(crate) fn program(read: &Read, places: bool) -> String {
    let program = &read.program;
    let mut text = String::new();
    for hook in &program.hooks {
        let chain = &program.chains[hook.chain.0 as usize];
        let _ = writeln!(
            text,
            "hook {} {} priority {} policy {:?} family {:?}",
            chain.table, chain.name, hook.priority, hook.policy, hook.family
        );
    }
    let mut chains: Vec<_> = program.chains.iter().collect();
    chains.sort_by(|a, b| (&a.table, &a.name).cmp(&(&b.table, &b.name)));
    for chain in chains {
        let _ = writeln!(text, "chain {} {}", chain.table, chain.name);
        for rule in &chain.rules {
            let conditions: Vec<String> = rule.conditions.iter().map(|found| condition(program, found)).collect();
            let action = match &rule.action {
                Action::Verdict(found) => verdict(program, *found),
                Action::Lookup { key, map: index } => {
                    format!("look {key:?} up in [{}]", map(program, index.0 as usize, false))
                }
                Action::LookupNumber { key, map: index } => {
                    format!("number = {key:?} in [{}]", map(program, index.0 as usize, false))
                }
                Action::SetNumber(number) => format!("number = {:x}:{:x}", number >> 16, number & 0xffff),
                Action::Unknown(text) => format!("UNKNOWN {text}"),
            };
            let at = if places { format!("{:4}: ", rule.at) } else { "  ".to_owned() };
            let conditions = if conditions.is_empty() { "always".to_owned() } else { conditions.join(" & ") };
            let _ = writeln!(text, "{at}{conditions} => {action}");
        }
    }
    text
}
