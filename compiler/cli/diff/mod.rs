//! `segc diff`

mod git;
mod read;

use segc_grammar::ast::Tree;

use super::args::{Diff, DiffFormat};
use super::load::{Loaded, load_as};
use super::policy::today;
use super::timings::Timings;
use super::{Status, output};
use crate::diagnostics::diff as say;
use crate::diagnostics::{Diagnostic, Severity, human, sort};
use crate::diff::{Version, diff};
use crate::inventory::Inventories;
use crate::model::Model;
use crate::resolve::resolve;
use crate::source::Sources;

/// Reads both versions, compares them and says how they differ.
pub fn run(args: &Diff) -> Status {
    let mut timings = Timings::new(args.timings);
    if args.old == "-" && args.new == "-" {
        output::warn("segc: only one of OLD and NEW can be standard input\n");
        return Status::Unreadable;
    }
    let (old, new) = both(|| read::input(&args.old), || read::input(&args.new));
    let inputs = match (old, new) {
        (Ok(old), Ok(new)) => [old, new],
        (old, new) => {
            refuse("OLD", &args.old, old.err().into_iter().collect(), &Sources::default());
            refuse("NEW", &args.new, new.err().into_iter().collect(), &Sources::default());
            return Status::Unreadable;
        }
    };
    timings.stage("fetch");
    let sources = [Sources::default(), Sources::default()];
    let load = |version: usize| load_as(&inputs[version].files, &sources[version]);
    let (old, new) = both(|| load(0), || load(1));
    timings.stage("parse");
    let loaded = std::mem::ManuallyDrop::new([old, new]);
    let (old, new) = both(|| understood(&loaded[0]), || understood(&loaded[1]));
    timings.stage("resolve");
    let models = std::mem::ManuallyDrop::new([old.0, new.0]);
    if !old.1.is_empty() || !new.1.is_empty() {
        refuse("OLD", &args.old, old.1, &sources[0]);
        refuse("NEW", &args.new, new.1, &sources[1]);
        return Status::Unreadable;
    }
    let version = |at: usize| Version {
        model: &models[at],
        sources: &sources[at],
        statements: loaded[at].trees.iter().flat_map(|tree: &Tree<'_>| &tree.statements).collect(),
    };
    let (old, new) = (version(0), version(1));
    let day = args.at.unwrap_or_else(today);
    let found = std::mem::ManuallyDrop::new(diff(&old, &new, day));
    timings.stage("compare");
    let limits = if args.format == DiffFormat::Json { say::Limits::NONE } else { say::Limits::READABLE };
    let told = say::tell(&found, &old, &new, day, limits);
    let text = match args.format {
        DiffFormat::Human => say::human::render(&told, output::colored()),
        DiffFormat::Json => say::json::render(&told),
        DiffFormat::Markdown => say::markdown::render(&told),
    };
    output::print(&text);
    timings.stage("print");
    timings.print();
    match (args.exit_code, found.is_wider(), found.is_narrower()) {
        (false, ..) | (true, false, false) => Status::Clean,
        (true, true, _) => Status::Wider,
        (true, false, true) => Status::Narrower,
    }
}

/// A model, and what is wrong with it. A comparison with something that is not understood would be a guess.
fn understood<'l>(loaded: &'l Loaded<'_>) -> (Model<'l>, Vec<Diagnostic>) {
    let inventories: &Inventories = &loaded.inventories;
    let (model, wrong) = resolve(&loaded.trees, inventories);
    let unreadable = loaded.found.iter().any(Diagnostic::is_unreadable);
    let wrong = wrong.into_iter().filter(|d| !unreadable || !matches!(d.code, "SEG0201" | "SEG0202"));
    let mut found: Vec<Diagnostic> = loaded.found.iter().cloned().chain(wrong).collect();
    found.retain(|d| d.severity == Severity::Error);
    sort(&mut found);
    (model, found)
}

/// Says why a version cannot be compared.
fn refuse(which: &str, name: &str, found: Vec<Diagnostic>, sources: &Sources) {
    if found.is_empty() {
        return;
    }
    let text = human::render(&found, sources, output::colored_errors(), 120);
    let name: String = name.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    output::warn(&format!("segc: {which} (`{name}`) cannot be compared:\n\n{text}"));
}

/// Two things at the same time.
fn both<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    std::thread::scope(|threads| {
        let first = threads.spawn(one);
        let second = other();
        (first.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), second)
    })
}
