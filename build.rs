//! Tells `segc --version` of which commit it is, in release builds made from a repository.

#![expect(clippy::disallowed_methods, reason = "a build script asks its environment")]

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A debug build would be made anew with every commit.
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let commit = release.then(commit).flatten();
    let version = env!("CARGO_PKG_VERSION");
    let version = commit.map_or(version.to_owned(), |commit| format!("{version} ({commit})"));
    println!("cargo::rustc-env=SEGC_VERSION={version}");
}

/// The commit's name and day, and whether files differ from it. `None` without git, or outside of this project's own
/// repository (a package's sources may lie within another).
fn commit() -> Option<String> {
    let folder = std::env::var("CARGO_MANIFEST_DIR").ok()?;
    let git = |arguments: &[&str]| {
        let out =
            Command::new("git").args(arguments).current_dir(&folder).output().ok().filter(|o| o.status.success())?;
        Some(String::from_utf8(out.stdout).ok()?.trim().to_owned())
    };
    if std::fs::canonicalize(git(&["rev-parse", "--show-toplevel"])?).ok()? != std::fs::canonicalize(&folder).ok()? {
        return None;
    }
    for file in ["HEAD", "logs/HEAD"] {
        println!("cargo::rerun-if-changed={}", git(&["rev-parse", "--git-path", file])?);
    }
    let changed = !git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    Some(git(&["show", "--no-patch", "--format=%h %cs", "HEAD"])? + if changed { ", changed" } else { "" })
}
