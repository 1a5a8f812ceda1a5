//! A rule set's text read back and compared with the policy: equal, or what differs, in the policy's words.

mod connections;
mod dates;
mod placed;
mod stateless;

pub use placed::by as seen_by;

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Date;
use segc_backends::read::{self, Dialect, Kind, Read, Unreadable};
use segc_backends::rules::Declared;
use segc_backends::rules::program::{Action, Hook, Places, Program, Verdict as Done};
use segc_grammar::Span;

use crate::diagnostics::{Diagnostic, verify as say};
use crate::model::Model;
use crate::packets::{self, Drift, Expected, Figures, Meant, Packet, Proof, Step, Verdict, Witness};
use crate::place::Placed;
use crate::source::{Source, Sources};
use crate::words;

/// Which chains of a rule set are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those of the tables that segc writes.
    Own,
    /// All that see forwarded packets, whoever wrote them.
    Everything,
}

/// The tables that segc writes rules into, and the one that outlives a reload.
const OWN: [&str; 3] = ["segc", "segc_alt", "segc_state"];

/// What came out.
pub struct Judged {
    /// In a word; `None` if the text cannot be read or holds nothing of ours.
    pub verdict: Option<Verdict>,
    /// What differs, or why nothing is known. Empty if and only if it is proved.
    pub found: Vec<Diagnostic>,
    /// What a reader must know beside it.
    pub notes: Vec<String>,
    /// IPv4 and IPv6.
    pub figures: [Figures; 2],
}

/// At most so many differences of a kind are told.
const MOST: usize = 8;

/// Whether what was read says exactly what the whole policy does; `expected` is [`packets::expect`]'s for the same.
/// `declared` is what the target declares to pass beside the policy.
pub fn is_proved(model: &Model<'_>, day: Date, read: &Read, expected: Expected, declared: &[Declared]) -> bool {
    let proofs = || whole(model, day, read, Some(expected), declared);
    let replies = || match read.dialect {
        Dialect::Stateful | Dialect::Stateless => true,
        _ => connections::recognised(&read.program, &read.program.hooks).is_ok(),
    };
    let (replies, proofs) = beside(replies, proofs);
    replies && proofs.iter().all(|(_, proof)| proof.verdict == Verdict::Proved)
}

/// The proofs of one rule set for the whole policy, with the words for how the packets come.
fn whole(
    model: &Model<'_>,
    day: Date,
    read: &Read,
    expected: Option<Expected>,
    declared: &[Declared],
) -> Vec<(String, Proof)> {
    let meant = Meant::everything(model, day);
    if let Some(expected) = expected
        && declared.is_empty()
        && read.dialect != Dialect::Stateless
    {
        return vec![(String::new(), packets::prove_expected(meant, &read.program, expected))];
    }
    let run = |run: &stateless::Run| {
        let declared: Vec<_> = declared.iter().filter(|d| run.counts(d)).map(placed::declared).collect();
        (run.words().to_owned(), run.prove(meant.beside(&declared), &read.program))
    };
    stateless::runs(read.dialect).iter().map(run).collect()
}

/// Whether what was read says exactly what one firewall is to let pass, by whichever interface it comes in.
/// `beside` is what the target declares to pass beside the policy.
pub fn is_placed(model: &Model<'_>, day: Date, read: &Read, placed: &Placed, beside: &[Declared]) -> bool {
    let proved = |(_, proof): &(String, Proof)| proof.verdict == Verdict::Proved;
    let kept = matches!(read.dialect, Dialect::Stateful | Dialect::Stateless);
    (kept || placed::replies(&read.program, placed))
        && placed::proofs(model, day, read, placed, beside).iter().all(proved)
}

/// Both, at the same time.
fn beside<A: Send, B>(other: impl FnOnce() -> A + Send, own: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|threads| {
        let other = threads.spawn(other);
        let own = own();
        (other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), own)
    })
}

/// Reads a rule set. `utc` says that written-out dates in it are in UTC; else they are not understood.
///
/// # Errors
/// As [`read::read()`].
pub fn read(text: &str, utc: bool) -> Result<Read, Unreadable> {
    let listing = if utc { dates::as_seconds(text) } else { Cow::Borrowed(text) };
    read::read(listing.as_bytes())
}

/// Compares a rule set with the policy on a day: reads it, as [`read()`] does, and gives what [`judge_read`] does.
pub fn judge(model: &Model<'_>, sources: &Sources, day: Date, text: &Source, scope: Scope, utc: bool) -> Judged {
    judge_read(model, sources, day, (text, &mut read(&text.text, utc)), scope, Against::Everything(None, &[]))
}

/// What a rule set is compared with.
pub enum Against<'p> {
    /// The whole policy: what [`packets::expect`] gave for it, where it is known already, and what the target declares to
    /// pass beside it.
    Everything(Option<Box<Expected>>, &'p [Declared]),
    /// One firewall's part, and what its target declares to pass beside it.
    Placed(&'p Placed, &'p [Declared]),
}

