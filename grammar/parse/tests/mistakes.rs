//! Each mistake: its code, what is underlined, and what to do.

use crate::parse;

/// `marked` holds one mistake, underlined by `«»`; more labels, each with marks of its own, follow in `others`.
#[track_caller]
pub(super) fn mistake(marked: &str, code: &str, message: &str, help: &str) {
    let text = marked.replace(['«', '»'], "");
    let (tree, errors) = parse(&text, 7);
    assert_eq!(errors.len(), 1, "{text}: {errors:#?}");
    let error = &errors[0];
    let span = error.labels[0].0;
    let (start, end) = (span.start as usize - 7, span.end as usize - 7);
    let shown = format!("{}«{}»{}", &text[..start], &text[start..end], &text[end..]);
    assert_eq!(shown, marked, "what is underlined: {error:#?}");
    assert_eq!((error.code, error.message.as_str(), error.help.as_str()), (code, message, help));
    assert!(
        tree.statements.iter().all(|statement| statement.span.end <= span.start || statement.span.start > span.start)
    );
}

#[test]
fn addresses() {
    mistake(
        "zone a { hosts «10.0.0.0/33» }",
        "SEG0104",
        "`10.0.0.0/33` has a prefix length over 32",
        "write a length from 0 to 32",
    );
    mistake(
        "zone a { hosts «2001:db8::/129» }",
        "SEG0104",
        "`2001:db8::/129` has a prefix length over 128",
        "write a length from 0 to 128",
    );
    mistake(
        "zone a { hosts «10.20.30.40/16» }",
        "SEG0104",
        "`10.20.30.40/16` has bits set beyond its prefix length",
        "write `10.20.0.0/16` for the whole prefix, or `10.20.30.40` for the one address",
    );
    mistake(
        "zone a { hosts «2001:db8::1/32» }",
        "SEG0104",
        "`2001:db8::1/32` has bits set beyond its prefix length",
        "write `2001:db8::/32` for the whole prefix, or `2001:db8::1` for the one address",
    );
    mistake(
        "zone a { hosts «10.0.0.010» }",
        "SEG0104",
        "`10.0.0.010` has a part with a leading zero, which some programs read as octal",
        "write `10.0.0.10` if decimal is meant",
    );
    mistake(
        "zone a { hosts «10.0.0.0/08» }",
        "SEG0104",
        "`10.0.0.0/08` has no whole number for a prefix length",
        "write a number without leading zeros, as in `10.0.0.0/24`",
    );
    mistake(
        "zone a { hosts «10.0.0.256» }",
        "SEG0104",
        "`10.0.0.256` has a part over 255",
        "write four numbers from 0 to 255, as in `10.0.0.10`",
    );
    mistake(
        "zone a { hosts «10.0.0» }",
        "SEG0104",
        "`10.0.0` is not an address of four parts",
        "write all four parts, as in `10.0.0.0`",
    );
    mistake(
        "zone a { hosts «10» }",
        "SEG0104",
        "`10` is not an address of four parts",
        "write all four parts, as in `10.0.0.0`",
    );
    mistake(
        "zone a { hosts «::ffff:10.0.0.1» }",
        "SEG0104",
        "`::ffff:10.0.0.1` is an IPv4-mapped IPv6 address, which no packet carries",
        "write `10.0.0.1`",
    );
    mistake(
        "zone a { hosts «fe80::1%eth0» }",
        "SEG0104",
        "`fe80::1%eth0` has a zone id, which means something on one host only",
        "write `fe80::1`",
    );
    mistake(
        "zone a { hosts «10.0.0.20-10.0.0.10» }",
        "SEG0104",
        "`10.0.0.20-10.0.0.10` runs backwards",
        "write `10.0.0.10-10.0.0.20`",
    );
    mistake(
        "zone a { hosts «10.0.0.1-2001:db8::1» }",
        "SEG0104",
        "`10.0.0.1-2001:db8::1` runs from one address family to the other",
        "write one range for IPv4 and one for IPv6",
    );
    mistake(
        "zone a { hosts «10.0.0.1-20» }",
        "SEG0104",
        "`10.0.0.1-20` gives only the end of the last address",
        "write `10.0.0.1-10.0.0.20`",
    );
    mistake(
        "zone a { hosts «10.0.0.0/8-10.1.0.0/16» }",
        "SEG0104",
        "`10.0.0.0/8-10.1.0.0/16` mixes a range and a prefix",
        "write either `FIRST-LAST` or `ADDRESS/LENGTH`",
    );
    mistake(
        "zone a { hosts «10.0.0.0/255.255.0.0» }",
        "SEG0104",
        "`10.0.0.0/255.255.0.0` has a mask for a prefix length",
        "write `10.0.0.0/16`",
    );
    mistake(
        "zone a { hosts «10.0.0.0/255.0.255.0» }",
        "SEG0104",
        "`10.0.0.0/255.0.255.0` has a mask for a prefix length, and one with gaps",
        "write prefixes one by one",
    );
    mistake(
        "zone a { hosts «2001:db8:::1» }",
        "SEG0104",
        "`2001:db8:::1` is not an IPv6 address",
        "write eight groups of hexadecimal digits, or `::` for a run of zeros, as in `2001:db8::10`",
    );
    mistake(
        "zone a { hosts «web.example.com» }",
        "SEG0104",
        "`web.example.com` is not an address",
        r#"write addresses here; a DNS name goes into `domains "web.example.com"`, and a zone inside another is written `zone NAME in PARENT`"#,
    );
    mistake(
        "zone a { hosts «b» }",
        "SEG0104",
        "`b` is not an address",
        r#"write addresses here; a DNS name goes into `domains "b"`, and a zone inside another is written `zone NAME in PARENT`"#,
    );
    mistake(
        "zone a { hosts ::1 except «b.agent» }",
        "SEG0104",
        "`b.agent` is neither an address nor a zone",
        "subtract addresses or a zone; a process has no addresses of its own",
    );
    mistake(
        "zone a { hosts ::1 except «any» }",
        "SEG0106",
        "`any` is a reserved word and cannot be a name",
        "choose another name, such as `any-1`, or finish what stands before `any`",
    );
}

