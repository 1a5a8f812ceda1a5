//! `segc verify`, and what `build` proves.

use super::folder_with;
use crate::{build_nft, segc, text};

const DAY: &str = "2026-11-22";
const POLICY: &str = "zone dev { hosts 10.1.0.0/16, 2001:db8:1::/48 }\n\
                      zone gpu { hosts 10.2.0.0/16, 2001:db8:2::/48 }\n\
                      allow dev -> gpu : tcp/8000-8100, ping { reason \"r\"  owner \"o\" }\n\
                      allow gpu -> dev : ssh { reason \"r\"  owner \"o\"  until 2027-01-31 }\n";

/// The rules of the policy, changed.
fn rules(change: impl Fn(String) -> String) -> (tempfile::TempDir, String) {
    let folder = folder_with(&[("zones.seg", POLICY)]);
    let rules = change(build_nft(&folder.path().join("zones.seg"), DAY.parse().expect("a day")));
    (folder, rules)
}

fn verify(change: impl Fn(String) -> String, options: &[&str]) -> (Option<i32>, String) {
    let (folder, rules) = rules(change);
    std::fs::write(folder.path().join("live.nft"), rules).expect("it can be written");
    let args = [&["verify", "zones.seg", "live.nft", "--at", DAY], options].concat();
    let done = segc(folder.path(), &args);
    (done.status.code(), text(&done.stdout) + &text(&done.stderr))
}

fn replace(from: &'static str, to: &'static str) -> impl Fn(String) -> String {
    move |rules| {
        assert!(rules.contains(from), "{from} is not in\n{rules}");
        rules.replacen(from, to, 1)
    }
}

#[test]
fn what_was_built_is_equal() {
    const EQUAL: &str = "equal: the rules let pass exactly what the policy allows\n";
    assert_eq!(verify(|rules| rules, &[]), (Some(0), EQUAL.to_owned()));
    let (status, said) = verify(|rules| rules, &["--effective"]);
    assert!(status == Some(0) && said.ends_with(EQUAL) && said.contains("only first packets"), "{said}");
}

#[test]
fn chains_that_lead_to_one_another_are_no_proof_and_no_end() {
    let ring = "table inet segc {\nchain forward {\ntype filter hook forward priority 0; policy drop;\ngoto a\n}\n\
                chain a {\ngoto b\n}\nchain b {\ngoto a\n}\n}\n";
    let (status, said) = verify(|_| ring.to_owned(), &[]);
    assert!(status == Some(3) && said.ends_with("cannot prove\n"), "{status:?} {said}");
}

#[test]
fn drift_is_told_in_zones_with_a_packet_and_the_rule() {
    let (status, said) = verify(replace("tcp dport 8000-8100 accept", "tcp dport 8000-8101 accept"), &[]);
    assert_eq!(status, Some(1), "{said}");
    for part in
        ["SEG0801", "`dev` -> `gpu` on tcp/8101", "tcp/8101 from 10.1.0.1 to 10.2.0.1", "tcp dport 8000-8101 accept"]
    {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    let (status, said) = verify(replace("icmpv6 type 128 accept comment \"zones.seg:3\"", ""), &[]);
    assert_eq!(status, Some(1), "{said}");
    for part in ["SEG0802", "`dev` -> `gpu` on icmpv6/128", "zones.seg:3:1", "allowed here", "stopped here"] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    // A date that moved is a difference, at times that are not today.
    let (status, said) = verify(replace("meta time < ", "meta time < 1"), &[]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("SEG0801") && said.contains("`gpu` -> `dev` on ssh, some of the time"), "{said}");
}

/// P46: a listing says dates in somebody's time zone.
#[test]
fn dates_of_a_listing_count_when_they_are_in_utc() {
    let listed = |day: &'static str| {
        move |rules: String| {
            let at = rules.find("meta time < ").expect("a date") + "meta time < ".len();
            let end = at + rules[at..].find(' ').expect("a condition follows");
            format!("{}\"{day} 00:00:00\"{}", &rules[..at], &rules[end..])
        }
    };
    let (status, said) = verify(listed("2027-02-01"), &[]);
    assert!(status == Some(3) && said.contains("--utc"), "{status:?} {said}");
    assert_eq!(verify(listed("2027-02-01"), &["--utc"]).0, Some(0));
    assert_eq!(verify(listed("2027-02-02"), &["--utc"]).0, Some(1));
}

