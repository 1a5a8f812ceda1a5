//! What must not and what must be possible, and what every statement must carry.

use segc_grammar::Span;
use segc_grammar::ast::{Arrow, Level, Statement};
use smallvec::SmallVec;

use super::{ClassSet, ServiceSet, Side, Window};

/// A forbid.
#[derive(Clone)]
pub struct Forbid<'a> {
    /// The statement.
    pub statement: &'a Statement<'a>,
    /// `->` or `=>`.
    pub arrow: Arrow,
    /// The left side.
    pub left: Side,
    /// The right side.
    pub right: Side,
    /// The pairs of classes that it speaks of.
    pub boxes: SmallVec<[(ClassSet, ClassSet); 1]>,
    /// Only these; `None` is all. For `=>`, of the last step.
    pub services: Option<ServiceSet>,
    /// For `=>`: only connections on these count as steps.
    pub over: Option<ServiceSet>,
    /// For `=>`: paths through these are let be.
    pub waivers: Vec<Waiver<'a>>,
}

/// `except via`
#[derive(Clone)]
pub struct Waiver<'a> {
    /// Its place.
    pub span: Span,
    /// Its clauses.
    pub clauses: &'a [segc_grammar::ast::Clause<'a>],
    /// The zones whose paths are let be, descendants included.
    pub zones: ClassSet,
    /// When it holds.
    pub window: Window,
}

/// A require.
#[derive(Clone)]
pub struct Require<'a> {
    /// The statement.
    pub statement: &'a Statement<'a>,
    /// The left side.
    pub left: Side,
    /// The right side.
    pub right: Side,
    /// The pairs of classes that it speaks of.
    pub boxes: SmallVec<[(ClassSet, ClassSet); 1]>,
    /// What must stay possible.
    pub services: ServiceSet,
}

/// All `controls` of a policy.
#[derive(Clone, Default)]
pub struct Controls<'a> {
    /// What every statement of a kind must carry.
    pub every: Vec<Control<'a>>,
    /// Levels of built-in checks, by name.
    pub levels: Vec<(&'a str, Level, Span)>,
}

/// `every KIND needs …`
#[derive(Clone)]
pub struct Control<'a> {
    /// Its place.
    pub span: Span,
    /// Of what.
    pub subject: Subject,
    /// What each must carry.
    pub requirements: Vec<Requirement<'a>>,
}

/// What an `every` speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Every allow.
    Allow,
    /// Every allow into one of these classes.
    AllowInto(ClassSet),
    /// Every forbid.
    Forbid,
    /// Every waiver.
    Waiver,
    /// Every credential.
    Credential,
    /// Every firewall.
    Firewall,
}

/// One requirement.
#[derive(Clone)]
pub struct Requirement<'a> {
    /// The clause, by its first word.
    pub clause: &'a str,
    /// How the clause is written.
    pub written: &'static str,
    /// Its place.
    pub span: Span,
    /// What must hold of it.
    pub test: Test<'a>,
}

/// See [`Requirement`].
#[derive(Clone)]
pub enum Test<'a> {
    /// It is there.
    Present,
    /// All of it matches; the pattern as written. Of several names, each.
    Matches(regex::Regex, &'a str),
    /// It is a date at most so many days after the day of the check, or a time of at most so many days.
    WithinDays(u32),
    /// Both it and that clause are there, and they are not the same; and how that clause is written.
    DiffersFrom(&'a str, &'static str),
}
