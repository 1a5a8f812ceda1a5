//! What is said of mutants, against the same change written out by hand and checked anew, one invariant at a time.

use proptest::prelude::*;
use segc::checks::{CHECKS, Context, check, failing};
use segc::coverage::coverage;
use segc::diagnostics::Severity;
use segc::model::{Controls, Model};
use segc::mutants::{Fate, Kind, Mutant, run, run_within};
use segc::source::Sources;
use segc_grammar::Span;
use segc_grammar::ast::Level;

use crate::laws::compiled;
use crate::random_policy::DAY;
use crate::random_policy::dice::Dice;

/// What a broken invariant says.
const BROKEN: [&str; 4] = ["SEG1001", "SEG1002", "SEG1101", "SEG1106"];

/// Is it a policy without an error?
fn is_sound(text: &str) -> bool {
    let sources = Sources::default();
    let source = sources.add("zones.seg".to_owned(), "zones.seg".to_owned(), text.to_owned()).expect("small");
    let (tree, wrong) = segc_grammar::parse(&source.text, source.base);
    let trees = [tree];
    let (_, found) = segc::resolve::resolve(&trees, &Default::default());
    wrong.is_empty() && found.iter().all(|d| d.severity != Severity::Error)
}

/// A line, drawn again until the policy is sound with it.
fn sound_line(text: &str, mut draw: impl FnMut() -> String) -> String {
    let drawn = (0..40).map(|_| draw()).find(|line| is_sound(&format!("{text}{line}\n")));
    drawn.map_or_else(String::new, |line| line + "\n")
}

const LEFT: [&str; 8] = ["a", "a.p", "b", "inner", "c", "old", "internet", "a, c"];
const RIGHT: [&str; 8] = ["a", "b", "inner", "c", "old", "names", "internet", "b, c"];
const SERVICES: [&str; 4] = ["tcp/1", "tcp/2", "tcp/1-9, udp/1", "ping"];

/// A small policy in which everything occurs that can be mutated. Its allows are one to a line.
fn drawn(seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let mut text = String::new();
    for (name, hosts) in [
        ("a", "hosts 10.1.0.0/16, 2001:db8:1::/48  process p { user \"p\"  is agentic CONTAINED }"),
        ("b", "hosts 10.2.0.0/16, 2001:db8:2::/48"),
        ("inner in b", "hosts 10.2.9.0/24, 2001:db8:2:9::/64"),
        ("c", "hosts 10.3.0.0/16, 2001:db8:3::/48"),
        ("old", "hosts 10.4.0.0/16"),
        ("names", "domains \"docs.example.com\""),
    ] {
        let mut block = hosts.replace("CONTAINED", if dice.chance(60) { "contained \"c\"" } else { "" });
        if dice.chance(25) && name != "names" {
            block += "  barrier \"b\"";
        }
        if dice.chance(20) && name != "names" {
            block += &format!("  shares cache with {}", dice.pick(&["a", "b", "inner", "c", "old"]));
        }
        if dice.chance(20) {
            block += &format!("  is {}", dice.pick(&["agentic", "public-writable", "public-trigger"]));
        }
        text += &format!("zone {name} {{ {block} }}\n");
    }
    for secret in ["k0", "k1"] {
        let mut block = format!("held by {}", dice.pick(&["a", "a.p", "b", "inner", "c", "names"]));
        if dice.chance(80) {
            block += &format!("  opens {}", dice.pick(&["a", "b", "inner", "c", "old", "any"]));
        }
        if dice.chance(50) {
            block += &format!("  publishes to {}", dice.pick(&["b", "c", "names"]));
        }
        if dice.chance(40) {
            block += "  usable anywhere";
        }
        text += &format!("credential {secret} {{ {block} }}\n");
    }
    for _ in 0..5 {
        let line = sound_line(&text, || {
            let mut block = String::new();
            for (clause, percent) in [
                ("needs k0 ", 20),
                ("inert \"i\" ", 30),
                ("vetted \"v\" ", 25),
                ("from 2027-01-01 until 2027-02-01 ", 10),
                ("log ", 10),
            ] {
                if dice.chance(percent) {
                    block += clause;
                }
            }
            if dice.chance(35) {
                block += if dice.chance(60) { "pulls code " } else { "pulls content " };
            }
            let head = format!("allow {} -> {} : {}", dice.pick(&LEFT), dice.pick(&RIGHT), dice.pick(&SERVICES));
            if block.is_empty() { head } else { format!("{head} {{ {block}}}") }
        });
        text += &line;
    }
    text
}

