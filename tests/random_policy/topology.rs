//! Firewalls and routers for the zones of a policy: several zones behind an interface, groups, children apart from their
//! parents, loops, islands, and names of interfaces that begin alike.

use std::collections::BTreeSet;

use segc_grammar::ast::{Item, ItemKind, StatementKind};

use super::dice::Dice;

const DEVICES: [&str; 5] = ["edge", "core", "in", "x", "lab-2"];
const INTERFACES: [&str; 8] = ["eth1", "eth10", "eth1.100", "br-lan", "wg0", "eno123456789012", "e", "any"];

/// What can stand behind an interface, and the zones that it names.
type Choice = (String, BTreeSet<String>);

/// A policy with devices, and sometimes with statements that allow nearly everything, so that little is denied.
pub fn with_devices(text: &str, seed: u64) -> String {
    let mut dice = Dice::new(seed ^ 0x70_7061);
    let choices = choices(text);
    let mut all = text.to_owned();
    let except = match dice.below(4) {
        0 => Some(String::new()),
        1 => Some(format!(" except {}", dice.pick(&choices).0)),
        _ => None,
    };
    if let Some(except) = except {
        all += &format!("allow any -> any{except} : any {{ reason \"nearly all\" owner \"tests\" }}\n");
    }
    let count = 1 + dice.below(4) as usize;
    for (number, name) in dice.some(&DEVICES, count).into_iter().enumerate() {
        all += &device(&mut dice, (name, number), &choices);
    }
    all
}

fn choices(text: &str) -> Vec<Choice> {
    let (tree, _) = segc_grammar::parse(text, 0);
    let mut found = vec![("internet".to_owned(), BTreeSet::from(["internet".to_owned()]))];
    for statement in &tree.statements {
        match &statement.kind {
            StatementKind::Zone { name, .. } => {
                found.push((name.text.to_owned(), BTreeSet::from([name.text.to_owned()])));
            }
            StatementKind::Group { name, zones } => {
                let named = |item: &Item<'_>| match item.kind {
                    ItemKind::Name(name) => Some(name.to_owned()),
                    _ => None,
                };
                found.push((name.text.to_owned(), zones.items.iter().filter_map(named).collect()));
            }
            _ => {}
        }
    }
    found
}

/// A device names no zone on two of its interfaces. Some firewalls have addresses of their own.
fn device(dice: &mut Dice, (name, number): (&str, usize), choices: &[Choice]) -> String {
    let router = dice.chance(35);
    let mut clauses = if router { Vec::new() } else { vec!["target nftables".to_owned()] };
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let count = 1 + dice.below(3) as usize;
    for interface in dice.some(&INTERFACES, count) {
        let mut behind = Vec::new();
        let mut here = BTreeSet::new();
        let most = 1 + usize::from(dice.chance(35));
        for (words, zones) in dice.some(choices, choices.len()) {
            if behind.len() < most && zones.is_disjoint(&taken) {
                behind.push(words);
                here.extend(zones);
            }
        }
        taken.extend(here);
        if !behind.is_empty() {
            clauses.push(format!("interface {interface} : {}", behind.join(", ")));
        }
    }
    if !clauses.iter().any(|clause| clause.starts_with("interface")) {
        return String::new();
    }
    let mut own = String::new();
    if !router && dice.chance(40) {
        own = format!("zone self-{name} {{ hosts 10.250.0.{number}, 2001:db8:ffff::{number} }}\n");
        clauses.push(format!("self self-{name}"));
    }
    dice.shuffle(&mut clauses);
    format!("{own}{} {name} {{\n  {}\n}}\n", if router { "router" } else { "firewall" }, clauses.join("\n  "))
}
