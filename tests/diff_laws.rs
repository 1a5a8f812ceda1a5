//! What `diff` says, on every pair of policies, judged by the naive reading of both texts: the union of what is told is
//! exactly the difference, and what only looks different is no difference.

mod edits;

use std::net::IpAddr;

use jiff::ToSpan;
use proptest::prelude::*;
use segc::diff::{Change, Diff, Edition, Part, Speaker, Version, diff};
use segc::graph::{Closure, Graph, Question};
use segc::model::{AddressSet, ClassSet, Families, Model};

use crate::explain_laws::service_of;
use crate::laws::compiled;
use crate::naive::packets::packets;
use crate::naive::{Naive, Packet};
use crate::path_laws::with_assumptions;
use crate::random_policy::{DAY, Size, policy};

/// Compares two texts as the program would.
fn compared<T>(old: &str, new: &str, with: impl FnOnce(&Diff<'_>, &Version<'_>, &Version<'_>) -> T) -> T {
    compiled(old, |before, old_sources| {
        compiled(new, |after, new_sources| {
            let of = |text: &str| segc_grammar::parse(text.to_owned().leak(), 0).0;
            let (old_tree, new_tree) = (of(old), of(new));
            let old = Version { model: before, sources: old_sources, statements: old_tree.statements.iter().collect() };
            let new = Version { model: after, sources: new_sources, statements: new_tree.statements.iter().collect() };
            with(&diff(&old, &new, DAY), &old, &new)
        })
    })
}

fn holds(set: &AddressSet, address: IpAddr) -> bool {
    match address {
        IpAddr::V4(a) => set.v4.contains(a.to_bits()),
        IpAddr::V6(a) => set.v6.contains(a.to_bits()),
    }
}

/// Is the packet among the connections of a part, as they are put into words?
fn told(speaker: &Speaker<'_>, part: &Part, packet: &Packet) -> bool {
    let zones = &speaker.model.zones;
    let side = |cells: &ClassSet, address: IpAddr| {
        speaker.side(cells, part.families).iter().any(|place| {
            let inside = match (place.zone, &place.only) {
                (_, Some(only)) => holds(only, address),
                (Some(zone), None) => {
                    holds(&zones[zone].hosts, address)
                        || zones[zone].statement.is_none() && holds(&zones[zone].own, address)
                }
                (None, None) => zones.iter().any(|(_, zone)| holds(&zone.own, address)),
            };
            let except =
                |&zone: &segc::model::ZoneId| holds(&zones[zone].hosts, address) || holds(&zones[zone].own, address);
            inside && !place.except.iter().any(except)
        })
    };
    let v4 = packet.source.is_ipv4();
    let family = Families { v4, v6: !v4 };
    part.services_in(family).is_some_and(|services| services.meets(&service_of(packet)))
        && side(&part.left, packet.source)
        && side(&part.right, packet.destination)
}

/// How many parts of each change hold the packet.
fn blamed(speaker: &Speaker<'_>, changes: &[Change], packet: &Packet) -> Vec<usize> {
    let hits = |change: &Change| change.parts.iter().filter(|part| told(speaker, part, packet)).count();
    changes.iter().map(hits).collect()
}

fn speakers<'s>(diff: &'s Diff<'_>, old: &'s Version<'_>, new: &'s Version<'_>) -> [Speaker<'s>; 2] {
    [(old, Edition::Old), (new, Edition::New)]
        .map(|(version, edition)| Speaker::new(version.model, edition, &diff.cells))
}

/// A policy and what became of it.
fn pair(seed: u64) -> (String, String) {
    let old = policy(seed, Size::MEDIUM);
    let new = edits::edited(&old, seed);
    (old, new)
}

