//! Text that would like to be something else.

use super::{block, nft, rules};
use crate::nftables::text::{COMMENT, PREFIX, escape, log_prefix, origins, quote};
use crate::rules::by_name::{Policy, tcp};
use crate::rules::{Origin, RuleSet};

fn from_file(file: &str, lines: &[u32]) -> RuleSet {
    let policy = Policy::new().hosts(&["a", "b"]).set(|set| set.files[0] = file.to_owned());
    let allow = |policy: Policy, line: &u32| policy.allow("a", "b", &[tcp(22)]).with(|rule| rule.origin.line = *line);
    lines.iter().fold(policy, allow).done()
}

#[test]
fn p23_comment_breaks_out() {
    let plain = rules(&from_file("zones.seg", &[7]));
    let planted = [
        "\"",
        "'",
        ";",
        "#",
        "}",
        "\n",
        "\0",
        "$()",
        "$nowhere",
        "\\",
        "\\\"",
        "*/",
        "*",
        "é",
        "\u{202e}",
        "\r\n",
        "%",
        "\" accept #",
        "x\"\n\t\taccept comment \"",
        "a, b:1; +3 more",
    ];
    for text in planted {
        let hostile = rules(&from_file(text, &[7]));
        assert_eq!(hostile.lines().count(), plain.lines().count(), "{text:?}");
        let lines = block(&hostile, "chain a/b");
        let comment = lines[0].strip_prefix("tcp dport 22 accept comment \"").and_then(|rest| rest.strip_suffix("\""));
        assert_eq!(comment, Some(format!("{}:7", escape(text)).as_str()));
        assert!(lines[0].bytes().all(|byte| matches!(byte, b' '..=b'~')));
        nft::loads(&hostile);
    }
    let all: Vec<String> = planted.iter().map(|text| escape(text)).collect();
    let mut unlike = all.clone();
    unlike.sort();
    unlike.dedup();
    assert_eq!(unlike.len(), all.len());
}

#[test]
fn p23_the_name_of_the_firewall() {
    let named = |name: &str| rules(&Policy::new().set(|set| set.name = name.to_owned()).done());
    let plain = named("edge");
    for text in ["x\ntable inet foreign { }\n", "\"\n", "\0", &"n".repeat(500)] {
        assert_eq!(named(text).lines().count(), plain.lines().count());
        nft::loads(&named(text));
    }
}

#[test]
fn the_filter_refuses_what_it_cannot_spell() {
    assert_eq!(quote("edge").as_deref(), Some("\"edge\""));
    for text in ["\"", "\\", "\n", "\0", "é", "$x", &"x".repeat(129)] {
        assert_eq!(quote(text), None, "{text:?}");
        assert!(text.len() > 128 || quote(&escape(text)).is_some());
    }
}

#[test]
fn p27_p72_a_long_comment_keeps_an_origin() {
    let told = |file: &str, lines: std::ops::RangeInclusive<u32>| {
        let mut out = String::new();
        let all: Vec<Origin> = lines.map(|line| Origin { file: 0, line }).collect();
        origins(&mut out, &[file.to_owned()], &all);
        out
    };
    assert_eq!(told("zones.seg", 1..=3), "zones.seg:1, zones.seg:2, zones.seg:3");
    for length in 1..200 {
        for count in [1, 2, 3, 50, 1_000_000] {
            let comment = told(&"f".repeat(length), 1..=count);
            assert!(comment.len() <= COMMENT, "{length} {count}: {comment}");
            assert!(comment.contains(":1"), "{comment}");
            let listed = comment.split(", ").count() as u32;
            let more = comment.split_once("; +").and_then(|(_, rest)| rest.strip_suffix(" more"));
            assert_eq!(listed + more.map_or(0, |more| more.parse::<u32>().expect("a number")), count, "{comment}");
        }
    }
    let (one, other) = (told(&format!("{}1", "f".repeat(300)), 4..=4), told(&format!("{}2", "f".repeat(300)), 4..=4));
    assert_ne!(one, other);
    assert_eq!(one.len(), COMMENT);
    nft::loads(&rules(&from_file(&"f".repeat(300), &[4])));
    nft::loads(&rules(&from_file(&"f".repeat(COMMENT - 2), &[4])));
    nft::loads(&rules(&from_file("zones.seg", &(1..60).collect::<Vec<_>>())));
}

#[test]
fn p27_p72_a_long_log_prefix_stays_unlike_others() {
    let name = "n".repeat(62);
    let prefix = |from: &str, to: &str| log_prefix(&format!("{name}{from}"), &format!("{name}{to}"));
    assert_eq!(log_prefix("dev", "gpu"), "segc allow dev -> gpu: ");
    assert_eq!(prefix("a", "b").len(), PREFIX);
    assert_ne!(prefix("a", "b"), prefix("a", "c"));
    let (from, to) = (format!("{name}a"), format!("{name}b"));
    let set = Policy::new().hosts(&[&from, &to]).allow(&from, &to, &[tcp(22)]).with(|rule| rule.log = true).done();
    nft::loads(&rules(&set));
}
