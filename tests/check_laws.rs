//! When the checks over what a compromise leads to fire, judged by brute force: every definition in `docs/errors/` is read
//! off once more here, over all places and pairs, and shares nothing with the checks but the model.

use segc::checks::{Context, check};
use segc::graph::{Element, Level};
use segc::model::{CredentialId, Flow, Kind, Model, Pulls, ZoneId};
use segc_grammar::ast::FlagKind;

use crate::laws::compiled;
use crate::path_laws::brute::{Brute, Known};
use crate::path_laws::with_assumptions;
use crate::random_policy::dice::Dice;
use crate::random_policy::{DAY, Size};

/// How many policies are drawn.
const POLICIES: u64 = 160;

/// A random policy in which some zones are critical or have a GPU, and some credentials end.
fn drawn(seed: u64) -> String {
    let mut dice = Dice::new(seed ^ 0xc0de);
    let flag = |line: &str, flag: &str| match line.split_once("{ is ") {
        Some((head, rest)) if head.starts_with("zone ") && !head.contains('{') => format!("{head}{{ is {flag}, {rest}"),
        _ => line.replacen('{', &format!("{{ is {flag} "), 1),
    };
    let mut lines = Vec::new();
    for line in with_assumptions(seed, Size { zones: 5, allows: 8, ..Size::MEDIUM }).lines() {
        let mut line = line.to_owned();
        if line.starts_with("zone ") && !line.starts_with("zone names") && dice.chance(30) {
            line = flag(&line, if dice.chance(50) { "gpu" } else { "critical" });
        }
        if line.starts_with("credential ") && dice.chance(40) {
            line = line.replacen('{', "{ lifetime 1 hour ", 1);
        }
        lines.push(line);
    }
    lines.join("\n") + "\n"
}

/// A policy, and what strangers do in it.
struct Reading<'b, 'm> {
    model: &'b Model<'m>,
    offered: Known,
    lost: Known,
}

impl<'b, 'm> Reading<'b, 'm> {
    fn new(model: &'b Model<'m>) -> Self {
        let internet = model.zones.internet().0;
        let plain = brute(model, &[], false);
        let started = places(model).filter(|&p| plain.is(p, FlagKind::PublicTrigger) && !plain_barrier(model, p));
        let started: Vec<u32> = started.collect();
        Self { model, offered: brute(model, &started, false).all(), lost: brute(model, &[internet], false).all() }
    }

    fn is(&self, place: u32, flag: FlagKind) -> bool {
        brute(self.model, &[], false).is(place, flag)
    }

    fn writable(&self, place: u32) -> bool {
        ZoneId(place) == self.model.zones.internet() || self.is(place, FlagKind::PublicWritable)
    }

