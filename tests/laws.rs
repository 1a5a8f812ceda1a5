//! What holds for every policy, tried on many random ones.

use std::net::IpAddr;

use jiff::civil::Date;
use proptest::prelude::*;
use segc::model::Model;
use segc::source::Sources;
use segc_backends::rules::{Ends, Match, Rule, RuleSet};

use crate::naive::packets::packets;
use crate::naive::{Naive, Packet};
use crate::random_policy::dice::Dice;
use crate::random_policy::{DAY, Size, policy};

/// Compiles a text as the program would, and gives the model to `with`.
pub fn compiled<T>(text: &str, with: impl FnOnce(&Model<'_>, &Sources) -> T) -> T {
    let sources = Sources::default();
    let source = sources.add("zones.seg".to_owned(), "zones.seg".to_owned(), text.to_owned()).expect("small");
    let (tree, wrong) = segc_grammar::parse(&source.text, source.base);
    assert!(wrong.is_empty(), "{wrong:#?}\n{text}");
    let trees = [tree];
    let (model, wrong) = segc::resolve::resolve(&trees, &Default::default());
    let errors: Vec<_> = wrong.iter().filter(|d| d.severity == segc::diagnostics::Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{text}");
    with(&model, &sources)
}

fn rules(text: &str, day: Date) -> RuleSet {
    compiled(text, |model, sources| segc::lower::lower(model, sources, day))
}

/// A rule set without the lines that it comes from, which move when text does.
pub fn without_origins(rules: &RuleSet) -> (String, Vec<String>) {
    let named = |rule: &Rule| {
        let ends = |e: &Ends| {
            let except: Vec<&str> = e.except.iter().map(|c| rules.classes[c.0 as usize].name.as_str()).collect();
            format!("{} except {except:?}", rules.terms[e.term.0 as usize].name)
        };
        let services = &rules.services[rule.services.0 as usize];
        format!("{} -> {}: {services:?} {} {:?}", ends(&rule.from), ends(&rule.to), rule.log, (rule.since, rule.before))
    };
    let mut lines: Vec<String> = rules.rules.iter().map(named).collect();
    lines.sort();
    (format!("{:?} {:?}", rules.classes, rules.terms), lines)
}

/// The verdict of a rule set on a packet, read off its definition.
fn verdict(rules: &RuleSet, packet: &Packet, day: Date) -> bool {
    let class = |address: IpAddr| {
        rules.classes.iter().position(|c| match address {
            IpAddr::V4(a) => c.v4.iter().any(|&(first, last)| first <= a && a <= last),
            IpAddr::V6(a) => c.v6.iter().any(|&(first, last)| first <= a && a <= last),
        })
    };
    let (Some(from), Some(to)) = (class(packet.source), class(packet.destination)) else { return false };
    let noon = day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).expect("a time").timestamp().as_second();
    let is = |ends: &Ends, class: usize| {
        let term = &rules.terms[ends.term.0 as usize];
        term.classes.iter().any(|c| c.0 as usize == class) && !ends.except.iter().any(|c| c.0 as usize == class)
    };
    let v6 = packet.source.is_ipv6();
    let serves = |m: &Match| match *m {
        Match::Any => true,
        Match::Ports { protocol, low, high } => {
            protocol == packet.protocol && (low..=high).contains(&packet.destination_port)
        }
        Match::Icmp { v6: six, low, high } => {
            let key = u16::from(packet.icmp_type) << 8 | u16::from(packet.icmp_code);
            six == v6 && packet.protocol == if six { 58 } else { 1 } && (low..=high).contains(&key)
        }
        Match::Protocol(protocol) => protocol == packet.protocol,
    };
    rules.rules.iter().any(|r| {
        is(&r.from, from)
            && is(&r.to, to)
            && r.since.is_none_or(|s| s <= noon)
            && r.before.is_none_or(|b| noon < b)
            && rules.services[r.services.0 as usize].iter().any(serves)
    })
}

fn shuffled(text: &str, seed: u64) -> String {
    let (tree, _) = segc_grammar::parse(text, 0);
    let written = |s: &segc_grammar::ast::Statement<'_>| &text[s.span.start as usize..s.span.end as usize];
    let mut statements: Vec<&str> = tree.statements.iter().map(written).collect();
    Dice::new(seed).shuffle(&mut statements);
    statements.join("\n") + "\n"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn p36_the_order_of_statements_means_nothing(seed in any::<u64>()) {
        let text = policy(seed, Size::MEDIUM);
        let other = shuffled(&text, seed);
        prop_assert_eq!(without_origins(&rules(&text, DAY)), without_origins(&rules(&other, DAY)));
    }

    #[test]
    fn formatting_keeps_the_meaning_and_is_done_once(seed in any::<u64>()) {
        let text = policy(seed, Size::MEDIUM);
        let formatted = segc_grammar::format(&text).expect("it parses");
        prop_assert_eq!(&segc_grammar::format(&formatted).expect("it parses"), &formatted);
        prop_assert_eq!(without_origins(&rules(&text, DAY)), without_origins(&rules(&formatted, DAY)));
    }

    #[test]
    fn rule_sets_say_what_the_policy_says(seed in any::<u64>()) {
        let text = policy(seed, Size::MEDIUM);
        let naive = Naive::new(&text, DAY);
        let rules = rules(&text, DAY);
        prop_assert_eq!(segc_backends::rules::well_formed(&rules), Ok(()));
        for packet in packets(&naive, seed, 200) {
            prop_assert_eq!(
                verdict(&rules, &packet, DAY), naive.verdict(&packet),
                "{:?}, decided by line {:?}\n{}", packet, naive.decided_by(&packet), text
            );
        }
    }

    #[test]
    fn p38_the_same_input_gives_the_same_bytes(seed in any::<u64>()) {
        let text = policy(seed, Size::SMALL);
        for backend in segc_backends::BACKENDS {
            prop_assert_eq!(backend.render(&rules(&text, DAY)), backend.render(&rules(&text, DAY)));
        }
    }

    /// P1, P9, P16: every allow that holds has a rule, and every rule an allow.
    #[test]
    fn p8_every_live_allow_has_an_origin_in_the_output(seed in any::<u64>()) {
        let text = policy(seed, Size::MEDIUM);
        compiled(&text, |model, sources| {
            let rules = segc::lower::lower(model, sources, DAY);
            let lines: Vec<u32> = rules.rules.iter().map(|r| r.origin.line).collect();
            for flow in model.flows.iter().filter(|f| f.window.holds(DAY)) {
                let shares = flow.boxes.iter().any(|(a, b)| {
                    let families = model.zones.families(a).and(model.zones.families(b));
                    !flow.services.only(families).is_empty()
                });
                let line = sources.line_number(flow.statement.keyword).1;
                prop_assert_eq!(shares, lines.contains(&line), "line {} of\n{}", line, text);
            }
            Ok(())
        })?;
    }
}
