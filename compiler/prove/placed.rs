//! The proof of one firewall's rules: a packet that comes in by an interface passes exactly if it may come from there and
//! the firewall's part of the policy lets it, or it is one of those that are declared to pass beside the policy.

use std::collections::BTreeSet;

use jiff::civil::Date;
use segc_backends::read::{Dialect, Read};
use segc_backends::rules;
use segc_backends::rules::program::{Condition, Hook, Point, Program, interface};

use super::connections;
use super::stateless::{self, Run};
use crate::lower::set_of;
use crate::model::{AddressSet, ClassSet, Flow, FlowId, Model, Ranges};
use crate::packets::{Declared, Meant, Proof};
use crate::place::{Carried, Placed};

/// An interface that no rule names.
const NOWHERE: u128 = 0;

/// How packets meet a firewall.
struct Vantage {
    point: Point,
    /// Group of [`Placed::arrivals`], and the number of the interface; for what is sent itself none.
    by: Option<(Option<usize>, u128)>,
    words: String,
}

/// Compares rules with what a firewall is to let pass: for each interface, and, where the rules say what becomes of it, for
/// one that is not named; interfaces that no rule tells apart, and by which the same may come in, are one. The loopback is a
/// box' talk with itself and is not asked. Gives the words for how packets come in, and the proof.
pub fn proofs(
    model: &Model<'_>,
    day: Date,
    read: &Read,
    placed: &Placed,
    beside: &[rules::Declared],
) -> Vec<(String, Proof)> {
    let program = &read.program;
    let mut seen: Vec<(Point, Vec<bool>, Option<usize>)> = Vec::new();
    let mut proofs = Vec::new();
    let unnamed = placed.arrivals.is_empty() || matches!(read.dialect, Dialect::Nft | Dialect::Iptables);
    for vantage in vantages(model, placed, program, unnamed) {
        let number = vantage.by.map_or(0, |(_, number)| number);
        let group = vantage.by.and_then(|(group, _)| group);
        let this = (vantage.point, answers(program, vantage.point, number), group);
        if seen.contains(&this) {
            continue;
        }
        seen.push(this);
        let met = by(program, vantage.point, number);
        let here = |d: &&rules::Declared| {
            d.at == vantage.point && (group.is_none() || d.arrival.is_none_or(|a| Some(a) == group))
        };
        for run in stateless::runs(read.dialect) {
            let declared: Vec<Declared> = beside.iter().filter(here).filter(|d| run.counts(d)).map(declared).collect();
            // What a firewall sends itself comes in nowhere, and where nothing is said of interfaces all are alike.
            let carried = match vantage.by {
                Some(_) if vantage.point != Point::Output && !placed.arrivals.is_empty() => {
                    let here = group.map_or_else(ClassSet::default, |group| placed.arrivals[group].classes.clone());
                    Some(arriving(model, &placed.carried, &here, *run == Run::Replies))
                }
                _ => None,
            };
            let meant = Meant::carried(model, day, carried.as_ref().unwrap_or(&placed.carried), &declared);
            proofs.push((format!("{}{}", run.words(), vantage.words), run.prove(meant, &met)));
        }
    }
    proofs
}

/// Are replies treated as they are known to be right, on every way that the firewall filters?
pub fn replies(program: &Program, placed: &Placed) -> bool {
    points(placed).iter().all(|&point| match connections::recognised(program, hooks(program, point)) {
        Ok(()) => true,
        Err(odd) => placed.is_silent() && point != Point::Output && odd.is_empty(),
    })
}

fn points(placed: &Placed) -> Vec<Point> {
    let mut points = Vec::new();
    points.extend(placed.forwards.then_some(Point::Forward));
    points.extend(placed.own.is_some().then_some([Point::Input, Point::Output]).into_iter().flatten());
    points
}

fn hooks(program: &Program, point: Point) -> &[Hook] {
    match point {
        Point::Forward => &program.hooks,
        Point::Input => &program.input,
        Point::Output => &program.output,
    }
}

