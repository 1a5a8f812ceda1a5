//! `segc services`, `segc targets`, `segc completions`, `segc man`

use clap::CommandFactory;
use segc_backends::BACKENDS;

use super::Status;
use super::args::{Args, Completions, Man};
use super::output::{print, warn};
use crate::resolve::PRELUDE;

/// The services that are built in, as they would be written.
pub fn services() -> Status {
    let width = PRELUDE.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines: String = PRELUDE.iter().map(|(name, spec)| format!("service {name:width$} = {spec}\n")).collect();
    print(&lines);
    Status::Clean
}

/// The targets.
pub fn targets() -> Status {
    let yes = |b| if b { "yes" } else { "no" };
    let mut text = format!("{:<12} {:<9} {:<4} {:<6} {}\n", "target", "stateful", "log", "dates", "what it is");
    for backend in BACKENDS {
        let c = backend.capabilities();
        text.push_str(&format!(
            "{:<12} {:<9} {:<4} {:<6} {}\n",
            backend.name(),
            yes(c.stateful),
            yes(c.log),
            yes(c.dates),
            backend.summary()
        ));
    }
    print(&text);
    Status::Clean
}

/// A completion script.
pub fn completions(args: &Completions) -> Status {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "segc", &mut script);
    print(&String::from_utf8_lossy(&script));
    Status::Clean
}

/// A manual page for segc, and one for each command: the same table as `--help`.
pub fn manual(args: &Man) -> Status {
    let command = Args::command().name("segc");
    let written = std::fs::create_dir_all(&args.output).and_then(|()| clap_mangen::generate_to(command, &args.output));
    match written {
        Ok(()) => Status::Clean,
        Err(error) => {
            warn(&format!("segc: {}: {error}\n", args.output.display()));
            Status::Unreadable
        }
    }
}
