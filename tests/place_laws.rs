//! What holds for every network, tried on many random ones: what each firewall carries, what may come in where, what is
//! told of it, and that the rules say so. The judge is [`crate::naive::network`], which walks every path.

mod findings;
mod mutants;
mod order;
mod rules;

use segc::model::{FlowId, Model, ZoneId};
use segc::place::{Placed, Topology, place};

use crate::laws::compiled;
use crate::naive::Naive;
use crate::naive::network::Network;
use crate::random_policy::topology::with_devices;
use crate::random_policy::{DAY, Size, policy};

/// The policy of a seed, with a network.
fn drawn(seed: u64) -> String {
    with_devices(&policy(seed, Size { nesting: 60, ..Size::SMALL }), seed)
}

/// The name of what is placed.
fn name<'m>(model: &'m Model<'_>, placed: &Placed) -> &'m str {
    model.devices[placed.device.0 as usize].name
}

/// Classes that have addresses.
fn classes(model: &Model<'_>) -> Vec<u32> {
    model.zones.iter().filter(|(_, zone)| !zone.own.is_empty()).map(|(id, _)| id.0).collect()
}

/// Runs `judge` on each firewall of many networks.
fn each(seeds: std::ops::Range<u64>, mut judge: impl FnMut(&str, &Naive, &Network, &Model<'_>, &Placed)) {
    for seed in seeds {
        let text = drawn(seed);
        let naive = Naive::new(&text, DAY);
        let network = naive.network();
        compiled(&text, |model, _| {
            for placed in place(model, &Topology::new(model)) {
                judge(&text, &naive, &network, model, &placed);
            }
        });
    }
}

#[test]
fn a_firewall_carries_what_some_simple_path_leads_over_it() {
    let (mut carried, mut not) = (0, 0);
    each(0..300, |text, _, network, model, placed| {
        let all = classes(model);
        let spot = |class: u32| network.spot(model.zones[ZoneId(class)].name);
        for (id, flow) in (0..).map(FlowId).zip(&model.flows) {
            let boxes = placed.carried.of(id, flow);
            for (&from, &to) in all.iter().flat_map(|a| all.iter().map(move |b| (a, b))) {
                let meant = flow.wire().iter().any(|(left, right)| left.contains(from) && right.contains(to));
                let found = boxes.iter().any(|(left, right)| left.contains(from) && right.contains(to));
                let lies_between = match (spot(from), spot(to)) {
                    (Some(from), Some(to)) => network.carries(name(model, placed), &from, &to),
                    _ => false,
                };
                let (a, b) = (model.zones[ZoneId(from)].name, model.zones[ZoneId(to)].name);
                assert_eq!(found, meant && lies_between, "{} carries {a} -> {b}\n{text}", name(model, placed));
                carried += usize::from(found);
                not += usize::from(meant && !lies_between);
            }
        }
    });
    assert!(carried > 1000 && not > 1000, "{carried} pairs carried, {not} not");
}

#[test]
fn what_is_joined_to_an_interface_without_the_device_may_come_in_there() {
    let (mut may, mut not) = (0, 0);
    each(0..300, |text, _, network, model, placed| {
        let device = &model.devices[placed.device.0 as usize];
        for (number, interface) in device.interfaces.iter().enumerate() {
            let here: Vec<_> = placed.arrivals.iter().filter(|a| a.interfaces.contains(&number)).collect();
            assert_eq!(here.len(), 1, "{} stands in one group of interfaces", interface.name);
            for class in classes(model) {
                let zone = model.zones[ZoneId(class)].name;
                let spot = network.spot(zone);
                let meant = spot.is_some_and(|spot| network.may_come_in(device.name, interface.name, &spot));
                let found = here[0].classes.contains(class);
                assert_eq!(found, meant, "{zone} by {} of {}\n{text}", interface.name, device.name);
                may += usize::from(found);
                not += usize::from(!found);
            }
        }
    });
    assert!(may > 500 && not > 500, "{may} may come in, {not} not");
}
