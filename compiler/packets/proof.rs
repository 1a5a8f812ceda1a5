//! Does a configuration allow exactly what the policy does? Both families, each on a thread of its own.

use std::collections::BTreeSet;

use segc_backends::rules::program::{self as read, ChainId, Program};

use super::cells::{Runs, Space};
use super::compare::example;
use super::error::Error;
use super::expected::{Clock, Expected, Half};
use super::family::Family;
use super::meant::Meant;
use super::program::{bounds, order, ranges};
use super::regions::{Region, regions};
use super::tables::Tables;
use super::trace::{Packet, Step, allowing, trace};
use crate::model::{AddressSet, FlowId, Ranges, ServiceSet};

/// What is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It allows exactly what the policy allows, whatever the unknown parts are.
    Proved,
    /// It never allows more. It may allow less: that hangs on unknown parts.
    MayAllowLess,
    /// It allows all of it. It may allow more: that hangs on unknown parts.
    MayAllowMore,
    /// Some packet is judged otherwise for certain.
    Different,
    /// Nothing of the above can be said.
    CannotProve,
}

/// Connections on which policy and configuration differ, or may: from all of these addresses to all of those.
#[derive(Clone, Debug)]
pub struct Drift {
    /// From where; of one family.
    pub sources: AddressSet,
    /// To where; of the same family.
    pub destinations: AddressSet,
    /// On what.
    pub services: ServiceSet,
    /// Not at every time.
    pub sometimes: bool,
}

/// A packet on which policy and configuration differ, or may.
#[derive(Clone, Debug)]
pub struct Witness {
    /// The packet.
    pub packet: Packet,
    /// All that differs in the same way. No two witnesses' meet.
    pub drift: Drift,
    /// It hangs on no unknown part.
    pub certain: bool,
    /// The flows that allow it; none where the policy does not.
    pub flows: Vec<FlowId>,
    /// The rules of the configuration that decide: those that let it pass where the policy does not, those that drop
    /// it where the policy does.
    pub rules: Vec<Step>,
}

/// How large it was and how long it took, for one family.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// Cells of addresses.
    pub cells: u32,
    /// Nodes of the tables, in the end.
    pub nodes: usize,
    /// Nodes after the policy's set.
    pub policy_nodes: usize,
    /// Bytes of nodes and leaves.
    pub bytes: usize,
    /// Nanoseconds for the cells.
    pub space: u64,
    /// Nanoseconds for the policy's set.
    pub policy: u64,
    /// Nanoseconds for the configuration's sets.
    pub program: u64,
    /// Nanoseconds for comparing, and for witnesses.
    pub compare: u64,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Proof {
    /// In a word.
    pub verdict: Verdict,
    /// Packets that the policy allows and the configuration drops, or may drop. Empty: it allows all of the policy.
    pub missing: Vec<Witness>,
    /// Packets that the configuration lets pass, or may, and the policy does not. Empty: it never allows more.
    pub extra: Vec<Witness>,
    /// The drifts of `missing` are all of the kind.
    pub all_missing: bool,
    /// The drifts of `extra` are all of the kind.
    pub all_extra: bool,
    /// How many rules were asked to judge the witnesses' packets.
    pub steps: u64,
    /// Rules whose unknown parts the uncertain witnesses hang on.
    pub unknown: BTreeSet<Step>,
    /// Sets filled while the firewall runs, from which packets are only dropped: disregarded.
    pub runtime: BTreeSet<String>,
    /// Why nothing is proved, for a family.
    pub errors: Vec<(read::Family, Error)>,
    /// Packets on which sets and line-by-line evaluation do not agree: a mistake in segc or a number that hangs on
    /// more than a set of packets can say. Any one forbids a proof.
    pub disputed: Vec<Packet>,
    /// IPv4 and IPv6.
    pub figures: [Figures; 2],
}

/// So many parts of a difference are told, per family and kind.
const MOST_DRIFTS: usize = 256;