#[test]
fn json_says_the_same() {
    let (status, said) = verify(replace("8000-8100", "8000-8101"), &["--format", "json"]);
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((status, &said["verdict"], &said["format"]), (Some(1), &"different".into(), &1.into()));
    assert_eq!(said["findings"][0]["code"], "SEG0801");
    assert_eq!(said["findings"][0]["places"][0]["file"], "live.nft");
}

/// First packets are the same in all of these.
#[test]
fn rules_for_replies_are_recognised_or_nothing_is_equal() {
    for (from, to) in [
        ("\t\tct direction reply ct state established accept comment \"replies\"\n", ""),
        ("ct direction reply ct state established accept", "ct state established accept"),
        ("ct direction reply ct state established accept", "ct state established,related accept"),
        ("ct state related meta l4proto { icmp, icmpv6 } accept", "ct state related accept"),
        ("ct state related meta l4proto { icmp, icmpv6 } accept", "ct state related meta l4proto icmp accept"),
        ("{ icmp, icmpv6 } counter drop", "{ icmp, icmpv6 } counter accept"),
        ("\tchain dev/gpu {\n", "\tchain dev/gpu {\n\t\tct state established accept\n"),
        ("\tchain dev/gpu {\n", "\tchain dev/gpu {\n\t\tct state invalid tcp dport 22 accept\n"),
    ] {
        let (status, said) = verify(replace(from, to), &[]);
        assert!(status == Some(3) && said.contains("replies"), "{from} -> {to}: {status:?} {said}");
        let (status, said) = verify(replace(from, to), &["--effective"]);
        assert!(status == Some(3) && said.contains("replies"), "effective, {from} -> {to}: {status:?} {said}");
    }
}

/// Somebody else's chains: asked about only with `--effective`.
#[test]
fn foreign_chains_count_when_they_are_asked() {
    let foreign = |rule: &'static str| {
        move |rules: String| {
            rules
                + &format!(
                    "table inet filter {{\n\tchain forward {{\n\t\ttype filter hook forward priority 10; policy accept;\n\
                     \t\t{rule}\n\t}}\n}}\n"
                )
        }
    };
    let drops = foreign("tcp dport 22 drop");
    assert_eq!(verify(drops, &[]).0, Some(0));
    let (status, said) = verify(drops, &["--effective"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("SEG0802") && said.contains("tcp dport 22 drop"), "{said}");
    // Not understood, on a rule that can only take away: never more than the policy.
    let (status, said) = verify(foreign("iifname \"wg0\" drop"), &["--effective"]);
    assert_eq!(status, Some(3), "{said}");
    assert!(said.contains("SEG0803") && said.contains("never let pass more") && said.contains("iifname"), "{said}");
    // An accept of another table decides nothing.
    assert_eq!(verify(foreign("accept"), &["--effective"]).0, Some(0));
}

#[test]
fn what_is_not_understood_is_never_equal() {
    let with = |rule: &'static str| {
        move |rules: String| rules.replacen("\tchain dev/gpu {\n", &format!("\tchain dev/gpu {{\n\t\t{rule}\n"), 1)
    };
    let (status, said) = verify(with("meta mark 0x17 accept"), &[]);
    assert_eq!(status, Some(3), "{said}");
    assert!(said.contains("SEG0803") && said.contains("let pass all that the policy allows"), "{said}");
    assert!(said.contains("meta mark 0x17 accept"), "{said}");
    // It may match, but what it lets pass is allowed anyway.
    assert_eq!(verify(with("tcp dport 8000 meta mark 0x17 accept"), &[]).0, Some(0));
    assert_eq!(verify(with("quux frobnicate 7"), &[]).0, Some(3));
}

