//! Programs written by hand, each for one thing that has gone wrong somewhere.

use std::net::{IpAddr, Ipv4Addr};

use segc::packets::{Error, Meant, Proof, Verdict as Proved, order, prove};
use segc_backends::rules::program::{
    Action, Addresses, Chain, ChainId, Condition, Entries, Family, Hook, Key, Map, MapId, Program, Rule, SetId, Value,
    Verdict,
};

use crate::laws::compiled;
use crate::random_policy::DAY;

const POLICY: &str = "
zone dev { hosts 10.1.0.0/24 }
zone lab in dev { hosts 10.1.0.128/25 }
zone web { hosts 10.2.0.0/24 }
allow dev -> web : https
allow lab -> web : ssh { until 2026-07-01 }
";

const DEV: SetId = SetId(0);
const LAB: SetId = SetId(1);
const WEB: SetId = SetId(2);

fn keys(low: u32, high: u32) -> Condition {
    Condition::Service(vec![(6 << 16 | low, 6 << 16 | high)].into())
}

fn rule(conditions: Vec<Condition>, verdict: Verdict) -> Rule {
    Rule { at: 0, conditions: conditions.into(), action: Action::Verdict(verdict) }
}

fn set(first: [u8; 4], last: [u8; 4]) -> Addresses {
    Addresses::V4(vec![(first.into(), last.into())])
}

/// Chains of rules over the sets of the policy; the first is the hook's, which drops the rest.
fn program(chains: Vec<Vec<Rule>>) -> Program {
    let named = chains.into_iter().enumerate().map(|(number, mut rules)| {
        (0..).zip(&mut rules).for_each(|(at, rule)| rule.at = 100 * number as u32 + at);
        Chain { table: String::new(), name: format!("c{number}"), rules }
    });
    Program {
        sets: vec![
            set([10, 1, 0, 0], [10, 1, 0, 255]),
            set([10, 1, 0, 128], [10, 1, 0, 255]),
            set([10, 2, 0, 0], [10, 2, 0, 255]),
        ],
        chains: named.collect(),
        hooks: vec![Hook { chain: ChainId(0), priority: 0, policy: Verdict::Drop, family: None }],
        ..Program::default()
    }
}

fn https() -> Rule {
    rule(vec![Condition::Source(DEV), Condition::Destination(WEB), keys(443, 443)], Verdict::Accept)
}

fn ssh() -> Rule {
    let time = Condition::Time { since: None, before: Some(1_782_950_400) };
    rule(vec![Condition::Source(LAB), Condition::Destination(WEB), keys(22, 22), time], Verdict::Accept)
}

fn proof(program: &Program) -> Proof {
    compiled(POLICY, |model, _| prove(Meant::everything(model, DAY), program))
}

#[test]
fn what_the_policy_says_is_proved() {
    let proof = proof(&program(vec![vec![https(), ssh()]]));
    assert_eq!(proof.verdict, Proved::Proved, "{proof:#?}");
}

/// P45: a broad drop before a narrow accept takes it away, behind it takes nothing.
#[test]
fn p45_the_first_match_decides() {
    let drop = || rule(vec![Condition::Source(LAB)], Verdict::Drop);
    let behind = proof(&program(vec![vec![https(), ssh(), drop()]]));
    assert_eq!(behind.verdict, Proved::Proved);
    let before = proof(&program(vec![vec![drop(), https(), ssh()]]));
    assert_eq!(before.verdict, Proved::Different);
    assert!(before.extra.is_empty());
    let packet = before.missing[0].packet;
    assert_eq!(packet.source, IpAddr::V4(Ipv4Addr::new(10, 1, 0, 129)), "neither first nor last of its range");
    assert_eq!((packet.key, before.missing[0].flows.len()), (6 << 16 | 443, 1));
    assert_eq!(before.missing[0].rules[0].rule, 0);
}

/// P46: the last second on which it holds is in, the next is not.
#[test]
fn p46_a_day_too_many_is_found() {
    let mut late = ssh();
    late.conditions[3] = Condition::Time { since: None, before: Some(1_782_950_400 + 86_400) };
    let proof = proof(&program(vec![vec![https(), late]]));
    assert_eq!(proof.verdict, Proved::Different);
    assert_eq!(proof.extra[0].packet.time, 1_782_950_400);
    assert_eq!(proof.extra[0].packet.key, 6 << 16 | 22);
}

