//! The inventories that `hosts inventory(…)` names.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use segc_grammar::Span;
use segc_grammar::ast::{Address, AddressKind, ClauseKind, Text, Tree};

use super::load::{Folder, Root, read};
use crate::diagnostics::{Diagnostic, input, inventories as say};
use crate::inventory::{Inventories, Inventory, Problem};
use crate::source::Sources;

/// Reads each inventory once, and notes the addresses of every group that is named.
pub fn load<'s: 't, 't>(
    root: &Root,
    sources: &Sources,
    trees: impl Iterator<Item = (&'t Tree<'s>, &'t Folder)>,
    found: &mut Vec<Diagnostic>,
) -> Inventories {
    let mut inventories = Inventories::default();
    let mut read_already: FxHashMap<PathBuf, Option<Inventory>> = FxHashMap::default();
    for (tree, folder) in trees {
        for statement in &tree.statements {
            for clause in &statement.clauses {
                let ClauseKind::Hosts { addresses, except } = &clause.kind else { continue };
                for address in addresses.iter().chain(except) {
                    let Some((file, group)) = named(address) else { continue };
                    let path = match find(root, folder, file) {
                        Ok(path) => path,
                        Err(wrong) => {
                            found.push(wrong);
                            continue;
                        }
                    };
                    let inventory =
                        read_already.entry(path.clone()).or_insert_with(|| one((root, sources), &path, file, found));
                    let Some(inventory) = inventory else { continue };
                    match inventory.addresses(&group.text) {
                        Ok(hosts) => inventories.insert(address.span, hosts),
                        Err(problems) => {
                            let known = inventory.group_names();
                            found.extend(problems.into_iter().map(|p| told(p, file, group, address.span, &known)));
                        }
                    }
                }
            }
        }
    }
    inventories
}

fn named<'t, 's>(address: &'t Address<'s>) -> Option<(&'t Text<'s>, &'t Text<'s>)> {
    match &address.kind {
        AddressKind::Inventory { file, group } => Some((file, group)),
        _ => None,
    }
}

fn find(root: &Root, folder: &Folder, file: &Text<'_>) -> Result<PathBuf, Diagnostic> {
    if Path::new(file.text.as_ref()).is_absolute() {
        return Err(input::no_inventory(&file.text, "the path is absolute", file.span));
    }
    if file.text.is_empty() {
        return Err(input::no_inventory("", "the path is empty", file.span));
    }
    let shown = folder.shown.join(file.text.as_ref()).display().to_string();
    root.real(&folder.real.join(file.text.as_ref()), &shown, file.span)
}

fn one(
    (root, sources): (&Root, &Sources),
    path: &Path,
    file: &Text<'_>,
    found: &mut Vec<Diagnostic>,
) -> Option<Inventory> {
    let text = read(path, &file.text, Some(file.span)).map_err(|d| found.push(d)).ok()?;
    // An inventory is input like any other: the manifest holds its digest.
    let Some(source) = sources.add(file.text.to_string(), root.origin(path, &file.text), text) else {
        found.push(input::too_large(&file.text, "4 GiB together with the other files", Some(file.span)));
        return None;
    };
    Inventory::parse(&source.text).map_err(|p| found.push(told(p, file, file, file.span, &[]))).ok()
}

fn told(problem: Problem, file: &Text<'_>, group: &Text<'_>, at: Span, known: &[&str]) -> Diagnostic {
    let file = &file.text;
    match problem {
        Problem::Malformed(why) => say::not_an_inventory(file, &why, at),
        Problem::DuplicateKey(key, lines) => say::duplicate_key(&key, file, &lines, at),
        Problem::TwoAddresses(host, first, second) => say::two_addresses(&host, file, &first, &second, at),
        Problem::UnknownGroup => say::unknown_group(&group.text, file, group.span, known.iter().copied()),
        Problem::EmptyGroup => say::empty_group(&group.text, file, group.span),
        Problem::NoAddress(host, why) => say::no_address(&host, file, &why, at),
    }
}
