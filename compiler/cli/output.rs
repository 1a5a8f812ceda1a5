//! Printing and writing.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::Status;
use super::args::Format;
use super::policy::Policy;
use crate::diagnostics::assumptions;
use crate::diagnostics::policy_tests::Tests;
use crate::diagnostics::{Diagnostic, Severity, human, input, json};

/// Columns that human-readable findings are wrapped at.
pub const WIDTH: usize = 120;

/// Prints to standard output. A reader that went away is no error of ours.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints to standard error.
pub fn warn(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Prints findings, what is relied upon and, where some were asked for, the outcome of policy tests: what a check says.
pub fn checked(policy: &Policy<'_>, found: &[Diagnostic], format: Format, tests: Option<&Tests<'_, '_>>) {
    let relied = assumptions::list(&policy.model, policy.sources, policy.day);
    print(&match format {
        Format::Json => json::render(found, &relied, policy.sources, policy.day, tests),
        Format::Human => {
            let told = human::render(found, policy.sources, colored(), WIDTH);
            told + &assumptions::render(&relied) + &tests.map(Tests::human).unwrap_or_default()
        }
    });
}

/// Prints findings; where rules go to standard output, findings go to standard error.
pub fn findings(policy: &Policy<'_>, found: &[Diagnostic], format: Format, to_stderr: bool) {
    let text = match format {
        Format::Json => {
            let relied = assumptions::list(&policy.model, policy.sources, policy.day);
            json::render(found, &relied, policy.sources, policy.day, None)
        }
        Format::Human => {
            let terminal = if to_stderr { std::io::stderr().is_terminal() } else { std::io::stdout().is_terminal() };
            human::render(found, policy.sources, terminal && !no_color(), WIDTH)
        }
    };
    if to_stderr { warn(&text) } else { print(&text) }
}

/// May standard output be coloured?
pub fn colored() -> bool {
    std::io::stdout().is_terminal() && !no_color()
}

/// May standard error be coloured?
pub fn colored_errors() -> bool {
    std::io::stderr().is_terminal() && !no_color()
}

/// `NO_COLOR` is set to something (the convention of that name).
#[expect(clippy::disallowed_methods, reason = "the environment is read in cli/")]
fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty())
}

/// The exit status that findings ask for.
pub fn status(found: &[Diagnostic], deny_warnings: bool) -> Status {
    let worst = found.iter().map(|d| d.severity).max();
    if found.iter().any(Diagnostic::is_unreadable) {
        Status::Unreadable
    } else if worst == Some(Severity::Error) || (deny_warnings && worst == Some(Severity::Warning)) {
        Status::Findings
    } else {
        Status::Clean
    }
}

/// A file that is written and flushed to the disk, but not in its place yet. Dropped, it is gone.
pub struct Aside {
    file: tempfile::NamedTempFile,
    place: PathBuf,
}

/// Writes a file below `folder` aside. Its folders are made, if need be.
pub fn write_aside(folder: &Path, name: &Path, text: &str) -> Result<Aside, Diagnostic> {
    let place = folder.join(name);
    let parent = place.parent().unwrap_or(folder);
    std::fs::create_dir_all(parent).map_err(|e| unwritable(parent, &e))?;
    if place.is_dir() {
        return Err(input::unwritable(&place.display().to_string(), "there is a folder of that name"));
    }
    let mut file = tempfile::Builder::new()
        .prefix(".segc-")
        .permissions(place.metadata().map_or_else(|_| ordinary(), |m| m.permissions()))
        .tempfile_in(parent)
        .map_err(|e| unwritable(parent, &e))?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(|e| unwritable(&place, &e))?;
    Ok(Aside { file, place })
}

/// Renames all files into their places, the last one last: since every one is on the disk already, all are, or none.
pub fn into_place(files: Vec<Aside>) -> Result<(), Diagnostic> {
    for Aside { file, place } in files {
        file.persist(&place).map_err(|e| unwritable(&place, &e.error))?;
    }
    Ok(())
}

fn unwritable(path: &Path, error: &std::io::Error) -> Diagnostic {
    input::unwritable(&path.display().to_string(), &super::load::reason(error))
}

/// What an ordinary file has, before the umask: a rule set is no secret, and is read by more than its writer.
fn ordinary() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    std::fs::Permissions::from_mode(0o666)
}
