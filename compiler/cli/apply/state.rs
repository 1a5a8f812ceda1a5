//! What is remembered of roll-outs, one folder for each firewall: a lock, the roll-out that waits, and the versions that
//! were kept. What a step leaves is whole or not there: folders are made aside and renamed.

#![expect(clippy::disallowed_methods, reason = "the command line reads and writes")]

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::folder::Folder;
use crate::diagnostics::{Diagnostic, apply as say, input};

/// So many versions are kept.
const KEPT: usize = 5;

/// A roll-out that waits for its confirmation.
pub struct Pending {
    /// Tells it from every other.
    pub token: String,
    /// What puts back what was there.
    pub before: String,
    /// Seconds since 1970.
    until: u64,
}

#[derive(Serialize, Deserialize)]
struct Noted {
    token: String,
    version: String,
    until: u64,
}

impl Pending {
    /// Nobody may confirm it any more.
    pub fn is_over(&self) -> bool {
        self.seconds_left() == 0
    }

    /// Seconds until it goes back.
    pub fn seconds_left(&self) -> u64 {
        self.until.saturating_sub(now())
    }
}

/// The folder of a firewall, locked against every other run until dropped.
pub struct Held {
    folder: PathBuf,
    name: String,
    state: PathBuf,
    _lock: File,
}

