//! The one firewall that sees everything.

use std::path::Path;
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
                    manifest::outputs(&files)
                });
                proved(policy, backend, &files, expected, timings)?;
                Ok::<_, Vec<Diagnostic>>((joined(outputs), joined(aside)))
            })?;
            let mut all = aside.into_iter().collect::<Result<Vec<_>, _>>().map_err(|d| vec![d])?;
            let firewall = Firewall { name: &name, target: backend.name(), files: outputs };
            let manifest = manifest::manifest(policy, joined(inputs), vec![firewall]);
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
