//! Random policies without dates, so that every moment is like any other, and rule sets with one mistake in them.

use jiff::civil::Date;
use segc::model::Model;
use segc::source::Sources;

use crate::mutations::changes;
use crate::random_policy::dice::Dice;
use crate::random_policy::{Size, policy_at};

/// A changed text.
pub struct Mutant {
    /// What was done to it, with the lines that it was done to.
    pub what: String,
    /// As it is then.
    pub text: String,
}

/// A small policy.
pub fn policy(seed: u64, day: Date) -> String {
    let text = policy_at(seed, Size::SMALL, day);
    let pieces: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    let mut kept = String::new();
    let mut at = 0;
    while at < pieces.len() {
        // Some zones are called like these words.
        let next = (at + 1..pieces.len()).find(|&next| !pieces[next].trim().is_empty());
        match next.filter(|&next| pieces[next].trim().parse::<Date>().is_ok()) {
            Some(next) if matches!(pieces[at].trim(), "from" | "until") => at = next,
            _ => kept.push_str(pieces[at]),
        }
        at += 1;
    }
    kept
}

/// What is written for the policy, and so many texts that differ from it in one line or two neighbours.
pub fn drawn(model: &Model<'_>, sources: &Sources, day: Date, seed: u64, count: usize) -> Vec<Mutant> {
    let rules = segc::lower::lower(model, sources, day);
    let backend = segc_backends::BACKENDS.iter().find(|b| b.name() == "nftables").expect("it is there");
    let text = backend.render(&rules).remove(0).text;
    let lines: Vec<&str> = text.lines().collect();
    let mut dice = Dice::new(seed);
    let mut all = vec![Mutant { what: "as it is".to_owned(), text: text.clone() }];
    // The table that outlives a reload, and what makes the others anew, is the same for all policies.
    let start = lines.iter().position(|line| *line == "table inet segc {").expect("the table");
    while all.len() <= count {
        let at = start + dice.below((lines.len() - start) as u64) as usize;
        let line = lines[at];
        // Of braces and types, and of the many ranges that are denied or lead to the internet, a few are enough.
        let bare = ["type ", "flags ", "elements ", "}", "map ", "set ", "chain "];
        let bare = bare.iter().any(|start| line.trim_start().starts_with(start));
        let dull = (bare || line.contains("internet") || line.contains("deny_")) && dice.chance(90);
        if line.trim().is_empty() || line.trim_start().starts_with('#') || dull {
            continue;
        }
        let mut mutated = lines.clone();
        let mut what = format!("line {}: {line}", at + 1);
        let changed = changes(line);
        match dice.below(8) {
            0 => _ = mutated.remove(at),
            1 => mutated.insert(at, line),
            2 | 3 if at + 1 < lines.len() => {
                mutated.swap(at, at + 1);
                what = format!("{what} behind {}", lines[at + 1]);
            }
            _ if changed.is_empty() => continue,
            _ => {
                let to = dice.pick(&changed);
                mutated[at] = to;
                what = format!("{what} -> {to}");
                all.push(Mutant { what, text: mutated.join("\n") + "\n" });
                continue;
            }
        }
        all.push(Mutant { what, text: mutated.join("\n") + "\n" });
    }
    all
}
