//! Firewalls of a network: each is a router of its own, with its interfaces, and packets come in by every one of them.

use std::path::Path;

use super::frames::{Datagram, SCTP};
use super::netns::{Leg, Router, run, with_router_of};
use super::probe::{Round, describe};
use super::{ready, today};
use crate::naive::network::{Network, Spot};
use crate::naive::packets::packets;
use crate::naive::{Naive, Packet};
use crate::{root, segc, text};

/// The firewalls of the example, and their interfaces.
const FIREWALLS: [(&str, &[&str]); 2] = [
    ("branch", &["lan0", "lan1", "wifi0", "wan0"]),
    ("hq", &["up0", "wan0", "eth0.10", "eth0.20", "eth0.30", "eth0.40", "eth0.50"]),
];

const PACKETS: usize = 700;

/// The example, and the rules of one of its firewalls.
fn built(firewall: &str) -> (Naive, String) {
    let folder = root().join("examples/branch-office");
    let policy = std::fs::read_to_string(folder.join("zones.seg")).expect("the example");
    let (day, out) = (today(), tempfile::tempdir().expect("a folder"));
    let place = out.path().to_str().expect("a path");
    let done = segc(&folder, &["build", "zones.seg", "-o", place, "--at", &day.to_string()]);
    assert!(done.status.success(), "{}", text(&done.stdout));
    let rules = std::fs::read_to_string(out.path().join(firewall).join("rules.nft")).expect("its rules");
    (Naive::new(&policy, day), rules)
}

