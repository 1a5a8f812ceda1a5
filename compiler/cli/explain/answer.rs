//! Answers, for people.

use super::super::args::{Explain, Format};
use super::super::policy::Policy;
use super::super::{Status, output};
use super::json;
use crate::diagnostics::explain as say;
use crate::explain::{Answer, Connections, Decided, Near, Rules, explain, nearest};
use crate::model::Families;
use crate::place::{Crossed, Topology};
use crate::words;

/// A question, understood.
pub struct Asked<'q> {
    /// As asked.
    pub words: &'q [String; 3],
    /// What is meant.
    pub connections: Connections,
    /// Families that such connections can be of.
    pub families: Families,
}

/// Near misses and denied parts that are shown.
const SHOWN: usize = 5;

/// An answer for one family, or for both where they are alike.
pub struct Verdict {
    pub families: Families,
    pub answer: Answer,
    pub nearest: Vec<Near>,
    /// Direct forbids that speak of it.
    pub forbids: Vec<usize>,
    /// What the rules do with one packet that is let in, and with one that is not.
    pub decided: Vec<Decided>,
}

impl Verdict {
    /// In a word.
    pub fn word(&self) -> &'static str {
        match (self.answer.is_allowed(), self.answer.is_denied()) {
            (true, _) => "allowed",
            (_, true) => "denied",
            _ => "partly allowed",
        }
    }
}

/// Prints the answers to all questions.
pub fn print(args: &Explain, policy: &Policy<'_>, asked: &[Asked<'_>]) -> Status {
    let mut told = Vec::new();
    let one = match policy.model.devices.is_empty() {
        true => Rules::of_one(&policy.model, policy.sources, policy.day),
        false => None,
    };
    for question in asked {
        let way = ends(policy, question)
            .filter(|_| !policy.model.devices.is_empty())
            .map(|ends| Rules::on_the_way(&policy.model, policy.sources, policy.day, ends));
        let rules: Vec<&Rules> = one.iter().chain(way.iter().flatten()).collect();
        match verdicts(policy, &rules, question) {
            Ok(verdicts) => told.push((question, verdicts)),
            Err(()) => {
                output::warn("segc: these connections fall into more than 4,096 parts; ask about fewer zones\n");
                return Status::Unreadable;
            }
        }
    }
    match args.format {
        Format::Human => told.iter().for_each(|(question, verdicts)| human(policy, question, verdicts)),
        Format::Json => json::print(policy, &told),
    }
    Status::Clean
}

fn verdicts(policy: &Policy<'_>, rules: &[&Rules], asked: &Asked<'_>) -> Result<Vec<Verdict>, ()> {
    let model = &policy.model;
    let mut found: Vec<Verdict> = Vec::new();
    let each = [Families { v4: true, v6: false }, Families { v4: false, v6: true }];
    for family in each.into_iter().filter(|f| !f.and(asked.families).is_none()) {
        let connections = asked.connections.of_family(model, family);
        let answer = explain(model, policy.day, family, &connections).map_err(|_| ())?;
        if !answer.exists {
            continue;
        }
        let near = answer.denied.first().filter(|_| answer.is_denied()).map(|_| &connections);
        let nearest = near.map_or_else(Vec::new, |c| nearest(model, policy.day, c, SHOWN));
        let forbids = forbids(policy, &answer);
        match found.last_mut() {
            Some(before) if before.answer.allows == answer.allows && alike(&before.answer, &answer) => {
                before.families = before.families.or(family);
            }
            _ => {
                let decided = rules.iter().flat_map(|rules| decided(policy, rules, asked, family, &answer)).collect();
                found.push(Verdict { families: family, answer, nearest, forbids, decided });
            }
        }
    }
    Ok(found)
}

/// One packet of each kind, followed through the rules.
fn decided(policy: &Policy<'_>, rules: &Rules, asked: &Asked<'_>, family: Families, answer: &Answer) -> Vec<Decided> {
    let given = [&asked.words[0], &asked.words[1]].map(|word| word.parse().ok());
    let each = answer.allowed.iter().chain(answer.denied.first());
    let packets = each.filter_map(|part| rules.example(&policy.model, part, family, given));
    packets.filter_map(|packet| rules.decide(packet)).collect()
}

/// Do two answers deny the same, as far as words go? The twin of an ICMP type is another number in the other family.
fn alike(one: &Answer, other: &Answer) -> bool {
    one.is_allowed() == other.is_allowed()
        && one.is_denied() == other.is_denied()
        && (one.is_denied() || one.is_allowed() || one.denied == other.denied)
}