fn packets_of(old: &Naive, new: &Naive, seed: u64) -> Vec<Packet> {
    let mut all = packets(old, seed, 120);
    all.extend(packets(new, seed ^ 1, 120));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// A packet is told to be newly possible if and only if it is; and a statement is blamed only for what it allows,
    /// once.
    #[test]
    fn what_is_told_is_exactly_the_difference(seed in any::<u64>()) {
        let (old_text, new_text) = pair(seed);
        let (before, after) = (Naive::new(&old_text, DAY), Naive::new(&new_text, DAY));
        compared(&old_text, &new_text, |diff, old, new| {
            let [was, is] = speakers(diff, old, new);
            for packet in packets_of(&before, &after, seed) {
                let (could, can) = (before.verdict(&packet), after.verdict(&packet));
                let opened = blamed(&is, &diff.opened, &packet);
                let closed = blamed(&was, &diff.closed, &packet);
                prop_assert_eq!(opened.iter().any(|&n| n > 0), can && !could, "{:?}\n{}\n\n{}", packet, old_text, new_text);
                prop_assert_eq!(closed.iter().any(|&n| n > 0), could && !can, "{:?}\n{}\n\n{}", packet, old_text, new_text);
                prop_assert!(opened.iter().chain(&closed).all(|&n| n <= 1), "parts overlap: {:?}", packet);
                let allows = |version: &Version<'_>, change: &Change| {
                    let flow = &version.model.flows[change.flow.0 as usize];
                    let class = |address| version.model.zones.iter().find(|(_, z)| holds(&z.own, address)).map(|(id, _)| id.0);
                    let ends = class(packet.source).zip(class(packet.destination));
                    ends.is_some_and(|(from, to)| flow.joins(from, to)) && flow.services.meets(&service_of(&packet))
                };
                for (hits, change) in opened.iter().zip(&diff.opened) {
                    prop_assert!(*hits == 0 || allows(new, change), "wrongly blamed: {:?}\n{}", packet, new_text);
                }
                for (hits, change) in closed.iter().zip(&diff.closed) {
                    prop_assert!(*hits == 0 || allows(old, change), "wrongly blamed: {:?}\n{}", packet, old_text);
                }
            }
            Ok(())
        })?;
    }

    /// What is possible on some later day only is seen on the day of the comparison.
    #[test]
    fn what_opens_later_is_told_today(seed in any::<u64>()) {
        let (old_text, new_text) = pair(seed);
        compared(&old_text, &new_text, |diff, old, new| {
            let [_, is] = speakers(diff, old, new);
            for later in [0, 1, 2, 400, 401] {
                let day = DAY.saturating_add(later.days());
                let (before, after) = (Naive::new(&old_text, day), Naive::new(&new_text, day));
                for packet in packets_of(&before, &after, seed) {
                    let (could, can) = (before.verdict(&packet), after.verdict(&packet));
                    prop_assert!(!can || could || diff.is_wider(), "{:?} on {}\n{}\n\n{}", packet, day, old_text, new_text);
                    prop_assert!(can || !could || diff.is_narrower(), "{:?} on {}\n{}\n\n{}", packet, day, old_text, new_text);
                    let then = diff.opened.iter().filter_map(|change| change.later.as_ref()).filter(|(d, _)| *d == day);
                    if then.flat_map(|(_, parts)| parts).any(|part| told(&is, part, &packet)) {
                        prop_assert!(can && !could, "{:?} on {}\n{}\n\n{}", packet, day, old_text, new_text);
                    }
                }
            }
            Ok(())
        })?;
    }

    /// Names, order and layout are no differences.
    #[test]
    fn what_only_looks_different_is_no_difference(seed in any::<u64>()) {
        let old_text = policy(seed, Size::MEDIUM);
        let new_text = edits::disguised(&old_text, seed);
        compared(&old_text, &new_text, |diff, _, _| {
            let seen = (
                diff.opened.len(), diff.closed.len(), diff.moved.len(), diff.paths_opened.pairs,
                diff.paths_closed.pairs, diff.weakened.len(), diff.edits.len(),
            );
            prop_assert_eq!(seen, (0, 0, 0, 0, 0, 0, 0), "{:#?}\n{}\n\n{}", diff.edits, old_text, new_text);
            Ok(())
        })?;
    }

    /// The pairs of zones that are told to be joined by new paths are those that a search from every zone finds.
    #[test]
    fn paths_are_those_that_a_search_finds(seed in any::<u64>()) {
        let old_text = with_assumptions(seed, Size::MEDIUM);
        let new_text = edits::edited_allows(&old_text, seed);
        compared(&old_text, &new_text, |diff, old, new| {
            let reach = |model: &Model<'_>| -> Vec<Vec<bool>> {
                let graph = Graph::new(model, DAY, None);
                let zones = model.zones.len() as u32;
                let from = |zone| {
                    let start = ClassSet::run(zone, zone + 1);
                    Closure::new(&graph, Question::new(&start, &graph.barriers))
                };
                (0..zones).map(from).map(|reach| (0..zones).map(|to| reach.reached(to)).collect()).collect()
            };
            let (before, after) = (reach(old.model), reach(new.model));
            let beyond = |one: &[Vec<bool>], other: &[Vec<bool>]| {
                let pairs = one.iter().zip(other).flat_map(|(a, b)| a.iter().zip(b));
                pairs.filter(|(is, was)| **is && !**was).count()
            };
            prop_assert_eq!(diff.paths_opened.pairs, beyond(&after, &before), "{}\n\n{}", old_text, new_text);
            prop_assert_eq!(diff.paths_closed.pairs, beyond(&before, &after), "{}\n\n{}", old_text, new_text);
            for reached in &diff.paths_opened.nearest {
                let (first, last) = (reached.first.0, reached.target.0);
                prop_assert!(!reached.hops.is_empty());
                prop_assert!(!before[first as usize][last as usize] && after[first as usize][last as usize]);
            }
            Ok(())
        })?;
    }
}

/// A zone that its child fills, both renamed: found by the law above.
#[test]
fn a_zone_and_the_child_that_fills_it_are_both_recognised() {
    let text = |outer: &str, inner: &str| {
        format!(
            "zone {outer} {{ hosts 10.1.0.0/16 }}\nzone {inner} in {outer} {{ hosts 10.1.0.0/16 }}\n\
             zone shop {{ hosts 10.2.0.0/16 }}\nallow {outer} -> shop : ssh\nallow shop -> {inner} : https\n"
        )
    };
    compared(&text("office", "desks"), &text("building", "seats"), |diff, _, _| {
        assert_eq!((diff.moved.len(), diff.edits.len(), diff.opened.len(), diff.closed.len()), (0, 0, 0, 0));
    });
}
