//! Which statement of the old version is which of the new one, and what was edited in it.

use std::collections::{BTreeMap, VecDeque};

use rustc_hash::FxHashMap;
use segc_grammar::ast::{Statement, StatementKind};

use super::Version;
use super::cells::{Cells, Edition};
use super::text::{List, Renames, bare, cancel, line_at};
use super::zones::Matching;
use crate::model::{ClassSet, Side};

/// A statement that is not as it was.
#[derive(Clone, Debug)]
pub struct Edit<'m> {
    /// As it was; `None` where it was added.
    pub old: Option<&'m Statement<'m>>,
    /// As it is; `None` where it was removed.
    pub new: Option<&'m Statement<'m>>,
    /// What it says before its block is not what it said.
    pub head: bool,
    /// Clauses that are not as they were; only where the statement stands in both.
    pub clauses: Vec<ClauseEdit>,
}

/// A clause that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseEdit {
    /// Its keyword, such as `owner`, or `except via`.
    pub keyword: String,
    /// As it was, on one line.
    pub before: Option<String>,
    /// As it is, on one line.
    pub after: Option<String>,
}

/// Something that is called otherwise and has not changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed<'m> {
    /// `zone`, `service` or `group`.
    pub kind: &'static str,
    /// As it was called.
    pub from: &'m str,
    /// As it is called.
    pub to: &'m str,
}

/// What is called otherwise.
pub fn renamed<'m>(old: &Version<'m>, new: &Version<'m>, cells: &Cells, matching: &Matching) -> Vec<Renamed<'m>> {
    let name = |version: &Version<'m>, zone| version.model.zones[zone].name;
    let zones = matching.renamed.iter();
    let mut all: Vec<Renamed<'m>> =
        zones.map(|&(a, b)| Renamed { kind: "zone", from: name(old, a), to: name(new, b) }).collect();
    let services = |version: &Version<'m>| version.model.services.iter().map(|s| (s.name, s.set.clone())).collect();
    all.extend(same_meaning("service", services(old), services(new)));
    let groups = |version: &Version<'m>, edition| -> Vec<(&'m str, ClassSet)> {
        let runs = |g: &crate::model::Group<'_>| {
            ClassSet::new(g.zones.iter().map(|z| (z.0, version.model.zones[*z].end.0)).collect())
        };
        version.model.groups.iter().map(|g| (g.name, cells.of(edition, &runs(g)))).collect()
    };
    all.extend(same_meaning("group", groups(old, Edition::Old), groups(new, Edition::New)));
    all
}

fn same_meaning<'m, T: Eq + std::hash::Hash>(
    kind: &'static str,
    old: Vec<(&'m str, T)>,
    new: Vec<(&'m str, T)>,
) -> Vec<Renamed<'m>> {
    let names = |list: &[(&'m str, T)]| list.iter().map(|(name, _)| *name).collect::<std::collections::BTreeSet<_>>();
    let (before, after) = (names(&old), names(&new));
    let mut gone: FxHashMap<T, &'m str> =
        old.into_iter().filter(|(name, _)| !after.contains(name)).map(|(name, meaning)| (meaning, name)).collect();
    let come = new.into_iter().filter(|(name, _)| !before.contains(name));
    come.filter_map(|(to, meaning)| Some(Renamed { kind, from: gone.remove(&meaning)?, to })).collect()
}

/// Statements that are not as they were, in the order of the new version; then those that are gone.
pub fn edits<'m>(old: &Version<'m>, new: &Version<'m>, cells: &Cells, renamed: &[Renamed<'m>]) -> Vec<Edit<'m>> {
    let (same, renames): (Renames<'m>, Renames<'m>) =
        (Renames::default(), renamed.iter().map(|r| (r.from, r.to)).collect());
    // Reading files in another way changes nothing by itself.
    let list = |version: &Version<'m>| -> List<'m> {
        version.statements.iter().copied().filter(|s| !matches!(s.kind, StatementKind::Use(_))).collect()
    };
    let raw = |version: &Version<'m>| {
        let sources = version.sources;
        move |s: &'m Statement<'m>| sources.text(s.span)
    };
    let (gone, come) = cancel((list(old), raw(old)), (list(new), raw(new)));
    let old_bare = |s: &'m Statement<'m>| bare(old.sources.text(s.span), &renames);
    let new_bare = |s: &'m Statement<'m>| bare(new.sources.text(s.span), &same);
    let (mut gone, mut come) = cancel((gone, old_bare), (come, new_bare));
    let mut edits = Vec::new();
    for key in KEYS {
        let mut left: FxHashMap<String, VecDeque<&'m Statement<'m>>> = FxHashMap::default();
        for &statement in &gone {
            if let Some(key) = key(&At { version: old, edition: Edition::Old, cells, renames: &renames }, statement) {
                left.entry(key).or_default().push_back(statement);
            }
        }
        let mut taken = Vec::new();
        come.retain(|&statement| {
            let key = key(&At { version: new, edition: Edition::New, cells, renames: &same }, statement);
            let twin = key.and_then(|key| left.get_mut(&key)?.pop_front());
            if let Some(twin) = twin {
                taken.push(twin.span);
                let at = (&At { version: old, edition: Edition::Old, cells, renames: &renames }, twin);
                edits.push(edit(at, (&At { version: new, edition: Edition::New, cells, renames: &same }, statement)));
            }
            twin.is_none()
        });
        taken.sort_unstable();
        gone.retain(|s| taken.binary_search(&s.span).is_err());
    }
    edits.retain(|edit| edit.head || !edit.clauses.is_empty());
    edits.extend(come.into_iter().map(|s| Edit { old: None, new: Some(s), head: true, clauses: Vec::new() }));
    edits.sort_by_key(|edit| edit.new.map(|s| s.span));
    edits.extend(gone.into_iter().map(|s| Edit { old: Some(s), new: None, head: true, clauses: Vec::new() }));
    edits
}