/// So many of them are replayed, however many rules are asked: more than people are shown.
const LEAST_REPLAYED: usize = 9;

/// Beyond those, replaying ends when so many rules have been asked for one family: a quarter of a second. A part that is
/// not replayed is no witness, but there are others then, and no verdict gets better.
const MOST_STEPS: u64 = 1 << 22;

/// Compares what `program` lets pass with what the policy allows at every time.
pub fn prove(meant: Meant<'_, '_>, program: &Program) -> Proof {
    judged(meant, program, None)
}

/// The same, with what [`super::expect`] gave for the same.
pub fn prove_expected(meant: Meant<'_, '_>, program: &Program, expected: Expected) -> Proof {
    judged(meant, program, Some(expected))
}

fn judged(meant: Meant<'_, '_>, program: &Program, expected: Option<Expected>) -> Proof {
    let (v4, v6) = expected.map_or((None, None), |both| (Some(both.v4), Some(both.v6)));
    let chains = match order(program) {
        Ok(chains) => chains,
        Err(error) => {
            let families = [read::Family::V4, read::Family::V6].map(|_| Part::default());
            let mut proof = joined(families);
            proof.errors = vec![(read::Family::V4, error.clone()), (read::Family::V6, error)];
            proof.verdict = Verdict::CannotProve;
            return proof;
        }
    };
    let families = std::thread::scope(|scope| {
        let v6 = scope.spawn(|| family(meant, (program, &chains), v6));
        let v4 = family(meant, (program, &chains), v4);
        [v4, v6.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))]
    });
    joined(families)
}

/// One family's part of a proof.
#[derive(Default)]
struct Part {
    missing: Vec<Witness>,
    extra: Vec<Witness>,
    /// Of missing and of extra ones, there are more.
    more: [bool; 2],
    steps: u64,
    unknown: BTreeSet<Step>,
    runtime: BTreeSet<String>,
    error: Option<Error>,
    disputed: Vec<Packet>,
    figures: Figures,
}

fn joined(parts: [Part; 2]) -> Proof {
    let figures = [parts[0].figures, parts[1].figures];
    let mut proof = Proof {
        verdict: Verdict::Proved,
        missing: Vec::new(),
        extra: Vec::new(),
        all_missing: true,
        all_extra: true,
        steps: 0,
        unknown: BTreeSet::new(),
        runtime: BTreeSet::new(),
        errors: Vec::new(),
        disputed: Vec::new(),
        figures,
    };
    for (part, family) in parts.into_iter().zip([read::Family::V4, read::Family::V6]) {
        proof.missing.extend(part.missing);
        proof.extra.extend(part.extra);
        proof.all_missing &= !part.more[0];
        proof.all_extra &= !part.more[1];
        proof.steps += part.steps;
        proof.unknown.extend(part.unknown);
        proof.runtime.extend(part.runtime);
        proof.errors.extend(part.error.map(|error| (family, error)));
        proof.disputed.extend(part.disputed);
    }
    let certain = proof.missing.iter().chain(&proof.extra).any(|witness| witness.certain);
    proof.verdict = if !proof.errors.is_empty() || !proof.disputed.is_empty() {
        Verdict::CannotProve
    } else if certain {
        Verdict::Different
    } else {
        match (proof.missing.is_empty() && proof.all_missing, proof.extra.is_empty() && proof.all_extra) {
            (true, true) => Verdict::Proved,
            (false, true) => Verdict::MayAllowLess,
            (true, false) => Verdict::MayAllowMore,
            (false, false) => Verdict::CannotProve,
        }
    };
    proof
}

/// What was read, and its chains in order.
type Ordered<'a> = (&'a Program, &'a [ChainId]);

fn family<T: Family>(meant: Meant<'_, '_>, program: Ordered<'_>, expected: Option<Half<T>>) -> Part {
    let mut part = Part::default();
    part.error = compared(meant, program, expected, &mut part).err();
    part
}

