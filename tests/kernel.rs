//! Real packets through a real kernel: every rule set is loaded into a router in a network namespace of its own, and
//! what passes is compared with what the policy says, as [`crate::naive`] reads it. Needs root, `ip` and `nft`; says so
//! loudly where they are missing, and fails there in CI.

mod examples;
mod frames;
mod installed;
mod logs;
mod mutants;
mod netns;
mod placed;
mod planted;
mod probe;
mod random;
mod replacement;
mod rollout;
mod sources;
mod state;
mod time;

use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Can the tests be run here? Panics in CI if not.
fn ready() -> bool {
    static AVAILABLE: OnceLock<Result<(), String>> = OnceLock::new();
    match AVAILABLE.get_or_init(netns::available) {
        Ok(()) => true,
        Err(why) if std::env::var_os("CI").is_some() => panic!("the kernel test cannot be run: {why}"),
        Err(why) => {
            // Not by `eprintln`, which the harness swallows where a test passes.
            let _ = writeln!(std::io::stderr(), "\nSKIPPED, NOTHING PROVED: the kernel test cannot be run: {why}\n");
            false
        }
    }
}

/// The rule set of a policy on a day.
fn build(policy: &str, day: Date) -> String {
    let folder = tempfile::tempdir().expect("a folder of our own");
    let path = folder.path().join("zones.seg");
    std::fs::write(&path, policy).expect("it can be written");
    crate::build_nft(Path::new(&path), day)
}

/// The day by the kernel's clock, in UTC.
fn today() -> Date {
    jiff::Timestamp::now().to_zoned(TimeZone::UTC).date()
}
