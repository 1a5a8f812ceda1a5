//! The rules of the shape, one by one.

use super::{block, nft, rules};
use crate::Backend as _;
use crate::nftables::Nftables;
use crate::nftables::services::{Condition, conditions};
use crate::rules::by_name::{Policy, icmp, tcp, udp};
use crate::rules::{Match, RuleSet};

fn three() -> Policy {
    Policy::new()
        .class("dev", "10.1.0.0-10.1.255.255 2001:db8:1::-2001:db8:1:ffff:ffff:ffff:ffff:ffff")
        .class("gpu", "10.2.0.0-10.2.0.9 10.2.0.11")
        .outside("internet", "192.0.2.0-192.0.2.255 2000::-2001:db8:0:ffff:ffff:ffff:ffff:ffff")
        .term("any", "dev gpu internet")
}

/// Names of zones that are words of nft, or that look alike.
const ODD: [&str; 22] = [
    "inet", "accept", "drop", "ip", "log", "in", "any4", "a--b", "a_to", "a", "Dev", "dev", "nowhere", "forward",
    "from_a", "of_a", "a-b", "a_b", "vmap", "default", "counter", "e1",
];

#[test]
fn p24_names_that_are_words_of_nft() {
    let longest = "z".repeat(63);
    let mut names = ODD.to_vec();
    names.push(&longest);
    let mut policy = Policy::new().hosts(&names).term("all", &names.join(" "));
    for (from, to) in names.iter().zip(names.iter().cycle().skip(1)) {
        policy = policy.allow(from, to, &[tcp(22)]).with(|rule| rule.log = true);
        policy = policy.allow(&format!("all except {from}"), to, &[tcp(23)]);
    }
    nft::loads(&rules(&policy.done()));
}

#[test]
fn p25_p26_names_stay_apart() {
    let many: Vec<String> = (0..30).map(|number| format!("{}{number:02}", "n".repeat(61))).collect();
    let names: Vec<&str> = many.iter().map(String::as_str).collect();
    let (but_last, but_first) = (names[..29].join(" "), names[1..].join(" "));
    let two = Policy::new()
        .hosts(&names)
        .term("any", &names.join(" "))
        .allow(&format!("any except {but_last}"), names[0], &[tcp(1)])
        .allow(&format!("any except {but_last}"), names[1], &[tcp(2)])
        .allow(&format!("any except {but_first}"), names[0], &[tcp(3)])
        .done();
    let text = rules(&two);
    let mut chains: Vec<&str> = text
        .lines()
        .skip_while(|line| *line != "delete table inet segc")
        .filter_map(|line| line.strip_prefix("\tchain "))
        .collect();
    assert!(chains.iter().filter(|name| name.contains("..")).count() >= 3, "{chains:?}");
    assert!(chains.iter().all(|name| name.len() <= 255 + 2));
    let all = chains.len();
    chains.sort_unstable();
    chains.dedup();
    assert_eq!(chains.len(), all);
    nft::loads(&text);
}

#[test]
fn p43_no_two_equal_rules() {
    let set = three()
        .allow("dev", "gpu", &[tcp(22), tcp(443)])
        .allow("dev", "gpu", &[tcp(443), udp(53)])
        .allow("dev", "gpu", &[icmp(false, 0x0300, 0x0304), icmp(false, 0x0300, 0x0304)])
        .done();
    let expected = [
        "tcp dport 22 accept comment \"zones.seg:1\"",
        "tcp dport 443 accept comment \"zones.seg:1, zones.seg:2\"",
        "udp dport 53 accept comment \"zones.seg:2\"",
        "icmp type 3 icmp code 0-4 accept comment \"zones.seg:3\"",
    ];
    assert_eq!(block(&rules(&set), "chain dev/gpu"), expected);
}

#[test]
fn p9_tcp_and_udp_do_not_cross() {
    let text = rules(&three().allow("dev", "gpu", &[tcp(443), udp(53)]).done());
    assert!(!text.contains("udp dport 443") && !text.contains("tcp dport 53"));
}

#[test]
fn sources_are_dispatched_by_what_holds_them() {
    let set = three().allow("any", "gpu", &[tcp(1)]).allow("dev", "gpu", &[tcp(2)]).done();
    let text = rules(&set);
    assert!(block(&text, "map src4").contains(&"10.1.0.0/16 : jump of_dev,"));
    assert!(block(&text, "map src4").contains(&"10.2.0.11 : jump from_any,"));
    assert!(block(&text, "map src4").contains(&"192.0.2.0/24 : jump of_internet,"));
    assert_eq!(block(&text, "chain of_dev"), ["jump from_dev", "jump from_any"]);
    assert_eq!(block(&text, "chain of_internet"), ["jump from_any", "goto deny_outside"]);
    let none = rules(&three().allow("dev", "gpu", &[tcp(1)]).done());
    assert!(block(&none, "map src4").contains(&"10.2.0.0-10.2.0.9 : goto deny_inside,"));
    assert!(block(&none, "map src4").contains(&"192.0.2.0/24 : goto deny_outside,"));
    assert!(block(&none, "map src6").contains(&"* : goto deny_outside,"));
}

