//! Rule sets with one mistake in them, with the kernel as judge: where the engine tells a difference, the kernel does with
//! its packet the opposite of what the policy says; where it calls one equal, kernel and policy agree on every packet.

use segc::packets::{Meant, Verdict, prove};
use segc::prove::{Scope, judge};
use segc::source::Sources;

use super::frames::Datagram;
use super::netns::{Leg, Router, run, with_router};
use super::probe::{Outcome, probe};
use super::random::conclude;
use super::ready;
use crate::dense::mutants::{Mutant, drawn, policy};
use crate::laws::compiled;
use crate::naive::packets::packets;
use crate::naive::{Naive, Packet};
use crate::random_policy::DAY;

const DIFFERENT: usize = 60;
const EQUAL: usize = 30;

/// What the engine says of a mutant.
enum Said {
    Equal,
    /// Packets that show it, and whether each passes.
    Different(Vec<(Packet, bool)>),
    Nothing,
}

fn said(text: &str, mutant: &Mutant) -> Said {
    compiled(text, |model, _| {
        let sources = Sources::default();
        let source = sources.add("m".to_owned(), "m".to_owned(), mutant.text.clone()).expect("small");
        match judge(model, &sources, DAY, source, Scope::Own, false).verdict {
            Some(Verdict::Proved) => Said::Equal,
            Some(Verdict::Different) => {
                let read = segc_backends::read::nft(mutant.text.as_bytes()).expect("it was judged");
                let proof = prove(Meant::everything(model, DAY), &read.program);
                let packets = |witnesses: Vec<segc::packets::Witness>, passes: bool| {
                    let certain = witnesses.into_iter().filter(|witness| witness.certain);
                    certain.map(move |witness| (packet(&witness.packet), passes))
                };
                Said::Different(packets(proof.missing, false).chain(packets(proof.extra, true)).collect())
            }
            _ => Said::Nothing,
        }
    })
}

fn packet(found: &segc::packets::Packet) -> Packet {
    let low = found.key as u16;
    Packet {
        source: found.source,
        destination: found.destination,
        protocol: (found.key >> 16) as u8,
        source_port: 40_000,
        destination_port: low,
        icmp_type: (low >> 8) as u8,
        icmp_code: low as u8,
    }
}

/// What the kernel does with the first packet that a router forwards at all, and what the engine says it does.
fn shown(router: &mut Router, rules: &str, packets: &[(Packet, bool)]) -> Option<(Packet, bool, bool)> {
    let (packet, passes) = packets.iter().find(|(packet, _)| router.passes(Leg::First, &Datagram::opening(packet)))?;
    // What the router remembers of the connection must not decide.
    let fresh = Packet { source_port: 40_001, ..*packet };
    run("nft", &["-f", "-"], rules).ok()?;
    let datagram = Datagram::opening(&fresh);
    let found = if *passes { router.passes(Leg::First, &datagram) } else { !router.is_stopped(Leg::First, &datagram) };
    Some((fresh, *passes, found))
}

#[test]
fn mutants_are_what_the_engine_calls_them() {
    if !ready() {
        return;
    }
    let (mut different, mut equal, mut refused, mut wrong) = (0, 0, 0, Vec::new());
    let mut total = Outcome::default();
    for seed in 5000.. {
        if different >= DIFFERENT && equal >= EQUAL {
            break;
        }
        assert!(seed < 5200, "only {different} different and {equal} equal mutants");
        let text = policy(seed, DAY);
        let naive = Naive::new(&text, DAY);
        // The first one is no mutant. Two of a policy for each verdict are enough.
        let mutants = compiled(&text, |model, sources| drawn(model, sources, DAY, seed, 12));
        let mut room = [2, 2];
        for mutant in mutants.iter().skip(1) {
            let kind = match said(&text, mutant) {
                Said::Nothing => continue,
                Said::Equal if equal >= EQUAL || room[0] == 0 => continue,
                Said::Different(_) if different >= DIFFERENT || room[1] == 0 => continue,
                kind => kind,
            };
            let loads = with_router(|_| run("nft", &["-f", "-"], &mutant.text).is_ok());
            if !loads {
                refused += 1;
                continue;
            }
            match kind {
                Said::Equal => {
                    room[0] -= 1;
                    equal += 1;
                    let asked = packets(&naive, seed, 60);
                    let mut outcome = with_router(|router| probe(router, &naive, &asked, &mutant.text));
                    for mismatch in &mut outcome.mismatches {
                        *mismatch = format!("policy {seed}, {}: {mismatch}", mutant.what);
                    }
                    total.add(outcome);
                }
                Said::Different(packets) => {
                    let Some((packet, told, found)) = with_router(|router| shown(router, &mutant.text, &packets))
                    else {
                        continue;
                    };
                    room[1] -= 1;
                    different += 1;
                    if found != told || naive.verdict(&packet) == found {
                        wrong.push(format!("policy {seed}, {}: {packet:?} passes: {found}, not {told}", mutant.what));
                    }
                }
                Said::Nothing => {}
            }
        }
    }
    println!("{different} different and {equal} equal mutants; nft refused {refused}");
    assert!(wrong.is_empty(), "{} are judged wrong:\n{}", wrong.len(), wrong.join("\n"));
    conclude(&total);
}
