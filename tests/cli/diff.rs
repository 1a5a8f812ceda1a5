//! `segc diff`: inputs, verdicts, exit codes, and what must never break out of a comment.

use std::path::Path;
use std::process::Command;

use super::{DAY, folder_with};
use crate::{segc, text};

const OLD: &str = "zone dev { hosts 10.1.0.0/24 }\n\
                   zone ci { hosts 10.2.0.0/24 }\n\
                   zone prod { hosts 10.3.0.0/24  is critical }\n\
                   service debug = tcp/4000\n\
                   allow dev -> ci : ssh, debug { reason \"r\"  owner \"o\" }\n\
                   allow ci -> prod : https { reason \"r\"  owner \"o\"  ticket \"T-1\"  until 2027-01-31  log }\n\
                   forbid dev -> prod\n\
                   forbid prod => dev\n";

/// Compares [`OLD`] with another text: exit code with `--exit-code`, and what is said.
fn compared(new: &str, format: &str) -> (Option<i32>, String) {
    let folder = folder_with(&[("old.seg", OLD), ("new.seg", new)]);
    let args = ["diff", "old.seg", "new.seg", "--at", DAY, "--format", format, "--exit-code"];
    let done = segc(folder.path(), &args);
    (done.status.code(), text(&done.stdout) + &text(&done.stderr))
}

