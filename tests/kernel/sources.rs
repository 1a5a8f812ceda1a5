//! The files of a policy, read as the language says and without the compiler's help: what a `use` names, and the
//! addresses of an Ansible inventory's group.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use segc_grammar::ast::StatementKind;
use serde_yaml::Value;

use crate::naive::Inventory;

/// All files of a policy.
pub struct Sources {
    texts: Vec<String>,
    folders: BTreeSet<PathBuf>,
}

impl Sources {
    /// A file, and those that it takes in.
    pub fn read(path: &Path) -> Sources {
        let mut pending = vec![path.canonicalize().expect("it exists")];
        let (mut known, mut texts, mut folders) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
        while let Some(path) = pending.pop() {
            if !known.insert(path.clone()) {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let folder = path.parent().expect("a file is in a folder").to_owned();
            for statement in segc_grammar::parse(&text, 0).0.statements {
                if let StatementKind::Use(pattern) = statement.kind {
                    let found = matching(&folder, &pattern.text);
                    assert!(!found.is_empty(), "{} matches no file", pattern.text);
                    pending.extend(found);
                }
            }
            folders.insert(folder);
            texts.push(text);
        }
        Sources { texts, folders }
    }

    /// What is in the files.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Looks up groups in the inventories beside the files.
    pub fn inventory(&self) -> Inventory {
        let folders = self.folders.clone();
        Box::new(move |file, group| {
            let found: Vec<PathBuf> =
                folders.iter().map(|folder| folder.join(file)).filter(|path| path.is_file()).collect();
            let [path] = &found[..] else { panic!("{file} is {} files", found.len()) };
            let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{file}: {error}"));
            let root: Value = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
            let addresses = hosts(&root, group).iter().map(|host| address(&root, host)).collect::<Vec<IpAddr>>();
            assert!(!addresses.is_empty(), "no host in group {group} of {file}");
            addresses
        })
    }
}

/// The files below a folder that match a pattern with `*` and `?` in its parts.
fn matching(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for part in pattern.split('/') {
        found = found.iter().flat_map(|folder| step(folder, part)).collect();
    }
    found.iter().filter_map(|path| path.canonicalize().ok()).filter(|path| path.is_file()).collect()
}

fn step(folder: &Path, part: &str) -> Vec<PathBuf> {
    if !part.contains(['*', '?']) {
        return vec![folder.join(part)];
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| fits(part.as_bytes(), name.as_bytes())).collect();
    names.sort();
    names.iter().map(|name| folder.join(name)).collect()
}

fn fits(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern, name) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => fits(rest, name) || (!name.is_empty() && fits(pattern, &name[1..])),
        ([b'?', rest @ ..], [_, others @ ..]) => fits(rest, others),
        ([wanted, rest @ ..], [given, others @ ..]) => wanted == given && fits(rest, others),
        _ => false,
    }
}

/// The names of the hosts in a group and the groups below it.
fn hosts(root: &Value, group: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for definition in named(root, group) {
        names.extend(keys(&definition["hosts"]));
        for child in keys(&definition["children"]) {
            names.extend(hosts(root, &child));
        }
    }
    names
}

/// Every definition of a group, at the top or below `children`.
fn named<'a>(value: &'a Value, group: &str) -> Vec<&'a Value> {
    let mut found = Vec::new();
    for name in keys(value) {
        let inner = &value[name.as_str()];
        if name == group {
            found.push(inner);
        }
        found.extend(named(&inner["children"], group));
    }
    found
}

fn keys(value: &Value) -> Vec<String> {
    let mapping = value.as_mapping().into_iter().flatten();
    mapping.filter_map(|(key, _)| key.as_str().map(str::to_owned)).collect()
}

/// A host's `ansible_host`, wherever it is given, or the host's name if that is an address.
fn address(root: &Value, host: &str) -> IpAddr {
    let given = variable(root, host).unwrap_or_else(|| host.to_owned());
    given.parse().unwrap_or_else(|_| panic!("{host} of the inventory has no address, but {given}"))
}

fn variable(value: &Value, host: &str) -> Option<String> {
    keys(value).iter().find_map(|name| {
        let inner = &value[name.as_str()];
        let here = inner["hosts"][host]["ansible_host"].as_str().map(str::to_owned);
        here.or_else(|| variable(&inner["children"], host))
    })
}