/// `unnamed`: also by interfaces that the policy does not name.
fn vantages(model: &Model<'_>, placed: &Placed, program: &Program, unnamed: bool) -> Vec<Vantage> {
    let device = &model.devices[placed.device.0 as usize];
    let mut all = Vec::new();
    for point in points(placed) {
        let what = match point {
            Point::Forward => "",
            Point::Input => ", to the firewall itself",
            Point::Output => ", from the firewall itself",
        };
        if point == Point::Output {
            all.extend(others(program, point).into_iter().map(|number| Vantage {
                point,
                by: Some((None, number)),
                words: what.to_owned(),
            }));
            continue;
        }
        for (group, arrival) in placed.arrivals.iter().enumerate() {
            for &number in &arrival.interfaces {
                let name = device.interfaces[number].name;
                // A name that no rule can ask for, or none does, stands for all such.
                let known = program.interface(name);
                if let Some(number) = known.or((!unnamed).then_some(NOWHERE)) {
                    let words = format!("{what}, coming in by `{name}`");
                    all.push(Vantage { point, by: Some((Some(group), number)), words });
                }
            }
        }
        if !unnamed {
            continue;
        }
        // No interface has an empty name: it stands for all that are not named.
        let words = match placed.arrivals.is_empty() {
            true => what.to_owned(),
            false => format!("{what}, coming in by an interface that the policy does not name"),
        };
        let named: Vec<u128> = device.interfaces.iter().filter_map(|i| program.interface(i.name)).collect();
        for number in others(program, point).into_iter().filter(|number| !named.contains(number)) {
            all.push(Vantage { point, by: Some((None, number)), words: words.clone() });
        }
    }
    all
}

/// A declared set, as sets of packets have it.
pub(super) fn declared(set: &rules::Declared) -> Declared {
    let ends = |ends: &rules::DeclaredEnds| AddressSet {
        v4: Ranges::new(ends.v4.iter().map(|(a, b)| (a.to_bits(), b.to_bits())).collect()),
        v6: Ranges::new(ends.v6.iter().map(|(a, b)| (a.to_bits(), b.to_bits())).collect()),
    };
    let (sources, destinations) = (ends(&set.sources), ends(&set.destinations));
    Declared { why: set.why, sources, destinations, services: set_of(set.service) }
}

/// What is carried of packets that come from some classes; or, of `replies`, of those whose replies come from there.
fn arriving(model: &Model<'_>, carried: &Carried, here: &ClassSet, replies: bool) -> Carried {
    let of = |(id, flow): (u32, &Flow<'_>)| {
        let boxes = carried.of(FlowId(id), flow).iter();
        boxes
            .map(|(left, right)| match replies {
                false => (left.intersection(here), right.clone()),
                true => (left.clone(), right.intersection(here)),
            })
            .filter(|(left, right)| !left.is_empty() && !right.is_empty())
            .collect()
    };
    Carried::Pairs((0..).zip(&model.flows).map(of).collect())
}

/// One interface of each kind that the rules tell apart, whoever names it: the ends of all that they ask for, and none of
/// them. The loopback is not asked about what the box itself receives and sends.
fn others(program: &Program, point: Point) -> BTreeSet<u128> {
    let mut all = BTreeSet::from([0]);
    for (low, high) in asked(program, point).flatten() {
        all.extend([Some(*low), high.checked_add(1)].into_iter().flatten());
    }
    if point != Point::Forward {
        all.retain(|&number| Some(number) != interface(b"lo"));
    }
    all
}

/// The conditions on the interfaces that count on a way.
fn asked(program: &Program, point: Point) -> impl Iterator<Item = &Vec<(u128, u128)>> {
    let conditions = program.chains.iter().flat_map(|chain| &chain.rules).flat_map(|rule| &rule.conditions);
    conditions.filter_map(move |condition| match (condition, point) {
        (Condition::Interface(names), Point::Forward | Point::Input) => Some(names),
        (Condition::Leaving(names), Point::Output) => Some(names),
        _ => None,
    })
}

fn holds(names: &[(u128, u128)], interface: u128) -> bool {
    names.iter().any(|&(low, high)| (low..=high).contains(&interface))
}

/// What every condition on interfaces says of one.
fn answers(program: &Program, point: Point, interface: u128) -> Vec<bool> {
    asked(program, point).map(|names| holds(names, interface)).collect()
}

/// The program as packets meet it on one way, that come in by one interface, or leave by another than the loopback. Rules
/// keep their places.
pub fn by(program: &Program, point: Point, interface: u128) -> Program {
    let mut program = Program { hooks: hooks(program, point).to_vec(), ..program.clone() };
    for rule in program.chains.iter_mut().flat_map(|chain| &mut chain.rules) {
        let asked = |c: &Condition| match (c, point) {
            (Condition::Interface(names), Point::Forward | Point::Input) => Some(holds(names, interface)),
            (Condition::Leaving(names), Point::Output) => Some(holds(names, interface)),
            _ => None,
        };
        if rule.conditions.iter().any(|c| asked(c) == Some(false)) {
            rule.conditions = std::iter::once(Condition::Never).collect();
        } else {
            rule.conditions.retain(|c| asked(c).is_none());
        }
    }
    program
}