#[test]
fn what_is_no_rule_set_is_refused() {
    for broken in
        ["", "garbage\n", "{\"nftables\": [", "table inet segc {\n\tchain forward {\n", "*filter\n:FORWARD ACCEPT\n"]
    {
        let (status, said) = verify(|_| broken.to_owned(), &[]);
        let code = if broken.is_empty() { "SEG0805" } else { "SEG0804" };
        let wanted = if broken.is_empty() { 1 } else { 2 };
        assert!(status == Some(wanted) && said.contains(code), "{broken:?}: {status:?} {said}");
    }
    let looping = replace("\tchain dev/gpu {\n", "\tchain dev/gpu {\n\t\tjump from_dev\n");
    let (status, said) = verify(looping, &[]);
    assert!(status == Some(3) && said.contains("comes back to itself"), "{status:?} {said}");
    let twice = replace("10.1.0.0/16 : jump from_dev,", "10.1.0.0/16 : jump from_dev,\n10.1.7.0/24 : jump from_gpu,");
    let (status, said) = verify(twice, &[]);
    assert!(status == Some(2) && said.contains("SEG0804"), "{status:?} {said}");
}

#[test]
fn a_set_of_iptables_is_asked_as_a_whole() {
    let folder = folder_with(&[(
        "zones.seg",
        "zone dev { hosts 10.1.0.0/16 }\nzone gpu { hosts 10.2.0.0/16 }\n\
                                              allow dev -> gpu : ssh { reason \"r\"  owner \"o\" }\n",
    )]);
    let save = |port: u16| {
        format!(
            "# Generated by iptables-save v1.8.9\n*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n\
             -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n\
             -A FORWARD -s 10.1.0.0/16 -d 10.2.0.0/16 -p tcp -m tcp --dport {port} -j ACCEPT\nCOMMIT\n\
             # Generated by ip6tables-save v1.8.9\n*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n\
             COMMIT\n"
        )
    };
    for (port, status) in [(22, 0), (23, 1)] {
        std::fs::write(folder.path().join("live.rules"), save(port)).expect("it can be written");
        let done = segc(folder.path(), &["verify", "zones.seg", "live.rules"]);
        assert_eq!(done.status.code(), Some(status), "{}{}", text(&done.stdout), text(&done.stderr));
    }
}

const NETWORK: &str = "zone dev { hosts 10.1.0.0/16, 2001:db8:1::/48 }\n\
                       zone gpu { hosts 10.2.0.0/16, 2001:db8:2::/48 }\n\
                       allow dev -> gpu : ssh { reason \"r\"  owner \"o\" }\n\
                       allow gpu -> dev : https { reason \"r\"  owner \"o\" }\n\
                       firewall edge { target nftables  interface eth0 : dev  interface eth1 : gpu }\n\
                       firewall spare { target nftables  interface eth0 : dev }\n";

/// Builds a network, and verifies what becomes of the rules of `edge`.
fn verify_edge(change: impl Fn(String) -> String) -> (Option<i32>, String) {
    let folder = folder_with(&[("zones.seg", NETWORK)]);
    let built = segc(folder.path(), &["build", "zones.seg", "-o", "out", "--at", DAY]);
    assert!(built.status.success(), "{}", text(&built.stdout));
    let rules = std::fs::read_to_string(folder.path().join("out/edge/rules.nft")).expect("its rules");
    std::fs::write(folder.path().join("live.nft"), change(rules)).expect("it can be written");
    let done = segc(folder.path(), &["verify", "zones.seg", "--firewall", "edge", "live.nft", "--at", DAY]);
    (done.status.code(), text(&done.stdout) + &text(&done.stderr))
}

#[test]
fn what_may_come_in_where_is_verified() {
    assert_eq!(verify_edge(|rules| rules).0, Some(0));
    for (from, to, status, words) in [
        ("\"eth1\" : goto behind_eth1", "\"eth1\" : goto behind_eth0", 1, "coming in by `eth1`"),
        ("\t\t\t\"eth1\" : goto behind_eth1,\n", "", 1, "coming in by `eth1`"),
        ("\"eth1\" : goto behind_eth1", "\"eth1\" : goto judge", 1, "coming in by `eth1`"),
        ("\t\tiifname vmap @arrivals\n\t\tgoto spoofed\n", "\t\tgoto judge\n", 1, "does not name"),
        ("ip saddr @behind_eth0.v4 goto judge", "ip saddr @behind_eth0.v4 goto spoofed", 1, "coming in by `eth0`"),
        ("\t\tgoto spoofed\n\t}\n\tset", "\t\tgoto judge\n\t}\n\tset", 1, "coming in by `eth0`"),
        ("\t\t\t2001:db8:1::/48,\n", "\t\t\t2001:db8:1::/49,\n", 1, "coming in by `eth0`"),
        ("iifname vmap @arrivals", "oifname vmap @arrivals", 3, "not understood"),
    ] {
        let (found, said) = verify_edge(replace(from, to));
        assert!(found == Some(status) && said.contains(words), "{from} -> {to}: {found:?} {said}");
    }
}

