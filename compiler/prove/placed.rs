//! The proof of one firewall's rules: a packet that comes in by an interface passes exactly if it may come from there and
//! the firewall's part of the policy lets it.

use jiff::civil::Date;
use segc_backends::rules::program::{Condition, Program, interface};

use crate::model::{ClassSet, Flow, FlowId, Model};
use crate::packets::{self, Meant, Proof};
use crate::place::{Carried, Placed};

/// Compares rules with what a firewall is to let pass: for each interface, and for one that is not named. Interfaces that
/// no rule tells apart, and by which the same may come in, are one. Gives the words for how packets come in, and the
/// proof.
pub fn proofs(model: &Model<'_>, day: Date, program: &Program, placed: &Placed) -> Vec<(String, Proof)> {
    let device = &model.devices[placed.device.0 as usize];
    let mut seen: Vec<(Vec<bool>, Option<usize>)> = Vec::new();
    let mut proofs = Vec::new();
    let named = placed.arrivals.iter().enumerate().flat_map(|(group, arrival)| {
        arrival.interfaces.iter().map(move |&number| (Some(group), device.interfaces[number].name))
    });
    // No interface has an empty name: it stands for all that are not named.
    for (group, name) in named.chain([(None, "")]) {
        // What is no name of an interface here no rule can ask for, and no packet comes in by it.
        let Some(number) = interface(name.as_bytes()).or(name.is_empty().then_some(0)) else { continue };
        let this = (answers(program, number), group);
        if seen.contains(&this) {
            continue;
        }
        seen.push(this);
        let from = group.map_or_else(ClassSet::default, |group| placed.arrivals[group].classes.clone());
        let carried = arriving_from(model, &placed.forward, &from);
        let proof = packets::prove(Meant::carried(model, day, &carried), &by(program, number));
        let words = match group {
            Some(_) => format!(", coming in by `{name}`"),
            None => ", coming in by an interface that the policy does not name".to_owned(),
        };
        proofs.push((words, proof));
    }
    proofs
}

/// What is carried of packets that come from some classes.
fn arriving_from(model: &Model<'_>, carried: &Carried, from: &ClassSet) -> Carried {
    let of = |(id, flow): (u32, &Flow<'_>)| {
        let boxes = carried.of(FlowId(id), flow).iter();
        boxes
            .map(|(left, right)| (left.intersection(from), right.clone()))
            .filter(|(left, _)| !left.is_empty())
            .collect()
    };
    Carried::Pairs((0..).zip(&model.flows).map(of).collect())
}

fn holds(names: &[(u128, u128)], interface: u128) -> bool {
    names.iter().any(|&(low, high)| (low..=high).contains(&interface))
}

/// What every condition on interfaces says of one.
fn answers(program: &Program, interface: u128) -> Vec<bool> {
    let conditions = program.chains.iter().flat_map(|chain| &chain.rules).flat_map(|rule| &rule.conditions);
    conditions
        .filter_map(|condition| match condition {
            Condition::Interface(names) => Some(holds(names, interface)),
            _ => None,
        })
        .collect()
}

/// The program as packets meet it that come in by one interface. Rules keep their places.
fn by(program: &Program, interface: u128) -> Program {
    let mut program = program.clone();
    for rule in program.chains.iter_mut().flat_map(|chain| &mut chain.rules) {
        let wrong = |c: &Condition| matches!(c, Condition::Interface(names) if !holds(names, interface));
        if rule.conditions.iter().any(wrong) {
            rule.conditions = vec![Condition::Never];
        } else {
            rule.conditions.retain(|condition| !matches!(condition, Condition::Interface(_)));
        }
    }
    program
}
