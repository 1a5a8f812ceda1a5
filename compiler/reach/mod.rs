//! What a compromise of one place reaches: by packets, by packets and credentials, and in the worst case; who reaches
//! the critical zones, and what parts most of them from most others.

mod assumptions;
mod backwards;
mod chokes;
mod exposure;
mod places;

use jiff::civil::Date;
use segc_grammar::ast::FlagKind;

pub use assumptions::{About, Assumption};
pub use chokes::{Choke, Chokes};
pub use places::{Place, Secret, Story, addresses};

use crate::graph::{Closure, Fact, FlowIndex, Goal, Graph, Hops, Level, Question, proof, required, witness};
use crate::model::{ClassSet, CredentialId, Model, ZoneId};
use backwards::Backwards;
use exposure::Exposures;

/// Critical zones whose exposure is worked out.
pub const MOST_GOALS: usize = 256;
/// Closures that all exposures may cost together, where credentials leave something to decide.
const MOST_CLOSURES: usize = 512;
/// Choke points that are told.
const MOST_CHOKES: usize = 5;

/// The answer.
pub struct Reach<'m> {
    /// Steps of the day.
    pub graph: Graph<'m>,
    /// The day.
    pub day: Date,
    /// Where it starts.
    pub zone: ZoneId,
    /// The zone, and all that is on its hosts.
    pub starts: ClassSet,
    /// What the worst case leads to, with a proof of everything.
    pub worst: Closure,
    /// Places that are reached at some level, those where it starts left out: critical ones first, then the nearest.
    pub places: Vec<Place>,
    /// Credentials that are captured.
    pub credentials: Vec<Secret>,
    /// Places whose content is an attacker's although they are not compromised.
    pub tainted: Vec<u32>,
    /// Places where it starts that the public alone gets into.
    pub open_starts: Vec<u32>,
    /// The way to each critical zone that is reached, to each credential, and by which the public gets in.
    pub stories: Vec<Story>,
    /// Who reaches each critical zone, by name.
    pub exposures: Vec<Share>,
    /// Critical zones whose exposure was not worked out.
    pub unexposed: usize,
    /// What parts most pairs of a place and a critical zone.
    pub chokes: Chokes,
    /// Such pairs, those that were decided.
    pub pairs: usize,
    /// Where the worst case stops because something is believed.
    pub assumptions: Vec<Assumption<'m>>,
    /// So many more assumptions were not touched.
    pub untouched: usize,
}

/// From how many places one is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// The place.
    pub zone: ZoneId,
    /// So many reach it for certain.
    pub sources: usize,
    /// So many more were not decided.
    pub undecided: usize,
}

/// What a compromise of `zone` leads to on `day`. `index` is of all flows.
pub fn reach<'m>(model: &'m Model<'m>, day: Date, index: &FlowIndex, zone: ZoneId) -> Reach<'m> {
    let graph = Graph::new(model, day, None);
    let starts = model.zones.classes(zone);
    let question = Question::new(&starts, &graph.barriers);
    let worst = Closure::new(&graph, question);
    let logins = Closure::new(&graph, Question { level: Level::Credentials, ..question });
    let none = ClassSet::default();
    let ambient = Closure::new(&graph, Question::new(&none, &graph.barriers));
    let hops = [Hops::new(&graph, &logins), Hops::new(&graph, &worst)];
    let (places, credentials, tainted) = places::all(&graph, &starts, (&worst, &ambient), &hops);
    let open_starts: Vec<u32> = starts.iter().filter(|&place| ambient.reached(place)).collect();
    let critical = |place: u32| model.zones[ZoneId(place)].flags.contains(&FlagKind::Critical);

    let mut stories: Vec<Story> = Vec::new();
    let goal_way = |found: &Closure, question, place: u32| {
        let goal = ClassSet::run(place, place + 1);
        witness(&graph, found, question, &Goal { zones: &goal, services: None })
    };
    for place in places.iter().filter(|p| p.critical && p.hops[2].is_some()) {
        let way = goal_way(&worst, question, place.class);
        stories.extend(way.map(|way| Story { to: Fact::Compromised(place.class), way, public: false }));
    }
    for secret in credentials.iter().filter(|s| s.hops[1].is_some()) {
        let fact = Fact::Captured(secret.credential);
        let way = proof(&graph, &worst, crate::graph::Hop { fact, step: worst.step(fact) });
        stories.push(Story { to: fact, way, public: false });
    }
    for &place in &open_starts {
        let way = goal_way(&ambient, Question::new(&none, &graph.barriers), place);
        stories.extend(way.map(|way| Story { to: Fact::Compromised(place), way, public: true }));
    }

    let goals: Vec<u32> = (0..model.zones.len() as u32).filter(|&place| critical(place)).collect();
    let backwards = Backwards::new(&graph);
    let mut exposures = Exposures::new(&graph, &backwards, &[], MOST_CLOSURES);
    let exposed: Vec<_> = goals.iter().take(MOST_GOALS).map(|&goal| exposures.of(goal)).collect();
    let chokes = chokes::chokes(&graph, &backwards, &exposed, &required(model, index), MOST_CHOKES);
    let share = |e: &exposure::Exposure| Share { zone: ZoneId(e.goal), sources: e.sources, undecided: e.undecided };
    let (assumptions, untouched) = assumptions::relied_upon(&graph, &worst, &starts, day);
    Reach {
        day,
        zone,
        places,
        credentials,
        tainted,
        open_starts,
        stories,
        exposures: exposed.iter().map(share).collect(),
        unexposed: goals.len().saturating_sub(MOST_GOALS),
        pairs: exposed.iter().map(|e| e.sources).sum(),
        chokes,
        assumptions,
        untouched,
        worst,
        starts,
        graph,
    }
}

impl Reach<'_> {
    /// Is the credential one that anybody may use for as long as he likes?
    pub fn standing(&self, credential: CredentialId) -> bool {
        self.graph.model.credentials[credential.0 as usize].lifetime.is_none()
    }
}
