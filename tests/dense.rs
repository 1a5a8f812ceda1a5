//! A dense matrix of what passes, source by destination by service, of small random policies and of what is written for
//! them, with and without a mistake: one side read off the policy's text, the other off the rule set's lines. The engine
//! must call equal what is equal in every cell, and where it tells a difference, that must be all of it: each cell lies in
//! a told part if and only if the matrices differ there.

pub mod mutants;
mod rules;

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::Mutex;

use ipnet::IpNet;
use segc::model::{AddressSet, Model};
use segc::packets::{Drift, Meant, Proof, Verdict, prove};
use segc::prove::{Scope, judge};
use segc::source::Sources;

use crate::laws::compiled;
use crate::naive::{Naive, Packet};
use crate::random_policy::{DAY, each_seed};
use mutants::{Mutant, drawn, policy};
use rules::{Asked, Rules};

const POLICIES: u64 = 50;
const MUTANTS: usize = 16;

/// So many addresses of a family at most: a matrix of 32 by 32 by some 20 services.
const MOST_ATOMS: usize = 32;

/// The packet of a cell.
fn packet(asked: &Asked) -> Packet {
    let (protocol, low) = ((asked.key >> 16) as u8, asked.key as u16);
    Packet {
        source: asked.source,
        destination: asked.destination,
        protocol,
        source_port: 40_000,
        destination_port: low,
        icmp_type: (low >> 8) as u8,
        icmp_code: low as u8,
    }
}

/// First and last of every range that stands in a text, and what lies beside those.
fn rims(text: &str) -> BTreeSet<IpAddr> {
    let mut ends = BTreeSet::new();
    for word in text.split(|c: char| !(c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '/'))) {
        if let Ok(net) = word.parse::<IpNet>() {
            ends.extend([net.network(), net.broadcast()]);
        } else if let Ok(address) = word.parse::<IpAddr>() {
            ends.insert(address);
        }
    }
    let beside = |address: &IpAddr| match *address {
        IpAddr::V4(a) => {
            [a.to_bits().checked_sub(1), a.to_bits().checked_add(1)].map(|n| n.map(|n| IpAddr::V4(n.into())))
        }
        IpAddr::V6(a) => {
            [a.to_bits().checked_sub(1), a.to_bits().checked_add(1)].map(|n| n.map(|n| IpAddr::V6(n.into())))
        }
    };
    let near: Vec<IpAddr> = ends.iter().flat_map(beside).flatten().collect();
    ends.extend(near);
    ends
}

/// Keys at both ends of every service, and beside them; the ends of protocols.
fn keys(model: &Model<'_>, mutant: &Mutant) -> Vec<u32> {
    let mut all: BTreeSet<u32> = [0, 6 << 16 | 443, 17 << 16 | 53, 1 << 16 | 8 << 8, 58 << 16 | 128 << 8].into();
    for flow in &model.flows {
        for &(low, high) in flow.services.intervals() {
            all.extend([low.saturating_sub(1), low, high, high + 1]);
        }
    }
    let services = ["dport", " type ", " code ", "l4proto"].iter().any(|word| mutant.what.contains(word));
    let what = if services { mutant.what.as_str() } else { "" };
    let numbers = what.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse::<u32>().ok());
    for number in numbers.filter(|number| *number < 1 << 16) {
        all.extend([6 << 16 | number, 17 << 16 | number, (number & 0xff) << 16]);
        all.extend([1 << 16 | (number & 0xff) << 8, 58 << 16 | (number & 0xff) << 8]);
    }
    // Protocols without ports have one key: what stands in the others is no packet.
    let real = |key: &u32| key >> 16 < 256 && (matches!(key >> 16, 1 | 6 | 17 | 58 | 132) || key & 0xffff == 0);
    all.into_iter().filter(real).collect()
}

/// The cells of one policy and mutant, with what the policy says there.
struct Matrix<'n> {
    naive: &'n Naive,
    known: HashMap<(IpAddr, IpAddr, u32), bool>,
}

impl Matrix<'_> {
    fn allows(&mut self, asked: &Asked) -> bool {
        let at = (asked.source, asked.destination, asked.key);
        *self.known.entry(at).or_insert_with(|| self.naive.verdict(&packet(asked)))
    }
}

fn holds(set: &AddressSet, address: IpAddr) -> bool {
    match address {
        IpAddr::V4(a) => set.v4.as_slice().iter().any(|r| (r.0..=r.1).contains(&a.to_bits())),
        IpAddr::V6(a) => set.v6.as_slice().iter().any(|r| (r.0..=r.1).contains(&a.to_bits())),
    }
}

fn lies_in(drift: &Drift, asked: &Asked) -> bool {
    holds(&drift.sources, asked.source)
        && holds(&drift.destinations, asked.destination)
        && drift.services.intervals().iter().any(|&(low, high)| (low..=high).contains(&asked.key))
}

