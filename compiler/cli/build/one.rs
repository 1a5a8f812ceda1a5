//! The one firewall that sees everything.

use std::path::{Path, PathBuf};
use std::thread::ScopedJoinHandle;

use segc_backends::{Backend, File};

use super::super::args::Build;
use super::super::output;
use super::super::policy::Policy;
use super::super::timings::Timings;
use super::manifest::{self, Firewall};
use crate::diagnostics::{Diagnostic, input, verify};
use crate::lower::lower;
use crate::packets::{self, Expected, Meant};
use crate::prove::{self, Scope};

/// Renders, proves and writes it.
pub fn write(
    args: &Build,
    policy: &Policy<'_>,
    backend: &dyn Backend,
    timings: &mut Timings,
) -> Result<(), Vec<Diagnostic>> {
    std::thread::scope(|threads| {
        // Digests of the input need nothing but the input.
        let inputs = threads.spawn(|| manifest::inputs(policy));
        // So does the set of what the policy allows, with which the text will be compared.
        let expected = threads.spawn(|| packets::expect(Meant::everything(&policy.model, policy.day)));
        let rules = lower(&policy.model, policy.sources, policy.day);
        timings.stage("lower");
        let files = super::rendered(policy, backend, &rules)?;
        let name = rules.name.clone();
        std::mem::forget(rules); // as in `policy::with`: the process is about to end
        timings.stage("render");
        let outputs = std::thread::scope(|threads| {
            let outputs = threads.spawn(|| manifest::outputs(&files));
            proved(policy, backend, &files, expected, timings)?;
            Ok::<_, Vec<Diagnostic>>(joined(outputs))
        })?;
        if args.output == Path::new("-") {
            output::print(files.first().map_or("", |f| &f.text));
        } else {
            let firewall = Firewall { name: &name, target: backend.name(), files: outputs };
            let manifest = manifest::manifest(policy, joined(inputs), vec![firewall]);
            let mut all: Vec<(PathBuf, String)> = super::in_folder(&name, files).collect();
            all.push((PathBuf::from("manifest.json"), manifest));
            output::write_all(&args.output, &all).map_err(|d| vec![d])?;
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
    timings: &mut Timings,
) -> Result<(), Vec<Diagnostic>> {
    let Some(rules) = files.first() else { return Ok(()) };
    let read = backend.read(&rules.text);
    timings.stage("read back");
    if let Ok(read) = read {
        let proved = prove::is_proved(Meant::everything(&policy.model, policy.day), &read, joined(expected));
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
