//! `segc apply`, `segc confirm`, `segc rollback`: the rules of one box, put in place on probation. Whoever has locked
//! themselves out cannot confirm, and a process that hangs on no connection then puts back what was there.

mod folder;
mod kernel;
mod state;

use std::time::Duration;

use super::args::{Apply, Confirm, Rollback};
use super::{Status, output};
use crate::diagnostics::{Diagnostic, apply as say, human};
use crate::source::Sources;
use folder::Folder;
use state::{Held, Pending};

/// Puts a built folder in force, and starts the clock.
pub fn apply(args: &Apply) -> Status {
    told(apply_or_not(args))
}

/// Keeps what was put in force.
pub fn confirm(args: &Confirm) -> Status {
    told(confirm_or_not(args))
}

/// Puts back what was there before.
pub fn rollback(args: &Rollback) -> Status {
    if let Some(after) = args.after {
        std::thread::sleep(after);
    }
    told(rollback_or_not(args))
}

fn told(done: Result<String, Diagnostic>) -> Status {
    match done {
        Ok(said) => {
            output::print(&said);
            Status::Clean
        }
        Err(wrong) => {
            let text = human::render(&[wrong], &Sources::default(), output::colored_errors(), output::WIDTH);
            output::warn(&text);
            Status::Findings
        }
    }
}

fn apply_or_not(args: &Apply) -> Result<String, Diagnostic> {
    let name = &args.firewall;
    let folder = Folder::proved(&args.dir, name)?;
    let mut held = Held::lock(&args.state, name)?;
    if let Some(pending) = held.pending()? {
        match pending.is_over() {
            // The process that should have put it back was killed, or the box was: what is in force is nobody's choice.
            true => back(&mut held, &pending)?,
            false => return Err(say::pending(name, pending.seconds_left())),
        }
    }
    kernel::trial(&folder)?;
    let before = kernel::snapshot()?;
    let pending = held.begin(&folder, &before, args.confirm)?;
    // From here on somebody is there to put it back, whatever becomes of this process.
    held.start_clock(&pending, args.confirm)?;
    let installed = kernel::install(&held.new_rules()).and_then(|()| held.installed(&kernel::snapshot()?));
    if let Err(wrong) = installed {
        back(&mut held, &pending)?;
        return Err(wrong);
    }
    let seconds = args.confirm.as_secs();
    Ok(format!(
        "{name}: policy version {} is in force, and goes back in {seconds} s unless somebody confirms\n\
         log in anew, try what must work, then: segc confirm --firewall {name}\n",
        folder.short_version()
    ))
}

fn confirm_or_not(args: &Confirm) -> Result<String, Diagnostic> {
    let mut held = Held::lock(&args.state, &args.firewall)?;
    let pending = held.pending()?.ok_or_else(|| say::nothing_pending(&args.firewall))?;
    if pending.is_over() {
        back(&mut held, &pending)?;
        return Err(say::too_late(&args.firewall));
    }
    // What is kept is what is in force, not what was to be: `apply` may have been killed in between, or somebody else may
    // have changed it since.
    if !held.is_installed(&kernel::snapshot()?)? {
        return Err(say::not_in_force(&args.firewall));
    }
    let place = held.keep()?;
    Ok(format!("{}: confirmed; kept as {}\n", args.firewall, place.display()))
}

fn rollback_or_not(args: &Rollback) -> Result<String, Diagnostic> {
    let mut held = Held::lock_and_wait(&args.state, &args.firewall)?;
    let pending = held.pending()?;
    let mine = |pending: &&Pending| args.token.as_ref().is_none_or(|token| *token == pending.token);
    match pending.as_ref().filter(mine) {
        Some(pending) => {
            back(&mut held, pending)?;
            Ok(format!("{}: what was there before is in force again\n", args.firewall))
        }
        // Confirmed in time, or put back by hand: the clock has nothing to do.
        None if args.token.is_some() => Ok(String::new()),
        None => Err(say::nothing_pending(&args.firewall)),
    }
}

/// Puts back what was there before a roll-out, and forgets it. In this order: a run that is broken off in between is
/// done again.
fn back(held: &mut Held, pending: &Pending) -> Result<(), Diagnostic> {
    kernel::restore(&pending.before)?;
    held.forget()
}

/// How long a roll-out may wait: `60s`, `5m`; at least five seconds, at most an hour.
pub fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let factor = match unit {
        "" | "s" => 1,
        "m" => 60,
        _ => return Err("write seconds or minutes: `60s`, `5m`".to_owned()),
    };
    let seconds = number.parse::<u64>().ok().and_then(|n| n.checked_mul(factor));
    match seconds {
        Some(seconds @ 5..=3600) => Ok(Duration::from_secs(seconds)),
        _ => Err("from 5s to 60m".to_owned()),
    }
}
