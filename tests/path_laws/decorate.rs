//! Random policies with everything that paths of compromise are made of.

use crate::random_policy::dice::Dice;
use crate::random_policy::{Size, policy};

/// A random policy in which some zones are barriers, some allows are inert, and all the rest occurs too.
pub fn with_assumptions(seed: u64, size: Size) -> String {
    let text = policy(seed, size);
    let every = |text: &str, what: &str, with: &str, step: usize| {
        let mut parts = text.split(what);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.enumerate().fold(first, |all, (i, part)| {
            let put = if i % step == seed as usize % step { with } else { what };
            all + put + part
        })
    };
    let text = every(&text, "{\n  hosts", "{\n  barrier \"b\"  hosts", 4);
    let text = every(&text, "reason ", "inert \"i\"  reason ", 5);
    assert!(text.contains("barrier") && text.contains("inert"), "{text}");
    decorated(&text, seed, 4)
}

/// The same policy with processes, flags, caches, credentials and what comes back, and so many credentials.
pub fn decorated(text: &str, seed: u64, credentials: u64) -> String {
    let mut dice = Dice::new(seed ^ 0x5eed);
    let secrets: Vec<String> = (0..credentials).map(|i| format!("key-{i}")).collect();
    let zones: Vec<String> = text
        .lines()
        .filter_map(|line| Some(line.strip_prefix("zone ")?.split([' ', '{']).next()?.to_owned()))
        .collect();
    let mut processes: Vec<String> = Vec::new();
    let mut out: Vec<String> = Vec::new();
    for line in text.lines() {
        let mut line = line.to_owned();
        if let Some(name) = line.strip_prefix("zone ").and_then(|rest| rest.split([' ', '{']).next()) {
            let name = name.to_owned();
            let mut more = String::new();
            let flags = ["agentic", "public-writable", "public-trigger"];
            if dice.chance(25) && !text.contains(" is ") {
                more += &format!(" is {}", dice.pick(&flags));
            }
            if dice.chance(30) {
                let contained = if dice.chance(50) { " contained \"c\"" } else { "" };
                let agentic = if dice.chance(60) { " is agentic" } else { "" };
                more += &format!(" process p {{ user \"{name}\"{agentic}{contained} }}");
                processes.push(format!("{name}.p"));
            }
            if dice.chance(15) {
                more += &format!(" shares cache with {}", dice.pick(&zones));
            }
            line = line.replacen('{', &format!("{{{more} "), 1);
        } else if line.starts_with("allow ") {
            let mut more = String::new();
            if dice.chance(20) && !secrets.is_empty() {
                more += &format!(" needs {}", dice.pick(&secrets));
            }
            if dice.chance(25) {
                more += if dice.chance(60) { " pulls code" } else { " pulls content" };
            }
            if dice.chance(15) {
                more += " vetted \"v\"";
            }
            line = line.replacen('{', &format!("{{{more} "), 1);
        }
        out.push(line);
    }
    for process in &processes {
        if dice.chance(70) {
            let to = *dice.pick(&["names", "any", "internet"]);
            let pulls = if dice.chance(40) { "pulls code " } else { "" };
            out.push(format!("allow {process} -> {to} : tcp/7 {{ {pulls}reason \"p\" }}"));
        }
    }
    let writable = if dice.chance(50) { " is public-writable" } else { "" };
    out.push(format!("zone names {{ domains \"docs.example.com\"{writable} }}"));
    for secret in &secrets {
        let mut block = format!("held by {}", dice.pick(&zones));
        if dice.chance(80) {
            block += &format!(" opens {}", dice.pick(&zones));
        }
        if dice.chance(40) {
            let to = if dice.chance(30) { "names" } else { dice.pick(&zones) };
            block += &format!(" publishes to {to}");
        }
        if dice.chance(25) {
            block += " usable anywhere";
        }
        out.push(format!("credential {secret} {{ {block} }}"));
    }
    out.join("\n") + "\n"
}
