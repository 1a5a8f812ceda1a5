//! `segc fmt`

use std::path::Path;

use super::args::{Fmt, Format};
use super::policy::Policy;
use super::{Status, load, output};
use crate::diagnostics::Diagnostic;
use crate::model::Model;
use crate::source::Sources;

/// Rewrites files in their canonical form, or says which would change.
pub fn run(args: &Fmt) -> Status {
    let sources = Sources::default();
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut changed = false;
    for path in &args.files {
        let name = path.display().to_string();
        let text = match load::read(path, &name, None) {
            Ok(text) => text,
            Err(wrong) => {
                found.push(wrong);
                continue;
            }
        };
        match segc_grammar::format(&text) {
            Ok(formatted) => {
                changed |= formatted != text;
                found.extend(put(args, path, &text, &formatted).err());
            }
            Err(errors) => {
                let base = sources.add(name.clone(), name, text).map_or(0, |s| s.base);
                found.extend(errors.into_iter().map(|e| shifted(e.into(), base)));
            }
        }
    }
    if !found.is_empty() {
        let policy =
            Policy { model: Model::default(), sources: &sources, day: jiff::civil::Date::ZERO, complete: false };
        output::findings(&policy, &found, Format::Human, true);
        return Status::Unreadable;
    }
    if args.check && changed { Status::Findings } else { Status::Clean }
}

fn put(args: &Fmt, path: &Path, before: &str, after: &str) -> Result<(), Diagnostic> {
    if args.check {
        if before != after {
            output::print(&format!("{}\n", path.display()));
        }
        return Ok(());
    }
    if path == Path::new("-") {
        output::print(after);
        return Ok(());
    }
    if before == after {
        return Ok(());
    }
    // A link stays a link: what it points to is rewritten.
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = real.parent().unwrap_or(Path::new("."));
    let file = real.file_name().unwrap_or_default();
    output::into_place(vec![output::write_aside(folder, Path::new(file), after)?])
}

/// The formatter counts from 0; the text stands behind others.
fn shifted(mut d: Diagnostic, base: u32) -> Diagnostic {
    for (span, _) in &mut d.labels {
        span.start += base;
        span.end += base;
    }
    d
}
