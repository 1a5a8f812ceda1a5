//! Rule sets in, firewall configurations out. Nothing is known here of the language: [`rules::RuleSet`] is all that a
//! back end sees. One folder per target; [`BACKENDS`] is the table.

mod capabilities;
pub mod rules;

pub use capabilities::Capabilities;

/// A firewall dialect.
pub trait Backend: Sync {
    /// What `target` and `--target` call it.
    fn name(&self) -> &'static str;
    /// One line for `segc targets`.
    fn summary(&self) -> &'static str;
    /// What it can express.
    fn capabilities(&self) -> Capabilities;
    /// The files to write for one firewall. Total: whatever [`refusals`] lets through can be rendered.
    fn render(&self, rules: &rules::RuleSet) -> Vec<File>;
}

/// One file of a back end's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name in the firewall's folder. The first one holds the rules.
    pub name: &'static str,
    /// Its content.
    pub text: String,
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

/// What `backend` cannot express of `rules`: the central check of every target's [`Capabilities`].
pub fn refusals(backend: &dyn Backend, rules: &rules::RuleSet) -> Vec<Refusal> {
    let _ = (backend, rules);
    Vec::new()
}

/// Every target, sorted by name.
pub const BACKENDS: &[&dyn Backend] = &[];
