//! All tests that look at segc from outside, in one program.

#![expect(clippy::disallowed_methods, reason = "tests read and write files")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "tests say what they measured and skipped")]

mod cases;
mod check_laws;
mod cli;
mod covered_laws;
mod dense;
mod diff_laws;
mod documents;
mod editors;
mod examples;
mod explain_laws;
mod judges;
mod kernel;
mod laws;
mod mutant_laws;
mod mutations;
mod naive;
mod packet_laws;
mod path_laws;
mod place_laws;
mod random_policy;
mod tidy;
mod truncation;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The project's own folder.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs segc in `folder`, without colours.
pub fn segc(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_segc"))
        .args(args)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("segc runs")
}

/// What segc printed.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// The nftables rules of a policy on a day; the policy must be sound.
pub fn build_nft(policy: &Path, at: jiff::civil::Date) -> String {
    let folder = policy.parent().expect("a folder");
    let file = policy.file_name().and_then(|n| n.to_str()).expect("a name");
    let built = segc(folder, &["build", file, "--target", "nftables", "-o", "-", "--at", &at.to_string()]);
    assert!(built.status.success(), "{}: {}", policy.display(), text(&built.stderr));
    text(&built.stdout)
}
