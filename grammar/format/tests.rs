//! Formatting: what it makes of texts, and its two laws over random ones.

use proptest::prelude::*;

use super::format;
use crate::lex::Tokens;
use crate::parse::tests::meaning;

#[track_caller]
fn formats(text: &str, expected: &str) {
    let once = format(text).expect("it parses");
    assert_eq!(once, expected);
    assert_eq!(format(&once).expect("it still parses"), once, "a second time changes nothing");
}

/// Its comments, in order.
fn comments(text: &str) -> Vec<String> {
    let mut end = 0;
    let mut gaps = Vec::new();
    for token in Tokens::new(text, 0) {
        gaps.push(&text[end..token.start]);
        end = token.end;
    }
    gaps.push(&text[end..]);
    gaps.iter()
        .flat_map(|gap| gap.lines())
        .filter_map(|line| Some(line[line.find('#')?..].trim_end().to_owned()))
        .collect()
}

#[test]
fn spacing_between_tokens() {
    formats("group g=a,b except c", "group g = a, b except c\n");
    formats("allow a->b:ssh,tcp/80", "allow a -> b : ssh, tcp/80\n");
    formats("use\"x.seg\"", "use \"x.seg\"\n");
    formats("zone a{hosts inventory ( \"f\" , \"g\" ),::1}", "zone a { hosts inventory(\"f\", \"g\"), ::1 }\n");
    formats("firewall f{interface eth0:a}", "firewall f { interface eth0 : a }\n");
    formats("", "");
    formats("zone a { }", "zone a {}\n");
    formats("\u{feff}zone a{}\r\n", "zone a {}\n");
}

#[test]
fn one_line_stays_and_many_lines_stay() {
    formats("allow a -> b : ssh { reason \"x\" owner \"y\" }", "allow a -> b : ssh { reason \"x\"  owner \"y\" }\n");
    formats(
        "allow a -> b : ssh { reason \"x\"\nowner \"y\" }",
        "allow a -> b : ssh {\n  reason \"x\"\n  owner \"y\"\n}\n",
    );
    formats(
        "zone a {\nprocess p { user 1 is agentic }\nhosts ::1 }",
        "zone a {\n  process p { user 1  is agentic }\n  hosts ::1\n}\n",
    );
    let long = "x".repeat(100);
    formats(
        &format!("allow a -> b : ssh {{ reason \"{long}\" }}"),
        &format!("allow a -> b : ssh {{\n  reason \"{long}\"\n}}\n"),
    );
}

#[test]
fn a_block_may_fill_the_line_and_no_more() {
    let statement = |length: usize| format!("zone a {{ about \"{}\" }}", "x".repeat(length));
    let fits = 120 - statement(0).len();
    formats(&statement(fits), &format!("{}\n", statement(fits)));
    let broken = format!("zone a {{\n  about \"{}\"\n}}\n", "x".repeat(fits + 1));
    formats(&statement(fits + 1), &broken);
}

#[test]
fn blank_lines_are_kept_once_and_not_at_the_ends() {
    formats("\n\n\nuse \"a\"\n\n\n\nuse \"b\"\n\n", "use \"a\"\n\nuse \"b\"\n");
    formats("zone a {\n\n\nhosts ::1\n\n\nowner \"o\"\n\n}", "zone a {\n  hosts ::1\n\n  owner \"o\"\n}\n");
}

#[test]
fn comments_stay_where_they_stand() {
    formats("#a \n\n#b\nuse \"x\" #c\n#d", "#a\n\n#b\nuse \"x\"  #c\n#d\n");
    formats(
        "zone a { # open\n# own\nhosts ::1, # first\n# list\n::2 # last\nowner \"o\"\n# end\n} # shut",
        "zone a {  # open\n  # own\n  hosts ::1,  # first\n      # list\n      ::2  # last\n  owner \"o\"\n  # end\n}  # shut\n",
    );
}

#[test]
fn long_lists_wrap_after_commas() {
    let zones: Vec<String> = (0..40).map(|n| format!("zone-{n}")).collect();
    let text = format(&format!("group g = {}", zones.join(","))).expect("it parses");
    assert!(text.lines().count() > 2);
    assert!(text.lines().all(|line| line.len() <= 120), "{text}");
    assert!(text.lines().rev().skip(1).all(|line| line.ends_with(',')), "{text}");
    formats(&text, &text);
}

#[test]
fn what_does_not_parse_is_not_formatted() {
    let errors = format("zone a { hosts 10.0.0.0/33 }").expect_err("the prefix is too long");
    assert_eq!(errors[0].code, "SEG0104");
}