fn compared<T: Family>(
    meant: Meant<'_, '_>,
    (read, chains): Ordered<'_>,
    expected: Option<Half<T>>,
    part: &mut Part,
) -> Result<(), Error> {
    let sets = ranges(read);
    let expected = match expected {
        // The cells would be the same ones.
        Some(half) if half.space.tells_apart(&sets) => half,
        _ => Half::new(meant, &sets),
    };
    let Half { space, mut tables, allowed, figures } = expected;
    part.figures = figures;
    let allowed = allowed?;
    let mut clock = Clock::new();
    let bounds = bounds(read, chains, &space, &mut tables)?;
    part.figures.program = clock.lap();
    part.runtime = bounds.runtime;
    let noon = meant.day.duration_since(jiff::civil::date(1970, 1, 1)).as_secs() + 43_200;
    let (upper, lower) = (&bounds.upper[..], &bounds.lower[..]);
    // First what is certain, then, where there is nothing, what may be.
    for (sure, possible, is_missing) in
        [((&allowed[..], upper), (&allowed[..], lower), true), ((lower, &allowed[..]), (upper, &allowed[..]), false)]
    {
        let mut certain = true;
        let (mut found, mut complete) = regions(&mut tables, sure, MOST_DRIFTS)?;
        if found.is_empty() {
            certain = false;
            (found, complete) = regions(&mut tables, possible, MOST_DRIFTS)?;
        }
        for (number, region) in found.iter().enumerate() {
            if number >= LEAST_REPLAYED && part.steps >= MOST_STEPS {
                complete = false;
                break;
            }
            let packet = example(&space, &tables, region, noon);
            let drift = drift(&space, &tables, region);
            replay(meant, read, (packet, drift), certain, is_missing, part)?;
        }
        part.more[usize::from(!is_missing)] = !complete;
    }
    if !part.unknown.is_empty() || part.missing.iter().chain(&part.extra).all(|w| w.certain) {
        // The rules at fault are known, or none is.
    } else {
        part.unknown = bounds.unknown.into_iter().map(|(chain, rule)| Step { chain, rule }).collect();
    }
    part.figures.compare = clock.lap();
    part.figures.nodes = tables.count();
    part.figures.bytes = tables.bytes();
    Ok(())
}

/// A region, in addresses.
fn drift<T: Family>(space: &Space<T>, tables: &Tables, region: &Region) -> Drift {
    let addresses = |runs: &Runs| {
        let cells = runs.iter().flat_map(|&(start, end)| start..end);
        T::set(Ranges::new(cells.flat_map(|cell| space.ranges(cell)).collect()))
    };
    Drift {
        sources: addresses(&region.sources),
        destinations: addresses(&region.destinations),
        services: ServiceSet::new(region.keys(tables).into_iter().collect()),
        sometimes: !region.always(tables),
    }
}

/// Asks the evaluators that know nothing of sets. Only where they agree is a packet a witness.
fn replay(
    meant: Meant<'_, '_>,
    read: &Program,
    (packet, drift): (Packet, Drift),
    certain: bool,
    is_missing: bool,
    part: &mut Part,
) -> Result<(), Error> {
    let flows = allowing(meant, &packet);
    let ways = trace(read, &packet)?;
    part.steps += ways.steps;
    let (found, other) = if is_missing { (ways.dropped, ways.accepted) } else { (ways.accepted, ways.dropped) };
    match found {
        Some(rules)
            if (flows.is_empty() && !meant.declares(&packet)) != is_missing && !(certain && other.is_some()) =>
        {
            if !certain {
                part.unknown.extend(ways.unknown);
            }
            let witness = Witness { packet, drift, certain, flows, rules };
            if is_missing { part.missing.push(witness) } else { part.extra.push(witness) }
        }
        _ => part.disputed.push(packet),
    }
    Ok(())
}
