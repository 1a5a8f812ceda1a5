//! What holds for paths of compromise on every policy, judged by brute force over the model.

use proptest::prelude::*;
use segc::graph::{Cut, Goal, Graph, cut, search};
use segc::model::{ClassSet, Families, FlowId, Model, ZoneId};

use crate::laws::compiled;
use crate::random_policy::{DAY, Size, policy};

/// Zones that a compromise of `start` reaches when the flows in `gone` are deleted: rounds over all pairs of classes
/// until nothing is added.
fn reached(model: &Model<'_>, start: u32, gone: &[FlowId]) -> Vec<bool> {
    let zones = model.zones.len() as u32;
    let share = |a: u32, b: u32| {
        let of = |z: u32| model.zones[ZoneId(z)].own.families();
        of(a).and(of(b))
    };
    let mut reached = vec![false; zones as usize];
    reached[start as usize] = true;
    loop {
        let before = reached.clone();
        for from in (0..zones).filter(|&z| before[z as usize]) {
            let barred = model.zones[ZoneId(from)].barrier.is_some_and(|(_, window)| window.holds(DAY));
            if from != start && (barred || ZoneId(from) == model.zones.internet()) {
                continue;
            }
            for to in 0..zones {
                let (a, b) = (ZoneId(from), ZoneId(to));
                let nested = model.zones[a].parent == Some(b) || model.zones[b].parent == Some(a);
                let allowed = model.flows.iter().enumerate().any(|(i, f)| {
                    !gone.contains(&FlowId(i as u32))
                        && f.window.holds(DAY)
                        && f.inert.is_none_or(|a| !a.window.holds(DAY))
                        && f.joins(from, to)
                        && share(from, to) != Families::default()
                        && !f.services.only(share(from, to)).is_empty()
                });
                reached[to as usize] |= nested || allowed;
            }
        }
        if reached == before {
            return reached;
        }
    }
}

/// Subsets of `flows` of a size, as long as there are few.
fn subsets(flows: &[FlowId], size: usize) -> Vec<Vec<FlowId>> {
    let masks = 0u32..1 << flows.len();
    let pick = |mask: u32| flows.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1).map(|(_, f)| *f).collect();
    masks.filter(|m| m.count_ones() as usize == size).map(pick).collect()
}

/// A random policy in which some zones are barriers and some allows are inert.
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
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_search_finds_what_brute_force_finds(seed in any::<u64>()) {
        let text = with_assumptions(seed, Size::MEDIUM);
        compiled(&text, |model, _| {
            let graph = Graph::new(model, DAY, None);
            for start in 0..model.zones.len() as u32 {
                let starts = ClassSet::run(start, start + 1);
                let found = search(&graph, &starts, &graph.barriers);
                let all = reached(model, start, &[]);
                for zone in 0..model.zones.len() as u32 {
                    prop_assert_eq!(found.reached(zone), all[zone as usize], "{} to {} in\n{}", start, zone, text);
                }
            }
            Ok(())
        })?;
    }

    /// A witness is a way: each hop begins where the last ended, and each is allowed or is between parent and child.
    #[test]
    fn a_witness_is_a_way(seed in any::<u64>()) {
        let text = with_assumptions(seed, Size::MEDIUM);
        compiled(&text, |model, _| {
            let graph = Graph::new(model, DAY, None);
            let zones = model.zones.len() as u32;
            for (start, goal) in [(0, zones - 2), (zones / 2, 0), (zones - 1, zones / 3)] {
                let (starts, goal) = (ClassSet::run(start, start + 1), ClassSet::run(goal, goal + 1));
                let found = search(&graph, &starts, &graph.barriers);
                let aim = Goal { zones: &goal, services: None };
                let Some(way) = found.witness(&graph, &starts, &graph.barriers, &aim) else { continue };
                let mut at = start;
                for hop in &way {
                    prop_assert_eq!(hop.from, at);
                    let nested = model.zones[ZoneId(hop.from)].parent == Some(ZoneId(hop.to))
                        || model.zones[ZoneId(hop.to)].parent == Some(ZoneId(hop.from));
                    let allowed = hop.flow.is_some_and(|f| model.flows[f.0 as usize].joins(hop.from, hop.to));
                    prop_assert!(if hop.flow.is_some() { allowed } else { nested }, "{:?} in\n{}", hop, text);
                    at = hop.to;
                }
                prop_assert!(goal.contains(at));
            }
            Ok(())
        })?;
    }

    /// Removing what a cut names closes every way; and where it is called the smallest, nothing smaller does.
    #[test]
    fn a_cut_cuts_and_none_smaller_does(seed in any::<u64>()) {
        let text = policy(seed, Size { allows: 9, ..Size::SMALL });
        compiled(&text, |model, _| {
            let graph = Graph::new(model, DAY, None);
            let required = vec![None; model.flows.len()];
            let all: Vec<FlowId> = (0..model.flows.len() as u32).map(FlowId).collect();
            let zones = model.zones.len() as u32;
            for (start, goal) in (0..zones).flat_map(|a| (0..zones).map(move |b| (a, b))).filter(|(a, b)| a != b) {
                let (starts, goals) = (ClassSet::run(start, start + 1), ClassSet::run(goal, goal + 1));
                let found = search(&graph, &starts, &graph.barriers);
                if !found.reached(goal) {
                    continue;
                }
                let aim = Goal { zones: &goals, services: None };
                match cut(&graph, &found, (&starts, &graph.barriers), &aim, &required) {
                    Cut::Smallest(flows) => {
                        prop_assert!(!reached(model, start, &flows)[goal as usize], "{:?} in\n{}", flows, text);
                        for fewer in subsets(&all, flows.len() - 1) {
                            prop_assert!(reached(model, start, &fewer)[goal as usize], "{:?} do in\n{}", fewer, text);
                        }
                    }
                    Cut::Enough(flows) => {
                        prop_assert!(!reached(model, start, &flows)[goal as usize], "{:?} in\n{}", flows, text);
                    }
                    Cut::SamePlace => {
                        prop_assert!(reached(model, start, &all)[goal as usize], "{} {} in\n{}", start, goal, text);
                    }
                    other => prop_assert!(false, "{:?} in\n{}", other, text),
                }
            }
            Ok(())
        })?;
    }
}