/// Invariants that a policy can have, whether it keeps them or not.
fn invariants(text: &str, seed: u64) -> Vec<String> {
    let mut dice = Dice::new(seed ^ 0xfeed);
    let (left, right) = ([&LEFT[..], &["any", "names"]].concat(), [&RIGHT[..], &["any", "a.p"]].concat());
    let mut drawn = Vec::new();
    for way in [0, 0, 1, 2, 3, 4, 5, 6] {
        let line = sound_line(text, || {
            let (from, to) = (*dice.pick(&left), *dice.pick(&right));
            let service = *dice.pick(&SERVICES);
            match way {
                1 => format!("forbid {from} => {to} : {service}"),
                2 => format!("forbid {from} => {to} {{ over {service} }}"),
                3 => format!("forbid {from} => {to} {{ except via {} {{ reason \"w\" }} }}", dice.pick(&LEFT)),
                4 => format!("forbid {from} -> {to}"),
                5 => format!("forbid {from} -> {to} : {service}"),
                6 => format!("require {from} -> {to} : {service}"),
                _ => format!("forbid {from} => {to}"),
            }
        });
        drawn.push(line.trim_end().to_owned());
    }
    // A require of what is there, or hardly one would hold.
    let allows = text.lines().filter(|line| line.starts_with("allow "));
    let required = allows.filter_map(|line| Some(line.split('{').next()?.trim_end().replacen("allow", "require", 1)));
    drawn.extend(required.filter(|line| is_sound(&format!("{text}{line}\n"))).take(1));
    drawn.retain(|line| !line.is_empty());
    drawn
}

/// For each forbid, then each require, whether the policy breaks it, judged as if it were the only one: of a place that the
/// public reaches only the first is told that forbids it.
fn verdicts(text: &str) -> Vec<bool> {
    compiled(text, |model, sources| {
        // What is found besides is the business of other tests, and takes time.
        let levels = CHECKS.iter().map(|check| (check.name, Level::Off, Span::new(0, 0))).collect();
        let controls = Controls { levels, ..Controls::default() };
        let nothing =
            || Model { forbids: Vec::new(), requires: Vec::new(), controls: controls.clone(), ..model.clone() };
        let forbids = model.forbids.iter().map(|f| Model { forbids: vec![f.clone()], ..nothing() });
        let alone: Vec<Model<'_>> =
            forbids.chain(model.requires.iter().map(|r| Model { requires: vec![r.clone()], ..nothing() })).collect();
        let broken = |model: &Model<'_>| {
            if let Some(fails) = failing(&Context::new(model, sources, DAY)).first() {
                return *fails;
            }
            // Forbids are judged of what is not whole, too; only the days to come are not.
            let found = check(&Context::new(model, sources, DAY), !model.requires.is_empty());
            found.iter().any(|d| d.severity == Severity::Error && BROKEN.contains(&d.code))
        };
        alone.iter().map(broken).collect()
    })
}

