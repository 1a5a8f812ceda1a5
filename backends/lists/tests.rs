//! Entries decide like the rules they come from, whatever they are asked.

use super::{End, entries, origin};
use crate::rules::by_name::{Policy, tcp};
use crate::rules::{Arrival, ClassId, Origin, RuleSet};

/// Addresses that stand for each class, and one that is in none.
const PROBES: [(&str, u32); 5] =
    [("a", 0x0a00_0001), ("b", 0x0a00_0002), ("c", 0x0a00_0003), ("internet", 0xcb00_7101), ("", 0x0a00_0009)];

fn policy() -> RuleSet {
    let policy = Policy::new().hosts(&["a", "b", "c"]).outside("internet", "203.0.113.0-203.0.113.255");
    policy
        .term("all", "a b c internet")
        .term("ours", "a b c")
        .allow("a", "b", &[tcp(1)])
        .allow("ours except c", "internet", &[tcp(2)])
        .allow("internet", "c", &[tcp(3)])
        .allow("all", "a", &[tcp(4)])
        .allow("b", "all", &[tcp(5)])
        .done()
}

fn behind(rules: &RuleSet, names: &str) -> Arrival {
    let id = |name: &str| ClassId(rules.classes.iter().position(|c| c.name == name).expect("a class") as u32);
    let mut classes: Vec<ClassId> = names.split_whitespace().map(id).collect();
    classes.sort_unstable();
    Arrival { name: "x".to_owned(), interfaces: vec![("x".to_owned(), Origin { file: 0, line: 1 })], classes }
}

fn holds(rules: &RuleSet, end: &End, address: u32) -> bool {
    end.ranges(rules).v4.iter().any(|r| r.0 <= address && address <= r.1)
}

/// What the rules say, without entries.
fn allowed(rules: &RuleSet, from: &str, to: &str, line: u32) -> bool {
    let class = |name: &str| rules.classes.iter().position(|c| c.name == name).map(|at| ClassId(at as u32));
    let (Some(from), Some(to)) = (class(from), class(to)) else { return false };
    let has = |ends: &crate::rules::Ends, class: ClassId| {
        rules.terms[ends.term.0 as usize].classes.contains(&class) && !ends.except.contains(&class)
    };
    rules.rules.iter().any(|rule| rule.origin.line == line && has(&rule.from, from) && has(&rule.to, to))
}

fn check(behind_from: Option<&str>, behind_to: Option<&str>) {
    let rules = policy();
    let (from, to) = (behind_from.map(|n| behind(&rules, n)), behind_to.map(|n| behind(&rules, n)));
    let list = entries(&rules, from.as_ref(), to.as_ref(), true);
    let within =
        |names: Option<&str>, name: &str| names.is_none_or(|names| names.split_whitespace().any(|n| n == name));
    for (source, a) in PROBES {
        for (destination, b) in PROBES {
            for line in 1..=5 {
                for reply in [false, true] {
                    // Each rule has a service of its own, so an entry of another rule never decides; a denial does.
                    let first = list.iter().find(|e| {
                        holds(&rules, &e.from, a)
                            && holds(&rules, &e.to, b)
                            && e.permits.is_none_or(|p| p.rule.origin.line == line && p.reply == reply)
                    });
                    let passes = first.is_some_and(|entry| entry.permits.is_some());
                    let (x, y) = if reply { (destination, source) } else { (source, destination) };
                    let meant =
                        allowed(&rules, x, y, line) && within(behind_from, source) && within(behind_to, destination);
                    assert_eq!(passes, meant, "{source} -> {destination}, rule {line}, reply {reply}: {list:?}");
                }
            }
        }
    }
}

#[test]
fn entries_decide_like_the_rules() {
    let groups = [None, Some("a"), Some("b c"), Some("internet"), Some("a internet"), Some("")];
    for from in groups {
        for to in groups {
            check(from, to);
        }
    }
}

#[test]
fn an_origin_names_the_line_and_the_zones() {
    let rules = policy();
    let first = rules.rules.iter().find(|rule| rule.origin.line == 2).expect("the second rule");
    assert_eq!(origin(&rules, first), "zones.seg:2 ours -> internet");
}
