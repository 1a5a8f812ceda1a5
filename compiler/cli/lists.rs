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
    let row = |cells: [&str; 6]| {
        let [target, stateful, log, dates, judge, what] = cells;
        format!("{target:<16} {stateful:<8} {log:<4} {dates:<5} {judge:<12} {what}\n")
    };
    let mut text = row(["target", "stateful", "log", "dates", "judged by", "what it is"]);
    for backend in BACKENDS {
        let c = backend.capabilities();
        let judge = backend.judge().unwrap_or("experimental");
        text.push_str(&row([backend.name(), yes(c.stateful), yes(c.log), yes(c.dates), judge, backend.summary()]));
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