/// Direct forbids of what is denied.
fn forbids(policy: &Policy<'_>, answer: &Answer) -> Vec<usize> {
    let direct = |arrow| matches!(arrow, segc_grammar::ast::Arrow::Direct);
    let meets = |f: &crate::model::Forbid<'_>, part: &Connections| {
        f.services.as_ref().is_none_or(|s| s.meets(&part.services))
            && f.boxes.iter().any(|(left, right)| left.meets(&part.left) && right.meets(&part.right))
    };
    let all = policy.model.forbids.iter().enumerate();
    let speaks = all.filter(|(_, f)| direct(f.arrow) && answer.denied.iter().any(|part| meets(f, part)));
    speaks.map(|(at, _)| at).take(SHOWN).collect()
}

fn human(policy: &Policy<'_>, asked: &Asked<'_>, verdicts: &[Verdict]) {
    let [left, right, service] = asked.words;
    // An address is told with the zone that holds it.
    let told = |word: &str, set: &crate::model::ClassSet| match (word.parse::<std::net::IpAddr>(), set.iter().next()) {
        (Ok(_), Some(class)) => format!("{word} (`{}`)", policy.model.zones[crate::model::ZoneId(class)].name),
        _ => word.to_owned(),
    };
    let (from, to) = (told(left, &asked.connections.left), told(right, &asked.connections.right));
    let question = format!("{from} -> {to} : {service}");
    if verdicts.is_empty() {
        let unknown = |set: &crate::model::ClassSet| set.is_empty();
        let ends = [(left, &asked.connections.left), (right, &asked.connections.right)];
        let nowhere = ends.iter().find(|(_, set)| unknown(set)).map(|(word, _)| word.as_str());
        output::print(&format!("{}\n", say::nothing(&question, nowhere)));
        return;
    }
    let crossed = crossed(policy, asked);
    for verdict in verdicts {
        let family = if verdicts.len() > 1 { format!(" ({})", verdict.families.words()) } else { String::new() };
        output::print(&format!("{}{family}: {question}\n", verdict.word()));
        let mut notes = Vec::new();
        for flow in verdict.answer.allows.iter().map(|id| &policy.model.flows[id.0 as usize]) {
            notes.push(say::allowed_by(flow.head(), flow.window.until));
        }
        for near in &verdict.nearest {
            let flow = &policy.model.flows[near.flow.0 as usize];
            notes.push(say::near(flow.head(), near.miss, flow.window));
        }
        for at in &verdict.forbids {
            notes.push(say::forbidden_by(crate::model::head(policy.model.forbids[*at].statement)));
        }
        let text = say::render(&notes, policy.sources, output::colored());
        output::print(&text);
        if !verdict.answer.is_denied() {
            for part in verdict.answer.denied.iter().take(SHOWN) {
                output::print(&format!("not allowed: {}\n", connections(policy, part)));
            }
            let more = verdict.answer.denied.len().saturating_sub(SHOWN);
            if more > 0 {
                output::print(&format!("and {more} more parts that are not allowed\n"));
            }
        } else if verdict.nearest.is_empty() {
            output::print("no allow comes near\n");
        }
        verdict.decided.iter().for_each(|decided| output::print(&say::decided(decided)));
        if let Some(crossed) = &crossed {
            output::print(&say::crossed(&policy.model, crossed));
        }
        output::print("\n");
    }
}

/// The way between the first places that were asked about; `None` where nothing is said of the network.
pub fn crossed(policy: &Policy<'_>, asked: &Asked<'_>) -> Option<Crossed> {
    let model = &policy.model;
    let some = !model.devices.is_empty();
    ends(policy, asked).filter(|_| some).map(|(from, to)| Topology::new(model).crossed(from, to))
}

/// The first places that were asked about.
fn ends(policy: &Policy<'_>, asked: &Asked<'_>) -> Option<(u32, u32)> {
    let first = |set: &crate::model::ClassSet| policy.model.zones.inhabited(set).iter().next();
    first(&asked.connections.left).zip(first(&asked.connections.right))
}

/// Connections in the policy's words.
pub fn connections(policy: &Policy<'_>, part: &Connections) -> String {
    let model = &policy.model;
    let (left, right) = (words::classes(model, &part.left), words::classes(model, &part.right));
    format!("{left} -> {right} on {}", words::services(model, &part.services))
}
