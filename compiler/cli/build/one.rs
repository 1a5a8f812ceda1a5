//! The one firewall that sees everything.

use std::path::Path;
use std::thread::ScopedJoinHandle;

use segc_backends::rules::Declared;
use segc_backends::{Backend, File, rules_of};

use super::super::args::Build;
use super::super::output;
use super::super::policy::Policy;
use super::super::timings::Timings;
use super::manifest::{self, Firewall};
use crate::diagnostics::{Diagnostic, input, verify};
use crate::lower::lower;
use crate::packets::{self, Expected, Meant};
use crate::prove::{self, Against, Scope};

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
        let declared = backend.declares(&rules);
        let name = rules.name.clone();
        timings.stage("render");
        if args.output == Path::new("-") {
            proved(policy, backend, (&files, &declared), expected, timings)?;
            output::print(&rules_of(&files));
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
                proved(policy, backend, (&files, &declared), expected, timings)?;
                Ok::<_, Vec<Diagnostic>>((joined(outputs), joined(aside)))
            })?;
            let mut all = aside.into_iter().collect::<Result<Vec<_>, _>>().map_err(|d| vec![d])?;
            let firewall = Firewall { name: &name, target: backend.name(), proved: true, files: outputs };
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
    (files, declared): (&[File], &[Declared]),
    expected: ScopedJoinHandle<'_, Expected>,
    timings: &mut Timings,
) -> Result<(), Vec<Diagnostic>> {
    let rules = rules_of(files);
    let mut read = backend.read(&rules);
    timings.stage("read back");
    if let Ok(text) = &read {
        let proved = prove::is_proved(&policy.model, policy.day, text, joined(expected), declared);
        timings.stage("prove");
        if proved {
            std::mem::forget(read);
            return Ok(());
        }
    }
    let name = format!("{} for {}", files.first().map_or("", |f| f.name), backend.name());
    let Some(text) = policy.sources.add(name.clone(), name.clone(), rules.into_owned()) else {
        return Err(vec![input::too_large(&name, "4 GiB together with the policy", None)]);
    };
    let against = Against::Everything(None, declared);
    let judged = prove::judge_read(&policy.model, policy.sources, policy.day, (text, &mut read), Scope::Own, against);
    Err(judged.found.into_iter().map(verify::of_our_own).collect())
}
