//! What texts and JSON of nft mean, construct by construct, and against nft itself.

use crate::read::{Read, read, show};
use std::process::Command;

/// What the rules of one base chain of an `inet` table mean, one per line.
fn rules(text: &str) -> String {
    let all = format!(
        "table inet t {{\n set s {{ type ipv4_addr; flags interval; elements = {{ 10.0.0.0/8, 192.0.2.1-192.0.2.9 }}; }}\n \
         set p {{ type inet_service; elements = {{ 22, 80 }}; }}\n set q {{ type ipv4_addr; flags dynamic,timeout; }}\n \
         set filled {{ type ipv4_addr; size 9; }}\n chain c {{ }}\n chain f {{\n type filter hook forward priority 0; policy drop;\n{text}\n}}\n}}\n"
    );
    let shown = show::program(&read(all.as_bytes()).expect(text), false);
    let (_, rules) = shown.split_once("chain t f\n").expect("the chain");
    rules.lines().map(|line| line.trim().to_owned() + "\n").collect()
}

fn refused(text: &str) -> String {
    read(text.as_bytes()).expect_err(text).to_string()
}

#[test]
fn addresses_imply_their_family() {
    insta::assert_snapshot!(rules(
        "ip saddr 10.0.0.0/8 ip daddr != 10.0.0.1-10.0.0.9 accept\nip6 daddr { fd00::/8, fe80::1 } accept\nip saddr @s drop\nip saddr != @s drop"
    ), @r"
    source in v4 {10.0.0.0-10.255.255.255} & destination in v4 {0.0.0.0-10.0.0.0, 10.0.0.10-255.255.255.255} => accept
    destination in v6 {fd00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, fe80::1} => accept
    source in v4 {10.0.0.0-10.255.255.255, 192.0.2.1-192.0.2.9} => drop
    source in v4 {0.0.0.0-9.255.255.255, 11.0.0.0-192.0.2.0, 192.0.2.10-255.255.255.255} => drop
    ");
}

#[test]
fn services() {
    insta::assert_snapshot!(rules(
        "tcp dport { 22, 80-90, https } accept\ntcp dport != 22 drop\nudp dport @p accept\nmeta l4proto { tcp, udp } th dport 53 accept\n\
         th dport 53 accept\nicmp type echo-request accept\nicmpv6 type 128 icmpv6 code 3 accept\nip protocol tcp accept\n\
         meta l4proto != { tcp } drop\nmeta l4proto icmp accept\nip6 nexthdr tcp accept"
    ), @r#"
    service in {6/22, 6/80-6/90, 6/443} => accept
    service in {6/0-6/21, 6/23-6/65535} => drop
    service in {17/22, 17/80} => accept
    service in {6/53, 17/53} => accept
    Unknown("th dport") & service in {0/0-5/65535, 6/53, 7/0-16/65535, 17/53, 18/0-32/65535, 33/53, 34/0-131/65535, 132/53, 133/0-135/65535, 136/53, 137/0-255/65535} => accept
    Family(V4) & service in {1/2048-1/2303} => accept
    Family(V6) & service in {58/32771} => accept
    Family(V4) & service in {6/0-6/65535} => accept
    service in {0/0-5/65535, 7/0-255/65535} => drop
    Family(V4) & service in {1/0-1/65535} => accept
    Family(V6) & service in {1/0-1/65535} & Unknown("whether of both families: listings leave that out for protocols of ICMP") => accept
    Family(V6) & service in {6/0-6/65535} & Unknown("ip6 nexthdr") => accept
    "#);
}

#[test]
fn states_of_a_first_packet() {
    insta::assert_snapshot!(rules(
        "ct state established,related accept\nct state { new, established } accept\nct state != new drop\nct state != established drop\n\
         ct state untracked accept\nct direction reply accept\nct direction original drop\nct status dnat accept\n\
         ct state vmap { established : accept, invalid : drop, new : jump c }"
    ), @r#"
    Connection(Kinds(14)) => accept
    Connection(Kinds(7)) => accept
    Connection(Kinds(30)) => drop
    Connection(Kinds(25)) => drop
    Unknown("ct state untracked") => accept
    Connection(Kinds(28)) => accept
    Connection(Kinds(27)) => drop
    Unknown("ct status dnat") => accept
    Connection(Kinds(6)) => accept
    Connection(Kinds(16)) => drop
    Connection(Kinds(1)) => jump c
    "#);
}

#[test]
fn numbers_and_moments() {
    insta::assert_snapshot!(rules(
        "meta priority 5e55:6200 accept\nmeta priority { none, 1:2, 0x30004 } accept\nmeta priority > 1:0 accept\nmeta priority set 7:8\n\
         meta priority set ip daddr map { 10.0.0.0/8 : 1:1, * : 2:2 }\nmeta priority vmap { 1:1 : accept, 2:2 : goto c }\n\
         meta time < 1814400000 accept\nmeta time >= 5 meta time < 9 drop\nmeta time <= 9 drop\nmeta time \"2027-06-30 12:00:00\" accept"
    ), @r#"
    Number([(1582653952, 1582653952)]) => accept
    Number([(0, 0), (65538, 65538), (196612, 196612)]) => accept
    Number([(65537, 4294967295)]) => accept
    always => number = 7:8
    Family(V4) => number = Destination in [10.0.0.0-10.255.255.255 : 1:1, * : 2:2, ]
    always => look Number up in [10001-10001 : accept, 20002-20002 : goto c, ]
    Time { since: None, before: Some(1814400000) } => accept
    Time { since: Some(5), before: None } & Time { since: None, before: Some(9) } => drop
    Unknown("meta time <= 9") => drop
    Unknown("meta time \"2027-06-30 12:00:00\"") => accept
    "#);
}

#[test]
fn what_is_not_understood_is_unknown() {
    insta::assert_snapshot!(rules(
        "iif \"eth0\" iifname \"eth*\" accept\nlimit rate 5/second accept\nlimit rate 5/second log prefix \"x\"\n\
         tcp flags syn / fin,syn drop\nfib saddr . iif oif missing drop\nip saddr @q drop\nip saddr != @q drop\nip saddr @filled drop\n\
         add @filled { ip saddr } accept\nnumgen random mod 2 0 accept\nip daddr set 10.0.0.9\nmeta mark set 5 accept\nmeta mark 5 drop\n\
         ip saddr . tcp dport != { 10.0.0.1 . 22 } drop\nfrobnicate { a\n b } accept\nqueue num 3\nip saddr 10.0.0.1/8 drop\nip saddr $gone drop"
    ), @r#"
    Unknown("iif \"eth0\"") & Unknown("iifname \"eth*\"") => accept
    Unknown("limit rate 5/second") => accept
    service in {6/0-6/65535} & Unknown("tcp flags syn / fin,syn") => drop
    Unknown("fib saddr . iif oif missing") => drop
    Family(V4) & Runtime("q") => drop
    Family(V4) & Unknown("ip saddr != @q") => drop
    Family(V4) & Runtime("filled") => drop
    Unknown("add @filled { ip saddr }") => accept
    always => UNKNOWN numgen random mod 2 0 accept
    always => UNKNOWN ip daddr set 10.0.0.9
    always => accept
    Unknown("meta mark 5") => drop
    Family(V4) & service in {6/0-6/65535} & Unknown("ip saddr . tcp dport != { 10.0.0.1 . 22 }") => drop
    always => UNKNOWN frobnicate { a b } accept
    always => UNKNOWN queue num 3
    Family(V4) & Unknown("ip saddr 10.0.0.1/8") => drop
    Family(V4) & Unknown("ip saddr $gone") => drop
    "#);
}

#[test]
fn interfaces_are_known_by_their_names() {
    insta::assert_snapshot!(rules(
        "iifname \"eth0\" accept\noifname != { \"a\", \"b\" } drop\niifname vmap { \"lo\" : accept, \"eth0.10\" : drop }\n\
         iifname \"longer-than-it-can\" accept"
    ), @r#"
    comes in by {eth0} => accept
    leaves by all but {a, b} => drop
    comes in by {lo} => accept
    comes in by {eth0.10} => drop
    Unknown("iifname \"longer-than-it-can\"") => accept
    "#);
}

#[test]
fn lookups_become_rules() {
    insta::assert_snapshot!(rules(
        "tcp dport vmap { 22 : accept, 80-90 : jump c, * : drop }\nmeta nfproto vmap { ipv4 : jump c, ipv6 : drop }\n\
         meta l4proto . th dport vmap { tcp . 22 : accept, udp . 53-60 : drop }\nip saddr . ip daddr { 10.0.0.1 . 10.0.0.2, 10.1.0.0/16 . 10.2.0.0/16 } accept"
    ), @r"
    service in {6/22} => accept
    service in {6/80-6/90} => jump c
    service in {6/0-6/21, 6/23-6/79, 6/91-6/65535} => drop
    Family(V4) => jump c
    Family(V6) => drop
    service in {6/22} => accept
    service in {17/53-17/60} => drop
    source in v4 {10.0.0.1} & destination in v4 {10.0.0.2} => accept
    source in v4 {10.1.0.0-10.1.255.255} & destination in v4 {10.2.0.0-10.2.255.255} => accept
    ");
}

/// The element inserted first would win: which one that is the text does not tell of a listing.
#[test]
fn p45_overlapping_concatenations_are_unknown() {
    let text = rules("ip saddr . tcp dport vmap { 10.0.0.0/8 . 22 : accept, 10.1.0.0/16 . 20-30 : drop }");
    assert!(text.contains("UNKNOWN ip saddr . tcp dport vmap"), "{text}");
}

#[test]
fn commands_take_effect_in_order() {
    let text = "define a = { 10.0.0.1, 10.0.0.2 }\ntable ip t\ntable ip t {\nchain f { type filter hook forward priority filter - 5; policy accept; ip saddr $a drop; }\n}\n\
                flush chain ip t f\nadd rule t f tcp dport 22 accept\ninsert rule ip t f ip daddr $a drop comment \"zones.seg:3\"\n\
                table inet gone {\nchain f { type filter hook forward priority 0; policy drop; }\n}\ndelete table inet gone\n";
    let read = read(text.as_bytes()).expect("a program");
    insta::assert_snapshot!(show::program(&read, true), @r"
    hook t f priority -5 policy Accept family Some(V4)
    chain gone f
    chain t f
       8: destination in v4 {10.0.0.1-10.0.0.2} => drop
       7: service in {6/22} => accept
    ");
}

#[test]
fn other_hooks_only_remove() {
    let text = "table inet t {\nchain pre { type filter hook prerouting priority raw; ip saddr 10.0.0.1 drop; }\nchain quiet { type filter hook postrouting priority 0; counter; }\n\
                chain nat { type nat hook prerouting priority dstnat; tcp dport 80 dnat ip to 10.0.0.5:80; }\nchain in { type filter hook input priority 0; policy drop; }\n\
                chain f { type filter hook forward priority 0; policy drop; }\n}\n";
    let read = read(text.as_bytes()).expect("a program");
    let hooks: Vec<_> =
        read.program.hooks.iter().map(|hook| &*read.program.chains[hook.chain.0 as usize].name).collect();
    assert_eq!(hooks, ["pre", "f"]);
    let kinds: Vec<_> = read.notes.iter().map(|note| note.kind).collect();
    assert_eq!(kinds, [crate::read::Kind::Removes, crate::read::Kind::Changes], "{:?}", read.notes);
}

#[test]
fn refusals() {
    insta::assert_snapshot!([
        "include \"x\"",
        "table inet t {\n chain f { jump g; }\n}",
        "table inet t {\n chain f { ip saddr @g drop; }\n}",
        "table inet t {\n map m { type ipv4_addr : verdict; flags interval; elements = { 10.0.0.0/8 : accept, 10.1.0.0/16 : drop }; }\n chain f { ip saddr vmap @m; }\n}",
        "table inet t {\n set s { type ipv4_addr; elements = { 10.0.0.300 }; }\n}",
        "delete table inet t",
        "table inet t { chain f { counter",
        "flush chain inet t f",
        "\u{1}",
    ].map(refused).join("\n"), @r"
    line 1: `include`: what it takes in is not in this text
    line 2: there is no chain `g`
    line 2: there is no set `g`
    line 2: map `m` holds 10.1.0.0 twice: the kernel refuses that
    line 2: `10.0.0.300` is no value that is understood here
    line 1: there is no table `inet t`
    line 1: `}` is missing
    line 1: there is no table `inet t`
    line 1: neither a text of nft or iptables-save nor JSON of nft
    ");
}

const EXAMPLES: [(&str, &[u8]); 2] = [
    ("dev-workstation", include_bytes!("../../../examples/dev-workstation/out/policy/rules.nft")),
    ("home-lab", include_bytes!("../../../examples/home-lab/out/policy/rules.nft")),
];

#[test]
fn examples_are_understood() {
    for (name, text) in EXAMPLES {
        let read = read(text).expect(name);
        let shown = show::program(&read, true);
        assert!(!shown.contains("Unknown") && !shown.contains("UNKNOWN"), "{name}: {shown}");
        assert_eq!((read.notes.len(), read.program.hooks.len(), read.tables.len()), (0, 2, 2), "{name}");
    }
}

/// Loads a text into a network namespace of its own and prints it in one of nft's ways.
fn listed(text: &[u8], options: &str) -> Option<Vec<u8>> {
    use std::io::Write;
    let script = format!("nft -f - && nft {options} list ruleset");
    let mut child = Command::new("unshare")
        .args(["-n", "sh", "-c", &script])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(text).ok()?;
    let output = child.wait_with_output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// Written-out dates are in the reader's time zone, hence unknown; so they are left out on both sides.
fn meaning(read: &Read) -> String {
    show::program(read, false)
        .lines()
        .filter(|line| !line.contains("Time {") && !line.contains("time"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn what_the_kernel_lists_means_the_same() {
    if listed(b"table inet t\n", "").is_none() {
        #[expect(clippy::print_stderr, reason = "a test that cannot run must say so")]
        {
            eprintln!("SKIPPED: no network namespace or no nft here, listings are not compared");
        }
        return;
    }
    for (name, text) in EXAMPLES {
        let written = meaning(&read(text).expect(name));
        for options in ["", "-s", "-a", "-j"] {
            let listing = listed(text, options).expect(name);
            assert_eq!(meaning(&read(&listing).expect(name)), written, "{name} nft {options}");
        }
    }
}

#[test]
fn hostile_texts_end() {
    let (_, text) = EXAMPLES[1];
    for end in 0..text.len() {
        let _ = read(&text[..end]);
    }
    for byte in 0..=255u8 {
        for place in (0..text.len()).step_by(97) {
            let mut bent = text.to_vec();
            bent[place] = byte;
            let _ = read(&bent);
        }
    }
    for part in ["{", "(", "\"", "$a", "ip saddr {", "jump ", "\\\n", "table inet t {", "[", "{\"nftables\":"] {
        let _ = read(format!("table inet t {{\nchain c {{\n{}", part.repeat(100_000)).as_bytes());
        let _ = read(part.repeat(100_000).as_bytes());
        let _ = super::json(part.repeat(100_000).as_bytes());
    }
    let mut loops = String::from("define a = $a\ndefine b = { $b, $b }\n");
    loops += "table ip t {\nchain f {\nip saddr $a accept\nip saddr $b accept\n}\n}\n";
    assert!(read(loops.as_bytes()).is_ok());
}

/// A wrong word anywhere changes the meaning or is refused: nothing is passed over.
#[test]
fn p07_every_condition_counts() {
    let text = String::from_utf8_lossy(EXAMPLES[1].1).into_owned();
    let meaning = meaning(&read(text.as_bytes()).expect("a program"));
    let mutations = [
        ("tcp dport 22 ", "tcp dport 23 "),
        ("tcp dport 22 accept", "tcp dport 22 drop"),
        ("tcp dport 22 accept", "accept"),
        ("ip saddr vmap @src4", "ip daddr vmap @src4"),
        ("policy drop", "policy accept"),
        ("192.168.20.0/24 : jump from_lab", "192.168.20.0/25 : jump from_lab"),
        ("jump from_lab", "jump from_home"),
        ("ct direction reply ct state established accept", "accept"),
        ("ct state related meta l4proto", "meta l4proto"),
        ("ct state related meta l4proto", "ct state new meta l4proto"),
        ("ip saddr @quarantine4 counter drop", "counter drop"),
        ("* : goto deny_outside", "* : goto deny_inside"),
        ("meta priority set ip daddr map @dst4", "meta mark set 4"),
        ("icmp type 8 accept", "icmp type 0 accept"),
        ("tcp dport 443 accept", "tcp dport 443 frobnicate accept"),
    ];
    for (from, to) in mutations {
        assert!(text.contains(from), "{from}");
        if let Ok(read) = read(text.replacen(from, to, 1).as_bytes()) {
            assert_ne!(self::meaning(&read), meaning, "{from} -> {to}");
        }
    }
}

/// Ten million elements in bounded time. Without optimisation it says nothing.
#[test]
#[cfg(not(debug_assertions))]
fn ten_million_elements() {
    let mut text = String::from("table ip t {\nset s {\ntype ipv4_addr\nelements = {\n");
    for number in 0..10_000_000u32 {
        use std::fmt::Write;
        let _ = writeln!(text, "{},", std::net::Ipv4Addr::from(number * 3));
    }
    text += "}\n}\nchain c { ip saddr @s drop; }\n}\n";
    let start = std::time::Instant::now();
    assert!(read(text.as_bytes()).is_ok());
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}

#[test]
fn moments_in_json_are_exact_as_numbers_only() {
    let read = |operator: &str, right: &str| {
        let text = format!(
            r#"{{"nftables": [{{"table": {{"family": "inet", "name": "t", "handle": 1}}}},
            {{"chain": {{"family": "inet", "table": "t", "name": "c", "handle": 2, "type": "filter", "hook": "forward", "prio": 0, "policy": "drop"}}}},
            {{"rule": {{"family": "inet", "table": "t", "chain": "c", "handle": 3, "expr": [
              {{"match": {{"op": "{operator}", "left": {{"meta": {{"key": "time"}}}}, "right": {right}}}}}, {{"accept": null}}]}}}}]}}"#
        );
        let read = crate::read::nft_json(text.as_bytes()).expect("it is readable");
        format!(
            "{:?}",
            read.program.chains.iter().flat_map(|chain| &chain.rules).map(|rule| &rule.conditions).collect::<Vec<_>>()
        )
    };
    assert_eq!(read("<", "1814400000"), "[[Time { since: None, before: Some(1814400000) }]]");
    assert_eq!(read(">=", "1814400000"), "[[Time { since: Some(1814400000), before: None }]]");
    for (operator, right) in [("<=", "5"), ("<", "\"2027-07-01 00:00:00\""), ("<", "-5"), ("==", "5")] {
        assert!(read(operator, right).contains("Unknown"), "{operator} {right}: {}", read(operator, right));
    }
}
