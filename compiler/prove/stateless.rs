//! Lists that keep no state, proved as what they let open, what they let go on, and what they let come back.
//!
//! A reply has rules of its own there, which ask for its source port; so the same list is judged several times, each time
//! for packets of one kind, of which its conditions can be told exactly.

use segc_backends::read::Dialect;
use segc_backends::rules;
use segc_backends::rules::program::{Action, Condition, Kinds, Program, Rule, Verdict as Done};
use smallvec::{SmallVec, smallvec};

use crate::packets::{self, LAST_KEY, Meant, Proof, Verdict};

/// Which packets a list is judged for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// The one run of what keeps state: first packets of connections.
    First,
    /// First packets, from a port that no rule asks for: all of the policy must pass.
    Bare,
    /// First packets, from whatever port opens most: the policy and what is declared, and no more, must pass.
    Opening,
    /// Packets that claim to be of an open connection, likewise.
    Later,
    /// Replies to a client's port from 1024 on: those to all of the policy must pass.
    Replies,
}

/// How often the rules of a dialect are judged.
pub fn runs(dialect: Dialect) -> &'static [Run] {
    match dialect {
        Dialect::Stateless => &[Run::Bare, Run::Opening, Run::Later, Run::Replies],
        Dialect::Nft | Dialect::Iptables | Dialect::Stateful => &[Run::First],
    }
}

impl Run {
    /// Is this among what is to pass beside the policy? Where all that is asked is whether the policy passes, nothing is.
    pub fn counts(self, declared: &rules::Declared) -> bool {
        match self {
            Self::Bare | Self::Replies => false,
            Self::Later => true,
            Self::First | Self::Opening => !declared.later,
        }
    }

    /// How the packets come, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::First | Self::Bare => "",
            Self::Opening => ", from some source port",
            Self::Later => ", as if of an open connection",
            Self::Replies => ", whose replies",
        }
    }

    /// Compares what the rules do with such packets with what they are to do.
    pub fn prove(self, meant: Meant<'_, '_>, program: &Program) -> Proof {
        let mut proof = match self {
            Self::First => return packets::prove(meant, program),
            _ => packets::prove(meant, &self.seen(program)),
        };
        let only_missing = matches!(self, Self::Bare | Self::Replies);
        if only_missing {
            proof.extra.clear();
            let sure = proof.missing.is_empty() && proof.errors.is_empty() && proof.disputed.is_empty();
            if sure {
                proof.verdict = Verdict::Proved;
            } else if proof.verdict == Verdict::Different && !proof.missing.iter().any(|w| w.certain) {
                proof.verdict = Verdict::CannotProve;
            }
        }
        proof
    }

    /// The program as these packets meet it. Rules keep their places; for replies, one more stands before those of each
    /// hook.
    fn seen(self, program: &Program) -> Program {
        let mut program = program.clone();
        for rule in program.chains.iter_mut().flat_map(|chain| &mut chain.rules) {
            self.rule(rule);
        }
        if self == Self::Replies {
            let answered = Rule {
                at: 0,
                conditions: smallvec![Condition::Service(unanswered())],
                action: Action::Verdict(Done::Accept),
            };
            for hook in program.hooks.iter().chain(&program.input).chain(&program.output) {
                program.chains[hook.chain.0 as usize].rules.push(answered.clone());
                program.chains[hook.chain.0 as usize].rules.rotate_right(1);
            }
        }
        program
    }

    fn rule(self, rule: &mut Rule) {
        // What is said of the most that passes holds for rules that accept; others that ask for this are not understood.
        let accepts = rule.action == Action::Verdict(Done::Accept);
        for condition in &mut rule.conditions {
            match condition {
                Condition::SourcePort(_) if !accepts => *condition = Condition::Unknown("a source port".to_owned()),
                Condition::Connection(_) if !accepts => *condition = Condition::Unknown("a state".to_owned()),
                _ => {}
            }
        }
        if self == Self::Replies {
            return reply(rule);
        }
        let ports = |c: &Condition| matches!(c, Condition::SourcePort(_));
        let claims = |c: &Condition| matches!(c, Condition::Connection(kinds) if !kinds.and(Kinds::LATER.or(Kinds::REPLY)).eq(&Kinds(0)));
        match self {
            Self::Bare if rule.conditions.iter().any(ports) => rule.conditions = smallvec![Condition::Never],
            Self::Opening => rule.conditions.retain(|c| !ports(c)),
            Self::Later => rule.conditions.retain(|c| !ports(c) && !claims(c)),
            Self::First | Self::Bare | Self::Replies => {}
        }
    }
}

