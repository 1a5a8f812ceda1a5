//! What segc has to say: one struct, constructors by family, and two ways to print it. All prose about a policy is in
//! this folder; prose about syntax is in the grammar.

use segc_grammar::{Span, SyntaxError};

pub mod addresses;
pub mod apply;
pub mod assumptions;
pub mod builds;
mod codes;
pub mod diff;
pub mod explain;
pub mod flows;
pub mod human;
pub mod input;
pub mod inventories;
pub mod json;
pub mod names;
pub mod ownership;
pub mod paths;
pub mod policy_tests;
pub mod reach;
pub mod replies;
pub mod secrets;
pub mod steps;
pub mod targets;
pub mod tidiness;
pub mod topology;
pub mod untrusted;
pub mod verify;

pub use codes::{CODES, Code, find};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Note,
    /// To be mended, but nothing is wrong on the wire.
    Warning,
    /// The policy is wrong, or does what it forbids.
    Error,
}

/// One thing to say about a policy.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// `SEGnnnn`; each has a page in `docs/errors/`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Lower case, no full stop, user input in backticks.
    pub message: String,
    /// Where, and what is there; the first is the main place. Empty only where there is no text to point at.
    pub labels: Vec<(Span, String)>,
    /// What to do.
    pub help: String,
}

impl Diagnostic {
    fn new(code: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        Self { code, severity, message: message.into(), labels: Vec::new(), help: String::new() }
    }

    /// An error.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A warning.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// A note.
    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Note, message)
    }

    /// Points at a place.
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Self {
        self.labels.push((span, label.into()));
        self
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Says it at another level.
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The input (an inventory is input too) could not be read or is not the language: exit status 2.
    pub fn is_unreadable(&self) -> bool {
        self.severity == Severity::Error && (self.code < "SEG02" || self.code.starts_with("SEG04"))
    }

    /// For sorting: by main place, then code, then words.
    fn key(&self) -> (Option<Span>, &str, &str) {
        (self.labels.first().map(|l| l.0), self.code, &self.message)
    }
}

impl From<SyntaxError> for Diagnostic {
    fn from(e: SyntaxError) -> Self {
        Self { code: e.code, severity: Severity::Error, message: e.message, labels: e.labels, help: e.help }
    }
}

/// Orders by place; what has no place comes first.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| a.key().cmp(&b.key()));
}

/// `1 thing`, `2 things`.
pub fn count(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

/// `a`, `a and b`, `a, b and c`, each in backticks; at most `most` of them, then how many more.
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let names: Vec<String> = names.into_iter().map(|n| format!("`{n}`")).collect();
    match names.len() {
        0 => String::new(),
        1 => names[0].clone(),
        n if n <= most => format!("{} and {}", names[..n - 1].join(", "), names[n - 1]),
        n => format!("{} and {} more", names[..most].join(", "), n - most),
    }
}

/// `; did you mean `x`?` material: the nearest of `known` by edit distance, if any is near.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 3);
    let folded = word.to_lowercase();
    known
        .into_iter()
        .filter(|k| k.len().abs_diff(word.len()) <= 4)
        .map(|k| (strsim::damerau_levenshtein(&folded, &k.to_lowercase()), k))
        .filter(|&(distance, _)| distance <= limit)
        .min()
        .map(|(_, k)| k)
}