/// A version, and how its statements are compared.
struct At<'a, 'm> {
    version: &'a Version<'m>,
    edition: Edition,
    cells: &'a Cells,
    renames: &'a Renames<'m>,
}

type Key = for<'a, 'm> fn(&At<'a, 'm>, &'m Statement<'m>) -> Option<String>;

/// By what a statement of one version is found in the other, the surest first.
const KEYS: &[Key] = &[
    |at, s| name(at, s),
    |at, s| at.parts(s).map(|p| format!("{} {:?} {:?} {}", p.kind, p.left, p.right, p.services)),
    |at, s| at.parts(s).map(|p| format!("{} {:?} {:?}", p.kind, p.left, p.right)),
    |at, s| at.parts(s).map(|p| format!("{} {:?} {}", p.kind, p.left, p.services)),
    |at, s| at.parts(s).map(|p| format!("{} {:?} {}", p.kind, p.right, p.services)),
    |_, s| matches!(s.kind, StatementKind::Controls).then(String::new),
];

/// What a statement says before its block.
struct Parts {
    kind: &'static str,
    left: ClassSet,
    right: ClassSet,
    services: String,
}

impl<'m> At<'_, 'm> {
    fn parts(&self, statement: &Statement<'_>) -> Option<Parts> {
        let model = self.version.model;
        let side = |side: &Side| self.cells.of(self.edition, &side.classes);
        let parts = |kind, left, right, services: &dyn std::fmt::Debug| {
            Some(Parts { kind, left: side(left), right: side(right), services: format!("{services:?}") })
        };
        match &statement.kind {
            StatementKind::Allow { .. } => {
                let at = model.flows.partition_point(|f| f.statement.span < statement.span);
                let flow = model.flows.get(at).filter(|f| f.statement.span == statement.span)?;
                parts("allow", &flow.left, &flow.right, &flow.services)
            }
            StatementKind::Forbid { arrow, .. } => {
                let forbid = model.forbids.iter().find(|f| f.statement.span == statement.span)?;
                let kind = match arrow {
                    segc_grammar::ast::Arrow::Direct => "forbid ->",
                    segc_grammar::ast::Arrow::Path => "forbid =>",
                };
                parts(kind, &forbid.left, &forbid.right, &forbid.services)
            }
            StatementKind::Require { .. } => {
                let require = model.requires.iter().find(|r| r.statement.span == statement.span)?;
                parts("require", &require.left, &require.right, &require.services)
            }
            _ => None,
        }
    }

    fn bare(&self, span: segc_grammar::Span) -> String {
        bare(self.version.sources.text(span), self.renames)
    }
}

fn name<'m>(at: &At<'_, 'm>, statement: &'m Statement<'m>) -> Option<String> {
    let (kind, name) = match &statement.kind {
        StatementKind::Zone { name, .. } => ("zone", name),
        StatementKind::Service { name, .. } => ("service", name),
        StatementKind::Group { name, .. } => ("group", name),
        StatementKind::Credential { name } => ("credential", name),
        _ => return None,
    };
    Some(format!("{kind} {}", at.renames.get(name.text).copied().unwrap_or(name.text)))
}

fn edit<'m>(
    (before, old): (&At<'_, 'm>, &'m Statement<'m>),
    (after, new): (&At<'_, 'm>, &'m Statement<'m>),
) -> Edit<'m> {
    // What is written otherwise may say the same; what says something else though it is written alike was not edited.
    let says = match (before.parts(old), after.parts(new)) {
        (Some(a), Some(b)) => (a.left, a.right, a.services) != (b.left, b.right, b.services),
        _ => true,
    };
    let head = says && before.bare(without_block(old)) != after.bare(without_block(new));
    let list = |at: &At<'_, 'm>, s: &'m Statement<'m>| -> BTreeMap<String, Vec<(String, String)>> {
        let mut clauses: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for clause in &s.clauses {
            let keyword = line_at(at.version.sources, clause.keyword);
            clauses.entry(keyword).or_default().push((at.bare(clause.span), line_at(at.version.sources, clause.span)));
        }
        clauses
    };
    let (mut was, mut is) = (list(before, old), list(after, new));
    let mut keywords: Vec<String> = was.keys().chain(is.keys()).cloned().collect();
    keywords.sort();
    keywords.dedup();
    let mut clauses = Vec::new();
    for keyword in keywords {
        let (mut gone, mut come) = (was.remove(&keyword).unwrap_or_default(), is.remove(&keyword).unwrap_or_default());
        gone.retain(|(key, _)| match come.iter().position(|(other, _)| other == key) {
            Some(at) => {
                come.remove(at);
                false
            }
            None => true,
        });
        let (mut gone, mut come) = (gone.into_iter().map(|c| c.1), come.into_iter().map(|c| c.1));
        loop {
            let (before, after) = (gone.next(), come.next());
            if before.is_none() && after.is_none() {
                break;
            }
            clauses.push(ClauseEdit { keyword: keyword.clone(), before, after });
        }
    }
    Edit { old: Some(old), new: Some(new), head, clauses }
}

/// A statement without its block.
fn without_block(statement: &Statement<'_>) -> segc_grammar::Span {
    match &statement.kind {
        StatementKind::Service { .. } | StatementKind::Group { .. } => statement.span,
        _ => crate::model::head(statement),
    }
}
