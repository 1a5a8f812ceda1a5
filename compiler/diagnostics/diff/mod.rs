//! Words for what `segc diff` finds: first as sentences, then for people, for a pull request and for programs.

mod emergencies;
pub mod human;
pub mod json;
pub mod markdown;
mod questions;
mod sentences;

use jiff::civil::Date;
use segc_grammar::Span;

use super::count;
use crate::diff::{Change, Diff, Edition, Paths, Version};
use crate::source::Sources;

/// A comparison, put into words.
pub struct Told<'d> {
    /// The two versions' texts.
    pub sources: [&'d Sources; 2],
    /// The day that dates were judged on.
    pub day: Date,
    /// `same`, `narrower`, `wider`, `wider and narrower`.
    pub word: &'static str,
    /// One line.
    pub verdict: String,
    /// What only the new version allows, and what only the old one does, as far as it is told.
    pub connections: [Vec<Opened>; 2],
    /// How many further statements open and close connections.
    pub untold: [usize; 2],
    /// Paths of compromise of the new version only, and of the old one only.
    pub paths: [Ways; 2],
    /// Break-glass allows that were opened, closed or edited.
    pub break_glass: Vec<String>,
    /// Addresses that changed hands.
    pub moved: Vec<String>,
    /// What is no longer demanded, with the statement that did.
    pub weakened: Vec<(Span, Sentences)>,
    /// What `controls` no longer or newly demand.
    pub controls: Vec<String>,
    /// What is only called otherwise.
    pub renamed: Vec<String>,
    /// Statements that are not as they were.
    pub edits: Vec<Edited>,
    /// What somebody who reviews the change should ask.
    pub questions: Vec<String>,
}

/// Connections that one statement opens, or whose end one closes.
pub struct Opened {
    /// The statement up to its block.
    pub statement: Span,
    /// On the day.
    pub parts: Sentences,
    /// From a later day on.
    pub later: Option<(Date, Sentences)>,
}

/// Connections in words, and how many further parts there are.
pub struct Sentences {
    /// Some of them.
    pub told: Vec<Sentence>,
    /// How many more.
    pub more: usize,
}

/// How much is put into words.
#[derive(Clone, Copy)]
pub struct Limits {
    /// Statements that open or close connections.
    pub statements: usize,
    /// Parts of what one of them opens.
    pub parts: usize,
}

impl Limits {
    /// What people read.
    pub const READABLE: Self = Self { statements: 20, parts: 8 };
    /// Everything.
    pub const NONE: Self = Self { statements: usize::MAX, parts: usize::MAX };
}

/// Connections in words; nothing is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Sources, each with backticks around its names.
    pub from: Vec<String>,
    /// Destinations.
    pub to: Vec<String>,
    /// Services.
    pub services: Vec<String>,
    /// `IPv4` or `IPv6` where it is one family only though the ends share both.
    pub families: Option<&'static str>,
}

/// Paths of compromise.
pub struct Ways {
    /// How many pairs of zones.
    pub pairs: usize,
    /// How many zones are reached.
    pub targets: usize,
    /// The nearest.
    pub nearest: Vec<Way>,
}

/// A way to a zone.
pub struct Way {
    /// The zone.
    pub target: String,
    /// It is `critical`.
    pub critical: bool,
    /// Zones that reach it in this version only; the first begins the way.
    pub sources: Vec<String>,
    /// Names of all zones on the way.
    pub route: Vec<String>,
    /// Each hop with its statement.
    pub hops: Vec<(Span, String)>,
}

/// An edited, added or removed statement.
pub struct Edited {
    /// In the old version.
    pub old: Option<Span>,
    /// In the new version.
    pub new: Option<Span>,
    /// What changed, each in a line; empty for one that was added or removed.
    pub changes: Vec<String>,
}