/// Compares a rule set that was [`read()`] with the policy on a day. The text must be one of `sources`, so that its lines
/// can be shown. Leaves the hooks that were asked in what was read.
pub fn judge_read(
    model: &Model<'_>,
    sources: &Sources,
    day: Date,
    (text, read): (&Source, &mut Result<Read, Unreadable>),
    scope: Scope,
    against: Against<'_>,
) -> Judged {
    let nothing = |found| Judged { verdict: None, found: vec![found], notes: vec![], figures: Default::default() };
    let read = match read {
        Ok(read) => read,
        Err(wrong) => return nothing(say::unreadable(&text.name, &wrong.what, line(sources, text, wrong.line))),
    };
    // A set of iptables has no table of ours, and is asked as a whole, as what a device has is.
    let ours = scope != Scope::Everything && read.dialect == Dialect::Nft;
    let kept = matches!(read.dialect, Dialect::Stateful | Dialect::Stateless);
    let ways = [&read.program.hooks, &read.program.input, &read.program.output];
    let own = ways.map(|hooks| own_hooks(&read.program, hooks));
    let asked: &[usize] = match &against {
        Against::Placed(placed, _) if !placed.forwards => &[1, 2],
        Against::Placed(placed, _) if placed.own.is_some() => &[0, 1, 2],
        _ => &[0],
    };
    // How replies come back is known of our own tables only; where there are some, they must be right.
    if ours {
        if asked.iter().any(|&at| own[at].is_none()) {
            return nothing(say::not_ours(&text.name));
        }
        let [forward, input, output] = own.clone().map(Option::unwrap_or_default);
        (read.program.hooks, read.program.input, read.program.output) = (forward, input, output);
    }
    let silent = matches!(&against, Against::Placed(placed, _) if placed.is_silent());
    let replies = || {
        if kept {
            return None;
        }
        let ways = asked.iter().filter_map(|&at| Some((at, own[at].as_ref()?)));
        let odd = ways.filter_map(|(at, hooks)| Some((at, connections::recognised(&read.program, hooks).err()?)));
        odd.filter(|(at, odd)| !(silent && *at != 2 && odd.is_empty())).map(|(_, odd)| odd).next()
    };
    let (Against::Placed(_, declared) | Against::Everything(_, declared)) = &against;
    let why: BTreeSet<&str> = declared.iter().map(|d| d.why).collect();
    let beside_the_policy = (!why.is_empty()).then(|| say::beside_the_policy(why.into_iter()));
    let proofs = || match against {
        Against::Everything(expected, declared) => whole(model, day, read, expected.map(|e| *e), declared),
        Against::Placed(placed, declared) => placed::proofs(model, day, read, placed, declared),
    };
    let (odd, proofs) = beside(replies, proofs);
    let teller = Teller { model, sources, text, read };
    let notes = read.notes.iter().filter(|note| !ours && note.kind != Kind::Ignored);
    let mut found: Vec<Diagnostic> = Vec::new();
    for (arriving, proof) in &proofs {
        let told = |d: &Diagnostic, found: &[Diagnostic]| found.iter().any(|f| f.message == d.message);
        for d in teller.differences(proof, arriving) {
            if !told(&d, &found) {
                found.push(d);
            }
        }
    }
    let mut verdict = worst(proofs.iter().map(|(_, proof)| proof.verdict));
    if let Some(odd) = odd {
        let lines: Vec<Span> = odd.iter().filter_map(|step| teller.span(step)).take(MOST).collect();
        found.push(say::replies(&lines));
        if verdict != Verdict::Different {
            verdict = Verdict::CannotProve;
        }
    }
    let mut notes: Vec<String> = notes.map(|note| teller.note(note)).collect();
    match read.dialect {
        Dialect::Stateful => notes.push(say::BY_DEVICE.to_owned()),
        Dialect::Stateless => notes.push(say::OTHER_INTERFACES.to_owned()),
        Dialect::Nft | Dialect::Iptables => {}
    }
    if !ours && !kept {
        notes.push(say::FIRST_PACKETS.to_owned());
    }
    if let Some(said) = beside_the_policy {
        notes.push(said);
    }
    let figures = proofs.first().map(|(_, proof)| proof.figures).unwrap_or_default();
    Judged { verdict: Some(verdict), found, notes, figures }
}

/// The verdict on all of several: that something differs outweighs that nothing is known.
fn worst(all: impl Iterator<Item = Verdict>) -> Verdict {
    all.reduce(|a, b| match (a, b) {
        _ if a == b => a,
        (Verdict::Different, _) | (_, Verdict::Different) => Verdict::Different,
        (Verdict::Proved, other) | (other, Verdict::Proved) => other,
        _ => Verdict::CannotProve,
    })
    .unwrap_or(Verdict::CannotProve)
}

