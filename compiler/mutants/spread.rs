//! What one more flow adds to a compromise. The closure is a least fixed point: where the rules that the flow brings lead
//! to nothing new, it stays as it is; otherwise what they lead to is put in, and the search goes on from there.

use crate::graph::{Closure, Fact, Graph, Node, Question};
use crate::model::{ClassSet, CredentialId};

/// What is known of a compromise, as far as rules look at it.
pub struct Facts {
    /// Compromised places.
    pub reached: ClassSet,
    /// Those that a compromise goes on from.
    going: ClassSet,
    tainted: ClassSet,
    captured: Vec<CredentialId>,
}

impl Facts {
    /// Of a closure.
    pub fn new(graph: &Graph<'_>, closure: &Closure, starts: &ClassSet, barriers: &ClassSet) -> Self {
        let places = 0..graph.model.zones.len() as u32;
        let reached = closure.compromised();
        let credentials = (0..graph.model.credentials.len() as u32).map(CredentialId);
        Self {
            going: reached.iter().filter(|&place| graph.goes_on(place, starts, barriers)).collect(),
            tainted: places.filter(|&place| closure.holds(Fact::Tainted(place))).collect(),
            captured: credentials.filter(|&c| closure.holds(Fact::Captured(c))).collect(),
            reached,
        }
    }

    /// Places that a node leads to in one step from what is known, some of them known already.
    pub fn leads_to(&self, graph: &Graph<'_>, node: &Node) -> ClassSet {
        let mut to = ClassSet::default();
        let open = node.needs.iter().all(|c| self.captured.contains(c));
        let entered = node.counts && open && node.from.meets(&self.going);
        if entered && node.steps() {
            to = to.union(&node.to);
        }
        let from_internet = node.counts && node.from.contains(graph.model.zones.internet().0);
        for credential in &self.captured {
            let secret = &graph.model.credentials[credential.0 as usize];
            let Some((_, opens)) = secret.opens.as_ref().filter(|(_, opens)| opens.meets(&node.to)) else { continue };
            if entered || from_internet && secret.anywhere.is_some() {
                to = to.union(&opens.intersection(&node.to));
            }
        }
        if !node.vetted && node.to.meets(&self.tainted) {
            to = to.union(&if node.code { node.from.clone() } else { node.from.intersection(&graph.agentic) });
        }
        to
    }
}

/// Does a compromise of `starts`, of which `known` is known, reach the goal once there are these nodes too? Also how many
/// searches it took to say so.
pub fn reaches(
    graph: &Graph<'_>,
    known: &Facts,
    (starts, barriers, goal): (&ClassSet, &ClassSet, &ClassSet),
    nodes: &[Node],
) -> (bool, usize) {
    let mut extra = ClassSet::default();
    let mut later: Option<Facts> = None;
    let mut searches = 0;
    loop {
        let facts = later.as_ref().unwrap_or(known);
        let led = nodes.iter().fold(ClassSet::default(), |all, node| all.union(&facts.leads_to(graph, node)));
        let new = led.difference(&facts.reached).difference(&extra);
        if new.is_empty() {
            return (false, searches);
        }
        extra = extra.union(&new);
        if extra.meets(goal) {
            return (true, searches);
        }
        // What is reached and never left is no start: starts go on whatever they are.
        let internet = graph.model.zones.internet().0;
        let going = extra.difference(barriers).difference(&ClassSet::run(internet, internet + 1));
        let all = starts.union(&going);
        let closure = Closure::new(graph, Question { until: Some(goal), ..Question::new(&all, barriers) });
        searches += 1;
        if closure.compromised().meets(goal) {
            return (true, searches);
        }
        later = Some(Facts::new(graph, &closure, &all, barriers));
    }
}
