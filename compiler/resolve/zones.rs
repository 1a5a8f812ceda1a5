//! Zones: who is in whom, what their addresses are, and whether they lie as declared.

use rustc_hash::FxHashMap;
use segc_grammar::Span;
use segc_grammar::ast::{Clause, ClauseKind, FlagKind};

use super::nesting;
use super::scope::ZoneDeclared;
use super::{addresses, internet, overlaps};
use crate::diagnostics::names::Is;
use crate::diagnostics::{Diagnostic, addresses as say, names};
use crate::inventory::Inventories;
use crate::model::{AddressSet, Assumed, Kind, Process, Window, Zone, ZoneId, Zones};

/// All zones with their addresses, `internet` last.
pub fn resolve<'a>(
    declared: &[ZoneDeclared<'a>],
    inventories: &Inventories,
    kind_of: &dyn Fn(&str) -> Is,
    found: &mut Vec<Diagnostic>,
) -> Zones<'a> {
    let parents = parents(declared, kind_of, found);
    let mut zones = number(declared, &parents);
    let order: FxHashMap<&str, usize> = declared.iter().enumerate().map(|(i, d)| (d.name.text, i)).collect();
    let hosts = addresses::resolve(declared, &order, inventories, kind_of, found);
    for (d, (set, _)) in declared.iter().zip(&hosts) {
        if let Some(id) = zones.find(d.name.text) {
            zones[id].hosts = set.clone();
        }
    }
    check_inside(&zones, declared, found);
    let own = own_addresses(&zones);
    overlaps::check(&zones, &own, declared, &hosts, found);
    zones.set_own(own);
    zones
}

/// Index of each zone's parent; unknown parents and rings are reported and cut.
fn parents(
    declared: &[ZoneDeclared<'_>],
    kind_of: &dyn Fn(&str) -> Is,
    found: &mut Vec<Diagnostic>,
) -> Vec<Option<usize>> {
    let by_name: FxHashMap<&str, usize> = declared.iter().enumerate().map(|(i, d)| (d.name.text, i)).collect();
    let mut parents: Vec<Option<usize>> = Vec::with_capacity(declared.len());
    for d in declared {
        let parent = d.parent.and_then(|p| {
            let known = by_name.get(p.text).copied();
            if known.is_none() {
                found.push(names::unknown_zone(p.text, p.span, declared.iter().map(|d| d.name.text), kind_of(p.text)));
            }
            known
        });
        parents.push(parent);
    }
    let rests_on: Vec<Vec<usize>> = parents.iter().map(|p| p.iter().copied().collect()).collect();
    let ordered = nesting::order(&rests_on);
    if let Some(ring) = nesting::ring(&rests_on, &ordered) {
        let names: Vec<_> = ring.iter().map(|&i| (declared[i].name.text, declared[i].name.span)).collect();
        found.push(names::cycle("zones", "lies in", &names));
    }
    let mut sound = vec![false; declared.len()];
    ordered.iter().for_each(|&i| sound[i] = true);
    parents.iter().enumerate().map(|(i, p)| p.filter(|_| sound[i])).collect()
}

/// Numbers zones by name, children and processes behind their parent, then `internet`, then zones of names.
fn number<'a>(declared: &[ZoneDeclared<'a>], parents: &[Option<usize>]) -> Zones<'a> {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); declared.len()];
    let (mut roots, mut names) = (Vec::new(), Vec::new());
    for (i, parent) in parents.iter().enumerate() {
        match parent {
            _ if has_domains(&declared[i]) => names.push(i),
            Some(p) => children[*p].push(i),
            None => roots.push(i),
        }
    }
    let by_name_backwards =
        |list: &mut Vec<usize>| list.sort_by(|&a, &b| declared[b].name.text.cmp(declared[a].name.text));
    by_name_backwards(&mut roots);
    by_name_backwards(&mut names);
    children.iter_mut().for_each(by_name_backwards);

    let mut all: Vec<Zone<'a>> = Vec::with_capacity(declared.len() + 1);
    enum Step {
        Enter(usize, Option<ZoneId>),
        Leave(ZoneId),
    }
    let mut todo: Vec<Step> = roots.into_iter().map(|i| Step::Enter(i, None)).collect();
    while let Some(step) = todo.pop() {
        match step {
            Step::Enter(i, parent) => {
                let id = ZoneId(all.len() as u32);
                all.push(zone(&declared[i], parent));
                all.extend(processes(&declared[i], id));
                todo.push(Step::Leave(id));
                todo.extend(children[i].iter().map(|&c| Step::Enter(c, Some(id))));
            }
            Step::Leave(id) => all[id.0 as usize].end = ZoneId(all.len() as u32),
        }
    }
    let internet = ZoneId(all.len() as u32);
    all.push(Zone { end: ZoneId(internet.0 + 1 + names.len() as u32), ..place("internet", Span::default(), None) });
    for i in names.into_iter().rev() {
        let end = ZoneId(all.len() as u32 + 1);
        all.push(Zone { end, ..zone(&declared[i], Some(internet)) });
    }
    // Processes end where they begin: nothing is in them.
    for (id, zone) in (0..).zip(&mut all) {
        if zone.is_process() {
            zone.end = ZoneId(id + 1);
        }
    }
    Zones::new(all)
}