/// Clauses of every block, as tokens; `_` stands for a gap.
const CLAUSES: &[(&str, &[&str])] = &[
    (
        "zone_a",
        &[
            "hosts_10.0.0.0/8_,_::1_except_10.1.0.0-10.1.0.9_,_b",
            "hosts_inventory_(_\"f.yml\"_,_\"g\"_)",
            "is_gpu_,_critical",
            "about_\"# no \\\"comment\\\" {\"",
            "barrier_until_2027-06-30_\"why\"",
            "shares_cache_with_b_,_c",
            "size_12",
            "process_p_{_user_1000-1999_is_agentic_}",
        ],
    ),
    (
        "allow_any_except_b_->_a_,_c.p_:_ssh_,_tcp/80-90",
        &["reason_\"r\"", "log", "pulls_code", "needs_k_,_l", "rate_100/second", "vetted_\"v\"", "until_2027-06-30"],
    ),
    (
        "forbid_a_=>_b_,_internet_:_any",
        &["over_ssh", "except_via_c_until_2027-06-30_{_reason_\"r\"_owner_\"o\"_}", "except_via_via", "owner_\"o\""],
    ),
    ("credential_k", &["held_by_a", "opens_b_except_c", "publishes_to_b", "usable_anywhere", "lifetime_15_minutes"]),
    ("watch_a.p", &["new_connections_over_60/minute_:_log", "fan-out_over_9/day_:_quarantine_2_hours"]),
    ("controls", &["every_allow_into_a_needs_reason_,_ticket_matching_\"S-[0-9]+\"", "deny_x_,_y", "off_z"]),
    ("firewall_f_on_a", &["target_nftables", "interface_eth0.1/2_:_a_,_b", "interface_\"x y\"_:_c", "self_a"]),
];

/// What may stand in a gap. It is never empty, since two words may stand on its sides.
fn gap() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => Just(" ".to_owned()),
        1 => Just("\n".to_owned()),
        1 => Just("  \n\n\n\t".to_owned()),
        1 => "[ -~]{0,30}".prop_map(|text| format!(" #{text}\n")),
        1 => "[ -~]{0,140}".prop_map(|text| format!("\n\n  # {text}\r\n\n")),
    ]
}

fn statement() -> impl Strategy<Value = String> {
    let block = (0..CLAUSES.len(), any::<u64>(), any::<bool>()).prop_map(|(which, chosen, turned)| {
        let (head, clauses) = CLAUSES[which];
        let mut kept: Vec<&str> =
            clauses.iter().enumerate().filter(|(n, _)| chosen >> n & 1 == 1).map(|(_, clause)| *clause).collect();
        if turned {
            kept.reverse();
        }
        if kept.is_empty() { format!("{head}_{{_}}") } else { format!("{head}_{{_{}_}}", kept.join("_")) }
    });
    let list = (1usize..60).prop_map(|n| {
        let zones: Vec<String> = (0..n).map(|n| format!("zone-number-{n}")).collect();
        format!("group_g_=_{}", zones.join("_,_"))
    });
    prop_oneof![
        4 => block,
        1 => list,
        1 => Just("use_\"x.seg\"".to_owned()),
        1 => Just("service_s_=_icmp/echo-request_,_proto/47".to_owned()),
        1 => Just("require_a_->_b_:_any".to_owned()),
        1 => Just("forbid_a_->_b".to_owned()),
    ]
}

/// A policy with a random gap at every place where one may be.
fn policy() -> impl Strategy<Value = String> {
    prop::collection::vec(statement(), 0..6).prop_flat_map(|statements| {
        let tokens: Vec<String> = statements.join("_").split('_').map(str::to_owned).collect();
        let gaps = prop::collection::vec(gap(), tokens.len() + 1);
        gaps.prop_map(move |gaps| {
            let mut text = gaps[0].clone();
            for (token, gap) in tokens.iter().zip(&gaps[1..]) {
                text.push_str(token);
                text.push_str(gap);
            }
            text
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn formatting_is_idempotent_and_keeps_meaning_and_comments(text in policy()) {
        let once = format(&text).expect("it parses");
        prop_assert_eq!(&format(&once).expect("it still parses"), &once);
        prop_assert_eq!(meaning(&once), meaning(&text));
        prop_assert_eq!(comments(&once), comments(&text));
        prop_assert!(!once.contains("\n\n\n"));
        prop_assert!(once.lines().all(|line| line.trim_end() == line));
    }
}