#[test]
fn a_firewall_is_named_or_nothing_is_verified_or_printed() {
    let folder = folder_with(&[("zones.seg", NETWORK), ("live.nft", "table inet segc {\n}\n")]);
    let wrong = segc(folder.path(), &["verify", "zones.seg", "--firewall", "egde", "live.nft", "--at", DAY]);
    let said = text(&wrong.stdout);
    assert!(wrong.status.code() == Some(2) && said.contains("SEG0703") && said.contains("`edge`"), "{said}");
    let wrong = segc(folder.path(), &["build", "zones.seg", "--firewall", "egde", "-o", "out", "--at", DAY]);
    let said = text(&wrong.stdout);
    assert!(
        wrong.status.code() == Some(1) && said.contains("SEG0703") && said.contains("did you mean `edge`?"),
        "{said}"
    );
    let several = segc(folder.path(), &["build", "zones.seg", "-o", "-", "--at", DAY]);
    let said = text(&several.stdout) + &text(&several.stderr);
    assert!(several.status.code() == Some(1) && said.contains("SEG0703") && !said.contains("table inet"), "{said}");
    let one = segc(folder.path(), &["build", "zones.seg", "--firewall", "edge", "-o", "-", "--at", DAY]);
    assert!(one.status.success() && text(&one.stdout).contains("behind_eth1"), "{}", text(&one.stdout));
    assert!(!folder.path().join("out").exists());
}

/// Names that are no interface's on Linux are refused at the line that has them.
#[test]
fn an_interface_of_another_kind_of_box_is_refused() {
    let policy = NETWORK.replace("interface eth1", "interface Te1/1");
    let folder = folder_with(&[("zones.seg", &policy)]);
    let built = segc(folder.path(), &["build", "zones.seg", "-o", "out", "--at", DAY]);
    let said = text(&built.stdout);
    assert!(built.status.code() == Some(1) && said.contains("SEG0702") && said.contains("`Te1/1`"), "{said}");
    assert!(said.contains("zones.seg:5:") && !folder.path().join("out").exists(), "{said}");
}

/// A parent that its children fill hangs where nothing comes from. Its firewall lets nothing through, and needs no rules
/// for replies; with a rule that lets some in it is not equal.
#[test]
fn a_firewall_by_which_nothing_may_come_in_is_built_and_verified() {
    let policy = "zone site { hosts 10.1.0.0/24 }\nzone all in site { hosts 10.1.0.0/24 }\n\
                  zone gpu { hosts 10.2.0.0/16 }\nallow all -> gpu : ssh { reason \"r\"  owner \"o\" }\n\
                  firewall edge { target nftables  interface eth0 : all  interface eth1 : gpu }\n\
                  firewall spare { target nftables  interface eth0 : site }\n";
    let folder = folder_with(&[("zones.seg", policy)]);
    let built = segc(folder.path(), &["build", "zones.seg", "-o", "out", "--at", DAY]);
    assert!(built.status.success(), "{}", text(&built.stdout));
    let rules = std::fs::read_to_string(folder.path().join("out/spare/rules.nft")).expect("its rules");
    for (from, to, status) in [
        ("goto spoofed", "goto spoofed", 0),
        ("iifname vmap", "ct state established accept\n\t\tiifname vmap", 3),
        ("iifname vmap", "tcp dport 22 accept\n\t\tiifname vmap", 1),
    ] {
        std::fs::write(folder.path().join("live.nft"), replace(from, to)(rules.clone())).expect("it can be written");
        let done = segc(folder.path(), &["verify", "zones.seg", "--firewall", "spare", "live.nft", "--at", DAY]);
        assert_eq!(done.status.code(), Some(status), "{to}: {}", text(&done.stdout));
    }
}
