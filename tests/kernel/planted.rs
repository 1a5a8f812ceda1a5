//! The probe itself is put to the test: it must find mistakes that are written into a right rule set.

use super::netns::with_router;
use super::probe::probe;
use super::{build, ready, today};
use crate::naive::Naive;
use crate::naive::packets::packets;

const POLICY: &str = r#"
zone office { hosts 10.20.0.0/16, 2001:db8:20::/48 except 10.20.7.9-10.20.7.20 }
zone shop   { hosts 10.40.0.0/16, 2001:db8:40::/48 }
zone lab in shop { hosts 10.40.4.0/24 }
allow office -> shop : tcp/7443-7450, udp/7453 { reason "work" owner "us" }
allow lab -> office : tcp/7460 { reason "work" owner "us" }
"#;

/// What is wrong then, and what is written in place of what.
const MISTAKES: [(&str, &str, &str); 6] = [
    ("a widened port", "7450", "7451"),
    ("a port too few", "7443", "7444"),
    ("another port", "7453", "7454"),
    ("a hole that has lost its first address", "10.20.7.8", "10.20.7.9"),
    ("a hole that has grown by an address", "10.20.7.21", "10.20.7.22"),
    ("another network of IPv6", "2001:db8:40::", "2001:db8:3f::"),
];

#[test]
fn the_probe_finds_planted_mistakes() {
    if !ready() {
        return;
    }
    let day = today();
    let rules = build(POLICY, day);
    let naive = Naive::new(POLICY, day);
    let drawn = packets(&naive, 1, 1500);
    let judge = |rules: &str| with_router(|router| probe(router, &naive, &drawn, rules));
    let right = judge(&rules);
    assert!(right.mismatches.is_empty(), "{}", right.mismatches.join("\n"));
    assert!(right.replies > 0, "answers are judged too");
    for (what, written, instead) in MISTAKES {
        assert!(rules.contains(written), "{written} is not in the rule set:\n{rules}");
        let wrong = judge(&rules.replace(written, instead));
        assert!(!wrong.mismatches.is_empty(), "{what} was not found");
    }
    // An empty rule set that drops, and none at all.
    let deaf = "table inet segc { chain forward { type filter hook forward priority 0; policy drop; }; }";
    assert_eq!(judge(deaf).mismatches.len(), right.allowed, "each allowed packet is missed");
    assert_eq!(judge("").mismatches.len(), right.packets - right.allowed, "each denied packet is seen");
}