fn has_domains(declared: &ZoneDeclared<'_>) -> bool {
    declared.statement.clauses.iter().any(|c| matches!(c.kind, ClauseKind::Domains(_)))
}

/// A place of which nothing but its name is known.
fn place<'a>(name: &'a str, name_span: Span, parent: Option<ZoneId>) -> Zone<'a> {
    Zone {
        name,
        kind: Kind::Internet,
        statement: None,
        name_span,
        parent,
        end: ZoneId(0),
        hosts: AddressSet::default(),
        own: AddressSet::default(),
        flags: Vec::new(),
        barrier: None,
        shares: None,
    }
}

/// The processes of a zone, by name.
fn processes<'a>(declared: &ZoneDeclared<'a>, host: ZoneId) -> Vec<Zone<'a>> {
    let each = declared.statement.clauses.iter().filter_map(|clause| match &clause.kind {
        ClauseKind::Process { name, full, clauses } => Some((name, full, clauses)),
        _ => None,
    });
    let mut all: Vec<Zone<'a>> = each
        .map(|(name, full, clauses)| Zone {
            kind: Kind::Process(process(clauses)),
            statement: Some(declared.statement),
            flags: flags(clauses),
            ..place(full, name.span, Some(host))
        })
        .collect();
    all.sort_by_key(|zone| zone.name);
    // The first of two is kept, as with everything that is declared twice.
    all.dedup_by_key(|zone| zone.name);
    all
}

fn process<'a>(clauses: &'a [Clause<'a>]) -> Process<'a> {
    let mut process = Process { user: None, cgroup: None, contained: None };
    for clause in clauses {
        match &clause.kind {
            ClauseKind::User(user) => process.user = Some(user),
            ClauseKind::Cgroup(path) => process.cgroup = Some(&path.text),
            ClauseKind::Contained(why) => {
                let window = Window { from: None, until: why.until.map(|d| d.day) };
                process.contained = Some(Assumed { written: why, span: clause.span, window });
            }
            _ => {}
        }
    }
    process
}

fn flags(clauses: &[Clause<'_>]) -> Vec<FlagKind> {
    let is = clauses.iter().filter_map(|clause| match &clause.kind {
        ClauseKind::Is(flags) => Some(flags.iter().map(|flag| flag.kind)),
        _ => None,
    });
    is.flatten().collect()
}

fn zone<'a>(declared: &ZoneDeclared<'a>, parent: Option<ZoneId>) -> Zone<'a> {
    let clauses = &declared.statement.clauses;
    let barrier = clauses.iter().find_map(|clause| match &clause.kind {
        ClauseKind::Barrier(why) => Some((why, Window { from: None, until: why.until.map(|d| d.day) })),
        _ => None,
    });
    let domains = clauses.iter().find_map(|clause| match &clause.kind {
        ClauseKind::Domains(names) => Some(names.as_slice()),
        _ => None,
    });
    Zone {
        kind: domains.map_or(Kind::Hosts, Kind::Domains),
        statement: Some(declared.statement),
        flags: flags(clauses),
        barrier,
        ..place(declared.name.text, declared.name.span, parent)
    }
}

fn check_inside(zones: &Zones<'_>, declared: &[ZoneDeclared<'_>], found: &mut Vec<Diagnostic>) {
    for d in declared {
        let Some(id) = zones.find(d.name.text) else { continue };
        let Some(parent) = zones[id].parent else { continue };
        let outside = zones[id].hosts.difference(&zones[parent].hosts);
        if !outside.is_empty() && !zones[parent].hosts.is_empty() {
            let at = d.parent.map_or(d.name.span, |p| p.span);
            let (child, parent) = (&zones[id], &zones[parent]);
            found.push(say::not_inside(child.name, parent.name, at, parent.name_span, &outside.words(3)));
        }
    }
}

/// What is in each zone and in none of its children; for `internet`, what is in no zone.
fn own_addresses(zones: &Zones<'_>) -> Vec<AddressSet> {
    let mut below: Vec<Vec<ZoneId>> = vec![Vec::new(); zones.len()];
    for (id, zone) in zones.declared() {
        if let Some(parent) = zone.parent {
            below[parent.0 as usize].push(id);
        }
    }
    let union = |list: &[ZoneId]| {
        let v4 = list.iter().flat_map(|&z| zones[z].hosts.v4.as_slice()).copied().collect();
        let v6 = list.iter().flat_map(|&z| zones[z].hosts.v6.as_slice()).copied().collect();
        AddressSet { v4: crate::model::Ranges::new(v4), v6: crate::model::Ranges::new(v6) }
    };
    let of = |(id, zone): (ZoneId, &Zone<'_>)| {
        if zone.statement.is_none() {
            // Children lie in their parents, but one that wrongly does not must not leak into `internet` either.
            let all: Vec<ZoneId> = zones.declared().map(|(id, _)| id).collect();
            return internet::strangers().difference(&union(&all));
        }
        match below[id.0 as usize].as_slice() {
            [] => zone.hosts.clone(),
            children => zone.hosts.difference(&union(children)),
        }
    };
    zones.iter().map(of).collect()
}
