//! The firewalls that a policy declares: a folder for each.

use std::path::{Path, PathBuf};

use segc_backends::{BACKENDS, Backend, File, rules_of};

use super::super::args::Build;
use super::super::output;
use super::super::policy::Policy;
use super::super::timings::Timings;
use super::manifest::{self, Firewall};
use crate::diagnostics::{Diagnostic, input, targets, verify};
use crate::lower::lower_placed;
use crate::place::{Placed, Topology, place};
use crate::prove::{self, Against, Scope};

/// Renders and proves each of them, and writes all or none.
pub fn write(args: &Build, policy: &Policy<'_>, timings: &mut Timings) -> Result<(), Vec<Diagnostic>> {
    let model = &policy.model;
    let topology = Topology::new(model);
    let mut placed = place(model, &topology);
    let name = |placed: &Placed| model.devices[placed.device.0 as usize].name;
    if placed.is_empty() {
        return Err(vec![targets::none_named(BACKENDS.iter().map(|b| b.name()))]);
    }
    if let Some(wanted) = &args.firewall {
        let known: Vec<&str> = placed.iter().map(name).collect();
        if !known.contains(&wanted.as_str()) {
            return Err(vec![targets::no_firewall(wanted, known.into_iter())]);
        }
        placed.retain(|placed| name(placed) == wanted);
    }
    let to_stdout = args.output == Path::new("-");
    if to_stdout && placed.len() > 1 {
        return Err(vec![targets::several_to_stdout(placed.iter().map(name))]);
    }
    timings.stage("place");
    let mut built: Vec<(&Placed, &dyn Backend, Vec<File>)> = Vec::new();
    let mut wrong = Vec::new();
    for placed in &placed {
        match one(policy, placed) {
            Ok((backend, files)) => built.push((placed, backend, files)),
            Err(more) => wrong.extend(more),
        }
    }
    timings.stage("render and prove");
    if !wrong.is_empty() {
        return Err(wrong);
    }
    if to_stdout {
        output::print(&built.first().map(|(.., files)| rules_of(files)).unwrap_or_default());
        return Ok(());
    }
    let firewalls = built.iter().map(|(placed, backend, files)| Firewall {
        name: name(placed),
        target: backend.name(),
        proved: true,
        files: manifest::outputs(files),
    });
    let manifest = manifest::manifest(policy, manifest::inputs(policy), firewalls.collect());
    let mut all: Vec<(PathBuf, String)> =
        built.into_iter().flat_map(|(placed, _, files)| super::in_folder(name(placed), files)).collect();
    all.push((PathBuf::from("manifest.json"), manifest));
    let aside = all.iter().map(|(place, text)| output::write_aside(&args.output, place, text));
    let aside = aside.collect::<Result<Vec<_>, _>>().map_err(|d| vec![d])?;
    output::into_place(aside).map_err(|d| vec![d])?;
    timings.stage("write");
    Ok(())
}

/// The files of one firewall, proved.
fn one(policy: &Policy<'_>, placed: &Placed) -> Result<(&'static dyn Backend, Vec<File>), Vec<Diagnostic>> {
    let device = &policy.model.devices[placed.device.0 as usize];
    let target = device.target().map_or("", |name| name.text);
    let backend = super::backend(target).map_err(|wrong| vec![wrong])?;
    let rules = lower_placed(&policy.model, policy.sources, policy.day, placed);
    let files = super::rendered(policy, backend, &rules)?;
    let text = rules_of(&files);
    let beside = backend.declares(&rules);
    let mut read = backend.read(&text);
    if let Ok(read) = &read
        && prove::is_placed(&policy.model, policy.day, read, placed, &beside)
    {
        drop(text);
        return Ok((backend, files));
    }
    let name = format!("{} of {} for {target}", files[0].name, device.name);
    let Some(source) = policy.sources.add(name.clone(), name.clone(), text.clone().into_owned()) else {
        return Err(vec![input::too_large(&name, "4 GiB together with the policy", None)]);
    };
    let against = Against::Placed(placed, &beside);
    let judged = prove::judge_read(&policy.model, policy.sources, policy.day, (source, &mut read), Scope::Own, against);
    Err(judged.found.into_iter().map(verify::of_our_own).collect())
}
