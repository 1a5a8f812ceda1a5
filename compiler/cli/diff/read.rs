//! OLD and NEW: a file, a folder, standard input, or a path in a git revision.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::git;
use crate::diagnostics::{Diagnostic, input as say};

/// The file of a folder that is the policy.
pub const FIRST: &str = "zones.seg";

/// A version that can be read.
pub struct Input {
    /// The policy's file, and how people name it.
    pub files: Vec<(PathBuf, String)>,
    /// Where it was put; gone when this is.
    pub _folder: Option<TempDir>,
}

/// Finds a version by what stands on the command line.
pub fn input(word: &str) -> Result<Input, Diagnostic> {
    if let Some(reference) = word.strip_prefix("git:") {
        return git::input(word, reference);
    }
    let path = Path::new(word);
    if word == "-" || !path.is_dir() {
        return Ok(Input { files: vec![(path.to_owned(), word.to_owned())], _folder: None });
    }
    let first = path.join(FIRST);
    if !first.exists() {
        return Err(say::no_policy_in_folder(word));
    }
    let shown = first.display().to_string();
    Ok(Input { files: vec![(first, shown)], _folder: None })
}
