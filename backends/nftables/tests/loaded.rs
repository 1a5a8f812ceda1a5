//! What nft and the kernel make of the text.

use super::{nft, rules};
use crate::rules::by_name::{Policy, tcp};
use std::collections::BTreeMap;

fn small() -> Policy {
    Policy::new().hosts(&["a", "b"]).allow("a", "b", &[tcp(22)])
}

#[test]
fn p65_quarantine_survives_a_reload() {
    let script = "rules=$(mktemp); cat > $rules; nft -f $rules
        nft add element inet segc_state quarantine4 '{ 192.0.2.1 timeout 1h, 192.0.2.2 }'
        nft add element inet segc_state quarantine6 '{ 2001:db8::1 timeout 1h }'
        nft -f $rules; nft -s list table inet segc_state; rm $rules";
    let Some(text) = nft::done(script, &rules(&small().done())) else { return };
    for address in ["192.0.2.1", "192.0.2.2", "2001:db8::1"] {
        assert_eq!(text.matches(address).count(), 1, "{text}");
    }
    assert_eq!(text.matches("saddr @quarantine4 counter drop").count(), 1, "{text}");
}

#[test]
fn p60_p66_replaces_its_own_table_and_no_other() {
    let more = rules(&small().allow("b", "a", &[tcp(80)]).done());
    let script = "nft add table inet foreign; nft add chain inet foreign c; nft -f -; nft -f RULES; nft list ruleset";
    let less = rules(&small().done());
    let script = script.replace("RULES", "- <<'END'\n").replace("; nft list", &format!("{less}\nEND\nnft list"));
    let Some(text) = nft::done(&script, &more) else { return };
    assert!(text.contains("table inet foreign"), "{text}");
    assert!(text.contains("chain a/b") && !text.contains("b/a"), "{text}");
}

/// The same bytes of netlink in every zone, and the moment itself in them.
#[test]
fn p49_dates_mean_the_same_in_every_time_zone() {
    let moment: u64 = 1_782_777_600;
    let set = small().with(|rule| rule.before = Some(moment as i64)).done();
    let load = |zone: &str| nft::done(&format!("TZ={zone} nft --debug=netlink -f - 2>&1"), &rules(&set));
    let Some(utc) = load("UTC") else { return };
    for zone in ["Asia/Tokyo", "America/New_York", "UTC+11"] {
        assert_eq!(load(zone).as_ref(), Some(&utc));
    }
    let bytes = (moment * 1_000_000_000).to_be_bytes();
    let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let expected = format!("cmp lt reg 1 {:#010x} {:#010x}", word(0), word(4));
    assert!(utc.contains(&expected), "no {expected} in {utc}");
}

/// The last address, the first one, all of them, neighbours, and forms that look like something else.
#[test]
fn p39_ranges_of_every_kind() {
    let all6 = "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    nft::loads(&rules(&Policy::new().class("all", &format!("0.0.0.0-255.255.255.255 {all6}")).done()));
    let set = Policy::new()
        .class("first", "0.0.0.0 ::")
        .class("low", "0.0.0.1-9.255.255.255 ::1-::fffe:ffff:ffff")
        .class("mapped", "::ffff:10.0.0.0-::ffff:10.0.0.7")
        .class("mid", "10.0.0.0-10.0.0.6 ::1:0:0:0-7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
        .class("next", "10.0.0.7 10.0.0.9-10.0.0.15 8000::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe")
        .class("odd", "10.0.0.16-10.0.0.31 10.0.0.40-10.0.0.47")
        .class("last", "255.255.255.255 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
        .term("any", "first low mapped mid next odd last")
        .allow("any except low", "any except mid", &[tcp(22)])
        .done();
    let text = rules(&set);
    for range in ["10.0.0.16/28 ", "10.0.0.40/29 ", "10.0.0.9-10.0.0.15 ", "10.0.0.0-10.0.0.6 "] {
        assert_eq!(text.matches(&format!("\t{range}")).count(), 2, "{range}");
    }
    nft::loads(&text);
}

/// 200 zones that all talk to all by one rule each: the depth of jumps does not grow.
#[test]
fn p68_depth_is_bounded() {
    let names: Vec<String> = (0..200).map(|number| format!("zone{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut policy = Policy::new().hosts(&names);
    for width in 1..40 {
        policy = policy.term(&format!("group{width}"), &names[..width * 5].join(" "));
        policy = policy.allow(&format!("group{width}"), &format!("group{width} except zone0"), &[tcp(22)]);
    }
    nft::loads(&rules(&policy.done()));
}

/// Random policies of names that are easily mistaken: every chain, map and set is defined once (two chains of one name
/// would become one without a word) and used, and the first few load.
#[test]
fn p26_p35_every_name_once() {
    let long = "n".repeat(61);
    let mut names: Vec<String> =
        ["a", "A", "a_to", "from_a", "all", "except", "to", "in_a", "a4", "a44"].map(str::to_owned).to_vec();
    names.extend((0..70).map(|number| format!("{long}{number:02}")));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut state = 7_u64;
    let mut draw = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for round in 0..20 {
        let groups = [("any", names.len()), ("few", 9), ("some", 64), ("more", 65)];
        let mut policy = Policy::new().hosts(&names);
        for (group, size) in groups {
            policy = policy.term(group, &names[..size].join(" "));
        }
        for _ in 0..40 {
            let mut end = || {
                let (group, size) = groups[draw(groups.len())];
                let except: Vec<&str> = (0..draw(6)).map(|_| names[draw(size)]).collect();
                match draw(3) {
                    0 => names[draw(names.len())].to_owned(),
                    _ if except.is_empty() => group.to_owned(),
                    _ => format!("{group} except {}", except.join(" ")),
                }
            };
            let (from, to) = (end(), end());
            let (port, log) = (draw(3) as u16, draw(4) == 0);
            policy = policy.allow(&from, &to, &[tcp(port)]).with(|rule| rule.log = log);
        }
        let text = rules(&policy.done());
        let own = text.split_once("delete table inet segc\n").expect("the table").1;
        let mut heads: Vec<&str> = own.lines().filter(|line| line.starts_with('\t') && line.ends_with(" {")).collect();
        heads.retain(|line| !line.starts_with("\t\t"));
        let mut words: BTreeMap<&str, u32> = BTreeMap::new();
        for word in own.split_whitespace() {
            *words.entry(word.trim_matches([',', '@'])).or_default() += 1;
        }
        for head in &heads {
            let name = head.trim().split(' ').nth(1).expect("a name");
            let told = words.get(name).copied().unwrap_or(0);
            assert!(told > 1 || name == "forward", "{name} is not used");
        }
        let all = heads.len();
        heads.sort_unstable();
        heads.dedup();
        assert_eq!(heads.len(), all);
        if round < 3 {
            nft::loads(&text);
        }
    }
}
