//! What is told of a network: denials that nothing enforces, allows that nothing carries, zones that hang nowhere.

use std::collections::BTreeSet;
use std::net::IpAddr;

use segc::checks::{Context, check};
use segc::model::{FlowId, Model, Term, ZoneId};

use super::{classes, drawn};
use crate::laws::compiled;
use crate::naive::network::{Network, Spot};
use crate::naive::{Naive, Packet};
use crate::random_policy::DAY;

/// Which codes are told, each with the lines that it begins at.
fn told(text: &str) -> BTreeSet<(&'static str, u32)> {
    compiled(text, |model, sources| {
        let found = check(&Context::new(model, sources, DAY), true);
        let line =
            |d: &segc::diagnostics::Diagnostic| d.labels.first().map_or(0, |(span, _)| sources.line_number(*span).1);
        found.iter().map(|d| (d.code, line(d))).collect()
    })
}

/// Is anything denied from one place to another? Classes are of a piece, so one address of each is enough.
fn denies(model: &Model<'_>, naive: &Naive, network: &Network, from: &Spot, to: &Spot) -> bool {
    let at = |spot: &Spot, v6: bool| -> Vec<IpAddr> {
        let here = classes(model).into_iter().map(|c| &model.zones[ZoneId(c)]);
        let here = here.filter(|zone| network.spot(zone.name).as_ref() == Some(spot));
        here.filter_map(|zone| match v6 {
            false => zone.own.v4.as_slice().first().map(|&(low, _)| IpAddr::V4(low.into())),
            true => zone.own.v6.as_slice().first().map(|&(low, _)| IpAddr::V6(low.into())),
        })
        .collect()
    };
    let mut keys: Vec<u32> = vec![0, 255 << 16 | 0xffff];
    for &(low, high) in model.flows.iter().flat_map(|flow| flow.services.intervals()) {
        keys.extend([low.saturating_sub(1), low, high, (high + 1).min(0xff_ffff)]);
    }
    keys.sort_unstable();
    keys.dedup();
    [false, true].into_iter().any(|v6| {
        // ICMP of the other family is in no service.
        let keys = keys.iter().filter(|&key| key >> 16 != if v6 { 1 } else { 58 });
        let ends: Vec<(IpAddr, IpAddr)> =
            at(from, v6).into_iter().flat_map(|a| at(to, v6).into_iter().map(move |b| (a, b))).collect();
        keys.flat_map(|&key| ends.iter().map(move |ends| (key, ends))).any(|(key, &(source, destination))| {
            !naive.verdict(&Packet {
                source,
                destination,
                protocol: (key >> 16) as u8,
                source_port: 40_000,
                destination_port: key as u16,
                icmp_type: (key >> 8) as u8,
                icmp_code: key as u8,
            })
        })
    })
}

#[test]
fn a_denial_past_no_firewall_is_told_and_no_other() {
    let (mut flat, mut fine) = (0, 0);
    for seed in 1000..1200 {
        let text = drawn(seed);
        let naive = Naive::new(&text, DAY);
        let network = naive.network();
        let meant = compiled(&text, |model, _| {
            let spots: BTreeSet<Spot> =
                classes(model).iter().filter_map(|&c| network.spot(model.zones[ZoneId(c)].name)).collect();
            spots.iter().any(|from| {
                spots
                    .iter()
                    .any(|to| from != to && network.is_flat(from, to) && denies(model, &naive, &network, from, to))
            })
        });
        let found = told(&text).iter().any(|(code, _)| *code == "SEG1503");
        assert_eq!(found, meant, "seed {seed}\n{text}");
        flat += usize::from(meant);
        fine += usize::from(!meant);
    }
    assert!(flat > 20 && fine > 20, "{flat} flat, {fine} fine");
}

#[test]
fn a_zone_that_hangs_nowhere_is_told_and_no_other() {
    let mut nowhere = 0;
    for seed in 2000..2200 {
        let text = drawn(seed);
        let naive = Naive::new(&text, DAY);
        let network = naive.network();
        let meant: BTreeSet<u32> = compiled(&text, |model, sources| {
            let declared = classes(model).into_iter().map(|c| &model.zones[ZoneId(c)]);
            let declared = declared.filter(|zone| zone.statement.is_some() && network.spot(zone.name).is_none());
            declared.map(|zone| sources.line_number(zone.name_span).1).collect()
        });
        let zones = |line: &u32| text.lines().nth(*line as usize - 1).is_some_and(|l| l.starts_with("zone "));
        let found: BTreeSet<u32> = told(&text)
            .into_iter()
            .filter(|(code, _)| *code == "SEG1504")
            .map(|(_, line)| line)
            .filter(zones)
            .collect();
        assert_eq!(found, meant, "seed {seed}\n{text}");
        nowhere += meant.len();
    }
    assert!(nowhere > 50, "{nowhere} zones hang nowhere");
}

/// Of an allow, is a pair of zones named outright apart, or everything, as far as it hangs anywhere?
fn is_apart(model: &Model<'_>, network: &Network, id: FlowId) -> bool {
    let flow = &model.flows[id.0 as usize];
    let with_addresses = classes(model);
    let spots = |classes: &mut dyn Iterator<Item = u32>| -> BTreeSet<Spot> {
        let here = classes.filter(|class| with_addresses.contains(class));
        here.filter_map(|class| network.spot(model.zones[ZoneId(class)].name)).collect()
    };
    let apart = |from: &BTreeSet<Spot>, to: &BTreeSet<Spot>| {
        let known = !from.is_empty() && !to.is_empty();
        known && !from.iter().any(|from| to.iter().any(|to| network.is_joined(from, to)))
    };
    let terms = |side: &segc::model::Side| side.terms.iter().map(|(term, _)| *term).collect::<Vec<_>>();
    let (left, right) = (terms(&flow.left), terms(&flow.right));
    let outright = left.iter().flat_map(|l| right.iter().map(move |r| (*l, *r))).any(|ends| match ends {
        (Term::Zone(from), Term::Zone(to)) => {
            let of = |zone| spots(&mut model.zones.classes(zone).iter());
            apart(&of(from), &of(to))
        }
        _ => false,
    });
    let loose = left.iter().chain(&right).any(|term| !matches!(term, Term::Zone(_)));
    let boxes = flow.wire();
    outright
        || loose
            && !boxes.is_empty()
            && boxes.iter().all(|(left, right)| apart(&spots(&mut left.iter()), &spots(&mut right.iter())))
}

#[test]
fn an_allow_that_nothing_carries_is_told_and_no_other() {
    let (mut apart, mut fine) = (0, 0);
    for seed in 3000..3400 {
        let text = drawn(seed);
        let naive = Naive::new(&text, DAY);
        let network = naive.network();
        let meant: BTreeSet<u32> = compiled(&text, |model, sources| {
            let live = (0..).map(FlowId).zip(&model.flows).filter(|(_, flow)| flow.window.holds(DAY));
            let live: Vec<FlowId> = live.map(|(id, _)| id).collect();
            fine += live.len();
            let told = live.into_iter().filter(|&id| is_apart(model, &network, id));
            told.map(|id| sources.line_number(model.flows[id.0 as usize].head()).1).collect()
        });
        let found: BTreeSet<u32> =
            told(&text).into_iter().filter(|(code, _)| *code == "SEG1505").map(|(_, line)| line).collect();
        assert_eq!(found, meant, "seed {seed}\n{text}");
        apart += meant.len();
        fine -= meant.len();
    }
    assert!(apart > 20 && fine > 200, "{apart} apart, {fine} fine");
}