/// About so many mutants of a policy are written out.
const ASKED: usize = 40;

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    /// A mutant that is said to be noticed turns a verdict when it is written out by hand; one that is said not to be
    /// turns none.
    #[test]
    fn what_is_said_of_a_mutant_is_so_when_it_is_written_out(seed in any::<u64>()) {
        let text = drawn(seed);
        let invariants = invariants(&text, seed);
        let whole = format!("{text}{}\n", invariants.join("\n"));
        let before = verdicts(&whole);
        compiled(&whole, |model, sources| {
            let Some(first) = model.flows.first() else { return Ok(()) };
            let base = first.statement.span.start - whole.find("allow ").unwrap_or(0) as u32;
            // A few of each policy, others of another.
            let mutants = run(model, DAY).mutants;
            let apart = mutants.len() / ASKED + 1;
            let drawn = mutants.into_iter().skip(seed as usize % apart).step_by(apart);
            for (mutant, fate) in drawn {
                let at = |offset: u32| (offset - base) as usize;
                let rewrite = &mutant.rewrite;
                let (start, end) = (at(rewrite.statement.start), at(rewrite.statement.end));
                let changed = format!("{}{}{}", &whole[..start], rewrite.text(sources), &whole[end..]);
                let turned = verdicts(&changed) != before;
                let said = matches!(fate, Fate::Noticed(_));
                prop_assert!(fate != Fate::LeftOut);
                prop_assert_eq!(said, turned, "{:?}: {}\n{}\nof\n{}", mutant.kind, fate_words(fate), changed, whole);
            }
            Ok(())
        })?;
    }
}

fn fate_words(fate: Fate) -> &'static str {
    match fate {
        Fate::Noticed(_) => "noticed",
        Fate::Unnoticed => "unnoticed",
        Fate::LeftOut => "left out",
    }
}

/// The law would hold of a list without mutants: every kind occurs, and is noticed and unnoticed.
#[test]
fn every_kind_of_mutant_occurs() {
    let mut seen: std::collections::BTreeMap<Kind, [usize; 2]> = std::collections::BTreeMap::new();
    for seed in 0..400 {
        let text = drawn(seed);
        let whole = format!("{text}{}\n", invariants(&text, seed).join("\n"));
        compiled(&whole, |model, _| {
            for (mutant, fate) in run(model, DAY).mutants {
                seen.entry(mutant.kind).or_default()[usize::from(fate == Fate::Unnoticed)] += 1;
            }
        });
    }
    println!("{seen:?}");
    assert_eq!(seen.len(), 22, "{seen:?}");
    assert!(seen.values().all(|[noticed, not]| *noticed > 0 && *not > 0), "{seen:?}");
}

/// Who speaks about an allow is who would notice that it is gone.
#[test]
fn an_allow_that_nobody_speaks_about_is_not_missed() {
    let (mut silent, mut spoken) = (0, 0);
    for seed in 0..400 {
        let text = drawn(seed);
        let named = |line: &String| !line.starts_with("forbid any => any");
        let invariants: Vec<String> = invariants(&text, seed).into_iter().filter(named).collect();
        let whole = format!("{text}{}\n", invariants.join("\n"));
        compiled(&whole, |model, _| {
            let report = run(model, DAY);
            for (id, voices) in coverage(model, DAY) {
                let head = model.flows[id.0 as usize].head();
                let gone = |(m, _): &&(Mutant<'_>, Fate)| m.statement == head && m.kind == Kind::Removed;
                let (_, fate) = report.mutants.iter().find(gone).expect("every live allow can be deleted");
                if voices.is_silent() {
                    silent += 1;
                    assert_eq!(*fate, Fate::Unnoticed, "seed {seed}, {head:?}\n{whole}");
                } else {
                    spoken += 1;
                }
            }
        });
    }
    assert!(silent > 20 && spoken > 200, "{silent} {spoken}");
}

/// What is left out is a tail, and always the same one.
#[test]
fn what_is_left_out_is_a_tail() {
    let text =
        drawn(7) + &(0..400).map(|i| format!("allow any -> any : tcp/{i} {{ reason \"r\" }}\n")).collect::<String>();
    compiled(&text, |model, _| {
        let fates = |work| run_within(model, DAY, work).mutants.iter().map(|(_, fate)| *fate).collect::<Vec<_>>();
        let all = fates(usize::MAX);
        let some = fates(1);
        let judged = some.iter().position(|fate| *fate == Fate::LeftOut).expect("some are left out");
        assert!(judged > 0 && some[judged..].iter().all(|fate| *fate == Fate::LeftOut));
        assert_eq!(some[..judged], all[..judged]);
        assert_eq!(some, fates(1));
    });
}