#[test]
fn several_pairs_of_one_class_are_asked_in_turn() {
    let set = three()
        .allow("dev", "any", &[tcp(1)])
        .allow("dev", "gpu", &[tcp(2)])
        .allow("dev", "any except internet", &[tcp(3)])
        .with(|rule| rule.log = true)
        .done();
    let text = rules(&set);
    let map = block(&text, "map from_dev_to");
    assert!(map.contains(&"$to_gpu : jump dev/gpu.all,"), "{map:?}");
    assert!(map.contains(&"$to_internet : jump dev/any,"), "{map:?}");
    let asked = ["jump dev/any.except.internet", "jump dev/gpu", "jump dev/any"];
    assert_eq!(block(&text, "chain dev/gpu.all"), asked);
    nft::loads(&text);
}

#[test]
fn p22_exceptions_on_the_left_go_back() {
    let set = three().allow("any except dev internet", "gpu", &[tcp(1)]).allow("any", "dev", &[tcp(2)]).done();
    let text = rules(&set);
    let chain = block(&text, "chain any.except.dev.internet/gpu");
    assert_eq!(chain[..2], ["ip saddr @class_dev.internet4 return", "ip6 saddr @class_dev.internet6 return"]);
    assert!(block(&text, "set class_dev.internet4").contains(&"192.0.2.0/24,"));
    nft::loads(&text);
    let v4_only = rules(&three().allow("any except gpu", "gpu", &[tcp(1)]).done());
    assert_eq!(block(&v4_only, "chain any.except.gpu/gpu")[0], "ip saddr @class_gpu4 return");
    assert!(!v4_only.contains("class_gpu6"));
    // A class that no rule of a term lets in is not sent there.
    assert!(block(&v4_only, "map src4").contains(&"10.2.0.11 : goto deny_inside,"));
}