/// Our own tables' hooks; `None` where none of them holds rules.
fn own_hooks(program: &Program, hooks: &[Hook]) -> Option<Vec<Hook>> {
    let table = |hook: &Hook| program.chains[hook.chain.0 as usize].table.as_str();
    let own: Vec<Hook> = hooks.iter().filter(|hook| OWN.contains(&table(hook))).cloned().collect();
    own.iter().any(|hook| table(hook) != "segc_state").then_some(own)
}

fn line(sources: &Sources, text: &Source, line: u32) -> Option<Span> {
    let (file, _) = sources.line_number(Span::new(text.base, text.base));
    (line > 0).then(|| sources.line_span(file, line)).flatten()
}

/// Puts a proof into words.
struct Teller<'t> {
    model: &'t Model<'t>,
    sources: &'t Sources,
    text: &'t Source,
    read: &'t Read,
}

impl Teller<'_> {
    /// `arriving` says how the packets come in.
    fn differences(&self, proof: &Proof, arriving: &str) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (witnesses, all, done, tell) in [
            (&proof.extra, proof.all_extra, Done::Accept, say::lets_pass as fn(&say::Drift) -> Diagnostic),
            (&proof.missing, proof.all_missing, Done::Drop, say::stops),
        ] {
            let certain: Vec<&Witness> = witnesses.iter().filter(|w| w.certain).collect();
            let mut drifts = self.drifts(&certain, done, arriving);
            if let Some(last) = drifts.last_mut() {
                last.all = all;
            }
            found.extend(drifts.iter().map(tell));
        }
        if matches!(proof.verdict, Verdict::Proved | Verdict::Different) {
            return found;
        }
        let lines: Vec<Span> = proof.unknown.iter().filter_map(|step| self.span(step)).take(MOST).collect();
        let sure = match proof.verdict {
            Verdict::MayAllowLess => Some("the rules never let pass more than the policy allows"),
            Verdict::MayAllowMore => Some("the rules let pass all that the policy allows"),
            _ => None,
        };
        found.push(say::unproved(&(self.why(proof) + arriving), sure, &lines));
        found
    }

    fn why(&self, proof: &Proof) -> String {
        let example = |kind: &str, witnesses: &[Witness]| {
            let witness = witnesses.iter().find(|w| !w.certain)?;
            Some(format!("{} may {kind}", self.packet(&witness.packet)))
        };
        if let Some((_, error)) = proof.errors.first() {
            return error.to_string();
        }
        if let Some(packet) = proof.disputed.first() {
            return format!("two ways of judging {} do not agree", self.packet(packet));
        }
        let reasons: Vec<String> =
            [example("pass", &proof.extra), example("be stopped", &proof.missing)].into_iter().flatten().collect();
        reasons.join("; ")
    }

    /// Differences with the same connections in both families are one; `more` of the last says how many are not told.
    fn drifts(&self, witnesses: &[&Witness], done: Done, arriving: &str) -> Vec<say::Drift> {
        let mut told: Vec<say::Drift> = Vec::new();
        let mut more = 0;
        for witness in witnesses {
            let connections = self.connections(&witness.drift) + arriving;
            if told.iter().any(|drift| drift.connections == connections) {
                continue;
            }
            if told.len() == MOST {
                more += 1;
                continue;
            }
            told.push(say::Drift {
                connections,
                packet: self.packet(&witness.packet) + arriving,
                allows: witness.flows.iter().map(|flow| self.model.flows[flow.0 as usize].head()).take(3).collect(),
                rules: witness.rules.iter().rev().find_map(|step| self.deciding(step, done)).into_iter().collect(),
                more: 0,
                all: true,
            });
        }
        if let Some(last) = told.last_mut() {
            last.more = more;
        }
        told
    }

    fn connections(&self, drift: &Drift) -> String {
        let (from, to) =
            (words::addresses(self.model, &drift.sources), words::addresses(self.model, &drift.destinations));
        let when = if drift.sometimes { ", some of the time" } else { "" };
        format!("{from} -> {to} on {}{when}", words::services(self.model, &drift.services))
    }

    fn packet(&self, packet: &Packet) -> String {
        format!("{} from {} to {}", words::key(packet.key), packet.source, packet.destination)
    }

    /// The line of a rule, if that is what it does. A hook's policy has none.
    fn deciding(&self, step: &Step, done: Done) -> Option<Span> {
        let rule = self.read.program.chains[step.chain.0 as usize].rules.get(step.rule)?;
        let decides = rule.action == Action::Verdict(done);
        decides.then(|| self.span(step)).flatten()
    }

    fn span(&self, step: &Step) -> Option<Span> {
        let rule = self.read.program.chains[step.chain.0 as usize].rules.get(step.rule)?;
        match self.read.program.places {
            Places::Lines => line(self.sources, self.text, rule.at),
            Places::Handles => None,
        }
    }

    fn note(&self, note: &read::Note) -> String {
        match (self.read.program.places, note.at) {
            (_, 0) => note.what.clone(),
            (Places::Lines, at) => format!("{}:{at}: {}", self.text.name, note.what),
            (Places::Handles, at) => format!("{}, handle {at}: {}", self.text.name, note.what),
        }
    }
}
