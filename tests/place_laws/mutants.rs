//! Rules with one mistake in what may come in where: whatever lets another packet pass is no proof.

use segc::place::{Topology, place};
use segc::prove::is_placed;

use super::drawn;
use super::rules::{beside, doors, passes, read, text_of};
use crate::laws::compiled;
use crate::naive::Naive;
use crate::naive::packets::packets;
use crate::random_policy::DAY;
use crate::random_policy::dice::Dice;

/// The text with one line changed.
fn with(lines: &[&str], at: usize, line: Option<String>) -> String {
    let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    match line {
        Some(line) => lines[at] = line,
        None => {
            lines.remove(at);
        }
    }
    lines.join("\n") + "\n"
}

/// Each line that says what may come in where, changed: an interface that moves to another group or is forgotten, an
/// element dropped, and a judgement turned into its opposite.
fn mutants(text: &str, dice: &mut Dice) -> Vec<(String, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let moved = |line: &str, chain: &str| {
        let (name, _) = line.split_once(" : ").expect("an element of the map");
        format!("{name} : goto {chain},")
    };
    let groups: Vec<&str> = lines.iter().filter_map(|l| l.trim().strip_prefix("chain behind_")).collect();
    let mut all = Vec::new();
    let mut inside = false;
    for (at, line) in lines.iter().enumerate() {
        let word = line.trim();
        if word.starts_with("chain ") || word.starts_with("set ") || word.starts_with("map ") {
            inside = word.contains(" behind_");
        }
        if word.contains(" : goto behind_") {
            let others = groups.iter().map(|group| group.trim_end_matches(" {"));
            let others: Vec<&str> = others.filter(|group| !word.ends_with(&format!("behind_{group},"))).collect();
            if !others.is_empty() {
                let to = format!("behind_{}", dice.pick(&others));
                all.push((format!("{word} moved to {to}"), with(&lines, at, Some(moved(line, &to)))));
            }
            all.push((format!("{word} judged"), with(&lines, at, Some(moved(line, "judge")))));
            all.push((format!("{word} forgotten"), with(&lines, at, None)));
        } else if inside && word.ends_with(" goto judge") {
            all.push((format!("{word} spoofed"), with(&lines, at, Some(line.replace("goto judge", "goto spoofed")))));
        } else if word == "goto spoofed" {
            all.push((format!("{word} judged"), with(&lines, at, Some(line.replace("spoofed", "judge")))));
        } else if inside && word.ends_with(',') {
            all.push((format!("{word} dropped"), with(&lines, at, None)));
        }
    }
    dice.shuffle(&mut all);
    all.truncate(12);
    all
}

#[test]
fn a_mistake_in_what_may_come_in_where_is_no_proof() {
    let (mut caught, mut seen, mut equal) = (0, 0, 0);
    for seed in 6000..6025 {
        let text = drawn(seed);
        let naive = Naive::new(&text, DAY);
        let network = naive.network();
        let mut dice = Dice::new(seed);
        let packets = packets(&naive, seed, 60);
        compiled(&text, |model, sources| {
            for placed in place(model, &Topology::new(model)) {
                let firewall = super::name(model, &placed);
                let rules = text_of(model, sources, &placed);
                for (what, mutant) in mutants(&rules, &mut dice) {
                    let Some(read) = read(&mutant) else {
                        caught += 1;
                        continue;
                    };
                    let asked = doors(model, &placed).into_iter().flat_map(|by| packets.iter().map(move |p| (by, p)));
                    let mut asked = asked;
                    let differs = asked.any(|(by, packet)| {
                        passes(&read.program, by, packet) != Some(naive.crosses(&network, firewall, by, packet))
                    });
                    let proved = is_placed(model, DAY, &read, &placed, &beside(model, sources, &placed));
                    assert!(!(differs && proved), "{what}, in {firewall}\n{text}\n{mutant}");
                    seen += usize::from(differs);
                    caught += usize::from(!proved);
                    equal += usize::from(proved);
                }
            }
        });
    }
    println!("{caught} caught, {seen} of them seen by packets, {equal} that change nothing");
    assert!(seen > 100 && caught >= seen, "{caught} caught, {seen} seen by packets, {equal} that change nothing");
}
