//! `segc verify`

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use segc_backends::Backend;
use segc_backends::read::{self, Read, Unreadable};
use segc_backends::rules::Declared;
use serde::Serialize;

use super::args::{Format, Verify};
use super::policy::{self, Policy};
use super::{Status, load, output};
use crate::diagnostics::{self, Diagnostic, json};
use crate::lower::{lower, lower_placed};
use crate::packets::{self, Verdict};
use crate::place::{Placed, Topology, place};
use crate::prove::{self, Against, Judged, Scope, judge_read};

/// No rule set may be larger, in bytes: what `build` writes for 10,000 zones and 100,000 flows is 34 MB, and as a list of
/// 1.4 million lines of iptables 124 MB; four times that is room enough, and can be read within a few GB of memory.
const MOST_BYTES: u64 = 512 << 20;

/// Compares a rule set with the policy.
pub fn run(args: &Verify) -> Status {
    let name = if args.ruleset == Path::new("-") { "<stdin>".to_owned() } else { args.ruleset.display().to_string() };
    let given = Given { path: args.ruleset.clone(), name: name.clone(), utc: args.utc };
    // The rule set is read while the policy is, unless both are standard input: that is the policy first.
    let both = args.ruleset == Path::new("-") && args.file == args.ruleset;
    let ahead = (!both).then(|| {
        let given = given.clone();
        std::thread::spawn(move || given.read())
    });
    policy::ask(std::slice::from_ref(&args.file), args.at, &[], |policy, _| {
        let asked = match Asked::new(args, policy) {
            Ok(asked) => asked,
            Err(wrong) => {
                output::findings(policy, &[wrong], args.format, false);
                return Status::Unreadable;
            }
        };
        // Nor does the set of what the policy allows hang on the rule set.
        let against = match &asked.placed {
            Some(placed) => Against::Placed(placed, &asked.beside),
            None => {
                let meant = packets::Meant::everything(&policy.model, policy.day);
                Against::Everything(Some(Box::new(packets::expect_side_by_side(meant))), &asked.beside)
            }
        };
        let read = match ahead {
            Some(ahead) => ahead.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            None => given.read(),
        };
        let (text, read) = match read {
            // A text that says itself what it is needs nobody who knows its words.
            Ok((text, read)) => match asked.backend {
                Some(backend) if read::format(text.as_bytes()).is_err() => {
                    let read = backend.read(&text);
                    (text, read)
                }
                _ => (text, read),
            },
            Err(wrong) => {
                output::findings(policy, &[wrong], args.format, false);
                return Status::Unreadable;
            }
        };
        let Some(source) = policy.sources.add(name.clone(), name.clone(), text) else {
            let wrong = diagnostics::verify::too_large(&name, "4 GiB together with the policy");
            output::findings(policy, &[wrong], args.format, false);
            return Status::Unreadable;
        };
        let scope = if args.effective { Scope::Everything } else { Scope::Own };
        let mut read = ManuallyDrop::new(read); // as the policy: the process is about to end
        let judged = judge_read(&policy.model, policy.sources, policy.day, (source, &mut read), scope, against);
        match args.format {
            Format::Human => human(policy, &judged),
            Format::Json => json(policy, &judged),
        }
        status(&judged)
    })
    .unwrap_or_else(|status| status)
}

/// What a rule set is asked for.
struct Asked {
    /// In whose words it is; `None` where only the text itself tells.
    backend: Option<&'static dyn Backend>,
    /// The part of one firewall; `None` for the whole policy.
    placed: Option<Placed>,
    /// What the target declares to pass beside it.
    beside: Vec<Declared>,
}

impl Asked {
    fn new(args: &Verify, policy: &Policy<'_>) -> Result<Self, Diagnostic> {
        if let Some(wanted) = &args.firewall {
            return Self::firewall(policy, wanted);
        }
        let Some(target) = &args.target else { return Ok(Self { backend: None, placed: None, beside: Vec::new() }) };
        let backend = super::build::backend(target)?;
        let beside = backend.declares(&lower(&policy.model, policy.sources, policy.day));
        Ok(Self { backend: Some(backend), placed: None, beside })
    }

    fn firewall(policy: &Policy<'_>, wanted: &str) -> Result<Self, Diagnostic> {
        let model = &policy.model;
        let name = |placed: &Placed| model.devices[placed.device.0 as usize].name;
        let mut all = place(model, &Topology::new(model));
        let Some(at) = all.iter().position(|placed| name(placed) == wanted) else {
            let known: Vec<&str> = all.iter().map(name).collect();
            return Err(diagnostics::targets::no_firewall(wanted, known.into_iter()));
        };
        let placed = all.swap_remove(at);
        let target = model.devices[placed.device.0 as usize].target().map_or("", |name| name.text);
        let backend = super::build::backend(target)?;
        let beside = backend.declares(&lower_placed(model, policy.sources, policy.day, &placed));
        Ok(Self { backend: Some(backend), placed: Some(placed), beside })
    }
}

/// A rule set that is to be read.
#[derive(Clone)]
struct Given {
    path: PathBuf,
    name: String,
    utc: bool,
}

impl Given {
    /// Its text, and what that says, if it is one.
    fn read(&self) -> Result<(String, Result<Read, Unreadable>), Diagnostic> {
        let too_large = || diagnostics::verify::too_large(&self.name, &load::mebibytes(MOST_BYTES));
        let text = load::read_up_to(MOST_BYTES, &self.path, &self.name);
        let text = text.map_err(|wrong| wrong.said(&self.name, None, too_large))?;
        let read = prove::read(&text, self.utc);
        Ok((text, read))
    }
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
