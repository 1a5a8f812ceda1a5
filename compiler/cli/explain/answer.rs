//! Answers, for people and for programs.

use serde::Serialize;

use super::super::args::{Explain, Format};
use super::super::policy::Policy;
use super::super::{Status, output};
use crate::diagnostics::explain as say;
use crate::explain::{Answer, Connections, Near, explain, nearest};
use crate::model::{Families, FlowId};
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
struct Verdict {
    families: Families,
    answer: Answer,
    nearest: Vec<Near>,
    forbids: Vec<usize>,
}

impl Verdict {
    fn word(&self) -> &'static str {
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
    for question in asked {
        match verdicts(policy, question) {
            Ok(verdicts) => told.push((question, verdicts)),
            Err(()) => {
                output::warn("segc: these connections fall into more than 4,096 parts; ask about fewer zones\n");
                return Status::Unreadable;
            }
        }
    }
    match args.format {
        Format::Human => told.iter().for_each(|(question, verdicts)| human(policy, question, verdicts)),
        Format::Json => json(policy, &told),
    }
    Status::Clean
}

fn verdicts(policy: &Policy<'_>, asked: &Asked<'_>) -> Result<Vec<Verdict>, ()> {
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
            _ => found.push(Verdict { families: family, answer, nearest, forbids }),
        }
    }
    Ok(found)
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
        output::print("\n");
    }
}

fn connections(policy: &Policy<'_>, part: &Connections) -> String {
    let model = &policy.model;
    let (left, right) = (words::classes(model, &part.left), words::classes(model, &part.right));
    format!("{left} -> {right} on {}", words::services(model, &part.services))
}

#[derive(Serialize)]
struct Report<'a> {
    format: u32,
    at: String,
    answers: Vec<Told<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    source: &'a str,
    destination: &'a str,
    service: &'a str,
    verdicts: Vec<Value<'a>>,
}

#[derive(Serialize)]
struct Value<'a> {
    family: &'static str,
    verdict: &'static str,
    allowed_by: Vec<Place<'a>>,
    denied: Vec<String>,
    forbidden_by: Vec<Place<'a>>,
    nearest: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: u32,
    statement: &'a str,
}

fn json(policy: &Policy<'_>, told: &[(&Asked<'_>, Vec<Verdict>)]) {
    let place = |span: segc_grammar::Span| {
        let (file, from, _) = policy.sources.place(span)?;
        Some(Place { file, line: from.line, statement: policy.sources.text(span) })
    };
    let flow = |id: &FlowId| place(policy.model.flows[id.0 as usize].head());
    let value = |v: &Verdict| Value {
        family: v.families.words(),
        verdict: v.word(),
        allowed_by: v.answer.allows.iter().filter_map(flow).collect(),
        denied: v.answer.denied.iter().map(|part| connections(policy, part).replace('`', "")).collect(),
        forbidden_by: v
            .forbids
            .iter()
            .filter_map(|at| place(crate::model::head(policy.model.forbids[*at].statement)))
            .collect(),
        nearest: v.nearest.iter().filter_map(|near| flow(&near.flow)).collect(),
    };
    let answers = told.iter().map(|(asked, verdicts)| Told {
        source: &asked.words[0],
        destination: &asked.words[1],
        service: &asked.words[2],
        verdicts: verdicts.iter().map(value).collect(),
    });
    let report = Report { format: 1, at: policy.day.to_string(), answers: answers.collect() };
    output::print(&(serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"));
}
