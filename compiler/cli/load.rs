//! Reading: policy files, and what they take in with `use`. Nothing outside the policy's folder is ever read, but for
//! files named on the command line; symbolic links are followed before that is judged.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;
use segc_grammar::Span;
use segc_grammar::ast::{StatementKind, Text, Tree};

use super::glob;
use super::inventories;
use crate::diagnostics::{Diagnostic, input};
use crate::inventory::Inventories;
use crate::source::Sources;

/// No file of a policy may be larger, in bytes: spans are 32 bits wide, and a policy of that size is a mistake.
const MOST_BYTES: u64 = 64 << 20;

/// Everything that was read.
#[derive(Default)]
pub struct Loaded<'s> {
    pub trees: Vec<Tree<'s>>,
    pub inventories: Inventories,
    pub found: Vec<Diagnostic>,
}

/// Reads a policy: the files, all that they take in, and the inventories that any of them names.
pub fn load<'s>(files: &[PathBuf], sources: &'s Sources) -> Loaded<'s> {
    let named: Vec<_> = files.iter().map(|path| (path.clone(), path.display().to_string())).collect();
    load_as(&named, sources)
}

/// The same for files that people know by other names than their paths.
pub fn load_as<'s>(files: &[(PathBuf, String)], sources: &'s Sources) -> Loaded<'s> {
    let mut loader = Loader {
        sources,
        root: Root::of(files.first().map_or(Path::new("-"), |(path, _)| path)),
        trees: Vec::new(),
        folders: Vec::new(),
        found: Vec::new(),
        seen: FxHashSet::default(),
    };
    for (path, shown) in files {
        loader.take(path, shown.clone(), None);
    }
    let mut at = 0;
    while at < loader.trees.len() {
        for path in uses(&loader.trees[at]) {
            loader.follow(at, &path);
        }
        at += 1;
    }
    let Loader { sources, root, trees, folders, mut found, .. } = loader;
    let inventories = inventories::load(&root, sources, trees.iter().zip(&folders), &mut found);
    Loaded { trees, inventories, found }
}

fn uses<'s>(tree: &Tree<'s>) -> Vec<Text<'s>> {
    let path = |kind: &StatementKind<'s>| match kind {
        StatementKind::Use(path) => Some(path.clone()),
        _ => None,
    };
    tree.statements.iter().filter_map(|s| path(&s.kind)).collect()
}

/// The policy's folder: that of the first file named, or the current one for standard input.
pub struct Root {
    /// Links resolved; `None` where the folder does not exist, and then nothing lies in it.
    real: Option<PathBuf>,
    name: String,
}

impl Root {
    fn of(first: &Path) -> Self {
        let real = if first == Path::new("-") { PathBuf::from(".").canonicalize() } else { first.canonicalize() };
        let folder =
            if first == Path::new("-") { real.ok() } else { real.ok().and_then(|p| Some(p.parent()?.to_owned())) };
        let name = match first.file_name() {
            Some(name) => format!("that of `{}`", name.to_string_lossy()),
            None => "the current one".to_owned(),
        };
        Self { real: folder, name }
    }

    /// The real path of `path`, if it lies in the folder.
    pub fn real(&self, path: &Path, shown: &str, at: Span) -> Result<PathBuf, Diagnostic> {
        let real = path.canonicalize().map_err(|e| input::unreadable(shown, &reason(&e), Some(at)))?;
        match &self.real {
            Some(root) if real.starts_with(root) => Ok(real),
            _ => Err(input::outside_root(shown, &self.name, at)),
        }
    }

    /// A path as outputs name it: relative to the folder.
    pub fn origin(&self, real: &Path, shown: &str) -> String {
        let inside = self.real.as_ref().and_then(|root| real.strip_prefix(root).ok());
        inside.map_or_else(|| shown.to_owned(), |p| p.display().to_string())
    }
}

/// Where a file lies, for what it names relative to itself: the real folder, and how people name it.
pub struct Folder {
    pub real: PathBuf,
    pub shown: PathBuf,
}

struct Loader<'s> {
    sources: &'s Sources,
    root: Root,
    trees: Vec<Tree<'s>>,
    /// For each tree, where its file lies.
    folders: Vec<Folder>,
    found: Vec<Diagnostic>,
    seen: FxHashSet<PathBuf>,
}

