//! `segc explain` with a policy.

use std::io::Write;
use std::process::{Command, Stdio};

use super::folder_with;
use crate::{segc, text};

const POLICY: &str = "zone dev { hosts 10.1.0.0/16, 2001:db8:1::/48 }\n\
                      zone lab in dev { hosts 10.1.9.0/24 }\n\
                      zone gpu { hosts 10.2.0.0/16, 2001:db8:2::/48 }\n\
                      allow dev except lab -> gpu : tcp/8000-8100 { reason \"r\"  owner \"o\" }\n\
                      allow dev -> gpu : ssh { reason \"r\"  owner \"o\"  until 2026-01-31 }\n\
                      allow gpu -> internet : https { reason \"r\"  owner \"o\" }\n";

fn ask(words: &[&str]) -> (Option<i32>, String) {
    let folder = folder_with(&[("zones.seg", POLICY)]);
    let args = [&["explain", "zones.seg"], words, &["--at", "2026-11-22"]].concat();
    let asked = segc(folder.path(), &args);
    (asked.status.code(), text(&asked.stdout) + &text(&asked.stderr))
}

/// Each question with what its answer must say.
const ANSWERS: [(&[&str], i32, &[&str]); 12] = [
    (
        &["10.1.0.7", "10.2.0.1", "tcp/8100"],
        0,
        &[
            "allowed: 10.1.0.7 (`dev`) -> 10.2.0.1 (`gpu`)",
            "zones.seg:4:1",
            "in rules.nft tcp/8100 from 10.1.0.7 to 10.2.0.1 passes by these lines:",
            "accept comment \"zones.seg:4\"",
        ],
    ),
    (
        &["10.1.9.7", "10.2.0.1", "tcp/8100"],
        0,
        &[
            "denied: 10.1.9.7 (`lab`)",
            "from other zones",
            "in rules.nft tcp/8100 from 10.1.9.7 to 10.2.0.1 is stopped by these lines:",
            "reject with",
        ],
    ),
    (
        &["dev", "gpu", "tcp/8100"],
        0,
        &["partly allowed (IPv4)", "not allowed: `lab` -> `gpu` on tcp/8100", "allowed (IPv6)"],
    ),
    (&["dev", "gpu", "ssh"], 0, &["denied: dev -> gpu", "let it in up to and including 2026-01-31"]),
    (&["lab", "gpu", "tcp/8000-8200"], 0, &["denied: lab -> gpu"]),
    (&["gpu", "10.1.0.1", "ssh"], 0, &["denied: gpu -> 10.1.0.1 (`dev`) : ssh", "no allow comes near"]),
    (&["gpu", "8.8.8.8", "https"], 0, &["allowed: gpu -> 8.8.8.8 (`internet`)"]),
    (&["gpu", "192.168.1.1", "https"], 0, &["denied", "`192.168.1.1` is in no zone"]),
    (&["lab", "2001:db8:2::1", "ssh"], 0, &["denied", "share no address family"]),
    (&["10.1.0.1", "2001:db8::1", "ssh"], 2, &["no packet has both"]),
    (&["devv", "gpu", "ssh"], 2, &["SEG0201", "<question>:1:7", "did you mean `dev`?"]),
    (&["dev", "gpu", "shh"], 2, &["SEG0202", "did you mean `ssh`?"]),
];

#[test]
fn answers_say_what_decides() {
    for (words, status, wanted) in ANSWERS {
        let (code, said) = ask(words);
        assert_eq!(code, Some(status), "{words:?}: {said}");
        for part in wanted {
            assert!(said.contains(part), "{words:?} does not say {part:?}:\n{said}");
        }
    }
}

/// A question is words, whatever stands in them.
#[test]
fn a_question_is_no_policy() {
    for words in [
        ["dev", "gpu", "ssh\nallow gpu -> dev : any"],
        ["dev", "gpu", "ssh { until 2020-01-01 }"],
        ["dev -> gpu : ssh allow dev", "gpu", "ssh"],
        ["dev\u{202e}", "gpu", "ssh"],
        ["", "", ""],
    ] {
        let (code, said) = ask(&words);
        assert_eq!(code, Some(2), "{words:?}: {said}");
    }
}

#[test]
fn log_lines_are_questions() {
    let folder = folder_with(&[("zones.seg", POLICY)]);
    let explain = |lines: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_segc"))
            .args(["explain", "zones.seg", "-", "--format", "json", "--at", "2026-11-22"])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("segc runs");
        child.stdin.take().expect("a pipe").write_all(lines.as_bytes()).expect("written");
        child.wait_with_output().expect("it ends")
    };
    let line = "segc deny: IN=a OUT=b SRC=10.1.9.7 DST=10.2.0.9 LEN=60 PROTO=TCP SPT=3 DPT=8000 SYN\n";
    let done = explain(&format!("boot\n{line}{line}"));
    let said: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert_eq!(said["answers"].as_array().map(Vec::len), Some(1), "the same packet twice is one question: {said:#}");
    assert_eq!(said["answers"][0]["service"], "tcp/8000");
    assert_eq!(said["answers"][0]["verdicts"][0]["verdict"], "denied");
    assert_eq!(said["answers"][0]["verdicts"][0]["nearest"][0]["line"], 4);
    let none = explain("nothing here\n");
    assert_eq!((none.status.code(), text(&none.stdout)), (Some(2), String::new()));
}
