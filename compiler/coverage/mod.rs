//! Which live allows some forbid or require speaks about; `docs/policy-tests.md` says what that means.

mod before;

use jiff::civil::Date;
use segc_grammar::ast::Arrow;

use crate::checks::breaks;
use crate::graph::{Closure, FlowIndex, Graph, Question};
use crate::model::{ClassSet, Flow, FlowId, Forbid, Model, Pulls, ServiceSet, Side, Term};

/// Who speaks about an allow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Voices {
    /// A require has a connection in common with it.
    pub required: bool,
    /// A direct forbid names an end of it, on a service that it has.
    pub direct: bool,
    /// It leaves what the left side of a forbid over paths leads to, or enters what leads to the right side; or what
    /// comes back over it does.
    pub paths: bool,
}

impl Voices {
    /// Nobody?
    pub fn is_silent(self) -> bool {
        self == Self::default()
    }
}

/// Every live allow, in the order of the text, and who speaks about it.
pub fn coverage(model: &Model<'_>, day: Date) -> Vec<(FlowId, Voices)> {
    let mut voices = vec![Voices::default(); model.flows.len()];
    let index = FlowIndex::new(model, |flow| flow.window.holds(day));
    let any = model.zones.any();
    let every = ServiceSet::any();
    for require in &model.requires {
        for (left, right) in &require.boxes {
            for id in index.candidates(left, right) {
                let flow = flow(model, id);
                let joins = flow.boxes.iter().any(|(a, b)| a.meets(left) && b.meets(right));
                voices[id.0 as usize].required |= joins && flow.services.meets(&require.services);
            }
        }
    }
    for forbid in model.forbids.iter().filter(|f| f.arrow == Arrow::Direct) {
        let services = forbid.services.as_ref().unwrap_or(&every);
        let mut near = Vec::new();
        if is_named(&forbid.left) {
            near.extend(index.candidates(&forbid.left.classes, &any));
        }
        if is_named(&forbid.right) {
            near.extend(index.candidates(&any, &forbid.right.classes));
        }
        if near.is_empty() {
            near.extend(forbid.boxes.iter().flat_map(|(left, right)| index.candidates(left, right)));
        }
        for id in near {
            let flow = flow(model, id);
            let named = |side: &Side, own: fn(&(ClassSet, ClassSet)) -> &ClassSet| {
                is_named(side) && flow.boxes.iter().any(|pair| own(pair).meets(&side.classes))
            };
            let end = named(&forbid.left, |pair| &pair.0) || named(&forbid.right, |pair| &pair.1);
            let speaks = end && flow.services.meets(services);
            voices[id.0 as usize].direct |= speaks || breaks(&model.zones, flow, forbid);
        }
    }
    along_paths(model, day, &mut voices);
    let live = (0..).map(FlowId).zip(voices);
    live.filter(|(id, _)| flow(model, *id).window.holds(day)).collect()
}

/// Forbids over paths: those that count the same services together.
fn along_paths(model: &Model<'_>, day: Date, voices: &mut [Voices]) {
    let mut groups: Vec<(Option<&ServiceSet>, Vec<&Forbid<'_>>)> = Vec::new();
    for forbid in model.forbids.iter().filter(|f| f.arrow == Arrow::Path) {
        match groups.iter_mut().find(|(over, _)| *over == forbid.over.as_ref()) {
            Some((_, forbids)) => forbids.push(forbid),
            None => groups.push((forbid.over.as_ref(), vec![forbid])),
        }
    }
    if groups.is_empty() {
        return;
    }
    let graph = Graph::new(model, day, None);
    for (over, forbids) in groups {
        let all = |side: for<'f> fn(&'f Forbid<'f>) -> &'f Side| {
            let sides = forbids.iter().map(|&f| side(f)).filter(|side| is_named(side));
            ClassSet::new(sides.flat_map(|side| side.classes.runs().to_vec()).collect())
        };
        let (starts, goals) = (all(|f| &f.left), all(|f| &f.right));
        let led_to = if starts.is_empty() {
            ClassSet::default()
        } else {
            let closure = Closure::new(&graph, Question::new(&starts, &graph.barriers));
            closure.compromised().iter().filter(|&place| graph.goes_on(place, &starts, &graph.barriers)).collect()
        };
        let leads_on = before::before(&graph, &goals);
        for (flow, voices) in model.flows.iter().zip(voices.iter_mut()) {
            let counts = over.is_none_or(|over| over.meets(&flow.services));
            let code = flow.pulls == Some(Pulls::Code);
            // What comes back leads from the destination to the source, whatever services count.
            let near = |(from, to): &(ClassSet, ClassSet)| {
                let swallows = if code { from.clone() } else { from.intersection(&graph.agentic) };
                let forth = counts && (from.meets(&led_to) || to.meets(&leads_on));
                forth || !swallows.is_empty() && (to.meets(&led_to) || swallows.meets(&leads_on))
            };
            voices.paths |= flow.boxes.iter().any(near);
        }
    }
}

fn flow<'a>(model: &'a Model<'_>, id: FlowId) -> &'a Flow<'a> {
    &model.flows[id.0 as usize]
}

/// Is it written without `any`? Who speaks of everybody speaks of nobody.
fn is_named(side: &Side) -> bool {
    side.terms.iter().all(|(term, _)| *term != Term::Any)
}
