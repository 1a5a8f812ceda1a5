//! An answer for programs: nothing is left out. Described in `docs/reach.md`; `format` counts changes that break readers.

use segc_grammar::Span;
use serde::Serialize;

use super::Words;
use crate::graph::{Element, Fact};
use crate::reach::{Place, Reach, Story, addresses};
use crate::source::Sources;

#[derive(Serialize)]
struct Report<'a> {
    format: u32,
    at: String,
    start: Start<'a>,
    other_places: usize,
    places: Vec<Reached<'a>>,
    credentials: Vec<Captured<'a>>,
    tainted: Vec<&'a str>,
    ways: Vec<Way<'a>>,
    critical: Vec<Exposed<'a>>,
    critical_left_out: usize,
    pairs: usize,
    choke_points: Vec<Choke<'a>>,
    choke_points_proved: bool,
    assumptions: Vec<Assumed<'a>>,
    assumptions_untouched: usize,
}

#[derive(Serialize)]
struct Start<'a> {
    name: &'a str,
    kind: &'static str,
    addresses: Option<u64>,
    /// It, and all that is on its hosts.
    places: Vec<&'a str>,
    /// Those that the public alone gets into.
    public: Vec<&'a str>,
}

/// Hops at each level; `null` where it does not lead there.
#[derive(Serialize)]
struct Hops {
    packets: Option<u32>,
    credentials: Option<u32>,
    worst: Option<u32>,
}

#[derive(Serialize)]
struct Reached<'a> {
    name: &'a str,
    kind: &'static str,
    critical: bool,
    owner: Option<&'a str>,
    addresses: Option<u64>,
    public: bool,
    hops: Hops,
}

#[derive(Serialize)]
struct Captured<'a> {
    name: &'a str,
    standing: bool,
    lifetime_seconds: Option<u64>,
    public: bool,
    hops: Hops,
}

#[derive(Serialize)]
struct Way<'a> {
    to: &'a str,
    kind: &'static str,
    public: bool,
    route: Vec<String>,
    steps: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    words: String,
    #[serde(flatten)]
    place: Option<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    line: u32,
    statement: &'a str,
}

#[derive(Serialize)]
struct Exposed<'a> {
    name: &'a str,
    reached_from: usize,
    undecided: usize,
}

#[derive(Serialize)]
struct Choke<'a> {
    what: String,
    #[serde(flatten)]
    place: Option<Line<'a>>,
    pairs: usize,
    critical_zones: usize,
}

#[derive(Serialize)]
struct Assumed<'a> {
    clause: &'static str,
    words: String,
    why: Option<&'a str>,
    until: Option<String>,
    #[serde(flatten)]
    place: Option<Line<'a>>,
}

/// All of it.
pub fn render(reach: &Reach<'_>, sources: &Sources) -> String {
    let words = Words { reach, sources };
    let names = |classes: &mut dyn Iterator<Item = u32>| classes.map(|class| words.name(class)).collect();
    let report = Report {
        format: 1,
        at: reach.day.to_string(),
        start: Start {
            name: words.name(reach.zone.0),
            kind: words.kind(reach.zone.0),
            addresses: addresses(words.model(), reach.zone.0),
            places: names(&mut reach.starts.iter()),
            public: names(&mut reach.open_starts.iter().copied()),
        },
        other_places: words.model().zones.len() - reach.starts.len(),
        places: reach.places.iter().map(|place| words.reached(place)).collect(),
        credentials: words.captured(),
        tainted: names(&mut reach.tainted.iter().copied()),
        ways: reach.stories.iter().map(|story| words.way(story)).collect(),
        critical: reach
            .exposures
            .iter()
            .map(|s| Exposed { name: words.name(s.zone.0), reached_from: s.sources, undecided: s.undecided })
            .collect(),
        critical_left_out: reach.unexposed,
        pairs: reach.pairs,
        choke_points: words.chokes(),
        choke_points_proved: reach.chokes.proved,
        assumptions: words.assumptions(),
        assumptions_untouched: reach.untouched,
    };
    serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"
}

impl<'w> Words<'w> {
    fn line(&self, span: Span) -> Option<Line<'w>> {
        let (file, from, _) = self.sources.place(span)?;
        Some(Line { file, line: from.line, statement: self.sources.text(span) })
    }

    fn reached<'p>(&'p self, place: &'p Place) -> Reached<'p> {
        let [packets, credentials, worst] = place.hops;
        Reached {
            name: self.name(place.class),
            kind: self.kind(place.class),
            critical: place.critical,
            owner: place.owner.as_deref(),
            addresses: place.addresses,
            public: place.ambient,
            hops: Hops { packets, credentials, worst },
        }
    }

    fn captured(&self) -> Vec<Captured<'w>> {
        let captured = self.reach.credentials.iter().map(|secret| {
            let [credentials, worst] = secret.hops;
            let of = &self.model().credentials[secret.credential.0 as usize];
            Captured {
                name: of.name,
                standing: of.lifetime.is_none(),
                lifetime_seconds: of.lifetime,
                public: secret.ambient,
                hops: Hops { packets: None, credentials, worst },
            }
        });
        captured.collect()
    }

    fn way(&self, story: &Story) -> Way<'_> {
        let steps = self.hops(story).into_iter();
        Way {
            to: self.goal(story),
            kind: if matches!(story.to, Fact::Captured(_)) { "credential" } else { "place" },
            public: story.public,
            route: self.teller().stations(&story.way),
            steps: steps.map(|(span, words)| Step { words: words.replace('`', ""), place: self.line(span) }).collect(),
        }
    }

    fn chokes(&self) -> Vec<Choke<'w>> {
        let model = self.model();
        let place = |element: Element| match element {
            Element::Allow(flow) => Some(model.flows[flow.0 as usize].head()),
            Element::Held(c) => model.credentials[c.0 as usize].held.as_ref().map(|h| h.0),
            Element::Opens(c) => model.credentials[c.0 as usize].opens.as_ref().map(|h| h.0),
            Element::Publishes(c) => model.credentials[c.0 as usize].publishes.as_ref().map(|h| h.0),
            Element::Shares(zone) => model.zones[zone].shares.as_ref().map(|h| h.0),
        };
        let chokes = self.reach.chokes.best.iter().map(|choke| Choke {
            what: self.teller().element(&choke.element).replace('`', ""),
            place: place(choke.element).and_then(|span| self.line(span)),
            pairs: choke.pairs,
            critical_zones: choke.zones,
        });
        chokes.collect()
    }

    fn assumptions(&self) -> Vec<Assumed<'w>> {
        let all = self.reach.assumptions.iter().map(|assumption| Assumed {
            clause: Self::clause(assumption),
            words: self.assumed(assumption).replace('`', ""),
            why: assumption.why,
            until: assumption.until.map(|day| day.to_string()),
            place: self.line(assumption.span),
        });
        all.collect()
    }
}
