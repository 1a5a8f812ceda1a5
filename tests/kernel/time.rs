//! Rules that begin and end.

use jiff::ToSpan;
use jiff::civil::Date;

use super::frames::{Datagram, TCP};
use super::netns::{Leg, with_router};
use super::probe::Round;
use super::state::{opening, two_zones};
use super::{build, ready, today};
use crate::naive::{Naive, Packet};

/// 14 hours ahead of UTC, UTC, 12 hours behind: at any time of the day one of them has another date.
const ZONES: [&str; 3] = ["HERE-14", "UTC0", "HERE12"];

#[test]
fn p49_until_is_utc() {
    if !ready() {
        return;
    }
    // Around midnight it may have to be done again.
    let done = (0..2).any(|_| {
        let day = today();
        let wrong = wrong_verdicts(day);
        let same = today() == day;
        assert!(!same || wrong.is_empty(), "{}", wrong.join("\n"));
        same
    });
    assert!(done, "two midnights in one test");
}

fn wrong_verdicts(day: Date) -> Vec<String> {
    let days = [-1, 0, 1].map(|distance| day.saturating_add(distance.days()));
    let allow = |port: u16, dates: String| {
        format!("allow office -> shop : tcp/{port} {{ reason \"work\" owner \"us\" {dates} }}\n")
    };
    let mut text = two_zones(&allow(1000, String::new()));
    for (port, date) in (1001..).zip(days) {
        text += &allow(port, format!("from {date}"));
        text += &allow(port + 10, format!("until {date}"));
        text += &allow(port + 20, format!("from {date} until {date}"));
    }
    let now = Naive::new(&text, day);
    let packets: Vec<Packet> =
        [false, true].into_iter().flat_map(|v6| (1000..=1023).map(move |port| opening(v6, TCP, port, port))).collect();
    let mut wrong = Vec::new();
    for at in days {
        let rules = build(&text, at);
        let then = Naive::new(&text, at);
        for zone in ZONES {
            // What was not live on the day of the build is not in the rule set; what is not live now must not pass.
            let expected: Vec<bool> =
                packets.iter().map(|packet| then.verdict(packet) && now.verdict(packet)).collect();
            let datagrams = packets.iter().map(|packet| (Leg::First, Datagram::opening(packet))).collect();
            let passed: Vec<bool> = with_router(|router| {
                router.load_in(zone, &rules);
                let round = Round::new(datagrams, expected.clone()).send(router);
                (0..packets.len()).map(|packet| round.passed(router, packet)).collect()
            });
            for ((packet, passed), expected) in packets.iter().zip(passed).zip(expected) {
                if passed != expected {
                    wrong.push(format!("built for {at}, loaded in {zone}: {packet:?} should pass: {expected}"));
                }
            }
        }
    }
    wrong
}
