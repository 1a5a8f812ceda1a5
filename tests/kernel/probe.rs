//! Packets through a router with a rule set, compared with what the policy says of them.

use std::fmt::Write;
use std::time::Duration;

use super::frames::{Datagram, ICMP, ICMPV6, SCTP, TCP, UDP};
use super::netns::{Leg, Router};
use crate::naive::{Naive, Packet};

/// What came of some packets.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Packets that were judged.
    pub packets: usize,
    /// Of these, how many the policy allows.
    pub allowed: usize,
    /// Packets that no router forwards, rule set or not: nothing can be learned from them.
    pub unroutable: usize,
    /// Answers that were sent.
    pub replies: usize,
    /// Where kernel and policy differ, for people.
    pub mismatches: Vec<String>,
}

impl Outcome {
    /// Both together.
    pub fn add(&mut self, other: Outcome) {
        self.packets += other.packets;
        self.allowed += other.allowed;
        self.unroutable += other.unroutable;
        self.replies += other.replies;
        self.mismatches.extend(other.mismatches);
    }
}

/// One in so many of the packets that passed is answered.
const ANSWERED: usize = 3;

/// Sends the packets without any rules, loads `rules`, sends them again, and answers a share of those that passed.
/// The router must be new: what it remembers of other connections would decide these.
pub fn probe(router: &mut Router, naive: &Naive, packets: &[Packet], rules: &str) -> Outcome {
    let openings = |packets: &[Packet]| packets.iter().map(|packet| (Leg::First, Datagram::opening(packet))).collect();
    let dry = Round::new(openings(packets), vec![true; packets.len()]).impatient().send(router);
    let routable: Vec<Packet> =
        packets.iter().zip(0..).filter(|&(_, at)| dry.passed(router, at)).map(|(packet, _)| *packet).collect();

    router.load(rules);
    let expected: Vec<bool> = routable.iter().map(|packet| naive.verdict(packet)).collect();
    let judged = Round::new(openings(&routable), expected.clone()).send(router);

    let passed = routable.iter().zip(0..).filter(|&(_, at)| expected[at] && judged.passed(router, at));
    let answered: Vec<(&Packet, Datagram)> = passed
        .filter_map(|(packet, at)| Some((packet, Datagram::answer(packet).filter(|_| at % ANSWERED == 0)?)))
        .collect();
    let answers = answered.iter().map(|(_, answer)| (Leg::Second, answer.clone())).collect();
    let replies = Round::new(answers, vec![true; answered.len()]).send(router);

    // Judged last, when every straggler is in.
    let mut mismatches = Vec::new();
    for (at, packet) in routable.iter().enumerate() {
        let passes = judged.passed(router, at);
        if passes != expected[at] {
            mismatches.push(describe(naive, packet, passes));
        }
    }
    for (at, (packet, _)) in answered.iter().enumerate() {
        if !replies.passed(router, at) {
            mismatches.push(format!("{}, but its answer is stopped", describe(naive, packet, true)));
        }
    }
    Outcome {
        packets: routable.len(),
        allowed: expected.iter().filter(|passes| **passes).count(),
        unroutable: packets.len() - routable.len(),
        replies: answered.len(),
        mismatches,
    }
}

/// Packets that are sent one after the other; those that are awaited and do not come out are sent again twice.
pub struct Round {
    datagrams: Vec<(Leg, Datagram)>,
    awaited: Vec<bool>,
    tags: Vec<Vec<u16>>,
    /// Milliseconds to wait after each time of sending.
    patience: [u64; 3],
}

impl Round {
    /// Which packets come by which leg, and which of them should come out.
    pub fn new(datagrams: Vec<(Leg, Datagram)>, awaited: Vec<bool>) -> Round {
        let tags = vec![Vec::new(); datagrams.len()];
        Round { datagrams, awaited, tags, patience: [200, 400, 800] }
    }

    /// For packets of which many may never come out: what is lost by chance is a packet less to learn from.
    pub fn impatient(self) -> Round {
        Round { patience: [40, 40, 80], ..self }
    }

    /// Sends them.
    pub fn send(mut self, router: &mut Router) -> Round {
        let mut pending: Vec<usize> = (0..self.datagrams.len()).collect();
        for patience in self.patience {
            for &at in &pending {
                let (leg, datagram) = &self.datagrams[at];
                self.tags[at].push(router.send(*leg, datagram));
            }
            let last = |at: &usize| *self.tags[*at].last().expect("it was sent");
            let wanted: Vec<u16> = pending.iter().filter(|at| self.awaited[**at]).map(last).collect();
            router.wait_for(&wanted, Duration::from_millis(patience));
            pending.retain(|&at| self.awaited[at] && !self.passed(router, at));
            if pending.is_empty() {
                break;
            }
        }
        // The network's queues are short: what has not come by now is not on its way.
        for _ in 0..10 {
            router.collect();
        }
        self
    }

    /// Did the packet at this place of the list come out?
    pub fn passed(&self, router: &Router, at: usize) -> bool {
        self.tags[at].iter().any(|tag| router.has_arrived(*tag))
    }
}

/// In words.
pub fn describe(naive: &Naive, packet: &Packet, passes: bool) -> String {
    let mut text = format!("{} -> {}, ", packet.source, packet.destination);
    let ports = format!("from port {} to port {}", packet.source_port, packet.destination_port);
    let what = format!("type {} code {}", packet.icmp_type, packet.icmp_code);
    let _ = match packet.protocol {
        TCP => write!(text, "TCP {ports}"),
        UDP => write!(text, "UDP {ports}"),
        SCTP => write!(text, "SCTP {ports}"),
        ICMP => write!(text, "ICMP {what}"),
        ICMPV6 => write!(text, "ICMPv6 {what}"),
        other => write!(text, "protocol {other}"),
    };
    let verdict = match naive.decided_by(packet) {
        Some(line) => format!("allowed by line {line}"),
        None => "denied".to_owned(),
    };
    format!("{text}: {verdict}, the kernel {}", if passes { "lets it through" } else { "stops it" })
}
