//! `manifest.json`: what was built from what.

use segc_backends::File;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::super::policy::Policy;

#[derive(Serialize)]
struct Manifest<'a> {
    format: u32,
    segc: &'a str,
    at: String,
    /// The digest of all digests of the policy's texts: its version.
    version: String,
    policy: Vec<Digested<'a>>,
    firewalls: Vec<Firewall<'a>>,
}

/// One firewall's files.
#[derive(Serialize)]
pub struct Firewall<'a> {
    /// Its name, and its folder's.
    pub name: &'a str,
    /// In which dialect.
    pub target: &'a str,
    /// It was read back and compared with the policy.
    pub proved: bool,
    /// What stands in the folder.
    pub files: Vec<Digested<'a>>,
}

/// A file and its digest.
#[derive(Serialize)]
pub struct Digested<'a> {
    name: &'a str,
    sha256: String,
    bytes: usize,
}

/// The digests of the policy's texts, the inventories among them.
pub fn inputs<'p>(policy: &'p Policy<'_>) -> Vec<Digested<'p>> {
    policy.sources.iter().map(|s| digested(&s.origin, &s.text)).collect()
}

/// The digests of what was rendered.
pub fn outputs(files: &[File]) -> Vec<Digested<'_>> {
    files.iter().map(|f| digested(f.name, &f.text)).collect()
}

fn digested<'a>(name: &'a str, text: &str) -> Digested<'a> {
    Digested { name, sha256: hex(&Sha256::digest(text)), bytes: text.len() }
}

/// What was built from what: digests of all inputs and outputs.
pub fn manifest(policy: &Policy<'_>, inputs: Vec<Digested<'_>>, firewalls: Vec<Firewall<'_>>) -> String {
    let mut version = Sha256::new();
    for input in &inputs {
        version.update(format!("{} {}\n", input.sha256, input.name));
    }
    let manifest = Manifest {
        format: 1,
        segc: env!("CARGO_PKG_VERSION"),
        at: policy.day.to_string(),
        version: hex(&version.finalize()),
        policy: inputs,
        firewalls,
    };
    let mut text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    text.push('\n');
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
