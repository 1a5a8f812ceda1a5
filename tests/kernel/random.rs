//! Random policies.

use std::sync::Mutex;

use super::netns::{Router, run, with_router};
use super::probe::{Outcome, probe};
use super::{build, ready, today};
use crate::naive::Naive;
use crate::naive::packets::packets;
use crate::random_policy::{Size, each_seed, policy_at};

const POLICIES: u64 = 200;
const PACKETS: usize = 130;

#[test]
fn random_policies_mean_the_same_to_the_kernel() {
    if !ready() {
        return;
    }
    let total = Mutex::new(Outcome::default());
    each_seed(POLICIES, |seed| {
        let outcome = judge(seed, |_| ());
        total.lock().expect("no thread panicked").add(outcome);
    });
    let total = total.into_inner().expect("no thread panicked");
    conclude(&total);
    assert!(total.packets >= 20_000, "only {} packets", total.packets);
    assert!(total.allowed * 10 > total.packets && total.allowed * 10 < total.packets * 9, "one verdict is rare");
}

/// The number is that of the pitfall: priorities against another table's hook. Nothing that another table accepts,
/// before or after us, is any business of ours.
#[test]
fn p77_another_table_that_accepts_changes_nothing() {
    if !ready() {
        return;
    }
    let mut total = Outcome::default();
    for seed in 1000..1004 {
        total.add(judge(seed, |_| {
            let chain = |name: &str, priority: i32| {
                format!("chain {name} {{ type filter hook forward priority {priority}; policy accept; accept; }}\n")
            };
            let (before, after) = (chain("before", -10) + &chain("same", 0), chain("after", 10));
            run("nft", &["-f", "-"], &format!("table inet foreign {{\n{before}{after}}}\n")).expect("it loads");
        }));
    }
    conclude(&total);
}

/// Probes the policy of a seed, on a router that was made ready by `prepare`.
fn judge(seed: u64, prepare: impl Fn(&mut Router) + Sync) -> Outcome {
    // The rule set's dates end at midnight, and so must the test; after midnight it is a new day with new rules.
    for _ in 0..2 {
        let day = today();
        let text = policy_at(seed, Size::MEDIUM, day);
        let rules = build(&text, day);
        let naive = Naive::new(&text, day);
        let packets = packets(&naive, seed, PACKETS);
        let mut outcome = with_router(|router| {
            prepare(router);
            run("nft", &["-c", "-f", "-"], &rules).expect("`nft -c` accepts it");
            probe(router, &naive, &packets, &rules)
        });
        if today() == day {
            for mismatch in &mut outcome.mismatches {
                *mismatch = format!("policy {seed}: {mismatch}");
            }
            return outcome;
        }
    }
    panic!("two midnights in one test");
}

/// Says what came of it, and fails where anything was wrong.
pub fn conclude(total: &Outcome) {
    println!("{} packets, {} mismatches", total.packets, total.mismatches.len());
    println!("{} allowed, {} answered, {} that no router forwards", total.allowed, total.replies, total.unroutable);
    assert!(total.packets > 0, "nothing was judged");
    assert!(total.unroutable * 10 <= total.packets, "too many packets that no router forwards: {}", total.unroutable);
    let shown: Vec<&str> = total.mismatches.iter().take(20).map(String::as_str).collect();
    assert!(
        total.mismatches.is_empty(),
        "kernel and policy differ {} times\n{}",
        total.mismatches.len(),
        shown.join("\n")
    );
}
