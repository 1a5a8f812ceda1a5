//! The rules of compromise, read off the language's table of steps: all of them over all pairs, in rounds.

use segc::graph::{Element, Level};
use segc::model::{ClassSet, CredentialId, Families, FlowId, Kind, Model, Pulls, ZoneId};
use segc_grammar::ast::FlagKind;

use crate::random_policy::DAY;

/// Everything that is known of a compromise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub compromised: Vec<bool>,
    pub captured: Vec<bool>,
    pub tainted: Vec<bool>,
}

/// The rules, read off the language's table of steps.
pub struct Brute<'b, 'm> {
    pub model: &'b Model<'m>,
    pub starts: &'b [u32],
    pub gone: &'b [Element],
    pub level: Level,
    /// What anybody can write counts for nothing.
    pub alone: bool,
}

impl Brute<'_, '_> {
    pub fn zone(&self, place: u32) -> &segc::model::Zone<'_> {
        &self.model.zones[ZoneId(place)]
    }

    /// Has it the flag, or is it in a zone that has? A process has its own.
    pub fn is(&self, place: u32, flag: FlagKind) -> bool {
        let above = self.model.zones.ancestry(ZoneId(place)).take(if self.zone(place).is_process() { 1 } else { 99 });
        above.into_iter().any(|zone| self.model.zones[zone].flags.contains(&flag))
    }

    pub fn goes(&self, known: &Known, place: u32) -> bool {
        let barred = self.zone(place).barrier.is_some_and(|(_, window)| window.holds(DAY));
        let stopped = barred || ZoneId(place) == self.model.zones.internet();
        known.compromised[place as usize] && (!stopped || self.starts.contains(&place))
    }

    fn families(&self, place: u32) -> Families {
        let zone = self.zone(place);
        match (&zone.kind, zone.parent) {
            (Kind::Domains(_), _) => Families::BOTH,
            (Kind::Process(_), Some(host)) => self.model.zones[host].hosts.families(),
            _ => zone.own.families(),
        }
    }

    /// Flows that join two places on the day, with what both can speak.
    pub fn joining(&self, from: u32, to: u32) -> impl Iterator<Item = &segc::model::Flow<'_>> {
        let shared = self.families(from).and(self.families(to));
        let flows = self.model.flows.iter().enumerate().filter(move |(i, f)| {
            !self.gone.contains(&Element::Allow(FlowId(*i as u32)))
                && f.window.holds(DAY)
                && f.joins(from, to)
                && !shared.is_none()
                && !f.services.only(shared).is_empty()
        });
        flows.map(|(_, flow)| flow)
    }

    pub fn round(&self, known: &Known) -> Known {
        let mut next = known.clone();
        let places = self.model.zones.len() as u32;
        let internet = self.model.zones.internet().0;
        let has =
            |set: &Option<(segc_grammar::Span, ClassSet)>, place| set.as_ref().is_some_and(|s| s.1.contains(place));
        let secrets: Vec<_> = (0..).map(CredentialId).zip(&self.model.credentials).collect();
        let there = |element| !self.gone.contains(&element);
        for z in 0..places {
            let zone = self.zone(z);
            let worst = self.level == Level::Worst;
            let writable = z == internet || self.is(z, FlagKind::PublicWritable);
            next.tainted[z as usize] |= worst && (self.goes(known, z) || writable && !self.alone);
            if worst && self.is(z, FlagKind::PublicTrigger) && self.starts.contains(&internet) {
                next.compromised[z as usize] = true;
            }
            for (id, secret) in &secrets {
                let captured = &mut next.captured[id.0 as usize];
                *captured |= self.goes(known, z) && has(&secret.held, z) && there(Element::Held(*id));
                let publishes = known.captured[id.0 as usize] && has(&secret.publishes, z);
                next.tainted[z as usize] |= worst && publishes && there(Element::Publishes(*id));
            }
            for w in 0..places {
                let host = zone.is_process() && zone.parent == Some(ZoneId(w));
                let contained =
                    matches!(&zone.kind, Kind::Process(p) if p.contained.is_some_and(|a| a.window.holds(DAY)));
                if host && self.goes(known, z) && !contained || {
                    let inside = self.zone(w).is_process() && self.zone(w).parent == Some(ZoneId(z));
                    inside && self.goes(known, z)
                } {
                    next.compromised[w as usize] = true;
                }
                let plain = |p: u32| !self.zone(p).is_process() && !self.zone(p).is_domains();
                let nested = zone.parent == Some(ZoneId(w)) || self.zone(w).parent == Some(ZoneId(z));
                if worst && nested && plain(z) && plain(w) && self.goes(known, z) {
                    next.compromised[w as usize] = true;
                }
                for (owner, sharing) in self.model.zones.iter().filter(|(id, _)| there(Element::Shares(*id))) {
                    let mine = |p: u32| self.model.zones.classes(owner).contains(p) && !self.zone(p).is_process();
                    let ends = mine(z) && has(&sharing.shares, w) || mine(w) && has(&sharing.shares, z);
                    if worst && ends && self.goes(known, z) {
                        next.compromised[w as usize] = true;
                    }
                }
                for flow in self.joining(z, w) {
                    let open = flow.needs.iter().all(|c| known.captured[c.0 as usize]);
                    let inert = flow.inert.is_some_and(|a| a.window.holds(DAY));
                    let vetted = flow.vetted.is_some_and(|a| a.window.holds(DAY));
                    next.compromised[w as usize] |=
                        self.goes(known, z) && open && !inert && (worst || !flow.needs.is_empty());
                    for (id, secret) in &secrets {
                        let opens =
                            known.captured[id.0 as usize] && has(&secret.opens, w) && there(Element::Opens(*id));
                        let anywhere = secret.anywhere.is_some() && z == internet;
                        next.compromised[w as usize] |= opens && (self.goes(known, z) && open || anywhere);
                    }
                    let swallows = flow.pulls == Some(Pulls::Code) || self.is(z, FlagKind::Agentic);
                    next.compromised[z as usize] |= known.tainted[w as usize] && !vetted && swallows;
                }
            }
        }
        next
    }

    pub fn all(&self) -> Known {
        let places = self.model.zones.len();
        let mut known = Known {
            compromised: (0..places as u32).map(|place| self.starts.contains(&place)).collect(),
            captured: vec![false; self.model.credentials.len()],
            tainted: vec![false; places],
        };
        loop {
            let next = self.round(&known);
            if next == known {
                return known;
            }
            known = next;
        }
    }
}