    /// Live allows from one place to another that packets can use.
    fn joining(&self, from: u32, to: u32) -> Vec<&Flow<'m>> {
        let names: Vec<&Flow<'m>> = self.model.flows.iter().collect();
        let none: &[Element] = &[];
        let brute = Brute { model: self.model, starts: &[], gone: none, level: Level::Worst, alone: false };
        let joined: Vec<_> = brute.joining(from, to).map(|flow| flow.head()).collect();
        names.into_iter().filter(|flow| joined.contains(&flow.head())).collect()
    }

    /// Is this place on the machine of that one, so that it can be left from?
    fn on_machine(&self, place: u32, other: u32) -> bool {
        let zones = &self.model.zones;
        let (here, there) = (&zones[ZoneId(place)], &zones[ZoneId(other)]);
        let stuck = |p: u32| plain_barrier(self.model, p) || ZoneId(p) == zones.internet();
        if stuck(place) || stuck(other) {
            return false;
        }
        let above = |inner: u32, outer: ZoneId| zones.ancestry(ZoneId(inner)).any(|zone| zone == outer);
        let runs_on = |process: &segc::model::Zone<'_>, host: u32| {
            process.is_process() && process.parent.is_some_and(|zone| above(host, zone))
        };
        if place == other {
            return true;
        }
        match &here.kind {
            Kind::Process(process) if process.contained.is_some_and(|a| a.window.holds(DAY)) => false,
            Kind::Process(_) => {
                let Some(host) = here.parent else { return false };
                above(other, host) || runs_on(there, host.0)
            }
            _ => runs_on(there, place),
        }
    }

    fn machine(&self, place: u32) -> Vec<u32> {
        places(self.model).filter(|&other| self.on_machine(place, other)).collect()
    }

    fn at_hand(&self, place: u32) -> Vec<CredentialId> {
        let machine = self.machine(place);
        let held = |c: &segc::model::Credential<'_>| {
            c.held.as_ref().is_some_and(|(_, set)| machine.iter().any(|&p| set.contains(p)))
        };
        (0..).map(CredentialId).zip(&self.model.credentials).filter(|(_, c)| held(c)).map(|(id, _)| id).collect()
    }

    fn reads(&self, place: u32) -> bool {
        places(self.model).any(|what| {
            self.offered.tainted[what as usize]
                && self.joining(place, what).iter().any(|flow| {
                    let vetted = flow.vetted.is_some_and(|a| a.window.holds(DAY));
                    !vetted && (flow.pulls.is_some() || self.is(place, FlagKind::Agentic))
                })
        })
    }

    fn way_out(&self, place: u32) -> bool {
        let keys = self.at_hand(place);
        let publishes = keys.iter().any(|c| self.model.credentials[c.0 as usize].publishes.is_some());
        let connects = |from: u32| {
            let written = places(self.model).filter(|&to| self.writable(to));
            written.flat_map(|to| self.joining(from, to)).any(|flow| flow.needs.iter().all(|c| keys.contains(c)))
        };
        publishes || self.machine(place).into_iter().any(connects)
    }

    fn trifecta(&self) -> bool {
        places(self.model).any(|p| self.reads(p) && !self.at_hand(p).is_empty() && self.way_out(p))
    }

    fn standing(&self) -> bool {
        let critical = |(_, set): &(segc_grammar::Span, segc::model::ClassSet)| {
            set.iter().any(|zone| self.is(zone, FlagKind::Critical))
        };
        places(self.model).filter(|&place| self.reads(place)).any(|place| {
            let keys = self.at_hand(place);
            let mut keys = keys.iter().map(|c| &self.model.credentials[c.0 as usize]);
            keys.any(|key| key.lifetime.is_none() && key.opens.as_ref().is_some_and(critical))
        })
    }

    fn public_trigger(&self) -> bool {
        let shared = |a: u32, b: u32| {
            self.model.zones.iter().any(|(owner, zone)| {
                let own = |p: u32| {
                    let zone = &self.model.zones[ZoneId(p)];
                    self.model.zones.classes(owner).contains(p) && !zone.is_process() && !zone.is_domains()
                };
                let other = |p: u32| zone.shares.as_ref().is_some_and(|(_, set)| set.contains(p));
                own(a) && other(b) || own(b) && other(a)
            })
        };
        places(self.model).filter(|&p| self.is(p, FlagKind::PublicTrigger)).any(|place| {
            let mut within = vec![place];
            loop {
                let machines: Vec<u32> = within.iter().flat_map(|&p| self.machine(p)).collect();
                let behind = |p: u32| !within.contains(&p) && machines.iter().any(|&m| shared(m, p));
                let more: Vec<u32> = places(self.model).filter(|&p| behind(p)).collect();
                if more.is_empty() {
                    return within.iter().any(|&p| !self.at_hand(p).is_empty());
                }
                within.extend(more);
            }
        })
    }

    fn gpu_in_reach(&self) -> bool {
        let internet = [self.model.zones.internet().0];
        let spreads = brute(self.model, &internet, false);
        let gpu = |p: u32| self.is(p, FlagKind::Gpu);
        let lost = |p: u32| spreads.goes(&self.lost, p) && !gpu(p);
        let has = |flow: &&Flow<'_>| flow.needs.iter().all(|c| self.lost.captured[c.0 as usize]);
        places(self.model).any(|from| {
            places(self.model).any(|to| {
                let asks = lost(from) && gpu(to) && self.joining(from, to).iter().any(has);
                let answers = gpu(from) && lost(to) && !self.joining(from, to).is_empty();
                asks || answers
            })
        })
    }

    fn worm_loop(&self) -> bool {
        let ambient = brute(self.model, &[], false).all();
        places(self.model).any(|place| {
            let pulled: Vec<u32> = places(self.model)
                .filter(|&what| {
                    self.joining(place, what).iter().any(|flow| {
                        flow.pulls == Some(Pulls::Code) && !flow.vetted.is_some_and(|a| a.window.holds(DAY))
                    })
                })
                .collect();
            if pulled.is_empty() {
                return false;
            }
            let (alone, all) = (brute(self.model, &[place], true).all(), brute(self.model, &[place], false).all());
            self.model.credentials.iter().enumerate().any(|(c, secret)| {
                let publishes = secret.publishes.as_ref().is_some_and(|(_, to)| pulled.iter().any(|&p| to.contains(p)));
                publishes && (alone.captured[c] || all.captured[c] && !ambient.captured[c])
            })
        })
    }
}

fn brute<'b, 'm>(model: &'b Model<'m>, starts: &'b [u32], alone: bool) -> Brute<'b, 'm> {
    Brute { model, starts, gone: &[], level: Level::Worst, alone }
}

fn places(model: &Model<'_>) -> std::ops::Range<u32> {
    0..model.zones.len() as u32
}

fn plain_barrier(model: &Model<'_>, place: u32) -> bool {
    model.zones[ZoneId(place)].barrier.is_some_and(|(_, window)| window.holds(DAY))
}

/// Each check fires exactly where its definition says so, and each is seen to fire and to keep silent often.
#[test]
fn checks_fire_where_their_definitions_say() {
    type Definition = fn(&Reading<'_, '_>) -> bool;
    let definitions: [(&str, Definition); 5] = [
        ("SEG1201", |r| r.trifecta()),
        ("SEG1205", |r| r.gpu_in_reach()),
        ("SEG1301", |r| r.standing()),
        ("SEG1401", |r| r.public_trigger()),
        ("SEG1402", |r| r.worm_loop()),
    ];
    let mut fired = [0; 5];
    let mut wrong: Vec<String> = Vec::new();
    for seed in 0..POLICIES {
        let text = drawn(seed);
        compiled(&text, |model, sources| {
            let found = check(&Context::new(model, sources, DAY), true);
            let reading = Reading::new(model);
            for ((code, definition), fired) in definitions.iter().zip(&mut fired) {
                let told = found.iter().any(|d| d.code == *code);
                if told != definition(&reading) && !wrong.iter().any(|w| w.starts_with(code)) {
                    wrong.push(format!("{code}, told {told}, in seed {seed}:\n{text}"));
                }
                *fired += u64::from(told);
            }
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for ((code, _), fired) in definitions.iter().zip(fired) {
        assert!((8..POLICIES - 8).contains(&fired), "{code} fires in {fired} of {POLICIES}: that proves little");
    }
}