#[test]
fn p69_wide_destinations_are_not_written_out() {
    let names: Vec<String> = (0..100).map(|number| format!("z{number:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let policy = |sources: usize| {
        let policy = Policy::new().hosts(&names).term("any", &names.join(" "));
        names[..sources].iter().fold(policy, |policy, from| policy.allow(from, "any except z01", &[tcp(22)]))
    };
    let set = policy(40)
        .allow("z00", "any except z02 z03", &[tcp(23)])
        .allow("any", "any", &[icmp(false, 0x0800, 0x08ff)])
        .done();
    let text = rules(&set);
    assert_eq!(block(&text, "chain z00/any.except.z01")[0], "meta priority $to_z01 return");
    assert_eq!(block(&text, "chain z00/any.except.z02.z03")[0], "meta priority @to_z02.z03 return");
    let asked = ["meta priority @in_any jump z00/any.except.z01", "meta priority @in_any jump z00/any.except.z02.z03"];
    assert_eq!(block(&text, "chain from_z00"), asked);
    nft::loads(&text);
    let lines = |sources| rules(&policy(sources).done()).lines().count();
    assert_eq!(lines(90) - lines(80), lines(20) - lines(10));
    assert!(lines(90) - lines(80) <= 10 * 8);
}

#[test]
fn p53_p56_the_fixed_part() {
    let text = rules(&three().done());
    let judge = block(&text, "chain judge");
    let at = |what: &str| judge.iter().position(|line| line.contains(what)).expect(what);
    assert!(
        at("ct state related meta l4proto { icmp, icmpv6 } accept") < at("ct direction reply ct state established")
    );
    assert!(at("ct direction reply") < at("meta priority set"));
    assert_eq!(judge.last(), Some(&"goto deny_inside"));
    for (chain, verdict) in [("deny_inside", "reject with icmpx admin-prohibited"), ("deny_outside", "drop")] {
        let lines = block(&text, &format!("chain {chain}"));
        assert_eq!(lines.last(), Some(&verdict));
        assert_eq!(lines.iter().filter(|line| line.contains("limit")).count(), 1);
        assert!(lines.iter().all(|line| !line.contains("limit") || line.contains("burst 20 packets log prefix")));
    }
    nft::loads(&text);
}

/// Every key in exactly one of the conditions, over all ends of ranges that matter.
#[test]
fn p15_ranges_of_icmp_keys_are_split_exactly() {
    let ends = [0, 1, 254, 255, 256, 257, 510, 511, 512, 513, 767, 768, 65279, 65280, 65281, 65534, 65535];
    for low in ends {
        for high in ends.into_iter().filter(|high| *high >= low) {
            let mut keys: Vec<u16> = Vec::new();
            for condition in conditions(icmp(true, low, high)) {
                let (first, last) = match condition {
                    Condition::Types { v6: true, low, high } => {
                        (u16::from_be_bytes([low, 0]), u16::from_be_bytes([high, 255]))
                    }
                    Condition::Codes { v6: true, of, low, high } => {
                        (u16::from_be_bytes([of, low]), u16::from_be_bytes([of, high]))
                    }
                    other => panic!("{other:?}"),
                };
                keys.extend(first..=last);
            }
            keys.sort_unstable();
            assert!(keys.into_iter().eq(low..=high), "{low}-{high}");
        }
    }
}

#[test]
fn dates_and_logs_merge_without_loss() {
    let set = three()
        .allow("dev", "gpu", &[tcp(22)])
        .with(|rule| (rule.since, rule.before) = (Some(100), Some(200)))
        .allow("dev", "gpu", &[tcp(22)])
        .with(|rule| (rule.since, rule.before, rule.log) = (Some(120), Some(150), true))
        .allow("dev", "gpu", &[tcp(22)])
        .with(|rule| rule.since = Some(150))
        .allow("dev", "gpu", &[tcp(80)])
        .with(|rule| (rule.before, rule.log) = (Some(100), true))
        .allow("dev", "gpu", &[tcp(80)])
        .done();
    let expected = [
        "ct state new meta time >= 120 meta time < 150 tcp dport 22 log prefix \"segc allow dev -> gpu: \" comment \"zones.seg:2\"",
        "ct state new meta time < 100 tcp dport 80 log prefix \"segc allow dev -> gpu: \" comment \"zones.seg:4\"",
        "meta time >= 100 meta time < 200 tcp dport 22 accept comment \"zones.seg:1, zones.seg:2\"",
        "meta time >= 150 tcp dport 22 accept comment \"zones.seg:3\"",
        "tcp dport 80 accept comment \"zones.seg:4, zones.seg:5\"",
    ];
    let text = rules(&set);
    assert_eq!(block(&text, "chain dev/gpu"), expected);
    nft::loads(&text);
}

#[test]
fn dates_out_of_the_clock_are_refused() {
    let with = |since, before| {
        let set = three().allow("dev", "gpu", &[tcp(22)]).with(|rule| (rule.since, rule.before) = (since, before));
        Nftables.refuses(&set.done()).len()
    };
    assert_eq!(with(Some(0), Some(9_223_372_036)), 0);
    assert_eq!(with(Some(-1), None), 1);
    assert_eq!(with(None, Some(9_223_372_037)), 1);
    assert_eq!(with(Some(i64::MIN), Some(i64::MAX)), 1);
}

#[test]
fn every_kind_of_service() {
    let of = |low, high| Match::Ports { protocol: 132, low, high };
    let services = [
        Match::Any,
        of(0, 65535),
        of(36412, 36412),
        of(1, 9),
        Match::Protocol(47),
        Match::Protocol(0),
        icmp(false, 0, 65535),
        icmp(true, 0, 65535),
        icmp(true, 0x8000, 0x80ff),
        icmp(false, 0x0302, 0x0502),
    ];
    let text = rules(&three().allow("dev", "gpu", &services).done());
    let lines = block(&text, "chain dev/gpu");
    let said: Vec<&str> = lines.iter().map(|line| line.split("accept").next().expect("a part").trim()).collect();
    let expected = [
        "",
        "sctp dport 1-9",
        "sctp dport 36412",
        "meta l4proto sctp",
        "icmp type 0-255",
        "icmp type 4",
        "icmpv6 type 0-255",
        "icmpv6 type 128",
        "icmp type 3 icmp code 2-255",
        "icmp type 5 icmp code 0-2",
        "meta l4proto 0",
        "meta l4proto 47",
    ];
    let sorted = |mut lines: Vec<&str>| {
        lines.sort_unstable();
        lines.join("\n")
    };
    assert_eq!(sorted(said), sorted(expected.to_vec()));
    nft::loads(&text);
}

#[test]
fn p38_same_input_same_bytes_and_a_small_diff() {
    let base = || three().allow("dev", "gpu", &[tcp(22)]);
    let text = rules(&base().done());
    assert_eq!(text, rules(&base().done()));
    let more = rules(&base().class("lab", "10.3.0.0-10.3.0.255").done());
    let new: Vec<&str> = more.lines().filter(|line| !text.lines().any(|old| old == *line)).collect();
    assert_eq!(new.len(), 3, "{new:?}");
    assert!(text.lines().all(|line| more.lines().any(|new| new == line)));
}

#[test]
fn an_empty_rule_set_denies() {
    let text = rules(&RuleSet { name: "policy".to_owned(), ..RuleSet::default() });
    assert!(text.contains("policy drop;"));
    nft::loads(&text);
}
