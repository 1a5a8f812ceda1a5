//! Long lists that differ from the policy in many places: the work is bounded, and the answer is none the better for it.

use std::fmt::Write;

use segc::packets::{Meant, Proof, Verdict, prove};
use segc::prove::{Scope, judge};
use segc::source::Sources;

use crate::laws::compiled;
use crate::random_policy::DAY;

const POLICY: &str = "
zone dev { hosts 10.1.0.0/24 }
zone web { hosts 10.2.0.0/16 }
allow dev -> web : tcp/1000-1999
";

/// The policy with `ports` lines for each of the first destinations and one for the others; each of these destinations
/// has in addition a port of its own that the policy does not allow.
fn list(destinations: u32, ports: u32) -> String {
    let mut text =
        "table inet lists {\nchain forward {\ntype filter hook forward priority 0; policy drop;\n".to_owned();
    let share = 1000 / ports;
    for at in 0..destinations {
        let to = std::net::Ipv4Addr::from(0x0a02_0000 + at);
        for low in (1000..2000).step_by(share as usize) {
            let _ = writeln!(text, "ip saddr 10.1.0.0/24 ip daddr {to} tcp dport {low}-{} accept", low + share - 1);
        }
        let _ = writeln!(text, "ip saddr 10.1.0.0/24 ip daddr {to} tcp dport {} accept", 3000 + 2 * at);
    }
    text + "ip saddr 10.1.0.0/24 ip daddr 10.2.0.0/16 tcp dport 1000-1999 accept\n}\n}\n"
}

fn proof(text: &str) -> (Proof, u64) {
    let read = segc_backends::read::nft(text.as_bytes()).expect("it can be read");
    let rules = read.program.chains.iter().map(|chain| chain.rules.len() as u64).sum();
    (compiled(POLICY, |model, _| prove(Meant::everything(model, DAY), &read.program)), rules)
}

#[test]
fn few_differences_are_all_replayed() {
    let (proof, rules) = proof(&list(200, 10));
    assert_eq!((proof.verdict, proof.extra.len(), proof.missing.len()), (Verdict::Different, 200, 0));
    assert!(proof.all_extra && proof.all_missing && proof.disputed.is_empty());
    assert!(proof.steps > 100 * rules, "{} steps for {rules} rules", proof.steps);
}

/// 300 differences, some of which a list of 60,301 lines decides only at its end: 18 million steps if all were replayed.
#[test]
fn many_differences_of_a_long_list_take_bounded_work() {
    let (proof, rules) = proof(&list(300, 200));
    assert!(rules > 60_000, "{rules}");
    assert_eq!((proof.verdict, proof.missing.len()), (Verdict::Different, 0));
    assert!(!proof.all_extra && proof.all_missing && proof.disputed.is_empty());
    assert!((9..256).contains(&proof.extra.len()), "{}", proof.extra.len());
    assert!(proof.steps < (1 << 22) + rules, "{} steps for {rules} rules", proof.steps);
}

/// Where not all are counted, nobody says how many there are.
#[test]
fn what_was_not_counted_is_said() {
    let told = |text: String| {
        compiled(POLICY, |model, _| {
            let sources = Sources::default();
            let source = sources.add("live".to_owned(), "live".to_owned(), text).expect("small");
            let judged = judge(model, &sources, DAY, source, Scope::Everything, false);
            assert_eq!(judged.verdict, Some(Verdict::Different));
            judged.found.last().map(|found| found.help.clone()).expect("a help line")
        })
    };
    let few = told(list(200, 10));
    assert!(few.contains(", and 192 further parts of the kind;"), "{few}");
    let many = told(list(300, 10));
    assert!(many.contains(", and 248 or more further parts of the kind;"), "{many}");
}