#[derive(Default)]
struct Score {
    cells: u64,
    equal: u64,
    different: u64,
    not_judged: u64,
    wrong: Vec<String>,
}

/// What the engine says of a text: the word, and the proof that it rests on.
fn engine(model: &Model<'_>, text: &str) -> (Option<Verdict>, Option<Proof>) {
    let sources = Sources::default();
    let source = sources.add("m".to_owned(), "m".to_owned(), text.to_owned()).expect("small");
    let judged = judge(model, &sources, DAY, source, Scope::Own, false);
    let proof =
        segc_backends::read::nft(text.as_bytes()).ok().map(|read| prove(Meant::everything(model, DAY), &read.program));
    (judged.verdict, proof)
}

fn one(model: &Model<'_>, matrix: &mut Matrix<'_>, base: &BTreeSet<IpAddr>, mutant: &Mutant, score: &mut Score) {
    let (word, proof) = engine(model, &mutant.text);
    let mut wrong = |what: &str| score.wrong.push(format!("{what}; {word:?}: {}", mutant.what));
    let (Ok(rules), Some(proof)) = (Rules::new(&mutant.text), proof) else {
        score.not_judged += 1;
        return;
    };
    let mut atoms = base.clone();
    atoms.extend(rims(&mutant.what));
    let keys = keys(model, mutant);
    let (mut cells, mut differing, mut misplaced) = (0, 0, Vec::new());
    for &source in &atoms {
        for &destination in atoms.iter().filter(|to| to.is_ipv4() == source.is_ipv4()) {
            for &key in &keys {
                let asked = Asked { source, destination, key };
                let Ok(passes) = rules.passes(&asked) else {
                    score.not_judged += 1;
                    return;
                };
                let allowed = matrix.allows(&asked);
                let told = |witnesses: &[segc::packets::Witness]| witnesses.iter().any(|w| lies_in(&w.drift, &asked));
                let parts = (told(&proof.missing), told(&proof.extra));
                cells += 1;
                differing += u64::from(passes != allowed);
                if parts != (allowed && !passes, passes && !allowed) {
                    misplaced.push(asked);
                }
            }
        }
    }
    score.cells += cells;
    match (differing, word) {
        (0, Some(Verdict::Proved)) => score.equal += 1,
        (1.., Some(Verdict::Different)) => score.different += 1,
        (0, Some(Verdict::Different)) => wrong("no cell differs"),
        (1.., Some(Verdict::Proved)) => wrong("cells differ"),
        // Replies are judged by other means, and numbers may hang on what a packet comes with.
        _ => {
            score.not_judged += 1;
            return;
        }
    }
    for witness in proof.missing.iter().chain(&proof.extra) {
        let packet = &witness.packet;
        let asked = Asked { source: packet.source, destination: packet.destination, key: packet.key };
        if rules.passes(&asked).ok() == Some(matrix.allows(&asked)) {
            score.wrong.push(format!("a witness on which nothing differs, {asked:?}: {}", mutant.what));
        }
    }
    // Where not all parts were told, a cell may lie in none.
    if proof.all_missing && proof.all_extra && !misplaced.is_empty() {
        score.wrong.push(format!("{} cells misplaced, as {:?}: {}", misplaced.len(), misplaced[0], mutant.what));
    }
}

#[test]
fn every_cell_is_judged_right() {
    let total = Mutex::new(Score::default());
    each_seed(POLICIES, |seed| {
        let text = policy(seed, DAY);
        let base = rims(&text);
        let of = |v4: bool| base.iter().filter(|address| address.is_ipv4() == v4).count();
        if of(true).max(of(false)) > MOST_ATOMS {
            return;
        }
        let naive = Naive::new(&text, DAY);
        let mut score = Score::default();
        compiled(&text, |model, sources| {
            let mut matrix = Matrix { naive: &naive, known: HashMap::new() };
            for mutant in drawn(model, sources, DAY, seed, MUTANTS) {
                one(model, &mut matrix, &base, &mutant, &mut score);
            }
        });
        let mut total = total.lock().expect("no thread panicked");
        total.cells += score.cells;
        total.equal += score.equal;
        total.different += score.different;
        total.not_judged += score.not_judged;
        total.wrong.extend(score.wrong.into_iter().map(|wrong| format!("policy {seed}: {wrong}")));
    });
    let total = total.into_inner().expect("no thread panicked");
    println!(
        "{} cells; {} equal, {} different, {} not judged",
        total.cells, total.equal, total.different, total.not_judged
    );
    let shown: Vec<&str> = total.wrong.iter().take(20).map(String::as_str).collect();
    assert!(shown.is_empty(), "{} are judged wrong:\n{}", total.wrong.len(), shown.join("\n"));
    assert!(total.equal > 100 && total.different > 30, "too few were judged");
}