#[test]
fn what_is_not_understood_is_never_proved_where_it_matters() {
    let odd = || Condition::Unknown("odd".to_owned());
    let with = |mut rule: Rule| {
        rule.conditions.push(odd());
        rule
    };
    // It may be that https is not let in.
    let less = proof(&program(vec![vec![with(https()), ssh()]]));
    assert_eq!(less.verdict, Proved::MayAllowLess);
    assert_eq!(less.unknown.first().map(|step| step.rule), Some(0));
    // It may be that anything to web is.
    let more =
        proof(&program(vec![vec![https(), ssh(), with(rule(vec![Condition::Destination(WEB)], Verdict::Accept))]]));
    assert_eq!(more.verdict, Proved::MayAllowMore);
    // It may be that the rest is skipped.
    let skipped = proof(&program(vec![vec![with(rule(vec![], Verdict::Return)), https(), ssh()]]));
    assert_eq!(skipped.verdict, Proved::MayAllowLess);
    // Behind what is decided it makes no difference.
    let end = rule(vec![], Verdict::Drop);
    let behind = proof(&program(vec![vec![https(), ssh(), end, with(rule(vec![], Verdict::Accept))]]));
    assert_eq!(behind.verdict, Proved::Proved);
    let anything = Rule { at: 0, conditions: vec![].into(), action: Action::Unknown("odd".to_owned()) };
    assert_eq!(proof(&program(vec![vec![https(), ssh(), anything.clone()]])).verdict, Proved::MayAllowMore);
    assert_eq!(proof(&program(vec![vec![anything, https(), ssh()]])).verdict, Proved::CannotProve);
}

#[test]
fn sets_filled_at_run_time_may_only_take_away() {
    let learned = || Condition::Runtime("quarantine4".to_owned());
    let drops = proof(&program(vec![vec![rule(vec![learned()], Verdict::Drop), https(), ssh()]]));
    assert_eq!(drops.verdict, Proved::Proved);
    assert!(drops.runtime.contains("quarantine4"));
    let accepts = proof(&program(vec![vec![https(), ssh(), rule(vec![learned()], Verdict::Accept)]]));
    assert_eq!(accepts.verdict, Proved::MayAllowMore);
    assert!(accepts.runtime.is_empty());
}

/// The number is written in one hook and asked for in the next.
#[test]
fn numbers_travel_from_hook_to_hook() {
    let mut two = program(vec![vec![], vec![], vec![https(), ssh()]]);
    let to_web = (Ipv4Addr::new(10, 2, 0, 0), Ipv4Addr::new(10, 2, 0, 255), Value::Number(7));
    two.maps.push(Map { name: "to".to_owned(), entries: Entries::V4(vec![to_web]), default: Some(Value::Number(0)) });
    let write = Action::LookupNumber { key: Key::Destination, map: MapId(0) };
    two.chains[0].rules.push(Rule { at: 1, conditions: vec![Condition::Family(Family::V4)].into(), action: write });
    two.chains[1].rules.push(rule(vec![Condition::Number(vec![(7, 7)])], Verdict::Goto(ChainId(2))));
    two.hooks[0].policy = Verdict::Accept;
    two.hooks.push(Hook { chain: ChainId(1), priority: 1, policy: Verdict::Drop, family: None });
    let found = proof(&two);
    // In IPv6 nobody writes the number; but there nothing is accepted, whatever it is.
    assert_eq!(found.verdict, Proved::Proved, "{found:#?}");
    two.hooks.swap(0, 1);
    assert_ne!(proof(&two).verdict, Proved::Proved, "asked before it is written");
}

#[test]
fn a_firewall_that_nobody_asks_lets_everything_pass() {
    let mut none = program(vec![vec![https(), ssh()]]);
    none.hooks[0].family = Some(Family::V4);
    let open = proof(&none);
    assert_eq!(open.verdict, Proved::Different, "IPv6 is not filtered");
    assert!(open.extra.iter().all(|witness| witness.packet.source.is_ipv6()) && !open.extra.is_empty());
}

#[test]
fn hostile_programs_are_refused() {
    let jump = |to| rule(vec![], Verdict::Jump(ChainId(to)));
    let ring = program(vec![vec![jump(1)], vec![jump(2)], vec![jump(1)]]);
    assert_eq!(order(&ring), Err(Error::Loop { chain: "c1".to_owned() }));
    assert_eq!(proof(&ring).verdict, Proved::CannotProve);
    let deep =
        |chains: u32| program((1..=chains).map(|to| if to < chains { vec![jump(to)] } else { vec![] }).collect());
    assert!(order(&deep(65)).is_ok());
    assert!(matches!(order(&deep(66)), Err(Error::TooDeep { jumps: 65, .. })));
    assert!(matches!(order(&deep(50_000)), Err(Error::TooDeep { .. })));
    let nowhere = [
        program(vec![vec![jump(9)]]),
        program(vec![vec![rule(vec![Condition::Source(SetId(3))], Verdict::Accept)]]),
        program(vec![vec![Rule {
            at: 1,
            conditions: vec![].into(),
            action: Action::Lookup { key: Key::Source, map: MapId(0) },
        }]]),
        program(vec![vec![rule(vec![Condition::Number(vec![(5, 4)])], Verdict::Accept)]]),
    ];
    for malformed in nowhere {
        assert!(matches!(order(&malformed), Err(Error::Malformed { .. })));
    }
}

/// Every chain jumps twice to the next: 2^40 ways, but 40 values.
#[test]
fn ways_are_not_counted_one_by_one() {
    let jump = |to| rule(vec![], Verdict::Jump(ChainId(to)));
    let mut chains: Vec<Vec<Rule>> = (1..=40).map(|to| vec![jump(to), jump(to)]).collect();
    chains.push(vec![https(), ssh()]);
    assert_eq!(proof(&program(chains)).verdict, Proved::Proved);
}
