//! `segc verify`

use std::path::Path;

use serde::Serialize;

use super::args::{Format, Verify};
use super::policy::{self, Policy};
use super::{Status, load, output};
use crate::diagnostics::{self, json};
use crate::packets::Verdict;
use crate::prove::{Judged, Scope, judge};

/// Compares a rule set with the policy.
pub fn run(args: &Verify) -> Status {
    let path = Path::new(&args.ruleset);
    let name = if path == Path::new("-") { "<stdin>".to_owned() } else { path.display().to_string() };
    policy::ask(std::slice::from_ref(&args.file), args.at, &[], |policy, _| {
        let text = match load::read(path, &name, None) {
            Ok(text) => text,
            Err(wrong) => {
                output::findings(policy, &[wrong], args.format, false);
                return Status::Unreadable;
            }
        };
        let Some(source) = policy.sources.add(name.clone(), name.clone(), text) else {
            let wrong = diagnostics::input::too_large(&name, "4 GiB together with the policy", None);
            output::findings(policy, &[wrong], args.format, false);
            return Status::Unreadable;
        };
        let scope = if args.effective { Scope::Everything } else { Scope::Own };
        let judged = judge(&policy.model, policy.sources, policy.day, source, scope, args.utc);
        match args.format {
            Format::Human => human(policy, &judged),
            Format::Json => json(policy, &judged),
        }
        status(&judged)
    })
    .unwrap_or_else(|status| status)
}

fn status(judged: &Judged) -> Status {
    answer(judged).0
}

/// The exit status and the word.
fn answer(judged: &Judged) -> (Status, &'static str) {
    match judged.verdict {
        Some(Verdict::Proved) => (Status::Clean, "equal"),
        Some(Verdict::Different) => (Status::Findings, "different"),
        Some(_) => (Status::Unproved, "cannot prove"),
        None if judged.found.iter().any(|d| d.code == "SEG0804") => (Status::Unreadable, "unreadable"),
        None => (Status::Findings, "different"),
    }
}

fn human(policy: &Policy<'_>, judged: &Judged) {
    if !judged.found.is_empty() {
        output::findings(policy, &judged.found, Format::Human, false);
    }
    for note in &judged.notes {
        output::print(&format!("note: {note}\n"));
    }
    let (status, word) = answer(judged);
    let more = if status == Status::Clean { ": the rules let pass exactly what the policy allows" } else { "" };
    output::print(&format!("{word}{more}\n"));
}

#[derive(Serialize)]
struct Report<'a> {
    format: u32,
    /// The day that dates were judged on.
    at: String,
    verdict: &'static str,
    notes: &'a [String],
    findings: Vec<json::Finding<'a>>,
}

fn json(policy: &Policy<'_>, judged: &Judged) {
    let report = Report {
        format: 1,
        at: policy.day.to_string(),
        verdict: answer(judged).1,
        notes: &judged.notes,
        findings: json::findings(&judged.found, policy.sources),
    };
    output::print(&(serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"));
}
