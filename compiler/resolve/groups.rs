//! Groups: names for several zones; a group may name another.

use rustc_hash::FxHashMap;
use segc_grammar::ast::ItemKind;

use super::nesting;
use super::scope::{GroupDeclared, Scope};
use crate::diagnostics::{Diagnostic, names};
use crate::model::{Group, ZoneId};

/// All groups with their zones, sorted by name. Those that cannot be understood are put into `scope.broken`.
pub fn resolve<'a>(
    declared: &[GroupDeclared<'a>],
    scope: &mut Scope<'a>,
    found: &mut Vec<Diagnostic>,
) -> Vec<Group<'a>> {
    let by_name: FxHashMap<&str, usize> = declared.iter().enumerate().map(|(i, d)| (d.name.text, i)).collect();
    let mut rests_on: Vec<Vec<usize>> = vec![Vec::new(); declared.len()];
    let mut direct: Vec<Option<Vec<ZoneId>>> = vec![Some(Vec::new()); declared.len()];
    for (i, d) in declared.iter().enumerate() {
        let mut sound = true;
        for item in &d.zones.items {
            let problem = match item.kind {
                ItemKind::Internet => {
                    direct[i].get_or_insert_default().push(scope.zones.internet());
                    continue;
                }
                ItemKind::Name(name) => {
                    if let Some(zone) = scope.zones.find(name) {
                        direct[i].get_or_insert_default().push(zone);
                        continue;
                    }
                    if let Some(&below) = by_name.get(name) {
                        rests_on[i].push(below);
                        continue;
                    }
                    let known = scope
                        .suggestions
                        .of(|| scope.zone_names().into_iter().chain(declared.iter().map(|d| d.name.text)).collect());
                    names::unknown_zone(name, item.span, known, scope.kind_of(name, false))
                }
                ItemKind::Any => names::misplaced(
                    "`any` cannot be a member of a group",
                    "a group lists zones",
                    item.span,
                    "write `any` where the group would be used",
                ),
                ItemKind::Process(..) => names::misplaced(
                    "a process cannot be a member of a group",
                    "a group lists zones",
                    item.span,
                    "write the process where the group would be used, beside it",
                ),
            };
            sound = false;
            found.push(problem);
        }
        if let Some(item) = d.zones.except.first() {
            sound = false;
            let help = "list the zones that are meant, or write `except` where the group is used";
            found.push(names::misplaced("a group has no `except`", "taken away here", item.span, help));
        }
        if !sound {
            direct[i] = None;
        }
    }
    let ordered = nesting::order(&rests_on);
    if let Some(ring) = nesting::ring(&rests_on, &ordered) {
        let names: Vec<_> = ring.iter().map(|&i| (declared[i].name.text, declared[i].name.span)).collect();
        found.push(names::cycle("groups", "names", &names));
    }
    let mut done: Vec<Option<Vec<ZoneId>>> = vec![None; declared.len()];
    for &i in &ordered {
        let mut zones = direct[i].clone();
        for &below in &rests_on[i] {
            zones = zones.and_then(|mut all| {
                all.extend(done[below].as_ref()?);
                Some(all)
            });
        }
        done[i] = zones.map(|mut all| {
            all.sort_unstable();
            all.dedup();
            all
        });
    }
    let mut groups = Vec::new();
    for (d, zones) in declared.iter().zip(done) {
        match zones {
            Some(zones) => {
                groups.push(Group { name: d.name.text, statement: d.statement, name_span: d.name.span, zones });
            }
            None => {
                scope.broken.insert(d.name.text);
            }
        }
    }
    groups.sort_by_key(|g| g.name);
    groups
}
