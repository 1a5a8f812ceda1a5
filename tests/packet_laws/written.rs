//! A policy written as a program by hand, in two ways that have nothing in common: as a list, and by classes, numbers
//! and maps.

use segc::model::{Model, ZoneId};
use segc_backends::rules::program::{
    Action, Addresses, Chain, ChainId, Condition, Entries, Family, Hook, Key, Map, MapId, Program, Rule, SetId, Value,
    Verdict,
};

use crate::random_policy::DAY;

fn accept(conditions: Vec<Condition>) -> Rule {
    Rule { at: 0, conditions: conditions.into(), action: Action::Verdict(Verdict::Accept) }
}

fn hook(program: &mut Program) {
    for (at, rule) in program.chains.iter_mut().flat_map(|chain| &mut chain.rules).enumerate() {
        rule.at = at as u32 + 1;
    }
    program.hooks.push(Hook { chain: ChainId(0), priority: 0, policy: Verdict::Drop, family: None });
}

/// Services, as one family has them, and the time of a flow.
fn what(flow: &segc::model::Flow<'_>, family: Family) -> Option<Vec<Condition>> {
    let families = segc::model::Families { v4: family == Family::V4, v6: family == Family::V6 };
    let services = flow.services.only(families);
    let time = Condition::Time { since: flow.window.since(), before: flow.window.before() };
    (!services.is_empty()).then(|| vec![Condition::Service(services.intervals().into()), time])
}

fn addresses(model: &Model<'_>, classes: &[u32], family: Family) -> Addresses {
    let all = classes.iter().map(|&class| &model.zones[ZoneId(class)].own);
    match family {
        Family::V4 => {
            let mut all: Vec<_> = all.flat_map(|own| own.v4.as_slice()).map(|r| (r.0.into(), r.1.into())).collect();
            all.sort();
            Addresses::V4(all)
        }
        Family::V6 => {
            let mut all: Vec<_> = all.flat_map(|own| own.v6.as_slice()).map(|r| (r.0.into(), r.1.into())).collect();
            all.sort();
            Addresses::V6(all)
        }
    }
}

/// One rule per product of a flow.
pub fn list(model: &Model<'_>) -> Program {
    let mut program = Program::default();
    let mut rules = Vec::new();
    for flow in model.flows.iter().filter(|flow| flow.window.holds(DAY)) {
        for (left, right) in &flow.boxes {
            for family in [Family::V4, Family::V6] {
                let Some(mut conditions) = what(flow, family) else { continue };
                for (side, condition) in
                    [(left, Condition::Source as fn(SetId) -> Condition), (right, Condition::Destination)]
                {
                    let classes: Vec<u32> = side.iter().collect();
                    program.sets.push(addresses(model, &classes, family));
                    conditions.push(condition(SetId(program.sets.len() as u32 - 1)));
                }
                rules.push(accept(conditions));
            }
        }
    }
    program.chains.push(Chain { table: String::new(), name: "list".to_owned(), rules });
    hook(&mut program);
    program
}

/// The destination's class is the number; the source chooses a chain; in it, the number does.
pub fn classes(model: &Model<'_>) -> Program {
    let mut program = Program::default();
    let zones = model.zones.len() as u32;
    let classes: Vec<u32> = (0..zones).collect();
    let by_address = |family: Family, value: &dyn Fn(u32) -> Value| match family {
        Family::V4 => Entries::V4({
            let own = |c: &u32| model.zones[ZoneId(*c)].own.v4.as_slice().to_vec();
            let all = classes.iter().flat_map(|c| own(c).into_iter().map(|r| (r.0.into(), r.1.into(), value(*c))));
            let mut all: Vec<_> = all.collect();
            all.sort_by_key(|e: &(std::net::Ipv4Addr, _, _)| e.0);
            all
        }),
        Family::V6 => Entries::V6({
            let own = |c: &u32| model.zones[ZoneId(*c)].own.v6.as_slice().to_vec();
            let all = classes.iter().flat_map(|c| own(c).into_iter().map(|r| (r.0.into(), r.1.into(), value(*c))));
            let mut all: Vec<_> = all.collect();
            all.sort_by_key(|e: &(std::net::Ipv6Addr, _, _)| e.0);
            all
        }),
    };
    let mut base = Vec::new();
    let nowhere = Some(Value::Number(zones));
    for family in [Family::V4, Family::V6] {
        let entries = by_address(family, &|class| Value::Number(class));
        program.maps.push(Map { name: "to".to_owned(), entries, default: nowhere });
        let map = MapId(program.maps.len() as u32 - 1);
        base.push(Rule {
            at: 0,
            conditions: vec![].into(),
            action: Action::LookupNumber { key: Key::Destination, map },
        });
    }
    for family in [Family::V4, Family::V6] {
        let entries = by_address(family, &|class| Value::Verdict(Verdict::Jump(ChainId(1 + class))));
        program.maps.push(Map { name: "from".to_owned(), entries, default: None });
        let map = MapId(program.maps.len() as u32 - 1);
        base.push(Rule { at: 0, conditions: vec![].into(), action: Action::Lookup { key: Key::Source, map } });
    }
    program.chains.push(Chain { table: String::new(), name: "base".to_owned(), rules: base });
    for from in 0..zones {
        program.chains.push(Chain { table: String::new(), name: format!("from {from}"), rules: vec![] });
    }
    for from in 0..zones {
        let mut entries = Vec::new();
        for to in 0..zones {
            let flows = model.flows.iter().filter(|flow| flow.window.holds(DAY) && flow.joins(from, to));
            let rules: Vec<Rule> = flows
                .flat_map(|flow| [Family::V4, Family::V6].map(|f| (f, what(flow, f))))
                .filter_map(|(family, what)| Some(accept([vec![Condition::Family(family)], what?].concat())))
                .collect();
            if !rules.is_empty() {
                let chain = ChainId(program.chains.len() as u32);
                program.chains.push(Chain { table: String::new(), name: format!("{from} to {to}"), rules });
                entries.push((to, to, Value::Verdict(Verdict::Jump(chain))));
            }
        }
        program.maps.push(Map { name: "pairs".to_owned(), entries: Entries::Number(entries), default: None });
        let map = MapId(program.maps.len() as u32 - 1);
        let action = Action::Lookup { key: Key::Number, map };
        program.chains[1 + from as usize].rules.push(Rule { at: 0, conditions: vec![].into(), action });
    }
    hook(&mut program);
    program
}
