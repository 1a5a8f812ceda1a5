//! What is reached, place by place, with the number of steps at each level.

use segc_grammar::ast::{ClauseKind, FlagKind};

use crate::graph::{Closure, Fact, Graph, Hops, Step, Witness};
use crate::model::{ClassSet, CredentialId, Model, ZoneId};

/// A place that is reached.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its class.
    pub class: u32,
    /// Steps by packets alone, by packets and credentials, and in the worst case; `None` where that does not lead there.
    pub hops: [Option<u32>; 3],
    /// It is declared `critical`.
    pub critical: bool,
    /// Addresses that are in no inner zone, see [`addresses`].
    pub addresses: Option<u64>,
    /// Who answers for it, or for the zone around it.
    pub owner: Option<String>,
    /// The public alone compromises it.
    pub ambient: bool,
}

/// A credential that is captured.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Which.
    pub credential: CredentialId,
    /// Steps by packets and credentials, and in the worst case.
    pub hops: [Option<u32>; 2],
    /// The public alone captures it.
    pub ambient: bool,
}

/// A shortest proof.
#[derive(Clone, Debug)]
pub struct Story {
    /// Of what.
    pub to: Fact,
    /// Its steps.
    pub way: Witness,
    /// It needs no start: anybody can go it.
    pub public: bool,
}

/// All that is reached: places, credentials, and places that are tainted only.
pub fn all(
    graph: &Graph<'_>,
    starts: &ClassSet,
    (worst, ambient): (&Closure, &Closure),
    [logins, steps]: &[Hops; 2],
) -> (Vec<Place>, Vec<Secret>, Vec<u32>) {
    let model = graph.model;
    let runs = starts.iter().flat_map(|start| graph.out_of(start)).map(|node| &graph.nodes[node as usize].to);
    let packets = ClassSet::new(runs.flat_map(|set| set.runs().iter().copied()).collect());
    let mut places: Vec<Place> = (0..model.zones.len() as u32)
        .filter(|&class| !starts.contains(class))
        .map(|class| {
            let fact = Fact::Compromised(class);
            Place {
                class,
                hops: [packets.contains(class).then_some(1), logins.to(fact), steps.to(fact)],
                critical: model.zones[ZoneId(class)].flags.contains(&FlagKind::Critical),
                addresses: addresses(model, class),
                owner: owner(model, class),
                ambient: ambient.reached(class),
            }
        })
        .filter(|place| place.hops.iter().any(Option::is_some))
        .collect();
    let last = |hops: Option<u32>| hops.unwrap_or(u32::MAX);
    places.sort_by_key(|p| (!p.critical, last(p.hops[2]), last(p.hops[1]), p.class));
    let mut secrets: Vec<Secret> = (0..model.credentials.len() as u32)
        .map(CredentialId)
        .map(|credential| {
            let fact = Fact::Captured(credential);
            Secret { credential, hops: [logins.to(fact), steps.to(fact)], ambient: ambient.holds(fact) }
        })
        .filter(|secret| secret.hops.iter().any(Option::is_some))
        .collect();
    secrets.sort_by_key(|s| (last(s.hops[1]), s.credential));
    // What anybody can write is nothing that this compromise does.
    let spoiled = |class: &u32| {
        let fact = Fact::Tainted(*class);
        worst.holds(fact) && worst.step(fact) != Step::Writable && !worst.reached(*class)
    };
    let tainted = (0..model.zones.len() as u32).filter(spoiled).collect();
    (places, secrets, tainted)
}

/// How many addresses a place has that are in no inner zone: of IPv4 if it has any, for then the same hosts are counted
/// once, else of IPv6. `None` where they say nothing of the number of hosts: a process, `internet`, names, and more than
/// 2^32 IPv6 addresses.
pub fn addresses(model: &Model<'_>, class: u32) -> Option<u64> {
    let zone = &model.zones[ZoneId(class)];
    if zone.is_process() || zone.is_domains() || class == model.zones.internet().0 {
        return None;
    }
    if !zone.own.v4.is_empty() || zone.own.v6.is_empty() {
        return Some(zone.own.v4.as_slice().iter().map(|&(a, b)| u64::from(b - a) + 1).sum());
    }
    let sum = zone.own.v6.as_slice().iter().map(|&(a, b)| (b - a).saturating_add(1)).fold(0u128, u128::saturating_add);
    u64::try_from(sum).ok().filter(|&sum| sum <= 1 << 32)
}

/// The owner of a zone, or of the nearest one around it that has one.
fn owner(model: &Model<'_>, class: u32) -> Option<String> {
    model.zones.ancestry(ZoneId(class)).find_map(|zone| {
        let clauses = model.zones[zone].statement.iter().flat_map(|statement| &statement.clauses);
        clauses.into_iter().find_map(|clause| match &clause.kind {
            ClauseKind::Owner(text) => Some(text.text.to_string()),
            _ => None,
        })
    })
}
