//! `segc build`

mod manifest;
mod one;
mod placed;

use std::path::{Path, PathBuf};

use segc_backends::{BACKENDS, Backend, File, refusals, rules::RuleSet};

use super::args::Build;
use super::policy::Policy;
use super::timings::Timings;
use super::{Status, output, policy};
use crate::diagnostics::{Diagnostic, targets};

/// Checks a policy and writes the rules of its firewalls, if nothing is wrong.
pub fn run(args: &Build) -> Status {
    let to_stdout = args.output == Path::new("-");
    let backend = args.target.as_deref().map(backend);
    let one = backend.as_ref().and_then(|known| known.as_ref().ok().copied());
    policy::in_dialect(&args.policy, one, |policy, mut found, timings| {
        let backend = match backend {
            Some(Err(wrong)) => {
                found.insert(0, wrong);
                None
            }
            Some(Ok(backend)) => Some(backend),
            None => None,
        };
        let mut status = output::status(&found, false);
        if status == Status::Clean
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

fn write(
    args: &Build,
    policy: &Policy<'_>,
    backend: Option<&dyn Backend>,
    timings: &mut Timings,
) -> Result<(), Vec<Diagnostic>> {
    match backend {
        Some(backend) => one::write(args, policy, backend, timings),
        None => placed::write(args, policy, timings),
    }
}

/// The back end of that name.
pub(super) fn backend(target: &str) -> Result<&'static dyn Backend, Diagnostic> {
    let known = || BACKENDS.iter().map(|b| b.name());
    BACKENDS.iter().find(|b| b.name() == target).copied().ok_or_else(|| targets::unknown(target, known()))
}

/// Renders a rule set, if the target can say all of it.
fn rendered(policy: &Policy<'_>, backend: &dyn Backend, rules: &RuleSet) -> Result<Vec<File>, Vec<Diagnostic>> {
    let refused = refusals(backend, rules);
    if refused.is_empty() {
        return Ok(backend.render(rules));
    }
    let place = |o: segc_backends::rules::Origin| policy.sources.line_span(o.file, o.line);
    Err(refused.into_iter().map(|r| targets::refused(backend.name(), r, place)).collect())
}

/// The files of a firewall, in its folder.
fn in_folder(name: &str, files: Vec<File>) -> impl Iterator<Item = (PathBuf, String)> {
    files.into_iter().map(move |f| (Path::new(name).join(f.name), f.text))
}
