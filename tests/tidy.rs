//! The rules of the house that a program can see.

use std::path::{Path, PathBuf};

use crate::root;

fn sources(below: &str) -> Vec<PathBuf> {
    let (mut found, mut todo) = (Vec::new(), vec![root().join(below)]);
    while let Some(folder) = todo.pop() {
        for path in std::fs::read_dir(&folder).expect("a folder").map(|e| e.expect("an entry").path()) {
            if path.is_dir() {
                todo.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a source file")
}

#[test]
fn crates_stay_in_their_rooms() {
    let alone = [
        ("grammar", &["petgraph", "clap", "miette", "serde_yaml", "minijinja", "segc_backends"][..]),
        ("backends", &["pest", "petgraph", "clap", "miette", "serde_yaml", "segc_grammar"][..]),
        ("compiler", &["pest", "minijinja"][..]),
    ];
    for (room, strangers) in alone {
        for path in sources(room) {
            let text = read(&path);
            for stranger in strangers {
                let used = text.contains(&format!("use {stranger}")) || text.contains(&format!("{stranger}::"));
                assert!(!used, "{} uses {stranger}", path.display());
            }
        }
    }
}

/// Tables may be longer.
const TABLES: &[&str] = &["grammar/ast.rs", "grammar/icmp.rs"];

#[test]
fn files_stay_small() {
    let mut lengths = Vec::new();
    for room in ["grammar", "compiler", "backends", "tests"] {
        for path in sources(room) {
            let lines = read(&path).lines().count();
            let name = path.strip_prefix(root()).expect("ours").display().to_string();
            assert!(lines <= 400 || TABLES.contains(&name.as_str()), "{name} has {lines} lines");
            lengths.push(lines);
        }
    }
    lengths.sort_unstable();
    assert!(lengths[lengths.len() / 2] <= 150, "the median file has {} lines", lengths[lengths.len() / 2]);
}

#[test]
fn every_file_says_what_it_is() {
    for room in ["grammar", "compiler", "backends", "tests"] {
        for path in sources(room) {
            assert!(read(&path).starts_with("//!"), "{} has no module doc", path.display());
        }
    }
}

#[test]
fn tables_are_sorted() {
    let names: Vec<&str> = segc::checks::CHECKS.iter().map(|c| c.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    let codes: Vec<&str> = segc::diagnostics::CODES.iter().map(|c| c.code).collect();
    assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
    let services: Vec<&str> = segc::resolve::PRELUDE.iter().map(|s| s.0).collect();
    assert!(services.is_sorted_by(|a, b| a < b), "{services:?}");
}

/// Every code that the grammar can give is in the table, and every code in a constructor is.
#[test]
fn every_code_is_in_the_table() {
    for (code, _) in segc_grammar::CODES {
        assert!(segc::diagnostics::find(code).is_some(), "{code}");
    }
    for path in sources("compiler") {
        let text = read(&path);
        for (at, _) in text.match_indices("\"SEG") {
            let code: String = text[at + 1..].chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
            let known = code.len() < 7 || segc::diagnostics::find(&code).is_some();
            assert!(known, "{code} in {}", path.display());
        }
    }
}

#[test]
fn the_map_names_every_room() {
    let map = std::fs::read_to_string(root().join("docs/architecture.md")).expect("docs/architecture.md");
    for folder in std::fs::read_dir(root().join("compiler")).expect("compiler/").map(|e| e.expect("an entry").path()) {
        if folder.is_dir() {
            let name = format!("{}/", folder.file_name().and_then(|n| n.to_str()).unwrap_or_default());
            assert!(map.contains(&name), "docs/architecture.md does not speak of compiler/{name}");
        }
    }
}
