//! Answers, for programs.

use serde::Serialize;

use super::super::output;
use super::super::policy::Policy;
use super::answer::{Asked, Verdict, connections, crossed};
use crate::explain::Decided;
use crate::model::{DeviceId, FlowId};
use crate::place::Crossed;
use crate::words;

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
    /// Where the policy says what hangs where.
    #[serde(skip_serializing_if = "Option::is_none")]
    way: Option<Way<'a>>,
    verdicts: Vec<Value<'a>>,
}

/// A way past the fewest firewalls; without words where none leads there.
#[derive(Serialize)]
struct Way<'a> {
    told: Option<String>,
    firewalls: Vec<&'a str>,
    on_hosts: Vec<&'a str>,
}

#[derive(Serialize)]
struct Value<'a> {
    family: &'static str,
    verdict: &'static str,
    allowed_by: Vec<Place<'a>>,
    denied: Vec<String>,
    forbidden_by: Vec<Place<'a>>,
    nearest: Vec<Place<'a>>,
    rules: Vec<Followed<'a>>,
}

/// A packet, and the lines of the rules that send it on or decide.
#[derive(Serialize)]
struct Followed<'a> {
    target: &'static str,
    rules: &'a str,
    service: String,
    source: String,
    destination: String,
    passes: bool,
    lines: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    line: u32,
    rule: &'a str,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: u32,
    statement: &'a str,
}

/// Prints all answers.
pub fn print(policy: &Policy<'_>, told: &[(&Asked<'_>, Vec<Verdict>)]) {
    let answers = told.iter().map(|(asked, verdicts)| Told {
        source: &asked.words[0],
        destination: &asked.words[1],
        service: &asked.words[2],
        way: crossed(policy, asked).map(|crossed| way(policy, crossed)),
        verdicts: verdicts.iter().map(|verdict| value(policy, verdict)).collect(),
    });
    let report = Report { format: 1, at: policy.day.to_string(), answers: answers.collect() };
    output::print(&(serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"));
}

fn way<'a>(policy: &'a Policy<'_>, crossed: Crossed) -> Way<'a> {
    let names = |ids: Vec<DeviceId>| ids.iter().map(|id| policy.model.devices[id.0 as usize].name).collect();
    match crossed {
        Crossed::NoWay => Way { told: None, firewalls: Vec::new(), on_hosts: Vec::new() },
        Crossed::Way { told, between, hosts } => {
            Way { told: Some(told.replace('`', "")), firewalls: names(between), on_hosts: names(hosts) }
        }
    }
}

fn value<'a>(policy: &'a Policy<'_>, verdict: &'a Verdict) -> Value<'a> {
    let place = |span: segc_grammar::Span| {
        let (file, from, _) = policy.sources.place(span)?;
        Some(Place { file, line: from.line, statement: policy.sources.text(span) })
    };
    let flow = |id: &FlowId| place(policy.model.flows[id.0 as usize].head());
    let forbid = |at: &usize| place(crate::model::head(policy.model.forbids[*at].statement));
    let denied = |part| connections(policy, part).replace('`', "");
    Value {
        family: verdict.families.words(),
        verdict: verdict.word(),
        allowed_by: verdict.answer.allows.iter().filter_map(flow).collect(),
        denied: verdict.answer.denied.iter().map(denied).collect(),
        forbidden_by: verdict.forbids.iter().filter_map(forbid).collect(),
        nearest: verdict.nearest.iter().filter_map(|near| flow(&near.flow)).collect(),
        rules: verdict.decided.iter().map(followed).collect(),
    }
}

fn followed(decided: &Decided) -> Followed<'_> {
    Followed {
        target: decided.target,
        rules: &decided.rules,
        service: words::key(decided.packet.key),
        source: decided.packet.source.to_string(),
        destination: decided.packet.destination.to_string(),
        passes: decided.passes,
        lines: decided.lines.iter().map(|(line, rule)| Line { line: *line, rule }).collect(),
    }
}
