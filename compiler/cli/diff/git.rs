//! `git:REV:PATH`: the policy's folder as it is in a revision, written into a folder of its own. Only regular files are
//! taken, nothing is checked out, no hook runs, and nothing is fetched.

use std::io::{BufRead, BufReader, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::read::{FIRST, Input};
use crate::diagnostics::{Diagnostic, input as say};

/// No policy has more files, or more bytes in all.
const MOST_FILES: usize = 10_000;
const MOST_BYTES: u64 = 256 << 20;

/// Writes the policy of a reference, `REV:PATH`, into a new folder. `word` is how people name it.
pub fn input(word: &str, reference: &str) -> Result<Input, Diagnostic> {
    let Some((revision, path)) = reference.split_once(':') else {
        return Err(say::no_path_in_revision(word, "it is not written `git:REV:PATH`"));
    };
    let prefix = git(&["rev-parse", "--show-prefix"])?;
    if !prefix.status.success() {
        return Err(say::no_repository(&first_line(&prefix.stderr)));
    }
    let prefix = String::from_utf8_lossy(&prefix.stdout).trim_end_matches('\n').to_owned();
    let commit = commit(word, revision)?;
    let path = inside(word, &prefix, path)?;
    let (folder, file) = match kind(&commit, &path)?.as_str() {
        "tree" => (path.clone(), FIRST.to_owned()),
        "blob" => match path.rsplit_once('/') {
            Some((folder, file)) => (folder.to_owned(), file.to_owned()),
            None => (String::new(), path.clone()),
        },
        _ => return Err(say::no_path_in_revision(word, &format!("there is no `{path}` in that revision"))),
    };
    let files = list(word, &commit, &folder)?;
    if files.iter().all(|entry| entry.path != Path::new(&file)) {
        return Err(say::no_path_in_revision(word, &format!("there is no `{file}` in that folder")));
    }
    let target = tempfile::tempdir().map_err(|e| say::unwritable("a temporary folder", &e.to_string()))?;
    extract(word, &files, target.path())?;
    // What is shown must not depend on where the folder happens to be.
    let shown = match folder.is_empty() {
        true => format!("git:{revision}:{file}"),
        false => format!("git:{revision}:{folder}/{file}"),
    };
    Ok(Input { files: vec![(target.path().join(&file), shown)], _folder: Some(target) })
}

/// Runs git in the current folder, in a way that fetches nothing, asks nothing and follows no replacement.
fn command(args: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.args(["--no-replace-objects", "--literal-pathspecs", "-c", "core.quotePath=false"]).args(args);
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0");
    command.env("LC_ALL", "C").stdin(Stdio::null());
    command
}

fn git(args: &[&str]) -> Result<Output, Diagnostic> {
    command(args).output().map_err(not_run)
}

fn not_run(error: std::io::Error) -> Diagnostic {
    match error.kind() {
        std::io::ErrorKind::NotFound => say::no_git("there is no program of that name"),
        _ => say::no_git(&error.to_string()),
    }
}

/// What git said first, for people.
fn first_line(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let line = text.lines().next().unwrap_or_default().trim_start_matches("fatal: ");
    line.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// The commit of a revision. `--end-of-options` keeps git from taking it for an option.
fn commit(word: &str, revision: &str) -> Result<String, Diagnostic> {
    let name = format!("{revision}^{{commit}}");
    let good = !revision.is_empty() && !revision.starts_with('-') && !revision.contains(char::is_control);
    if good {
        let found = git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &name])?;
        let commit = String::from_utf8_lossy(&found.stdout).trim().to_owned();
        if found.status.success() && commit.len() >= 40 && commit.chars().all(|c| c.is_ascii_hexdigit()) {
            return Ok(commit);
        }
    }
    let shallow = git(&["rev-parse", "--is-shallow-repository"])?;
    let tame = |text: &str| -> String { text.chars().map(|c| if c.is_control() { '?' } else { c }).collect() };
    Err(say::no_revision(&tame(word), &tame(revision), shallow.stdout.starts_with(b"true")))
}