/// What is replaced in the old policy, the exit code, and what is said, line by line or within a line.
type Case = (&'static [(&'static str, &'static str)], i32, &'static [&'static str]);

const CASES: &[Case] = &[
    (&[], 0, &["nothing changes on the wire\n"]),
    // One widened prefix, and just that.
    (
        &[("10.1.0.0/24", "10.1.0.0/23")],
        3,
        &[
            "wider: 1 statement opens connections\n",
            "opens: `dev` (10.1.1.0/24) -> `ci` on ssh, debug",
            "10.1.1.0/24 was nobody's, is now in `dev`",
        ],
    ),
    (&[("ssh, debug", "ssh")], 1, &["narrower: 1 statement closes connections\n", "closes: `dev` -> `ci` on debug"]),
    (
        &[("ssh, debug", "ssh, tcp/4001")],
        3,
        &["wider and narrower", "opens: `dev` -> `ci` on tcp/4001", "closes: `dev` -> `ci` on debug"],
    ),
    // Dates: what is the same today need not be later.
    (&[("2027-01-31", "2027-02-28")], 3, &["opens on 2027-02-01: `ci` -> `prod` on https"]),
    (&[("2027-01-31", "2026-12-31")], 1, &["closes on 2027-01-01: `ci` -> `prod` on https"]),
    (&[("until 2027-01-31", "")], 3, &["opens on 2027-02-01", "`until 2027-01-31` is gone"]),
    // What no packet shows.
    (&[("  log", "")], 0, &["nothing changes on the wire\n", "`log` is gone"]),
    (&[("\"T-1\"", "\"T-2\"")], 0, &["`ticket \"T-1\"` is now `ticket \"T-2\"`"]),
    (&[("forbid dev -> prod\n", "")], 0, &["1 invariant is weakened", "no longer demanded: `dev` -> `prod` on any"]),
    (&[("forbid dev -> prod", "forbid dev -> prod : ssh")], 0, &["1 invariant is weakened", "tcp/0-21, tcp/23-65535"]),
    (
        &[("forbid prod => dev", "forbid prod => dev { except via ci { reason \"x\" } }")],
        0,
        &["1 invariant is weakened", "`except via ci { reason \"x\" }` is new"],
    ),
    (
        &[("forbid prod => dev", "forbid prod => dev { over ssh }")],
        0,
        &["1 invariant is weakened", "`over ssh` is new"],
    ),
    // A credential is the same as long as its name is, and what it opens is asked about.
    (
        &[(
            "forbid prod => dev\n",
            "forbid prod => dev\ncredential key { held by dev  opens prod  usable anywhere }\n",
        )],
        0,
        &["nothing changes on the wire\n", "added `new.seg:9` `credential key`"],
    ),
    // A barrier that goes opens paths without opening a connection.
    (&[("zone ci { hosts", "zone ci { barrier \"b\"  hosts")], 0, &["1 path of compromise is closed"]),
];

#[test]
fn changes_are_told() {
    for (edits, status, wanted) in CASES {
        let mut new = OLD.to_owned();
        for (from, to) in *edits {
            assert!(new.contains(from), "{from}");
            new = new.replace(from, to);
        }
        let (code, said) = compared(&new, "human");
        assert_eq!(code, Some(*status), "{edits:?}: {said}");
        for words in *wanted {
            assert!(said.contains(words), "{edits:?} does not say {words:?}:\n{said}");
        }
    }
}

#[test]
fn a_new_path_is_shown_with_its_hops() {
    let (_, said) = compared(&OLD.replace("allow dev -> ci : ssh", "allow dev, prod -> ci : ssh"), "human");
    assert!(said.contains("path opened: `prod` → `ci`"), "{said}");
    let before = OLD.replace("allow dev -> ci : ssh, debug { reason \"r\"  owner \"o\" }\n", "");
    let folder = folder_with(&[("old.seg", &before), ("new.seg", OLD)]);
    let said = text(&segc(folder.path(), &["diff", "old.seg", "new.seg", "--at", DAY]).stdout);
    assert!(said.contains("path opened (critical): `dev` → `ci` → `prod`"), "{said}");
    assert!(said.contains("1. `dev` may open ssh, debug to `ci`") && said.contains("2. `ci` may open https"), "{said}");
}

/// What only paths of compromise know of: a credential, and who may use a flow without one.
#[test]
fn credentials_are_asked_about() {
    let text = |key: &str, clauses: &str| {
        OLD.replace("until 2027-01-31  log", &format!("until 2027-01-31  log  {clauses}"))
            + &format!("credential key {{ {key} }}\n")
    };
    let folder = folder_with(&[
        ("old.seg", &text("held by dev  opens prod", "needs key  pulls code")),
        ("new.seg", &text("held by dev, ci  opens prod", "")),
    ]);
    let done = segc(folder.path(), &["diff", "old.seg", "new.seg", "--at", DAY, "--format", "markdown"]);
    let said = text_of(&done);
    for wanted in [
        "no longer asks for a credential",
        "no longer says",
        "<code>key</code> (at <code>new.seg:9</code>) now says",
        "does everybody there need it?",
        "held by dev, ci",
    ] {
        assert!(said.contains(wanted), "{wanted:?} is not in\n{said}");
    }
    assert!(!said.contains("removed"), "{said}");
}

fn text_of(done: &std::process::Output) -> String {
    text(&done.stdout) + &text(&done.stderr)
}

#[test]
fn names_order_and_layout_are_no_change() {
    let mut lines: Vec<&str> = OLD.lines().collect();
    lines.reverse();
    let renamed = lines.join("\n\n  # why\n").replace("debug", "remote").replace("ci", "runners").replace(" { ", "{");
    let (code, said) = compared(&(renamed + "\n"), "human");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with("nothing changes on the wire\n\nnames\n"), "{said}");
    assert!(said.contains("zone `ci` is now called `runners`") && !said.contains("statements"), "{said}");
}

#[test]
fn json_prints_everything() {
    let many: String = (0..60).map(|n| format!("allow prod -> dev : tcp/{}\n", 7000 + 2 * n)).collect();
    let (code, said) = compared(&format!("{OLD}{many}"), "json");
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((code, &said["change"]), (Some(3), &"wider".into()));
    assert_eq!(said["opened"].as_array().map(Vec::len), Some(60));
    assert_eq!(said["opened"][59]["connections"][0]["from"][0], "prod");
    assert_eq!(said["opened"][59]["connections"][0]["services"][0], "tcp/7118");
    let (_, words) = compared(&format!("{OLD}{many}"), "human");
    assert!(words.contains("and 40 more (`--format json` prints all)"), "{words}");
}

/// Text of a policy cannot leave its place in a comment.
#[test]
fn markdown_holds_hostile_text() {
    let hostile =
        r#"`</code></details> <img src=x> | **b** @all #1 https://example.com [x](y) <!-- "#.replace('\\', "");
    let quoted = hostile.replace('"', "\\\"");
    let new = OLD.replace("owner \"o\"  ticket", &format!("owner \"{quoted}\"  ticket"));
    let (_, said) = compared(&new, "markdown");
    assert!(said.contains("is now <code>owner"), "{said}");
    assert_eq!((said.matches("<details>").count(), said.matches("</details>").count()), (1, 1), "{said}");
    assert_eq!(said.matches("<code>").count(), said.matches("</code>").count(), "{said}");
    for bad in ["<img", "<!--", "**b**", "@", "https://", "[x]", "| "] {
        assert!(!said.contains(bad), "{bad}: {said}");
    }
    // A file may be called anything.
    let name = "a`\n</details>\u{1b}[31m@all.seg";
    let folder = folder_with(&[("old.seg", OLD), (name, &OLD.replace("/24", "/25"))]);
    let said = text(&segc(folder.path(), &["diff", name, "old.seg", "--at", DAY, "--format", "markdown"]).stdout);
    assert!(said.matches("</details>").count() <= 1 && !said.contains(['\u{1b}', '@']), "{said}");
    let said = text(&segc(folder.path(), &["diff", "old.seg", name, "--at", DAY, "--format", "markdown"]).stdout);
    assert!(said.contains("a&#39;?&lt;/details&gt;?&#91;31m&#64;all.seg"), "{said}");
}

#[test]
fn what_cannot_be_read_is_said_to_be_old_or_new() {
    let folder = folder_with(&[
        ("old.seg", OLD),
        ("bad.seg", "zone {"),
        ("empty/x.txt", ""),
        ("wrong.seg", "allow a -> b : ssh\n"),
    ]);
    let diff = |old: &str, new: &str| {
        let done = segc(folder.path(), &["diff", old, new, "--at", DAY, "--exit-code"]);
        assert_eq!((done.status.code(), text(&done.stdout)), (Some(2), String::new()), "{old} {new}");
        text(&done.stderr)
    };
    assert!(diff("bad.seg", "old.seg").contains("OLD (`bad.seg`) cannot be compared"));
    assert!(diff("old.seg", "bad.seg").contains("NEW (`bad.seg`) cannot be compared"));
    assert!(diff("old.seg", "wrong.seg").contains("SEG0201"));
    assert!(diff("missing.seg", "old.seg").contains("SEG0001"));
    assert!(diff("empty", "old.seg").contains("SEG0012"));
    assert!(diff("-", "-").contains("standard input"));
}

/// Runs git in a folder with nobody's settings.
fn git(folder: &Path, args: &[&str]) {
    let done = Command::new("git")
        .args(["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "protocol.file.allow=always"])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git runs");
    assert!(done.status.success(), "{args:?}: {}", text(&done.stderr));
}

fn has_git() -> bool {
    let there = Command::new("git").arg("--version").output().is_ok();
    if !there {
        assert!(std::env::var_os("CI").is_none(), "git is missing");
        eprintln!("SKIPPED: git is not installed");
    }
    there
}

#[test]
fn revisions_are_read_with_all_that_belongs_to_them() {
    if !has_git() {
        return;
    }
    let inventory = "all: { children: { runners: { hosts: { r1: { ansible_host: 10.2.0.7 } } } } }\n";
    let first =
        OLD.replace("hosts 10.2.0.0/24", "hosts inventory(\"hosts.yml\", \"runners\")") + "use \"teams/*.seg\"\n";
    let folder = folder_with(&[
        ("net/zones.seg", &first),
        ("net/hosts.yml", inventory),
        ("net/teams/a.seg", "allow prod -> ci : ntp\n"),
        ("other/link", ""),
    ]);
    git(folder.path(), &["init", "-q", "-b", "main"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "one"]);
    std::fs::write(folder.path().join("net/hosts.yml"), inventory.replace("10.2.0.7", "10.2.0.8")).expect("written");
    let diff = |at: &Path, old: &str, new: &str| {
        let done = segc(at, &["diff", old, new, "--at", DAY, "--exit-code"]);
        (done.status.code(), text(&done.stdout) + &text(&done.stderr))
    };
    let (code, said) = diff(folder.path(), "git:main:net", "net");
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.contains("10.2.0.8 was nobody's, is now in `ci`") && said.contains("git:main:net/teams/a.seg:1"),
        "{said}"
    );
    assert!(!said.contains("/tmp/"), "{said}");
    for same in ["git:HEAD:net/zones.seg", "git:main:./net", "git:main:net/../net/"] {
        assert_eq!(diff(folder.path(), "git:main:net", same).0, Some(0), "{same}");
    }
    assert_eq!(diff(&folder.path().join("net"), "git:main:net", "git:main:.").0, Some(0));

    // What is not there.
    for (reference, code, words) in [
        ("git:nosuch:net", "SEG0009", "there is no revision `nosuch`"),
        ("git:--all:net", "SEG0009", "`--all`"),
        ("git::net", "SEG0009", "there is no revision"),
        ("git:main:nosuch", "SEG0010", "there is no `nosuch`"),
        ("git:main:other", "SEG0010", "there is no `zones.seg`"),
        ("git:main", "SEG0010", "git:REV:PATH"),
        ("git:main:../net", "SEG0011", "leaves the repository"),
        ("git:main:/etc", "SEG0011", "leaves the repository"),
    ] {
        let (status, said) = diff(folder.path(), reference, "net");
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains(code) && said.contains(words) && said.contains("OLD"), "{reference}: {said}");
    }
    // A link could be what a `use` means, and leads out of the revision.
    std::os::unix::fs::symlink("/etc/hostname", folder.path().join("net/teams/b.seg")).expect("a link");
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "two"]);
    let (status, said) = diff(folder.path(), "git:main:net", "net");
    assert!(status == Some(2) && said.contains("`teams/b.seg` in its folder is no regular file"), "{said}");
    assert_eq!(diff(folder.path(), "git:main~1:net", "git:HEAD^:net").0, Some(0));

    // A shallow clone lacks the base, and says how to get it.
    let clone = folder_with(&[]);
    let from = format!("file://{}", folder.path().display());
    git(clone.path(), &["clone", "-q", "--depth", "1", &from, "shallow"]);
    let (_, said) = diff(&clone.path().join("shallow"), "git:HEAD~1:net", "net");
    assert!(said.contains("SEG0009") && said.contains("git fetch --unshallow"), "{said}");
}

#[test]
fn without_git_or_a_repository() {
    let folder = folder_with(&[("old.seg", OLD)]);
    let run = |path: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segc"));
        command.args(["diff", "git:main:net", "old.seg"]).current_dir(folder.path());
        command.env("GIT_CEILING_DIRECTORIES", folder.path().parent().expect("a folder"));
        if let Some(path) = path {
            command.env("PATH", path);
        }
        let done = command.output().expect("segc runs");
        (done.status.code(), text(&done.stderr))
    };
    let (status, said) = run(Some("/nonexistent"));
    assert!(status == Some(2) && said.contains("SEG0007"), "{said}");
    if has_git() {
        let (status, said) = run(None);
        assert!(status == Some(2) && said.contains("SEG0008"), "{said}");
    }
}
