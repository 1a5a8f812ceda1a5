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
