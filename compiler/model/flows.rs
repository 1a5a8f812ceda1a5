//! Allows, resolved.

use segc_grammar::Span;
use segc_grammar::ast::{Assumption, Statement};
use smallvec::SmallVec;

use super::{ClassSet, GroupId, Product, ServiceSet, Window, ZoneId};

/// An allow: its index in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowId(pub u32);

/// One item of a side, as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// `any`
    Any,
    /// A zone, or `internet`.
    Zone(ZoneId),
    /// A group.
    Group(GroupId),
}

/// One side of an allow, forbid or require.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// What is written, without repetitions.
    pub terms: SmallVec<[(Term, Span); 1]>,
    /// The zones that it names, groups and `any` multiplied out, as a set of numbers: one per *name*, not its
    /// descendants.
    pub names: ClassSet,
    /// What `except` takes away: classes, descendants included.
    pub except: ClassSet,
    /// The classes that are left.
    pub classes: ClassSet,
}

/// Something relied upon, and when.
#[derive(Clone, Copy)]
pub struct Assumed<'a> {
    /// As written.
    pub written: &'a Assumption<'a>,
    /// Its place.
    pub span: Span,
    /// When it holds.
    pub window: Window,
}

/// Connections that may be opened.
pub struct Flow<'a> {
    /// The allow.
    pub statement: &'a Statement<'a>,
    /// Sources.
    pub left: Side,
    /// Destinations.
    pub right: Side,
    /// Exactly the pairs of classes that are meant, as products: `names` that stand on both sides do not pair with
    /// themselves.
    pub boxes: SmallVec<[(ClassSet, ClassSet); 1]>,
    /// On what.
    pub services: ServiceSet,
    /// When.
    pub window: Window,
    /// Log each connection.
    pub log: bool,
    /// This connection cannot be used to compromise the far end.
    pub inert: Option<Assumed<'a>>,
}

impl Flow<'_> {
    /// The statement up to its block: what is underlined.
    pub fn head(&self) -> Span {
        super::head(self.statement)
    }

    /// What it allows, as products.
    pub fn products(&self) -> impl Iterator<Item = Product<'_>> {
        self.boxes.iter().map(|(left, right)| Product { left, right, services: &self.services })
    }

    /// Does it allow a connection from one class to the other?
    pub fn joins(&self, from: u32, to: u32) -> bool {
        self.boxes.iter().any(|(left, right)| left.contains(from) && right.contains(to))
    }
}
