//! `segc build`

use std::path::Path;
use std::thread::ScopedJoinHandle;

use segc_backends::{BACKENDS, Backend, File, refusals};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::args::Build;
use super::policy::Policy;
use super::{Status, output, policy};
use crate::diagnostics::{Diagnostic, input, targets, verify};
use crate::lower::lower;
use crate::packets::{self, Expected};
use crate::prove::{self, Scope};

/// Checks a policy and writes the rules of its one firewall, if nothing is wrong.
pub fn run(args: &Build) -> Status {
    let to_stdout = args.output == Path::new("-");
    policy::with(&args.policy, |policy, mut found, timings| {
        let backend = match backend(args.target.as_deref()) {
            Ok(backend) => Some(backend),
            Err(wrong) => {
                found.insert(0, wrong);
                None
            }
        };
        let mut status = output::status(&found, false);
        if status == Status::Clean
            && let Some(backend) = backend
            && let Err(wrong) = write(args, policy, backend, timings)
        {
            found.extend(wrong);
            status = output::status(&found, false);
        }
        if !found.is_empty() || !to_stdout {
            output::findings(policy, &found, args.format, to_stdout);
        }
        status
    })
}

fn backend(target: Option<&str>) -> Result<&'static dyn Backend, Diagnostic> {
    let known = || BACKENDS.iter().map(|b| b.name());
    let Some(target) = target else { return Err(targets::none_named(known())) };
    BACKENDS.iter().find(|b| b.name() == target).copied().ok_or_else(|| targets::unknown(target, known()))
}

fn write(
    args: &Build,
    policy: &Policy<'_>,
    backend: &dyn Backend,
    timings: &mut super::timings::Timings,
) -> Result<(), Vec<Diagnostic>> {
    std::thread::scope(|threads| {
        // Digests of the input need nothing but the input.
        let inputs = threads.spawn(|| policy.sources.iter().map(|s| digested(&s.origin, &s.text)).collect::<Vec<_>>());
        // So does the set of what the policy allows, with which the text will be compared.
        let expected = threads.spawn(|| packets::expect(&policy.model, policy.day));
        let rules = lower(&policy.model, policy.sources, policy.day);
        timings.stage("lower");
        let refused = refusals(backend, &rules);
        if !refused.is_empty() {
            let place = |o: segc_backends::rules::Origin| policy.sources.line_span(o.file, o.line);
            return Err(refused.into_iter().map(|r| targets::refused(backend.name(), r, place)).collect());
        }
        let files = backend.render(&rules);
        let name = rules.name.clone();
        timings.stage("render");
        if args.output == Path::new("-") {
            proved(policy, backend, &files, expected, timings)?;
            output::print(files.first().map_or("", |f| &f.text));
        } else {
            // What is not proved is never in its place; to write it takes as long as to read it back, so both are done at once.
            let (outputs, aside) = std::thread::scope(|threads| {
                let aside = threads.spawn(|| {
                    let place = |file: &File| Path::new(&name).join(file.name);
                    files.iter().map(|f| output::write_aside(&args.output, &place(f), &f.text)).collect::<Vec<_>>()
                });
                let outputs = threads.spawn(|| {
                    // By now the rules are a tenth of all memory, and nobody waits for this thread.
                    drop(rules);
                    files.iter().map(|f| digested(f.name, &f.text)).collect::<Vec<_>>()
                });
                proved(policy, backend, &files, expected, timings)?;
                Ok::<_, Vec<Diagnostic>>((joined(outputs), joined(aside)))
            })?;
            let mut all = aside.into_iter().collect::<Result<Vec<_>, _>>().map_err(|d| vec![d])?;
            let manifest = manifest(policy, joined(inputs), backend, &name, outputs);
            all.push(output::write_aside(&args.output, Path::new("manifest.json"), &manifest).map_err(|d| vec![d])?);
            output::into_place(all).map_err(|d| vec![d])?;
        }
        timings.stage("write");
        Ok(())
    })
}

/// What a thread gave.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Reads what was rendered back and compares it with the policy, packet by packet.
fn proved(
    policy: &Policy<'_>,
    backend: &dyn Backend,
    files: &[File],
    expected: ScopedJoinHandle<'_, Expected>,
    timings: &mut super::timings::Timings,
) -> Result<(), Vec<Diagnostic>> {
    let Some(rules) = files.first() else { return Ok(()) };
    let read = backend.read(&rules.text);
    timings.stage("read back");
    if let Ok(read) = read {
        let proved = prove::is_proved(&policy.model, policy.day, &read, joined(expected));
        std::mem::forget(read);
        timings.stage("prove");
        if proved {
            return Ok(());
        }
    }
    let name = format!("{} for {}", rules.name, backend.name());
    let Some(text) = policy.sources.add(name.clone(), name.clone(), rules.text.clone()) else {
        return Err(vec![input::too_large(&name, "4 GiB together with the policy", None)]);
    };
    let judged = prove::judge(&policy.model, policy.sources, policy.day, text, Scope::Own, false);
    Err(judged.found.into_iter().map(verify::of_our_own).collect())
}

#[derive(Serialize)]
struct Manifest<'a> {
    format: u32,
    segc: &'a str,
    at: String,
    policy: Vec<Digested<'a>>,
    firewalls: Vec<Firewall<'a>>,
}

#[derive(Serialize)]
struct Firewall<'a> {
    name: &'a str,
    target: &'a str,
    files: Vec<Digested<'a>>,
}

#[derive(Serialize)]
struct Digested<'a> {
    name: &'a str,
    sha256: String,
    bytes: usize,
}

fn digested<'a>(name: &'a str, text: &str) -> Digested<'a> {
    Digested { name, sha256: hex(&Sha256::digest(text)), bytes: text.len() }
}

/// What was built from what: digests of all inputs and outputs.
fn manifest(
    policy: &Policy<'_>,
    inputs: Vec<Digested<'_>>,
    backend: &dyn Backend,
    name: &str,
    outputs: Vec<Digested<'_>>,
) -> String {
    let firewall = Firewall { name, target: backend.name(), files: outputs };
    let manifest = Manifest {
        format: 1,
        segc: env!("CARGO_PKG_VERSION"),
        at: policy.day.to_string(),
        policy: inputs,
        firewalls: vec![firewall],
    };
    let mut text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    text.push('\n');
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