impl Loader<'_> {
    /// Takes one file in, unless it was taken in before.
    fn take(&mut self, path: &Path, shown: String, at: Option<Span>) {
        let real =
            if path == Path::new("-") { PathBuf::from("-") } else { path.canonicalize().unwrap_or(path.to_owned()) };
        if !self.seen.insert(real.clone()) {
            return;
        }
        let text = match read(path, &shown, at) {
            Ok(text) => text,
            Err(wrong) => return self.found.push(wrong),
        };
        let shown = if path == Path::new("-") { "<stdin>".to_owned() } else { shown };
        let origin = self.root.origin(&real, &shown);
        let parent = |p: &Path| p.parent().map_or_else(PathBuf::new, Path::to_owned);
        let folder = if path == Path::new("-") {
            Folder { real: PathBuf::from("."), shown: PathBuf::new() }
        } else {
            Folder { real: parent(&real), shown: parent(Path::new(&shown)) }
        };
        let Some(source) = self.sources.add(shown.clone(), origin, text) else {
            return self.found.push(input::too_large(&shown, "4 GiB together with the other files", at));
        };
        let (tree, wrong) = segc_grammar::parse(&source.text, source.base);
        self.found.extend(wrong.into_iter().map(Diagnostic::from));
        self.trees.push(tree);
        self.folders.push(folder);
    }

    /// Follows one `use`.
    fn follow(&mut self, from: usize, path: &Text<'_>) {
        let folder = &self.folders[from];
        let matched = match glob::expand(&folder.real, &path.text) {
            Ok(matched) => matched,
            Err(why) => return self.found.push(input::takes_nothing(&path.text, &why, path.span)),
        };
        for relative in matched {
            let folder = &self.folders[from];
            let shown = folder.shown.join(&relative).display().to_string();
            match self.root.real(&folder.real.join(&relative), &shown, path.span) {
                Ok(real) => self.take(&real, shown, Some(path.span)),
                Err(wrong) => self.found.push(wrong),
            }
        }
    }
}

/// Reads a text file of a policy, or standard input for `-`: at most 64 MiB, UTF-8.
pub fn read(path: &Path, shown: &str, at: Option<Span>) -> Result<String, Diagnostic> {
    read_up_to(MOST_BYTES, path, shown)
        .map_err(|wrong| wrong.said(shown, at, || input::too_large(shown, &mebibytes(MOST_BYTES), at)))
}

/// Why a text could not be read.
pub enum Unread {
    /// The system says why.
    Failed(std::io::Error),
    /// Over the limit.
    TooLarge,
    /// Not UTF-8, from this line on.
    NotUtf8(usize),
}

impl Unread {
    /// In words; the caller knows what to do about one that is too large.
    pub fn said(self, shown: &str, at: Option<Span>, too_large: impl FnOnce() -> Diagnostic) -> Diagnostic {
        match self {
            Self::Failed(error) => input::unreadable(shown, &reason(&error), at),
            Self::TooLarge => too_large(),
            Self::NotUtf8(line) => input::not_utf8(shown, line, at),
        }
    }
}

/// `512 MiB`
pub fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}

/// Reads a text of at most so many bytes, or standard input for `-`.
pub fn read_up_to(most: u64, path: &Path, shown: &str) -> Result<String, Unread> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().take(most + 1).read_to_end(&mut bytes).map_err(Unread::Failed)?;
    } else {
        let file = open(path, shown).map_err(Unread::Failed)?;
        let length = file.metadata().map_err(Unread::Failed)?.len();
        if length > most {
            return Err(Unread::TooLarge);
        }
        bytes.reserve_exact(length as usize + 1);
        file.take(most + 1).read_to_end(&mut bytes).map_err(Unread::Failed)?;
    }
    if bytes.len() as u64 > most {
        return Err(Unread::TooLarge);
    }
    String::from_utf8(bytes).map_err(|e| {
        let valid = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        Unread::NotUtf8(valid.iter().filter(|&&b| b == b'\n').count() + 1)
    })
}

#[expect(clippy::disallowed_methods, reason = "files are read in cli/")]
fn open(path: &Path, shown: &str) -> std::io::Result<File> {
    // To open a named pipe is to wait for its writer, who may never come. Those that a shell has made are open already.
    let of_the_shell = shown.starts_with("/dev/") || shown.starts_with("/proc/");
    if !of_the_shell && is_pipe(&std::fs::metadata(path)?) {
        return Err(std::io::Error::other("it is a named pipe; give `-` and let it be written there"));
    }
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(std::io::Error::new(std::io::ErrorKind::IsADirectory, "it is a folder"));
    }
    Ok(file)
}

#[cfg(unix)]
fn is_pipe(of: &std::fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&of.file_type())
}

#[cfg(not(unix))]
fn is_pipe(_: &std::fs::Metadata) -> bool {
    false
}

/// Why, in words that do not depend on the system's language.
pub fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        std::io::ErrorKind::NotADirectory => "a part of its path is no folder".to_owned(),
        _ => error.to_string(),
    }
}
