//! Every folder below `tests/cases/` that holds a `zones.seg`: what segc says about it stands beside it.

use std::path::{Path, PathBuf};

use crate::{root, segc, text};

/// The day of all cases.
const DAY: &str = "2026-11-22";

fn folders(below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut todo = vec![below.to_owned()];
    while let Some(folder) = todo.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").map(|e| e.expect("an entry").path()) {
            if entry.is_dir() {
                todo.push(entry);
            } else if entry.file_name().is_some_and(|n| n == "zones.seg") {
                found.push(folder.clone());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_case_says_what_it_says() {
    let cases = folders(&root().join("tests/cases"));
    assert!(cases.len() > 50, "the cases are gone");
    let mut failed = Vec::new();
    for folder in cases {
        let checked = segc(&folder, &["check", "zones.seg", "--at", DAY]);
        let said = format!("exit {}\n\n{}", checked.status.code().unwrap_or(-1), text(&checked.stdout));
        assert!(checked.stderr.is_empty(), "{}: {}", folder.display(), text(&checked.stderr));
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let same = settings.bind(|| std::panic::catch_unwind(|| insta::assert_snapshot!("diagnostics", said)));
        if same.is_err() {
            failed.push(folder);
        }
    }
    assert!(failed.is_empty(), "{} cases differ: {failed:#?}", failed.len());
}

/// A folder of `errors` shows an error, one of `findings` a finding; a clean one says so in its name.
#[test]
fn every_case_shows_what_its_place_says() {
    for folder in folders(&root().join("tests/cases")) {
        let snapshot = std::fs::read_to_string(folder.join("diagnostics.snap")).unwrap_or_default();
        let name = folder.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        let clean = snapshot.contains("exit 0") && snapshot.contains("no findings");
        let meant_clean = ["_is_fine", "_holds", "_is_clean", "_no_false_alarm"].iter().any(|end| name.ends_with(end));
        assert_eq!(clean, meant_clean, "{}", folder.display());
    }
}

#[test]
fn every_code_has_a_case() {
    let (mut said, mut elsewhere) = (String::new(), String::new());
    for folder in folders(&root().join("tests/cases")) {
        said.push_str(&std::fs::read_to_string(folder.join("diagnostics.snap")).unwrap_or_default());
    }
    for file in ["cli.rs", "cli/bad_input.rs", "cli/diff.rs", "cli/verify.rs"] {
        elsewhere.push_str(&std::fs::read_to_string(root().join("tests").join(file)).expect("it is there"));
    }
    let missing: Vec<&str> = segc::diagnostics::CODES
        .iter()
        .map(|c| c.code)
        .filter(|code| !said.contains(code) && !elsewhere.contains(&format!("\"{code}\"")))
        .collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}
