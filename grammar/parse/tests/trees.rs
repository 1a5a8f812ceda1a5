//! What every statement and clause of the language reads as.

use super::meaning;

#[track_caller]
fn reads(text: &str, expected: &str) {
    assert_eq!(meaning(text), expected, "{text}");
}

#[test]
fn statements() {
    reads(r#"use "teams/*.seg""#, r#"Use(Text { text: "teams/*.seg" }) []"#);
    reads("zone a {}", r#"Zone { name: Name { text: "a" }, parent: None } []"#);
    reads("zone b in a {}", r#"Zone { name: Name { text: "b" }, parent: Some(Name { text: "a" }) } []"#);
    reads(
        "service s = tcp/443, tcp/8000-8100, udp/53, sctp/any, other",
        r#"Service { name: Name { text: "s" }, services: [Service { kind: Ports { protocol: Tcp, low: 443, high: 443 } }, Service { kind: Ports { protocol: Tcp, low: 8000, high: 8100 } }, Service { kind: Ports { protocol: Udp, low: 53, high: 53 } }, Service { kind: Ports { protocol: Sctp, low: 0, high: 65535 } }, Service { kind: Name("other") }] } []"#,
    );
    reads(
        "service s = icmp/echo-request, icmp/3/1, icmpv6/nd-neighbor-solicit, icmp/any, proto/47, any",
        r#"Service { name: Name { text: "s" }, services: [Service { kind: Icmp { v6: false, kind: Some(8), code: None } }, Service { kind: Icmp { v6: false, kind: Some(3), code: Some(1) } }, Service { kind: Icmp { v6: true, kind: Some(135), code: None } }, Service { kind: Icmp { v6: false, kind: None, code: None } }, Service { kind: Protocol(47) }, Service { kind: Any }] } []"#,
    );
    reads(
        "group g = a, b except c",
        r#"Group { name: Name { text: "g" }, zones: Zones { items: [Item { kind: Name("a") }, Item { kind: Name("b") }], except: [Item { kind: Name("c") }] } } []"#,
    );
    reads(
        "allow dev, dev.agent -> mirror : https",
        r#"Allow { left: Zones { items: [Item { kind: Name("dev") }, Item { kind: Process("dev", "agent") }], except: [] }, right: Zones { items: [Item { kind: Name("mirror") }], except: [] }, services: [Service { kind: Name("https") }] } []"#,
    );
    reads(
        "forbid a -> b",
        r#"Forbid { arrow: Direct, left: Zones { items: [Item { kind: Name("a") }], except: [] }, right: Zones { items: [Item { kind: Name("b") }], except: [] }, services: [] } []"#,
    );
    reads(
        "forbid any except ml => gpu : ssh { over ssh, rdp }",
        r#"Forbid { arrow: Path, left: Zones { items: [Item { kind: Any }], except: [Item { kind: Name("ml") }] }, right: Zones { items: [Item { kind: Name("gpu") }], except: [] }, services: [Service { kind: Name("ssh") }] } [Over([Service { kind: Name("ssh") }, Service { kind: Name("rdp") }])]"#,
    );
    reads(
        "require internet -> gpu : ssh",
        r#"Require { left: Zones { items: [Item { kind: Internet }], except: [] }, right: Zones { items: [Item { kind: Name("gpu") }], except: [] }, services: [Service { kind: Name("ssh") }] } []"#,
    );
    reads("credential k {}", r#"Credential { name: Name { text: "k" } } []"#);
    reads("watch dev.agent {}", r#"Watch { zone: Item { kind: Process("dev", "agent") } } []"#);
    reads("controls {}", r#"Controls []"#);
    reads("firewall f {}", r#"Firewall { name: Name { text: "f" }, on: None } []"#);
    reads("firewall f on dev {}", r#"Firewall { name: Name { text: "f" }, on: Some(Item { kind: Name("dev") }) } []"#);
    reads("router r {}", r#"Router { name: Name { text: "r" } } []"#);
}

#[test]
fn zone_clauses() {
    reads(
        r#"zone a { about "x"  owner "o" }"#,
        r#"Zone { name: Name { text: "a" }, parent: None } [About(Text { text: "x" }); Owner(Text { text: "o" })]"#,
    );
    reads(
        "zone a { hosts 10.0.0.1, 10.0.0.0/8, ::/0, 10.0.0.10-10.0.0.20 except 10.1.0.0/16, b }",
        r#"Zone { name: Name { text: "a" }, parent: None } [Hosts { addresses: [Address { kind: Prefix(10.0.0.1/32) }, Address { kind: Prefix(10.0.0.0/8) }, Address { kind: Prefix(::/0) }, Address { kind: Range(10.0.0.10, 10.0.0.20) }], except: [Address { kind: Prefix(10.1.0.0/16) }, Address { kind: Zone("b") }] }]"#,
    );
    reads(
        r#"zone a { hosts inventory("hosts.yml", "ci") }"#,
        r#"Zone { name: Name { text: "a" }, parent: None } [Hosts { addresses: [Address { kind: Inventory { file: Text { text: "hosts.yml" }, group: Text { text: "ci" } } }], except: [] }]"#,
    );
    reads(
        r#"zone a { domains "a.example.com", "*.example.org" }"#,
        r#"Zone { name: Name { text: "a" }, parent: None } [Domains([Text { text: "a.example.com" }, Text { text: "*.example.org" }])]"#,
    );
    reads(
        "zone a { is critical, gpu, agentic, public-writable, public-trigger, isolated }",
        r#"Zone { name: Name { text: "a" }, parent: None } [Is([Flag { kind: Critical }, Flag { kind: Gpu }, Flag { kind: Agentic }, Flag { kind: PublicWritable }, Flag { kind: PublicTrigger }, Flag { kind: Isolated }])]"#,
    );
    reads(
        r#"zone a { barrier "why" }"#,
        r#"Zone { name: Name { text: "a" }, parent: None } [Barrier(Assumption { until: None, why: Text { text: "why" } })]"#,
    );
    reads(
        r#"zone a { barrier until 2027-06-30 "why" }"#,
        r#"Zone { name: Name { text: "a" }, parent: None } [Barrier(Assumption { until: Some(Date { day: 2027-06-30 }), why: Text { text: "why" } })]"#,
    );
    reads(
        "zone a { shares cache with b, c except d }",
        r#"Zone { name: Name { text: "a" }, parent: None } [SharesCache(Zones { items: [Item { kind: Name("b") }, Item { kind: Name("c") }], except: [Item { kind: Name("d") }] })]"#,
    );
    reads("zone a { size 500 }", r#"Zone { name: Name { text: "a" }, parent: None } [Size(500)]"#);
    reads(
        r#"zone a { process p { user "agent"  is agentic } }"#,
        r#"Zone { name: Name { text: "a" }, parent: None } [Process { name: Name { text: "p" }, full: "a.p", clauses: [Clause { kind: User(Name(Text { text: "agent" })) }, Clause { kind: Is([Flag { kind: Agentic }]) }] }]"#,
    );
    reads(
        r#"zone a { process p { user 2000  cgroup "x/y"  contained until 2028-02-29 "why" } }"#,
        r#"Zone { name: Name { text: "a" }, parent: None } [Process { name: Name { text: "p" }, full: "a.p", clauses: [Clause { kind: User(Ids(2000, 2000)) }, Clause { kind: Cgroup(Text { text: "x/y" }) }, Clause { kind: Contained(Assumption { until: Some(Date { day: 2028-02-29 }), why: Text { text: "why" } }) }] }]"#,
    );
    reads(
        "zone a { process p { user 1000-1999 } }",
        r#"Zone { name: Name { text: "a" }, parent: None } [Process { name: Name { text: "p" }, full: "a.p", clauses: [Clause { kind: User(Ids(1000, 1999)) }] }]"#,
    );
}

#[test]
fn allow_clauses() {
    reads(
        r#"allow a -> b : any { reason "r"  owner "o"  ticket "t"  approved-by "p" }"#,
        r#"Allow { left: Zones { items: [Item { kind: Name("a") }], except: [] }, right: Zones { items: [Item { kind: Name("b") }], except: [] }, services: [Service { kind: Any }] } [Reason(Text { text: "r" }); Owner(Text { text: "o" }); Ticket(Text { text: "t" }); ApprovedBy(Text { text: "p" })]"#,
    );
    reads(
        "allow a -> b : any { review 2027-01-01  from 2026-01-01  until 2027-06-30  log }",
        r#"Allow { left: Zones { items: [Item { kind: Name("a") }], except: [] }, right: Zones { items: [Item { kind: Name("b") }], except: [] }, services: [Service { kind: Any }] } [Review(Date { day: 2027-01-01 }); From(Date { day: 2026-01-01 }); Until(Date { day: 2027-06-30 }); Log]"#,
    );
    reads(
        r#"allow a -> b : any { needs k, l  pulls code  vetted "v"  inert until 2027-01-01 "i" }"#,
        r#"Allow { left: Zones { items: [Item { kind: Name("a") }], except: [] }, right: Zones { items: [Item { kind: Name("b") }], except: [] }, services: [Service { kind: Any }] } [Needs([Name { text: "k" }, Name { text: "l" }]); Pulls { code: true }; Vetted(Assumption { until: None, why: Text { text: "v" } }); Inert(Assumption { until: Some(Date { day: 2027-01-01 }), why: Text { text: "i" } })]"#,
    );
    reads(
        r#"allow a -> b : any { emergency "INC-42"  pulls content  rate 100/second }"#,
        r#"Allow { left: Zones { items: [Item { kind: Name("a") }], except: [] }, right: Zones { items: [Item { kind: Name("b") }], except: [] }, services: [Service { kind: Any }] } [Emergency(Text { text: "INC-42" }); Pulls { code: false }; Rate(Rate { count: 100, seconds: 1 })]"#,
    );
}

#[test]
fn other_clauses() {
    reads(
        r#"forbid a => b { reason "r"  over ssh  except via c, d until 2027-01-01 { reason "r"  owner "o"  ticket "t" }  except via e except f }"#,
        r#"Forbid { arrow: Path, left: Zones { items: [Item { kind: Name("a") }], except: [] }, right: Zones { items: [Item { kind: Name("b") }], except: [] }, services: [] } [Reason(Text { text: "r" }); Over([Service { kind: Name("ssh") }]); ExceptVia { zones: Zones { items: [Item { kind: Name("c") }, Item { kind: Name("d") }], except: [] }, until: Some(Date { day: 2027-01-01 }), clauses: [Clause { kind: Reason(Text { text: "r" }) }, Clause { kind: Owner(Text { text: "o" }) }, Clause { kind: Ticket(Text { text: "t" }) }] }; ExceptVia { zones: Zones { items: [Item { kind: Name("e") }], except: [Item { kind: Name("f") }] }, until: None, clauses: [] }]"#,
    );
    reads(
        r#"require a -> b : ssh { reason "r" }"#,
        r#"Require { left: Zones { items: [Item { kind: Name("a") }], except: [] }, right: Zones { items: [Item { kind: Name("b") }], except: [] }, services: [Service { kind: Name("ssh") }] } [Reason(Text { text: "r" })]"#,
    );
    reads(
        r#"credential k { held by a  opens b  publishes to c  usable anywhere  lifetime 15 minutes  owner "o"  about "x"  review 2027-01-01  reason "r" }"#,
        r#"Credential { name: Name { text: "k" } } [HeldBy(Zones { items: [Item { kind: Name("a") }], except: [] }); Opens(Zones { items: [Item { kind: Name("b") }], except: [] }); PublishesTo(Zones { items: [Item { kind: Name("c") }], except: [] }); UsableAnywhere; Lifetime(900); Owner(Text { text: "o" }); About(Text { text: "x" }); Review(Date { day: 2027-01-01 }); Reason(Text { text: "r" })]"#,
    );
    reads("credential k { lifetime 1 day }", r#"Credential { name: Name { text: "k" } } [Lifetime(86400)]"#);
    reads(
        "watch a { new connections over 60/minute : log  fan-out over 30/hour : quarantine 10 minutes }",
        r#"Watch { zone: Item { kind: Name("a") } } [Tempo { fan_out: false, rate: Rate { count: 60, seconds: 60 }, action: Log }; Tempo { fan_out: true, rate: Rate { count: 30, seconds: 3600 }, action: Quarantine(600) }]"#,
    );
    reads(
        r#"controls { every allow needs reason, ticket matching "SEC-[0-9]+", review within 90 days, owner differs from approved-by }"#,
        r#"Controls [Every { kind: Allow { into: None }, requirements: [Requirement { clause: Name { text: "reason" }, condition: None }, Requirement { clause: Name { text: "ticket" }, condition: Some(Matching(Text { text: "SEC-[0-9]+" })) }, Requirement { clause: Name { text: "review" }, condition: Some(WithinDays(90)) }, Requirement { clause: Name { text: "owner" }, condition: Some(DiffersFrom(Name { text: "approved-by" })) }] }]"#,
    );
    reads(
        "controls { every allow into a, b needs owner  every credential needs lifetime  every waiver needs until  every firewall needs owner  every forbid needs reason }",
        r#"Controls [Every { kind: Allow { into: Some(Zones { items: [Item { kind: Name("a") }, Item { kind: Name("b") }], except: [] }) }, requirements: [Requirement { clause: Name { text: "owner" }, condition: None }] }; Every { kind: Credential, requirements: [Requirement { clause: Name { text: "lifetime" }, condition: None }] }; Every { kind: Waiver, requirements: [Requirement { clause: Name { text: "until" }, condition: None }] }; Every { kind: Firewall, requirements: [Requirement { clause: Name { text: "owner" }, condition: None }] }; Every { kind: Forbid, requirements: [Requirement { clause: Name { text: "reason" }, condition: None }] }]"#,
    );
    reads(
        "controls { deny trifecta, worm-loop  warn any-service  off unused }",
        r#"Controls [Level { level: Deny, checks: [Name { text: "trifecta" }, Name { text: "worm-loop" }] }; Level { level: Warn, checks: [Name { text: "any-service" }] }; Level { level: Off, checks: [Name { text: "unused" }] }]"#,
    );
    reads(
        r#"firewall f { target cisco-ios  interface Te1/1.20 : a  interface "eth 0" : b, internet  self c }"#,
        r#"Firewall { name: Name { text: "f" }, on: None } [Target(Name { text: "cisco-ios" }); Interface { name: Text { text: "Te1/1.20" }, zones: Zones { items: [Item { kind: Name("a") }], except: [] } }; Interface { name: Text { text: "eth 0" }, zones: Zones { items: [Item { kind: Name("b") }, Item { kind: Internet }], except: [] } }; SelfIs(Item { kind: Name("c") })]"#,
    );
    reads(
        "router r { interface g0 : a except b }",
        r#"Router { name: Name { text: "r" } } [Interface { name: Text { text: "g0" }, zones: Zones { items: [Item { kind: Name("a") }], except: [Item { kind: Name("b") }] } }]"#,
    );
}
#[test]
fn icmp_types_by_name_are_those_of_their_family() {
    for (v6, head, table) in [(false, "icmp", crate::icmp::ICMP), (true, "icmpv6", crate::icmp::ICMPV6)] {
        for (name, number) in table {
            let expected = format!("Icmp {{ v6: {v6}, kind: Some({number}), code: None }}");
            assert!(meaning(&format!("service s = {head}/{name}")).contains(&expected), "{head}/{name}");
        }
    }
}

/// A policy as people write it: with comments, in both layouts, every kind of statement.
const SCREEN: &str = r##"
# Workstations run agents that read the web, so they are a zone of their own.
use "teams/*.seg"
zone dev {
  about "Workstations"   # and the agents on them
  hosts 10.20.0.0/16, 2001:db8:20::/48
  process agent { user "agent"  is agentic }
}
zone gpu    { hosts 10.40.0.0/16  is gpu, critical }
service inference = tcp/8000-8100
group all = dev, gpu
allow dev, dev.agent -> gpu : https {
  reason "training"
  ticket "SEC-142"   needs deploy-key
}
credential deploy-key { held by dev   opens gpu   lifetime 15 minutes }
forbid dev => gpu                 # over any number of hops
forbid any except gpu->dev
require dev->gpu:ssh
watch dev { new connections over 60/minute : log }
controls { every allow needs reason, owner, ticket matching "SEC-[0-9]+" }
firewall edge { target nftables  interface eth0 : dev }
router lab { interface g0 : gpu }
"##;

#[test]
fn a_file_is_its_statements() {
    use pest::Parser;
    let (tree, errors) = crate::parse(SCREEN, 0);
    assert_eq!((tree.statements.len(), errors), (14, Vec::new()));
    let whole = crate::SegParser::parse(crate::Rule::file, SCREEN).expect("the grammar's `file` takes it too");
    let spans: Vec<_> =
        whole.filter(|pair| pair.as_rule() != crate::Rule::EOI).map(|pair| pair.as_span().start()).collect();
    let starts: Vec<_> = tree.statements.iter().map(|statement| statement.span.start as usize).collect();
    assert_eq!(spans, starts);
}
