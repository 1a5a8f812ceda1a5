//! What is asked of the kernel, through its own programs: a trial, what is in force, and one transaction each way.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::folder::Folder;
use crate::diagnostics::{Diagnostic, apply as say};

/// The two names that our table has in turn.
const TABLES: [&str; 2] = ["segc", "segc_alt"];

/// Loads the rules into a network namespace that goes with the process: `nft -c` passes files that the kernel refuses.
pub fn trial(folder: &Folder) -> Result<(), Diagnostic> {
    let rules = folder.files.get("rules.nft").map_or("", String::as_str);
    let tried = fed("unshare", &["--net", "nft", "-f", "-"], rules);
    tried.map(drop).map_err(|why| say::refused("a trial in a namespace of its own", &why))
}

/// A text that puts back what of ours is in force now; nothing of ours if nothing is.
pub fn snapshot() -> Result<String, Diagnostic> {
    let mut text = String::new();
    for table in TABLES {
        text.push_str(&format!("table inet {table}\ndelete table inet {table}\n"));
    }
    for table in present()? {
        let listed = fed("nft", &["-s", "list", "table", "inet", table], "");
        text.push_str(&listed.map_err(|why| say::refused("listing what is in force", &why))?);
    }
    Ok(text)
}

/// Puts the rules in force under traffic, as `APPLY.md` says.
pub fn install(folder: &Path) -> Result<(), Diagnostic> {
    let script = folder.join("replace.sh");
    let done = fed("sh", &[&script.display().to_string()], "");
    done.map(drop).map_err(|why| say::refused("putting the rules in force", &why))
}

/// Loads what [`snapshot`] gave. `replace.sh` holds the same lock while it works.
pub fn restore(before: &str) -> Result<(), Diagnostic> {
    fed("flock", &["/run/segc.lock", "nft", "-f", "-"], before)
        .map(drop)
        .map_err(|why| say::refused("putting back what was there", &why))
}

fn present() -> Result<Vec<&'static str>, Diagnostic> {
    let listed = fed("nft", &["list", "tables", "inet"], "").map_err(|why| say::refused("listing tables", &why))?;
    let has = |table: &&str| listed.lines().any(|line| line.trim() == format!("table inet {table}"));
    Ok(TABLES.into_iter().filter(has).collect())
}

/// Runs a program on a text; what it printed, or why it failed. Dates in listings are in UTC, both ways.
fn fed(program: &str, arguments: &[&str], text: &str) -> Result<String, String> {
    let mut command = Command::new(program);
    command.args(arguments).env("TZ", "UTC0").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{program}: {error}"))?;
    let (stdin, text) = (child.stdin.take(), text.to_owned());
    let feed = std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(text.as_bytes())));
    let out = child.wait_with_output().map_err(|error| format!("{program}: {error}"))?;
    let _ = feed.join();
    if out.status.success() {
        return Ok(String::from_utf8_lossy(&out.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&out.stderr);
    Err(said.lines().take(5).collect::<Vec<_>>().join("\n"))
}