/// A path from the top of the repository, without dots; one that begins with a dot begins in the current folder.
fn inside(word: &str, prefix: &str, path: &str) -> Result<String, Diagnostic> {
    let relative = path == "." || path == ".." || path.starts_with("./") || path.starts_with("../");
    let whole = if relative { Path::new(prefix).join(path) } else { PathBuf::from(path) };
    let mut parts: Vec<String> = Vec::new();
    for part in whole.components() {
        match part {
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            Component::CurDir => {}
            Component::ParentDir if parts.pop().is_some() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                return Err(say::outside_repository(word));
            }
        }
    }
    Ok(parts.join("/"))
}

/// `tree`, `blob`, or anything else for what is not there.
fn kind(commit: &str, path: &str) -> Result<String, Diagnostic> {
    let found = git(&["cat-file", "-t", &format!("{commit}:{path}")])?;
    Ok(String::from_utf8_lossy(&found.stdout).trim().to_owned())
}

/// A regular file of a revision.
struct Entry {
    object: String,
    size: u64,
    path: PathBuf,
}

/// All files of a folder. What is no regular file is an error rather than left out: a pattern of `use` could have meant
/// it.
fn list(word: &str, commit: &str, folder: &str) -> Result<Vec<Entry>, Diagnostic> {
    let found = git(&["ls-tree", "-r", "-l", "-z", "--full-tree", &format!("{commit}:{folder}")])?;
    if !found.status.success() {
        return Err(say::no_path_in_revision(word, &first_line(&found.stderr)));
    }
    let mut files = Vec::new();
    let mut bytes = 0;
    for line in found.stdout.split(|&b| b == 0).filter(|line| !line.is_empty()) {
        let refused = |why: &str| say::no_path_in_revision(word, why);
        let line = std::str::from_utf8(line).map_err(|_| refused("a file name in its folder is not UTF-8"))?;
        let (entry, path) = line.split_once('\t').ok_or_else(|| refused("git lists it in an unknown way"))?;
        let fields: Vec<&str> = entry.split_whitespace().collect();
        let shown: String = path.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
        let [mode, "blob", object, size] = fields[..] else {
            return Err(refused(&format!("`{shown}` in its folder is no regular file, and only such are read")));
        };
        let ordinary = matches!(mode, "100644" | "100755" | "100664")
            && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
            && !path.contains(char::is_control);
        if !ordinary {
            return Err(refused(&format!("`{shown}` in its folder is no regular file, and only such are read")));
        }
        let size = size.parse().map_err(|_| refused(&format!("the content of `{shown}` is not in this clone")))?;
        bytes += size;
        if files.len() == MOST_FILES || bytes > MOST_BYTES {
            return Err(say::too_large(word, "10,000 files or 256 MiB, with all that is in its folder", None));
        }
        files.push(Entry { object: object.to_owned(), size, path: PathBuf::from(path) });
    }
    Ok(files)
}

/// Writes files below a new folder.
fn extract(word: &str, files: &[Entry], folder: &Path) -> Result<(), Diagnostic> {
    let mut child = command(&["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(not_run)?;
    let (Some(mut asks), Some(says)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(say::no_git("it cannot be spoken to"));
    };
    let mut says = BufReader::new(says);
    let done = files.iter().try_for_each(|file| one(file, folder, &mut asks, &mut says));
    drop(asks);
    let ended = child.wait();
    done.and(ended.map(|_| ())).map_err(|e| say::unreadable(word, &super::super::load::reason(&e), None))
}

/// One object, asked for and written.
fn one(file: &Entry, folder: &Path, asks: &mut impl Write, says: &mut impl BufRead) -> std::io::Result<()> {
    let broken = || std::io::Error::other(format!("git does not give `{}`", file.path.display()));
    writeln!(asks, "{}", file.object)?;
    asks.flush()?;
    let mut head = String::new();
    says.read_line(&mut head)?;
    if head.trim_end() != format!("{} blob {}", file.object, file.size) {
        return Err(broken());
    }
    let mut content = vec![0; file.size as usize + 1];
    says.read_exact(&mut content)?;
    content.pop();
    let place = folder.join(&file.path);
    std::fs::create_dir_all(place.parent().unwrap_or(folder))?;
    std::fs::File::create_new(&place)?.write_all(&content)
}
