//! Rule sets in, firewall configurations out. Nothing is known here of the language: [`rules::RuleSet`] is all that a
//! back end sees. One folder per target; [`BACKENDS`] is the table.

mod capabilities;
mod cisco_ios;
mod digest;
mod iptables;
#[allow(dead_code, unused_imports, reason = "the first targets that use it are being written")]
mod lists;
mod nftables;
pub mod read;
pub mod rules;
mod template;

pub use capabilities::{Capabilities, refusals};
pub use lists::holes;

use std::borrow::Cow;

/// A firewall dialect.
pub trait Backend: Sync {
    /// What `target` and `--target` call it.
    fn name(&self) -> &'static str;
    /// One line for `segc targets`.
    fn summary(&self) -> &'static str;
    /// Which program or kernel that is not ours has judged what it writes, in the project's tests: `kernel`, `fwshift`. `None`
    /// where nothing can be installed that does: such a target is called experimental.
    fn judge(&self) -> Option<&'static str>;
    /// What it can express.
    fn capabilities(&self) -> Capabilities;
    /// What it cannot express beyond what [`Capabilities`] tells: its limits of size and range. Called through
    /// [`refusals`], with a well-formed rule set.
    fn refuses(&self, rules: &rules::RuleSet) -> Vec<Refusal> {
        let _ = rules;
        Vec::new()
    }
    /// What passes beyond the rule set, since the box could not live without it. Whoever proves the text adds it to what is
    /// to pass, and tells of it.
    fn declares(&self, rules: &rules::RuleSet) -> Vec<rules::Declared> {
        let _ = rules;
        Vec::new()
    }
    /// The files to write for one firewall. Total: whatever [`refusals`] lets through can be rendered.
    fn render(&self, rules: &rules::RuleSet) -> Vec<File>;
    /// What those of its files say that hold rules, one behind the other (see [`rules_of`]), for whoever proves that it is
    /// what was meant. Shares nothing with [`Backend::render`].
    ///
    /// # Errors
    ///
    /// It cannot be taken apart.
    fn read(&self, text: &str) -> Result<read::Read, read::Unreadable>;
}

/// One file of a back end's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name in the firewall's folder.
    pub name: &'static str,
    /// Its content.
    pub text: String,
    /// It holds rules, and is read back. Such files stand before all others.
    pub rules: bool,
}

impl File {
    /// One that holds rules.
    #[must_use]
    pub fn rules(name: &'static str, text: String) -> Self {
        Self { name, text, rules: true }
    }

    /// One that helps to put the rules in place.
    #[must_use]
    pub fn beside(name: &'static str, text: String) -> Self {
        Self { name, text, rules: false }
    }
}

/// The rules of a firewall, one file behind the other: what [`Backend::read`] reads.
#[must_use]
pub fn rules_of(files: &[File]) -> Cow<'_, str> {
    let mut all = files.iter().filter(|file| file.rules).map(|file| file.text.as_str());
    match (all.next(), all.next()) {
        (first, None) => Cow::Borrowed(first.unwrap_or_default()),
        (first, second) => Cow::Owned(first.into_iter().chain(second).chain(all).collect()),
    }
}

/// A rule that the target has no words for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The statement that asks for it; `None` where no single one does.
    pub origin: Option<rules::Origin>,
    /// What the target cannot do: `the target cannot …`.
    pub cannot: String,
    /// What to do instead.
    pub help: String,
}

/// Every target, sorted by name.
pub const BACKENDS: &[&dyn Backend] = &[&cisco_ios::TARGET, &nftables::Nftables];

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that holds a `template.j2` is a target, and a target is registered.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test looks at the source tree")]
    fn every_folder_is_registered() {
        let mut folders: Vec<String> = std::fs::read_dir(env!("CARGO_MANIFEST_DIR"))
            .expect("the crate's folder")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.join("template.j2").is_file())
            .map(|path| path.file_name().expect("a name").to_string_lossy().replace('_', "-"))
            .collect();
        folders.sort();
        let names: Vec<&str> = BACKENDS.iter().map(|backend| backend.name()).collect();
        assert_eq!(folders, names);
    }
}