/// By which leg a packet comes, and the interface's name; the first leg is named nowhere.
fn legs(interfaces: &[&'static str]) -> Vec<(Leg, &'static str)> {
    let named = interfaces.iter().enumerate().map(|(place, name)| (Leg::Further(place), *name));
    named.chain([(Leg::First, "leg1")]).collect()
}

/// The interface by which answers of a packet come back.
fn back(naive: &Naive, network: &Network, firewall: &str, all: &[(Leg, &str)], packet: &Packet) -> Option<Leg> {
    let far: Spot = naive.spot(network, packet.destination)?;
    all.iter().find(|(_, name)| network.may_come_in(firewall, name, &far)).map(|(leg, _)| *leg)
}

#[test]
fn firewalls_of_a_network_let_through_what_is_theirs_and_comes_from_its_place() {
    if !ready() {
        return;
    }
    for (firewall, interfaces) in FIREWALLS {
        let (naive, rules) = built(firewall);
        let network = naive.network();
        let all = legs(interfaces);
        let drawn = packets(&naive, 7, PACKETS);
        let (judged, wrong) =
            with_router_of(interfaces, |router| judge(router, &naive, &network, firewall, &all, &drawn, &rules));
        println!("{firewall}: {judged:?}");
        assert!(judged.passed > 50 && judged.spoofed > 200 && judged.answered > 20, "{firewall}: {judged:?}");
        assert!(wrong.is_empty(), "{firewall}: {} differ\n{}", wrong.len(), wrong.join("\n"));
    }
}

/// What was seen.
#[derive(Debug, Default)]
struct Judged {
    passed: usize,
    denied: usize,
    /// Allowed, but not from there.
    spoofed: usize,
    /// Answers that came back, of each of which another by a wrong interface was stopped.
    answered: usize,
}

fn judge(
    router: &mut Router,
    naive: &Naive,
    network: &Network,
    firewall: &str,
    all: &[(Leg, &str)],
    drawn: &[Packet],
    rules: &str,
) -> (Judged, Vec<String>) {
    let openings: Vec<_> = drawn.iter().map(|packet| (Leg::First, Datagram::opening(packet))).collect();
    let dry = Round::new(openings, vec![true; drawn.len()]).impatient().send(router);
    let routable: Vec<Packet> =
        drawn.iter().zip(0..).filter(|&(_, at)| dry.passed(router, at)).map(|(packet, _)| *packet).collect();
    assert!(routable.len() * 10 > drawn.len() * 8, "{} of {} are forwarded at all", routable.len(), drawn.len());
    router.load(rules);
    // Every packet by every interface; what was let in by the right one stays out by the others.
    let asked: Vec<(Leg, &str, Packet)> =
        routable.iter().flat_map(|packet| all.iter().map(|&(leg, name)| (leg, name, *packet))).collect();
    let meant: Vec<bool> =
        asked.iter().map(|(_, name, packet)| naive.crosses(network, firewall, name, packet)).collect();
    let sent = asked.iter().map(|(leg, _, packet)| (*leg, Datagram::opening(packet))).collect();
    let round = Round::new(sent, meant.clone()).send(router);
    let mut judged = Judged::default();
    let mut wrong = Vec::new();
    let mut answers = Vec::new();
    for (at, (_, name, packet)) in asked.iter().enumerate() {
        let passes = round.passed(router, at);
        if passes != meant[at] {
            wrong.push(format!("by {name}: {}", describe(naive, packet, passes)));
        }
        judged.passed += usize::from(passes);
        judged.denied += usize::from(!meant[at]);
        judged.spoofed += usize::from(!meant[at] && naive.verdict(packet));
        // A handshake of SCTP that was begun by every interface is none to connection tracking.
        let answer = Datagram::answer(packet).filter(|answer| answer.protocol != SCTP);
        let answer = answer.zip(back(naive, network, firewall, all, packet));
        answers.extend(answer.filter(|_| meant[at] && passes).map(|answer| (*packet, answer)));
    }
    for (packet, (answer, leg)) in answers {
        let astray = all.iter().map(|(leg, _)| *leg).find(|&other| {
            let named = all.iter().find(|(leg, _)| *leg == other).map_or("", |(_, name)| name);
            let far = naive.spot(network, packet.destination);
            !far.is_some_and(|far| network.may_come_in(firewall, named, &far))
        });
        if astray.is_some_and(|astray| !router.is_stopped(astray, &answer)) {
            wrong.push(format!("an answer comes from elsewhere: {}", describe(naive, &packet, true)));
        }
        if !router.passes(leg, &answer) {
            wrong.push(format!("its answer is stopped: {}", describe(naive, &packet, true)));
        }
        judged.answered += 1;
    }
    (judged, wrong)
}

/// What segc says of a listing.
fn verified(firewall: &str, listing: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let live = folder.path().join("live.nft");
    std::fs::write(&live, listing).expect("it can be written");
    let live = live.to_str().expect("a path");
    let day = today().to_string();
    let example = root().join("examples/branch-office");
    let done = segc(Path::new(&example), &["verify", "zones.seg", "--firewall", firewall, live, "--at", &day]);
    (done.status.code(), text(&done.stdout) + &text(&done.stderr))
}

#[test]
fn what_a_firewall_of_a_network_lists_is_equal_until_an_interface_moves() {
    if !ready() {
        return;
    }
    for (firewall, interfaces) in FIREWALLS {
        let (_, rules) = built(firewall);
        let list = |arguments: &[&str]| run("nft", arguments, "").expect("it lists");
        let texts = with_router_of(interfaces, |router| {
            router.load(&rules);
            let equal = [list(&["-s", "list", "ruleset"]), list(&["-j", "list", "ruleset"])];
            // The last interface is taken for the first one's.
            let (first, last) = (interfaces[0], interfaces[interfaces.len() - 1]);
            let moved = format!(
                "delete element inet segc arrivals {{ \"{last}\" }}\n\
                 add element inet segc arrivals {{ \"{last}\" : goto behind_{first} }}\n"
            );
            run("nft", &["-f", "-"], &moved).expect("it moves");
            (equal, [list(&["-s", "list", "ruleset"]), list(&["-j", "list", "ruleset"])])
        });
        for listing in &texts.0 {
            let (status, said) = verified(firewall, listing);
            assert_eq!(status, Some(0), "{firewall}: {said}\n{listing}");
        }
        for listing in &texts.1 {
            let (status, said) = verified(firewall, listing);
            assert_eq!(status, Some(1), "{firewall}: {said}\n{listing}");
            let by = format!("coming in by `{}`", interfaces[interfaces.len() - 1]);
            assert!(said.contains(&by), "{by} is not in\n{said}");
        }
    }
}
