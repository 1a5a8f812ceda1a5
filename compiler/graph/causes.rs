//! Every step that leads to a fact, not only the first one found.

use super::{Closure, Fact, Graph, Question, Step};
use crate::model::CredentialId;

/// Steps that lead to the compromise of a place, where all that they need is so; a step that is no connection counts
/// whatever services are asked for, and connections and uses only if `serves` says so of their node. At most `most` for
/// one statement.
pub fn causes(
    graph: &Graph<'_>,
    found: &Closure,
    question: Question<'_>,
    place: u32,
    serves: &dyn Fn(u32) -> bool,
    most: usize,
) -> Vec<Step> {
    let goes = |from: u32| found.reached(from) && graph.goes_on(from, question.starts, question.barriers);
    let holds = |credential: CredentialId| found.holds(Fact::Captured(credential));
    let keys: Vec<CredentialId> = graph.opening(place).filter(|&c| holds(c)).collect();
    let internet = graph.model.zones.internet().0;
    let mut steps = Vec::new();
    for number in graph.into(place).filter(|&n| graph.nodes[n as usize].counts && serves(n)) {
        let node = &graph.nodes[number as usize];
        if node.needs.iter().all(|&c| holds(c)) {
            for from in node.from.iter().filter(|&from| from != place && goes(from)).take(most) {
                if node.steps() {
                    steps.push(Step::Connect { node: number, from });
                } else {
                    steps.extend(keys.iter().map(|&credential| Step::Use { credential, node: number, from }));
                }
            }
        }
        if node.from.contains(internet) {
            let anywhere = |c: &&CredentialId| graph.model.credentials[c.0 as usize].anywhere.is_some();
            let keys = keys.iter().filter(anywhere);
            steps.extend(keys.map(|&credential| Step::UseAnywhere { credential, node: number }));
        }
    }
    for number in graph.out_of(place).filter(|&n| graph.swallows(&graph.nodes[n as usize], place)) {
        let tainted = |from: &u32| found.holds(Fact::Tainted(*from)) && *from != place;
        let from = graph.nodes[number as usize].to.iter().filter(tainted).take(most);
        steps.extend(from.map(|from| Step::Pull { node: number, from }));
    }
    if let Some(host) = graph.host(place).filter(|&host| goes(host)) {
        steps.push(Step::Process { host });
    }
    let inside = graph.processes(place).filter(|&p| goes(p) && !graph.contained.contains(p));
    steps.extend(inside.map(|process| Step::Host { process }));
    for (share, (_, one, other)) in (0..).zip(&graph.shares) {
        for (near, far) in [(one, other), (other, one)] {
            if far.contains(place) {
                let from = near.iter().filter(|&from| from != place && goes(from)).take(most);
                steps.extend(from.map(|from| Step::Cache { share, from }));
            }
        }
    }
    steps.extend(graph.neighbours(place).filter(|&from| goes(from)).map(|from| Step::Neighbour { from }));
    if graph.triggers.contains(place) && question.starts.contains(internet) && place != internet {
        steps.push(Step::Trigger);
    }
    steps
}

/// Steps that lead to a credential being captured.
pub fn captures(graph: &Graph<'_>, found: &Closure, question: Question<'_>, credential: CredentialId) -> Vec<Step> {
    let goes = |from: &u32| found.reached(*from) && graph.goes_on(*from, question.starts, question.barriers);
    let held = graph.model.credentials[credential.0 as usize].held.iter().flat_map(|(_, set)| set.iter());
    held.filter(goes).map(|from| Step::Capture { from }).collect()
}

/// Steps that lead to a place being tainted.
pub fn taints(graph: &Graph<'_>, found: &Closure, question: Question<'_>, place: u32) -> Vec<Step> {
    let mut steps = Vec::new();
    if graph.writable.contains(place) {
        steps.push(Step::Writable);
    }
    if found.reached(place) && graph.goes_on(place, question.starts, question.barriers) {
        steps.push(Step::Taint);
    }
    let captured = graph.publishing(place).filter(|&c| found.holds(Fact::Captured(c)));
    steps.extend(captured.map(|credential| Step::Publish { credential }));
    steps
}