#[test]
fn services() {
    mistake("allow a -> b : «tcp:443»", "SEG0105", "`tcp:443` is not a service", "write `tcp/443`");
    mistake("allow a -> b : «443/tcp»", "SEG0105", "`443/tcp` is written the wrong way round", "write `tcp/443`");
    mistake("allow a -> b : «443»", "SEG0105", "`443` is only a port", "say which protocol, as in `tcp/443`");
    mistake(
        "allow a -> b : tcp/«70000»",
        "SEG0105",
        "`70000` is beyond the last port, 65535",
        "write a port from 0 to 65535",
    );
    mistake("allow a -> b : tcp/«90-80»", "SEG0105", "`90-80` runs backwards", "write `tcp/80-90`");
    mistake(
        "allow a -> b : tcp/«080»",
        "SEG0105",
        "`080` is not a port number",
        "write the port without leading zeros, from 0 to 65535",
    );
    mistake(
        "allow a -> b : tcp/«https»",
        "SEG0105",
        "`https` is not a port number",
        "write ports in digits, or a service by its name alone, as in `: https`",
    );
    mistake("allow a -> b : tcp/«*»", "SEG0105", "`*` is not a port", "write `any` for all ports");
    mistake(
        "allow a -> b : «tcp/»",
        "SEG0105",
        "`tcp/` lacks a port",
        "write one port, `FIRST-LAST`, or `any`, as in `tcp/8000-8100`",
    );
    mistake(
        "allow a -> b : «tcp/80-»",
        "SEG0105",
        "`tcp/80-` lacks a port",
        "write one port, `FIRST-LAST`, or `any`, as in `tcp/8000-8100`",
    );
    mistake("allow a -> b : «*»", "SEG0105", "`*` is not a service", "write `any` for every service");
    mistake("allow a -> b : «tpc»/443", "SEG0105", "unknown protocol `tpc`", "did you mean `tcp/443`?");
    mistake("allow a -> b : «TCP»/443", "SEG0105", "unknown protocol `TCP`", "did you mean `tcp/443`?");
    mistake(
        "allow a -> b : «icmp6»/echo-request",
        "SEG0105",
        "unknown protocol `icmp6`",
        "did you mean `icmpv6/echo-request`?",
    );
    mistake(
        "allow a -> b : «quic»/443",
        "SEG0105",
        "unknown protocol `quic`",
        "write `tcp/`, `udp/`, `sctp/`, `icmp/`, `icmpv6/`, or `proto/` and a protocol number",
    );
    mistake(
        "allow a -> b : «proto/6»",
        "SEG0105",
        "`proto/6` has a word of its own",
        "write `tcp/any`, or name its ports or types",
    );
    mistake(
        "allow a -> b : «proto/256»",
        "SEG0105",
        "`proto/256` is not a protocol by number",
        "write an IP protocol number from 0 to 255, such as `proto/47` for GRE",
    );
    mistake(
        "allow a -> b : «proto/any»",
        "SEG0105",
        "`proto/any` is not a protocol by number",
        "write `any` for every protocol",
    );
    mistake("allow a -> b : «proto/tcp»", "SEG0105", "`proto/tcp` is not a protocol by number", "write `tcp/any`");
    mistake(
        "allow a -> b : icmp/«echo-requst»",
        "SEG0105",
        "unknown ICMP type `echo-requst`",
        "did you mean `echo-request`?",
    );
    mistake(
        "allow a -> b : icmp/«packet-too-big»",
        "SEG0105",
        "unknown ICMP type `packet-too-big`",
        "did you mean `icmpv6/packet-too-big`?",
    );
    mistake("allow a -> b : icmp/«256»", "SEG0105", "`256` is no ICMP type", "write a type from 0 to 255");
    mistake(
        "allow a -> b : icmp/echo-request/«256»",
        "SEG0105",
        "`256` is no ICMP code",
        "write a code from 0 to 255, or leave it out to mean every code",
    );
    mistake(
        "allow a -> b : icmp/any/«1»",
        "SEG0105",
        "`icmp/any/1` gives a code for every type",
        "name one type, or leave the code out",
    );
    mistake(
        "allow a -> «b»",
        "SEG0108",
        "this `allow` names no service",
        "say which connections are meant, as in `allow a -> b : https`; `any` stands for all",
    );
    mistake(
        r#"allow a -> b except «c» { reason "r" }"#,
        "SEG0108",
        "this `allow` names no service",
        "say which connections are meant, as in `allow a -> b except c : https`; `any` stands for all",
    );
    mistake(
        "require a -> «b»",
        "SEG0108",
        "this `require` names no service",
        "say which connections are meant, as in `require a -> b : https`; `any` stands for all",
    );
    mistake(
        "allow a -> b «ssh»",
        "SEG0101",
        "something is missing between `b` and `ssh`",
        "write `b : ssh` if `ssh` is a service, or `b, ssh` if it is a zone",
    );
}