/// A rule as the reply to a packet meets it, said of the packet: its addresses change places, its source port is the port
/// that was asked for, and its destination port one of those that clients use.
fn reply(rule: &mut Rule) {
    let mut destined: Option<SmallVec<[(u32, u32); 2]>> = None;
    let mut asked: Option<SmallVec<[(u32, u32); 2]>> = None;
    let mut conditions = SmallVec::new();
    for condition in std::mem::take(&mut rule.conditions) {
        match condition {
            Condition::Source(set) => conditions.push(Condition::Destination(set)),
            Condition::Destination(set) => conditions.push(Condition::Source(set)),
            Condition::Service(keys) => destined = Some(met(destined, keys)),
            Condition::SourcePort(keys) => asked = Some(met(asked, keys)),
            Condition::Connection(kinds) if kinds.and(Kinds::REPLY) == Kinds::REPLY => {}
            Condition::Connection(_) => conditions.push(Condition::Never),
            other => conditions.push(other),
        }
    }
    if let Some(keys) = destined {
        conditions.push(Condition::Service(answering(&keys)));
    }
    if let Some(keys) = asked {
        conditions.push(Condition::Service(keys));
    }
    rule.conditions = conditions;
}

/// What is in both.
fn met(known: Option<SmallVec<[(u32, u32); 2]>>, keys: SmallVec<[(u32, u32); 2]>) -> SmallVec<[(u32, u32); 2]> {
    let Some(known) = known else { return keys };
    let pairs = known.iter().flat_map(|a| keys.iter().map(move |b| (a.0.max(b.0), a.1.min(b.1))));
    let mut both: SmallVec<[(u32, u32); 2]> = pairs.filter(|(low, high)| low <= high).collect();
    both.sort_unstable();
    both
}

/// Protocols with ports: TCP, UDP and SCTP.
const PORTS: [u32; 3] = [6, 17, 132];

/// The least port that clients are taken to use.
const CLIENT: u32 = 1024;

/// Requests of ICMP and the type of their reply (RFC 792, RFC 950), and of ICMPv6 (RFC 4443, RFC 4620).
const ASKED: [(u32, u32, u32); 6] = [(1, 8, 0), (1, 13, 14), (1, 15, 16), (1, 17, 18), (58, 128, 129), (58, 139, 140)];

/// The keys of packets whose replies have one of these keys, if their destination port is a client's.
fn answering(keys: &[(u32, u32)]) -> SmallVec<[(u32, u32); 2]> {
    let holds = |low: u32, high: u32| keys.iter().any(|key| key.0 <= low && high <= key.1);
    let mut out: SmallVec<[(u32, u32); 2]> = SmallVec::new();
    let mut push = |low: u32, high: u32| match out.last_mut() {
        Some(last) if last.1 + 1 == low => last.1 = high,
        _ => out.push((low, high)),
    };
    for &(low, high) in keys {
        for protocol in low >> 16..=high >> 16 {
            let all = (protocol << 16, protocol << 16 | 0xffff);
            if PORTS.contains(&protocol) {
                if low <= all.0 | CLIENT && all.1 <= high {
                    push(all.0, all.1);
                }
            } else if !matches!(protocol, 1 | 58) && low <= all.0 && all.1 <= high {
                push(all.0, all.1);
            }
        }
    }
    for (protocol, request, answer) in ASKED {
        let at = |kind: u32| (protocol << 16 | kind << 8, protocol << 16 | kind << 8 | 255);
        if holds(at(answer).0, at(answer).1) {
            let (low, high) = at(request);
            out.push((low, high));
        }
    }
    out.sort_unstable();
    out
}

/// Packets that have no reply: those of ICMP that are no request.
fn unanswered() -> SmallVec<[(u32, u32); 2]> {
    let mut out = SmallVec::new();
    for protocol in [1, 58] {
        let mut next = protocol << 16;
        for (_, request, _) in ASKED.iter().filter(|asked| asked.0 == protocol) {
            let low = protocol << 16 | request << 8;
            if next < low {
                out.push((next, low - 1));
            }
            next = low + 256;
        }
        out.push((next, protocol << 16 | 0xffff));
    }
    debug_assert!(out.iter().all(|&(_, high)| high <= LAST_KEY));
    out
}
