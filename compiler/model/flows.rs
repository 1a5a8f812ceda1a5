//! Allows, resolved.

use segc_grammar::Span;
use segc_grammar::ast::{Assumption, Statement, Text};
use smallvec::SmallVec;

use super::{ClassSet, CredentialId, GroupId, Product, ServiceSet, Window, ZoneId, Zones};

/// An allow: its index in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowId(pub u32);

/// One item of a side, as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// `any`
    Any,
    /// A zone, a process or `internet`.
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
    /// What `except` takes away of all that is named and, for a process, of the hosts it runs on: classes, descendants
    /// included.
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

/// Pairs of classes, as products.
pub type Boxes = SmallVec<[(ClassSet, ClassSet); 1]>;

/// What comes back over a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pulls {
    /// It is read.
    Content,
    /// It is executed.
    Code,
}

/// Connections that may be opened.
#[derive(Clone)]
pub struct Flow<'a> {
    /// The allow.
    pub statement: &'a Statement<'a>,
    /// Sources.
    pub left: Side,
    /// Destinations.
    pub right: Side,
    /// Exactly the pairs of classes that are meant, as products: `names` that stand on both sides do not pair with
    /// themselves.
    pub boxes: Boxes,
    /// The same as a network firewall sees it, where that differs: it knows a process by the hosts it runs on, and a name
    /// not at all.
    pub on_wire: Option<Box<Boxes>>,
    /// On what.
    pub services: ServiceSet,
    /// When.
    pub window: Window,
    /// Log each connection.
    pub log: bool,
    /// This connection cannot be used to compromise the far end.
    pub inert: Option<Assumed<'a>>,
    /// Credentials without which nobody gets through.
    pub needs: SmallVec<[CredentialId; 1]>,
    /// What comes back.
    pub pulls: Option<Pulls>,
    /// What comes back cannot carry compromise.
    pub vetted: Option<Assumed<'a>>,
    /// The incident for which it breaks the glass.
    pub emergency: Option<&'a Text<'a>>,
}

impl Flow<'_> {
    /// The statement up to its block: what is underlined.
    pub fn head(&self) -> Span {
        super::head(self.statement)
    }

    /// The pairs of classes as a network firewall sees them.
    pub fn wire(&self) -> &Boxes {
        self.on_wire.as_deref().unwrap_or(&self.boxes)
    }

    /// What it allows, as products.
    pub fn products(&self) -> impl Iterator<Item = Product<'_>> {
        self.boxes.iter().map(|(left, right)| Product { left, right, services: &self.services })
    }

    /// What a network firewall lets through for it, and what it allows besides, as products.
    pub fn products_and_wire(&self) -> impl Iterator<Item = Product<'_>> {
        let wire = self.on_wire.iter().flat_map(|boxes| boxes.iter());
        self.boxes.iter().chain(wire).map(|(left, right)| Product { left, right, services: &self.services })
    }

    /// Does it allow a connection from one class to the other?
    pub fn joins(&self, from: u32, to: u32) -> bool {
        self.boxes.iter().any(|(left, right)| left.contains(from) && right.contains(to))
    }
}

/// Pairs as a network firewall sees them; `None` where that is as they are. `except` is what is taken away on the left.
pub fn on_wire(zones: &Zones<'_>, boxes: &Boxes, except: &ClassSet) -> Option<Box<Boxes>> {
    let unseen = |set: &ClassSet| set.meets(zones.processes()) || set.meets(zones.domains());
    if !boxes.iter().any(|(left, right)| unseen(left) || unseen(right)) {
        return None;
    }
    let mut wire = Boxes::new();
    for (left, right) in boxes {
        let processes = left.intersection(zones.processes());
        let hosts = processes.iter().fold(ClassSet::default(), |all, p| all.union(&zones.hosts_of(ZoneId(p))));
        let (left, right) = (zones.addressed(left).union(&hosts.difference(except)), zones.addressed(right));
        if !left.is_empty() && !right.is_empty() {
            wire.push((left, right));
        }
    }
    Some(Box::new(wire))
}
