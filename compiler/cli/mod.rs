//! The command line: the only code that reads, prints, asks for the day, and exits.

mod apply;
mod args;
mod build;
mod check;
mod diff;
mod draw;
mod explain;
mod fmt;
mod glob;
mod inventories;
mod lists;
mod load;
mod output;
mod policy;
mod reach;
mod timings;
mod verify;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

/// How a command ended. 0 clean, 1 errors or findings at `deny`, 2 the input cannot be read, 3 nothing can be proved. Of
/// a comparison of policies, if it was asked for: 1 less is possible, 3 more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Clean,
    Findings,
    Unreadable,
    Unproved,
    Narrower,
    Wider,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(match status {
            Status::Clean => 0,
            Status::Findings | Status::Narrower => 1,
            Status::Unreadable => 2,
            Status::Unproved | Status::Wider => 3,
        })
    }
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let status = match args.command {
        Command::Check(args) => check::run(&args),
        Command::Build(args) => build::run(&args),
        Command::Fmt(args) => fmt::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Graph(args) => draw::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Reach(args) => reach::run(&args),
        Command::Apply(args) => apply::apply(&args),
        Command::Confirm(args) => apply::confirm(&args),
        Command::Rollback(args) => apply::rollback(&args),
        Command::Services => lists::services(),
        Command::Targets => lists::targets(),
        Command::Completions(args) => lists::completions(&args),
        Command::Man(args) => lists::manual(&args),
    };
    status.into()
}