impl Held {
    /// Locks it. A second roll-out at the same time is refused.
    pub fn lock(state: &Path, name: &str) -> Result<Self, Diagnostic> {
        let (folder, lock) = opened(state, name)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder, name: name.to_owned(), state: state.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(say::busy(name)),
            Err(TryLockError::Error(error)) => Err(unwritable(&folder, &error)),
        }
    }

    /// Locks it, as soon as nobody else does.
    pub fn lock_and_wait(state: &Path, name: &str) -> Result<Self, Diagnostic> {
        let (folder, lock) = opened(state, name)?;
        lock.lock().map_err(|error| unwritable(&folder, &error))?;
        Ok(Self { folder, name: name.to_owned(), state: state.to_owned(), _lock: lock })
    }

    /// The roll-out that waits, if one does.
    pub fn pending(&self) -> Result<Option<Pending>, Diagnostic> {
        let folder = self.folder.join("pending");
        if !folder.is_dir() {
            return Ok(None);
        }
        let read = |name: &str| {
            let place = folder.join(name);
            fs::read_to_string(&place)
                .map_err(|error| input::unreadable(&place.display().to_string(), &error.to_string(), None))
        };
        let noted: Noted = serde_json::from_str(&read("rollout.json")?).map_err(|error| {
            input::unreadable(&folder.join("rollout.json").display().to_string(), &error.to_string(), None)
        })?;
        Ok(Some(Pending { token: noted.token, before: read("before.nft")?, until: noted.until }))
    }

    /// Notes a roll-out, with what puts back what was there.
    pub fn begin(&mut self, new: &Folder, before: &str, wait: Duration) -> Result<Pending, Diagnostic> {
        let aside = self.folder.join("beginning");
        let pending = self.folder.join("pending");
        let until = now() + wait.as_secs();
        let seed = format!("{} {until} {} {}", new.short_version(), std::process::id(), now_nanos());
        let token = digest(&seed);
        let noted = Noted { token: token.clone(), version: new.short_version().to_owned(), until };
        let made = || -> std::io::Result<()> {
            if aside.exists() {
                fs::remove_dir_all(&aside)?;
            }
            fs::create_dir_all(aside.join("new"))?;
            for (name, text) in &new.files {
                written(&aside.join("new").join(name), text)?;
            }
            written(&aside.join("before.nft"), before)?;
            written(&aside.join("rollout.json"), &serde_json::to_string_pretty(&noted)?)?;
            fs::rename(&aside, &pending)?;
            File::open(&self.folder)?.sync_all()
        };
        made().map_err(|error| unwritable(&aside, &error))?;
        Ok(Pending { token, before: before.to_owned(), until })
    }

    /// The rules that are to be put in force.
    pub fn new_rules(&self) -> PathBuf {
        self.folder.join("pending/new")
    }

    /// Notes that the new rules are in force, and how the kernel lists them.
    pub fn installed(&self, listing: &str) -> Result<(), Diagnostic> {
        let place = self.folder.join("pending/installed");
        written(&place, &digest(listing)).map_err(|error| unwritable(&place, &error))
    }

    /// Were the new rules seen in force, and is what the kernel lists now the same?
    pub fn is_installed(&self, listing: &str) -> Result<bool, Diagnostic> {
        let place = self.folder.join("pending/installed");
        match fs::read_to_string(&place) {
            Ok(noted) => Ok(noted == digest(listing)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(input::unreadable(&place.display().to_string(), &error.to_string(), None)),
        }
    }

    /// Starts the process that puts back what was there. It is in a session of its own, so that it outlives the connection
    /// that may be lost.
    pub fn start_clock(&self, pending: &Pending, wait: Duration) -> Result<(), Diagnostic> {
        let start = || -> std::io::Result<bool> {
            let log = File::options().create(true).append(true).open(self.folder.join("log"))?;
            let mut clock = Command::new("setsid");
            clock.arg("--fork").arg(std::env::current_exe()?).args(["rollback", "--firewall", &self.name]);
            clock.arg("--state").arg(&self.state).args(["--token", &pending.token]);
            clock.args(["--after", &format!("{}s", wait.as_secs())]);
            clock.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).current_dir("/");
            Ok(clock.status()?.success())
        };
        match start() {
            Ok(true) => Ok(()),
            Ok(false) => self.no_clock("setsid failed"),
            Err(error) => self.no_clock(&error.to_string()),
        }
    }

    fn no_clock(&self, why: &str) -> Result<(), Diagnostic> {
        // Nothing is in force yet.
        let _ = fs::remove_dir_all(self.folder.join("pending"));
        Err(say::no_clock(why))
    }

    /// Keeps what is in force as a version, and makes it the current one.
    pub fn keep(&mut self) -> Result<PathBuf, Diagnostic> {
        let versions = self.folder.join("versions");
        let kept = || -> std::io::Result<PathBuf> {
            fs::create_dir_all(&versions)?;
            let last = numbers(&versions)?.last().copied().unwrap_or(0);
            let place = versions.join(format!("{:06}", last + 1));
            fs::rename(self.new_rules(), &place)?;
            let link = self.folder.join("current.new");
            let _ = fs::remove_file(&link);
            std::os::unix::fs::symlink(&place, &link)?;
            fs::rename(&link, self.folder.join("current"))?;
            let all = numbers(&versions)?;
            for old in &all[..all.len().saturating_sub(KEPT)] {
                fs::remove_dir_all(versions.join(format!("{old:06}")))?;
            }
            Ok(place)
        };
        let place = kept().map_err(|error| unwritable(&versions, &error))?;
        self.forget()?;
        Ok(place)
    }

    /// Forgets the roll-out that waits.
    pub fn forget(&mut self) -> Result<(), Diagnostic> {
        let (pending, aside) = (self.folder.join("pending"), self.folder.join("ended"));
        let gone = || -> std::io::Result<()> {
            if aside.exists() {
                fs::remove_dir_all(&aside)?;
            }
            // Renamed first: a folder that is half gone would be taken for a roll-out.
            fs::rename(&pending, &aside)?;
            fs::remove_dir_all(&aside)
        };
        gone().map_err(|error| unwritable(&pending, &error))
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn opened(state: &Path, name: &str) -> Result<(PathBuf, File), Diagnostic> {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if name.is_empty() || !plain {
        return Err(say::nothing_pending(name));
    }
    let folder = state.join(name);
    let lock = || -> std::io::Result<File> {
        fs::create_dir_all(&folder)?;
        File::options().create(true).append(true).open(folder.join("lock"))
    };
    let lock = lock().map_err(|error| unwritable(&folder, &error))?;
    Ok((folder, lock))
}

/// The versions that are kept, sorted.
fn numbers(versions: &Path) -> std::io::Result<Vec<u64>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(versions)? {
        all.extend(entry?.file_name().to_str().and_then(|name| name.parse::<u64>().ok()));
    }
    all.sort_unstable();
    Ok(all)
}

fn written(place: &Path, text: &str) -> std::io::Result<()> {
    fs::write(place, text)?;
    File::open(place)?.sync_all()
}

fn unwritable(place: &Path, error: &std::io::Error) -> Diagnostic {
    input::unwritable(&place.display().to_string(), &super::super::load::reason(error))
}

fn now() -> u64 {
    since_1970().as_secs()
}

fn now_nanos() -> u128 {
    since_1970().as_nanos()
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
