//! From files to a checked model: what every command that reads a policy begins with.

use std::path::PathBuf;

use jiff::civil::Date;
use segc_backends::Backend;

use super::timings::Timings;
use super::{Status, args, load, output};
use crate::checks::{self, Context};
use crate::diagnostics::{Diagnostic, Severity, sort};
use crate::model::{Flow, Model};
use crate::place::holes_of_one;
use crate::resolve::resolve;
use crate::source::Sources;

/// A policy that was read.
pub struct Policy<'a> {
    pub model: Model<'a>,
    pub sources: &'a Sources,
    pub day: Date,
    /// All of it was understood: no statement had to be left out of the model.
    pub complete: bool,
}

/// Reads, resolves and checks the policy, and gives it to `with` together with everything found.
pub fn with<T>(args: &args::Policy, with: impl FnOnce(&Policy<'_>, Vec<Diagnostic>, &mut Timings) -> T) -> T {
    in_dialect(args, None, with)
}

/// The same; `one`: the policy is enforced by one firewall that sees everything, in that dialect.
pub fn in_dialect<T>(
    args: &args::Policy,
    one: Option<&dyn Backend>,
    with: impl FnOnce(&Policy<'_>, Vec<Diagnostic>, &mut Timings) -> T,
) -> T {
    let mut timings = Timings::new(args.timings);
    let sources = Sources::default();
    let day = args.at.unwrap_or_else(today);
    let mut loaded = std::mem::ManuallyDrop::new(load::load(&args.files, &sources));
    timings.stage("parse");
    let mut found = std::mem::take(&mut loaded.found);
    let unreadable = found.iter().any(Diagnostic::is_unreadable);
    let (mut model, wrong) = resolve(&loaded.trees, &loaded.inventories);
    if let Some(backend) = one {
        model.holes = holes_of_one(&model, backend);
    }
    timings.stage("resolve");
    // What stands in a statement that could not be read is unknown for no other reason.
    found.extend(wrong.into_iter().filter(|d| !unreadable || !matches!(d.code, "SEG0201" | "SEG0202")));
    let complete = found.iter().all(|d| d.severity != Severity::Error);
    let policy = Policy { model, sources: &sources, day, complete };
    if !unreadable {
        let context = Context::new(&policy.model, &sources, day);
        found.extend(checks::check(&context, complete));
        timings.stage("check");
    }
    sort(&mut found);
    let result = with(&policy, found, &mut timings);
    timings.print();
    // The process ends here: giving a large model back piece by piece would take longer than some checks.
    std::mem::forget(policy);
    result
}

/// Reads and resolves a policy together with questions, each of which is written as an `allow` of its own, and gives both
/// apart: the policy without them, and the questions as flows. `Err` if anything cannot be understood.
pub fn ask<T>(
    files: &[PathBuf],
    at: Option<Date>,
    questions: &[String],
    with: impl FnOnce(&Policy<'_>, &[Flow<'_>]) -> T,
) -> Result<T, Status> {
    let sources = Sources::default();
    let mut loaded = std::mem::ManuallyDrop::new(load::load(files, &sources));
    let source = sources.add("<question>".to_owned(), "<question>".to_owned(), questions.concat());
    let Some(source) = source else { return Err(Status::Unreadable) };
    let (tree, wrong) = segc_grammar::parse(&source.text, source.base);
    loaded.found.extend(wrong.into_iter().map(Diagnostic::from));
    loaded.trees.push(tree);
    let mut found = std::mem::take(&mut loaded.found);
    let (mut model, wrong) = resolve(&loaded.trees, &loaded.inventories);
    found.extend(wrong);
    found.retain(|d| d.severity == Severity::Error);
    let first = model.flows.partition_point(|flow| flow.statement.span.start < source.base);
    let asked = model.flows.split_off(first);
    model.holes.retain(|hole| (hole.flow.0 as usize) < first);
    let policy = Policy { model, sources: &sources, day: at.unwrap_or_else(today), complete: found.is_empty() };
    if found.is_empty() && asked.len() == questions.len() {
        let result = with(&policy, &asked);
        std::mem::forget(policy); // as in `with`
        return Ok(result);
    }
    sort(&mut found);
    output::findings(&policy, &found, args::Format::Human, true);
    Err(Status::Unreadable)
}

/// The day in UTC: the only place where the clock is read.
#[expect(clippy::disallowed_methods, reason = "the clock is read once, here")]
pub fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}