/// Puts a comparison into words.
pub fn tell<'d>(diff: &Diff<'d>, old: &Version<'d>, new: &Version<'d>, day: Date, limits: Limits) -> Told<'d> {
    let told = sentences::Teller::new(diff, old, new, limits);
    let untold = |changes: &[Change]| changes.len().saturating_sub(limits.statements);
    let (break_glass, mut questions): (Vec<String>, Vec<String>) =
        emergencies::tell(diff, old, new).into_iter().unzip();
    let paths = [told.ways(Edition::New, &diff.paths_opened), told.ways(Edition::Old, &diff.paths_closed)];
    questions.extend(questions::ask(diff, old, new, &paths));
    Told {
        sources: [old.sources, new.sources],
        day,
        word: word(diff),
        verdict: verdict(diff),
        connections: [told.changes(Edition::New, &diff.opened), told.changes(Edition::Old, &diff.closed)],
        untold: [untold(&diff.opened), untold(&diff.closed)],
        questions,
        paths,
        break_glass,
        moved: told.moved(),
        weakened: told.weakened(),
        controls: told.controls(),
        renamed: diff.renamed.iter().map(|r| format!("{} `{}` is now called `{}`", r.kind, r.from, r.to)).collect(),
        edits: told.edits(),
    }
}

fn word(diff: &Diff<'_>) -> &'static str {
    match (diff.is_wider(), diff.is_narrower()) {
        (true, true) => "wider and narrower",
        (true, false) => "wider",
        (false, true) => "narrower",
        (false, false) => "same",
    }
}

/// The first line of all.
fn verdict(diff: &Diff<'_>) -> String {
    let side = |changes: &[Change], verb: &str| {
        let now = changes.iter().filter(|c| !c.parts.is_empty()).count();
        let later = changes.len() - now;
        let does = |n: usize| if n == 1 { format!("{verb}s") } else { verb.to_owned() };
        let mut words = Vec::new();
        if now > 0 {
            words.push(format!("{} {} connections", count(now, "statement"), does(now)));
        }
        if later > 0 {
            words.push(format!("{} {} connections on a later day", count(later, "statement"), does(later)));
        }
        words
    };
    let mut parts = side(&diff.opened, "open");
    parts.extend(side(&diff.closed, "close"));
    let mut text = match word(diff) {
        "same" => "nothing changes on the wire".to_owned(),
        word => format!("{word}: {}", parts.join(", ")),
    };
    let paths = |paths: &Paths, done: &str| match paths.pairs {
        0 => None,
        1 => Some(format!("1 path of compromise is {done}")),
        n => Some(format!("{n} paths of compromise are {done}")),
    };
    let weak = diff.weakened.len();
    let weakened = match weak {
        0 => None,
        1 => Some("1 invariant is weakened".to_owned()),
        n => Some(format!("{n} invariants are weakened")),
    };
    let more = [paths(&diff.paths_opened, "opened"), paths(&diff.paths_closed, "closed"), weakened];
    more.into_iter().flatten().for_each(|words| {
        text.push_str("; ");
        text.push_str(&words);
    });
    text
}

impl Sentence {
    /// `` `dev` -> `ci` on ssh ``, with at most `most` items of each list.
    pub fn text(&self, most: usize) -> String {
        let families = self.families.map_or_else(String::new, |family| format!(" ({family} only)"));
        let on = some(&self.services, most);
        format!("{} -> {} on {on}{families}", some(&self.from, most), some(&self.to, most))
    }
}

/// The first of a list, and how many more.
fn some(list: &[String], most: usize) -> String {
    let more = list.len().saturating_sub(most);
    let text = list[..list.len() - more].join(", ");
    if more > 0 { format!("{text} and {more} more") } else { text }
}

/// Text of a policy, or the name of a file, in backticks that it cannot leave: its own become apostrophes, and
/// characters that steer a terminal become question marks.
fn quoted(text: &str) -> String {
    format!("`{}`", tame(text))
}

/// See [`quoted`].
fn tame(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c == '`' {
                '\''
            } else if c.is_control() {
                '?'
            } else {
                c
            }
        })
        .collect()
}

/// `file:line` of a statement, in backticks.
fn place(sources: &Sources, span: Span) -> String {
    quoted(&sources.line(span))
}
