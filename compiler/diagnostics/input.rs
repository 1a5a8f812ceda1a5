//! SEG00xx: texts that cannot be read. Without a place where the text itself is what is missing.

use segc_grammar::Span;

use super::Diagnostic;

fn placed(d: Diagnostic, at: Option<Span>, label: &str) -> Diagnostic {
    match at {
        Some(span) => d.at(span, label),
        None => d,
    }
}

/// Missing, a folder, no permission, …
pub fn unreadable(name: &str, why: &str, at: Option<Span>) -> Diagnostic {
    placed(Diagnostic::error("SEG0001", format!("cannot read `{name}`: {why}")), at, "asked for here")
        .help("check the path, and that it names a file that you may read")
}

/// Not UTF-8.
pub fn not_utf8(name: &str, line: usize, at: Option<Span>) -> Diagnostic {
    placed(Diagnostic::error("SEG0002", format!("`{name}` is not UTF-8 text (line {line})")), at, "asked for here")
        .help("save it as UTF-8; a policy is plain text")
}

/// Over the limit.
pub fn too_large(name: &str, limit: &str, at: Option<Span>) -> Diagnostic {
    placed(Diagnostic::error("SEG0003", format!("`{name}` is larger than {limit}")), at, "asked for here")
        .help("split the policy and take the parts in with `use`")
}

/// A file outside the policy's root folder.
pub fn outside_root(name: &str, root: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG0004", format!("`{name}` lies outside the policy's folder"))
        .at(at, format!("the policy's folder is {root}"))
        .help("move the file into the policy's folder; symbolic links are followed before this is judged")
}

/// A `use` or inventory path that takes nothing in.
pub fn takes_nothing(path: &str, why: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG0005", format!("`{path}` takes no file in"))
        .at(at, why.to_owned())
        .help("write a path relative to this file, such as `use \"teams/*.seg\"`; `*` and `?` stand within one name, `**` does not exist")
}

/// An inventory path that takes nothing in.
pub fn no_inventory(path: &str, why: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG0005", format!("`{path}` takes no inventory in"))
        .at(at, why.to_owned())
        .help("write the path of one file, relative to this one: `inventory(\"hosts.yml\", \"ci\")`")
}

/// Output that could not be written.
pub fn unwritable(name: &str, why: &str) -> Diagnostic {
    Diagnostic::error("SEG0006", format!("cannot write `{name}`: {why}"))
        .help("check the folder, its permissions and the space on the disk, and run it again: what is there may be of an earlier run")
}

/// `git:REV:PATH`, and git cannot be run.
pub fn no_git(why: &str) -> Diagnostic {
    Diagnostic::error("SEG0007", format!("git cannot be run: {why}")).help(
        "install git, or write the old version into a folder and name that: `git archive REV PATH | tar -x -C FOLDER`",
    )
}

/// `git:REV:PATH` outside a repository.
pub fn no_repository(why: &str) -> Diagnostic {
    Diagnostic::error("SEG0008", format!("the current folder is in no git repository that can be read: {why}"))
        .help("run segc inside the repository that holds the policy")
}

/// `git:REV:PATH` with a revision that is not there. `shallow` says that the clone may lack it.
pub fn no_revision(reference: &str, revision: &str, shallow: bool) -> Diagnostic {
    let help = if shallow {
        "this clone is shallow, so older commits are missing: run `git fetch --unshallow`, or have the pipeline fetch \
         the whole history (`fetch-depth: 0`)"
    } else {
        "write `git:REV:PATH`, where REV is a branch, tag or commit that `git rev-parse` knows; a branch of the server \
         that was never checked out is called `origin/NAME`, and may have to be fetched first"
    };
    Diagnostic::error("SEG0009", format!("`{reference}`: there is no revision `{revision}`")).help(help)
}

/// `git:REV:PATH` where the revision has no such path, or no policy there.
pub fn no_path_in_revision(reference: &str, why: &str) -> Diagnostic {
    Diagnostic::error("SEG0010", format!("`{reference}` names no policy: {why}")).help(
        "PATH is a policy file, or a folder that holds a `zones.seg`; it begins at the top of the repository, or with \
         `./` in the current folder",
    )
}

/// `git:REV:PATH` with a path that leaves the repository.
pub fn outside_repository(reference: &str) -> Diagnostic {
    Diagnostic::error("SEG0011", format!("`{reference}`: the path leaves the repository"))
        .help("write PATH as it is in the repository, from its top, such as `git:main:policy`")
}

/// A folder instead of a policy file, without one in it.
pub fn no_policy_in_folder(name: &str) -> Diagnostic {
    Diagnostic::error("SEG0012", format!("the folder `{name}` holds no `zones.seg`"))
        .help("name the policy's first file, or a folder that holds it under the name `zones.seg`")
}
