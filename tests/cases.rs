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
    let mut files: Vec<(PathBuf, &str, &str)> = Vec::new();
    for folder in cases {
        if folder.join("mended.seg").exists() {
            files.push((folder.clone(), "mended.seg", "mended"));
        }
        files.push((folder, "zones.seg", "diagnostics"));
    }
    for (folder, file, snapshot) in files {
        let checked = segc(&folder, &["check", file, "--at", DAY]);
        let said = format!("exit {}\n\n{}", checked.status.code().unwrap_or(-1), text(&checked.stdout));
        assert!(checked.stderr.is_empty(), "{}: {}", folder.display(), text(&checked.stderr));
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let same = settings.bind(|| std::panic::catch_unwind(|| insta::assert_snapshot!(snapshot, said)));
        if same.is_err() {
            failed.push(folder.join(file));
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

/// Each incident, and the codes that would have said so.
const INCIDENTS: &[(&str, &[&str])] = &[
    ("action_secret_read", &["SEG1201", "SEG1401"]),
    ("autojack", &["SEG1106", "SEG1201", "SEG1203"]),
    ("axios_litellm", &["SEG1201", "SEG1403"]),
    ("clinejection", &["SEG1106", "SEG1401"]),
    ("miasma", &["SEG1101", "SEG1402"]),
    ("mirror_pivot", &["SEG1101"]),
    ("s1ngularity_nx", &["SEG1201", "SEG1302", "SEG1401"]),
    ("shai_hulud", &["SEG1402"]),
    ("shai_hulud_provenance", &["SEG1402"]),
    ("telemetry", &["SEG1201", "SEG1204"]),
    ("tool_poisoning", &["SEG1201", "SEG1602"]),
];

/// Of mended ones, those that rest on a claim which is to be printed.
const RELIED_UPON: &[(&str, &str)] = &[
    ("autojack", "`dev.agent` is contained"),
    ("mirror_pivot", "`mirror` is a barrier: read-only"),
    ("shai_hulud_provenance", "is vetted: provenance checked"),
];

/// Every incident is told, as it was and mended, and both are shown in the manual.
#[test]
fn every_incident_is_found_and_mended() {
    let below = root().join("tests/cases/incidents");
    let read = |file: PathBuf| std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let names: Vec<String> =
        folders(&below).iter().map(|f| f.file_name().expect("a name").to_string_lossy().into()).collect();
    assert_eq!(names, INCIDENTS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    let manual = read(root().join("docs/incidents.md"));
    for (name, codes) in INCIDENTS {
        let folder = below.join(name);
        let (said, mended) = (read(folder.join("diagnostics.snap")), read(folder.join("mended.snap")));
        for code in *codes {
            assert!(said.contains(&format!("\n{code}\n")), "{name} is not told as {code}");
        }
        assert!(mended.contains("exit 0\n\nno findings"), "{name} is not mended");
        for (_, claim) in RELIED_UPON.iter().filter(|(case, _)| case == name) {
            assert!(mended.contains(claim), "{name}: {claim}");
        }
        for (fence, file) in [("seg bad", "zones.seg"), ("seg", "mended.seg")] {
            let block = format!("```{fence}\n{}```\n", read(folder.join(file)));
            assert!(manual.contains(&block), "docs/incidents.md does not show {name}/{file}");
        }
    }
}

#[test]
fn every_code_has_a_case() {
    let (mut said, mut elsewhere) = (String::new(), String::new());
    for folder in folders(&root().join("tests/cases")) {
        said.push_str(&std::fs::read_to_string(folder.join("diagnostics.snap")).unwrap_or_default());
    }
    for file in ["cli.rs", "cli/bad_input.rs", "cli/diff.rs", "cli/verify.rs", "kernel/rollout.rs"] {
        elsewhere.push_str(&std::fs::read_to_string(root().join("tests").join(file)).expect("it is there"));
    }
    let missing: Vec<&str> = segc::diagnostics::CODES
        .iter()
        .map(|c| c.code)
        .filter(|code| !said.contains(code) && !elsewhere.contains(&format!("\"{code}\"")))
        .collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}
