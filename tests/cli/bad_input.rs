//! Input that no policy should be: each gets a clear error with its code, in bounded time and memory, and no output.

use std::path::Path;

use super::{DAY, folder_with};
use crate::{segc, text};

/// Checks and builds; both must refuse with `status` and say `code`.
fn refused(folder: &Path, code: &str, status: i32) -> String {
    let checked = segc(folder, &["check", "zones.seg", "--at", DAY]);
    let said = text(&checked.stdout);
    assert_eq!(checked.status.code(), Some(status), "{said}");
    assert!(said.contains(code), "{code}: {said}");
    let built = segc(folder, &["build", "zones.seg", "--target", "nftables", "-o", "out", "--at", DAY]);
    assert_eq!(built.status.code(), Some(status));
    assert!(!folder.join("out").exists(), "something was written");
    said
}

#[test]
fn p31_files_that_cannot_be_read() {
    let folder = folder_with(&[]);
    refused(folder.path(), "SEG0001", 2);
    std::fs::create_dir(folder.path().join("zones.seg")).expect("made");
    assert!(refused(folder.path(), "SEG0001", 2).contains("it is a folder"));

    let folder = folder_with(&[]);
    std::fs::write(folder.path().join("zones.seg"), b"zone a { hosts 10.0.0.0/24 }\n# caf\xe9\n").expect("written");
    assert!(refused(folder.path(), "SEG0002", 2).contains("line 2"));
}

#[test]
fn files_that_are_too_large() {
    let folder = folder_with(&[]);
    let file = std::fs::File::create(folder.path().join("zones.seg")).expect("made");
    file.set_len(1 << 30).expect("sparse");
    refused(folder.path(), "SEG0003", 2);
    // A pipe has no length: it is read no further than the limit.
    let piped = std::process::Command::new("sh")
        .arg("-c")
        .arg("yes '#' | head -c 1073741824 | \"$0\" check -")
        .arg(env!("CARGO_BIN_EXE_segc"))
        .output()
        .expect("sh runs");
    assert_eq!(piped.status.code(), Some(2));
    assert!(text(&piped.stdout).contains("SEG0003"));
}

#[test]
fn comments_alone_up_to_the_limit() {
    let folder = folder_with(&[("zones.seg", &"#".repeat(60 << 20))]);
    let checked = segc(folder.path(), &["check", "zones.seg"]);
    assert_eq!(checked.status.code(), Some(0), "{}", text(&checked.stdout));
}

#[test]
fn links_and_dots_do_not_leave_the_folder() {
    let outer = folder_with(&[
        ("secret.seg", "zone secret { hosts 10.9.0.0/24 }\n"),
        ("policy/zones.seg", "use \"../secret.seg\"\n"),
        ("other/zones.seg", "use \"link.seg\"\n"),
        ("third/zones.seg", "zone a { hosts inventory(\"../secret.seg\", \"g\") }\n"),
        ("fourth/zones.seg", "use \"/etc/hostname\"\n"),
        ("fifth/zones.seg", "use \"sub/*.seg\"\n"),
        ("fifth/sub/empty.txt", ""),
    ]);
    std::os::unix::fs::symlink("../secret.seg", outer.path().join("other/link.seg")).expect("a link");
    refused(&outer.path().join("policy"), "SEG0004", 2);
    refused(&outer.path().join("other"), "SEG0004", 2);
    refused(&outer.path().join("third"), "SEG0004", 2);
    refused(&outer.path().join("fourth"), "SEG0005", 2);
    refused(&outer.path().join("fifth"), "SEG0005", 2);
}

/// A link inside the folder is a file like any other; a ring of links is an error.
#[test]
fn links_inside_the_folder_are_followed() {
    let folder = folder_with(&[("zones.seg", "use \"link.seg\"\n"), ("real.seg", "zone a { hosts 10.0.0.0/24 }\n")]);
    std::os::unix::fs::symlink("real.seg", folder.path().join("link.seg")).expect("a link");
    let checked = segc(folder.path(), &["check", "zones.seg"]);
    assert!(text(&checked.stdout).contains("zone `a` is never used"), "{}", text(&checked.stdout));
    std::fs::remove_file(folder.path().join("link.seg")).expect("gone");
    std::os::unix::fs::symlink("link.seg", folder.path().join("link.seg")).expect("a ring");
    refused(folder.path(), "SEG0001", 2);
}

#[test]
fn p23_characters_that_deceive() {
    for hidden in ['\u{202e}', '\u{2066}', '\u{200b}', '\u{1b}', '\u{0}', '\u{7f}', '\u{85}'] {
        for text in [format!("# {hidden}\n"), format!("zone a {{ about \"{hidden}\" hosts 10.0.0.0/24 }}\n")] {
            let folder = folder_with(&[("zones.seg", &text)]);
            refused(folder.path(), "SEG01", 2);
        }
    }
}

#[test]
fn nesting_and_length_without_end() {
    for text in [
        "{".repeat(100_000),
        format!("zone a {}", "{ ".repeat(100_000)),
        format!("allow {} : ssh", "a, ".repeat(200_000)),
        format!("zone a {{ hosts {} }}", "10.0.0.0/8 ".repeat(100_000)),
        format!("zone {} {{ hosts 10.0.0.0/8 }}", "a".repeat(1 << 20)),
        format!("zone a {{ about \"{}", "x".repeat(1 << 20)),
        "\"".repeat(100_000),
        "zone a }\n".repeat(50_000),
        "allow\n".repeat(100_000),
    ] {
        let folder = folder_with(&[("zones.seg", &text)]);
        let said = refused(folder.path(), "SEG01", 2);
        assert!(said.len() < 200_000, "{} bytes of errors", said.len());
    }
}

#[test]
fn an_inventory_that_explodes() {
    let mut bomb = String::from("a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (name, before) in "bcdefghi".chars().zip("abcdefgh".chars()) {
        bomb.push_str(&format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 9].join(", ")));
    }
    let deep = format!("a: {}{}", "[".repeat(100_000), "]".repeat(100_000));
    for inventory in [bomb, deep] {
        let policy = "zone a { hosts inventory(\"hosts.yml\", \"a\") }\n";
        let folder = folder_with(&[("zones.seg", policy), ("hosts.yml", &inventory)]);
        refused(folder.path(), "SEG0401", 2);
    }
}

/// A ring, or a long chain, of declarations ends.
#[test]
fn chains_and_rings_of_declarations() {
    let many = 20_000;
    let mut chain = String::from("service s0 = tcp/1\n");
    for n in 1..many {
        chain.push_str(&format!("service s{n} = s{}\n", n - 1));
    }
    let folder = folder_with(&[("zones.seg", &chain)]);
    let checked = segc(folder.path(), &["check", "zones.seg", "--format", "json"]);
    assert_eq!(checked.status.code(), Some(0));
    let ring = format!("{chain}group g0 = g{}\n", many - 1)
        + &(1..many).map(|n| format!("group g{n} = g{}\n", n - 1)).collect::<String>();
    let folder = folder_with(&[("zones.seg", &ring)]);
    refused(folder.path(), "SEG0205", 1);
}