#[test]
fn names() {
    mistake(
        "forbid a -> «allow» b -> c : ssh",
        "SEG0106",
        "`allow` is a reserved word and cannot be a name",
        "choose another name, such as `allow-1`, or finish what stands before `allow`",
    );
    mistake(
        "zone «any» {}",
        "SEG0106",
        "`any` is a reserved word and cannot be a name",
        "choose another name, such as `any-1`, or finish what stands before `any`",
    );
    mistake(
        "zone «service» {}",
        "SEG0106",
        "`service` is a reserved word and cannot be a name",
        "choose another name, such as `service-1`, or finish what stands before `service`",
    );
    mistake(
        "zone «a.b» {}",
        "SEG0106",
        "a name cannot hold a dot: `a.b`",
        "use `-` or `_` in names; a dot only joins a zone and one of its processes, as in `dev.agent`",
    );
    mistake(
        "zone «büro» {}",
        "SEG0106",
        "the name `büro` holds `ü`",
        "use only the letters a to z and A to Z, digits, `-` and `_`, so that no two names look alike",
    );
    mistake("zone «a-» {}", "SEG0106", "the name `a-` ends with a hyphen", "write `a`");
    mistake(
        "zone «3com» {}",
        "SEG0106",
        "the name `3com` does not start with a letter",
        "start the name with a letter from a to z or A to Z",
    );
    mistake(r#"zone «"a"» {}"#, "SEG0106", r#"a name takes no quotes: `"a"`"#, "write `a`");
    mistake(
        "zone «aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa» {}",
        "SEG0106",
        "the name `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…` has 64 characters",
        "shorten the name to 63 characters, the most that every firewall can carry",
    );
    mistake(
        "allow «10.0.0.0/8» -> b : ssh",
        "SEG0106",
        "`10.0.0.0/8` stands where a name belongs",
        "declare `zone NAME { hosts 10.0.0.0/8 }` and write its name here",
    );
    mistake(
        "allow a.«any» -> b : ssh",
        "SEG0106",
        "`any` is a reserved word and cannot be a name",
        "choose another name, such as `any-1`, or finish what stands before `any`",
    );
    mistake(
        "allow «a.b.c» -> b : ssh",
        "SEG0106",
        "a name cannot hold a dot: `a.b.c`",
        "use `-` or `_` in names; a dot only joins a zone and one of its processes, as in `dev.agent`",
    );
    mistake(
        "group g = a, «zone»",
        "SEG0106",
        "`zone` is a reserved word and cannot be a name",
        "choose another name, such as `zone-1`, or finish what stands before `zone`",
    );
    mistake("zone a { hosts ::1  is «critcal» }", "SEG0109", "unknown flag `critcal`", "did you mean `critical`?");
    mistake(
        "controls { every allow needs «reasn» }",
        "SEG0109",
        "`allow` has no clause `reasn`",
        "did you mean `reason`?",
    );
}

#[test]
fn strings() {
    mistake(
        "allow a -> b : ssh { reason «'»r' }",
        "SEG0102",
        "`'` does not quote a string",
        r#"put the string in double quotes, as in `"platform team"`"#,
    );
    mistake(
        "allow a -> b : ssh { reason «“»r” }",
        "SEG0102",
        "`“` does not quote a string",
        r#"put the string in double quotes, as in `"platform team"`"#,
    );
    mistake(
        "allow a -> b : ssh { owner «platform» }",
        "SEG0102",
        "`platform` is not in double quotes",
        r#"write `owner "platform"`"#,
    );
    mistake(
        "allow a -> b : ssh {\n  reason «\"r»\n  log\n}",
        "SEG0102",
        "this string is not closed on its line",
        r#"end the string with `"` on the same line; a quote inside it is written `\"`"#,
    );
    mistake(
        r#"allow a -> b : ssh { reason "C:«\n»ew" }"#,
        "SEG0102",
        "`\\n` is no escape",
        r#"write `\\` for a backslash and `\"` for a quote; there are no other escapes"#,
    );
    mistake(
        "allow a -> b : ssh { reason \"a«\t»b\" }",
        "SEG0102",
        "a tab stands in this string",
        "write spaces instead of the tab",
    );
    mistake("use «teams.seg»", "SEG0102", "`teams.seg` is not in double quotes", r#"write `use "teams.seg"`"#);
}
