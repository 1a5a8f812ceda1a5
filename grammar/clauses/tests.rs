//! The table against the grammar: every clause in every block.

use std::collections::BTreeMap;

use super::{BLOCKS, first_word};
use crate::parse;

/// One clause of each kind; two where the same keyword means something else in another block.
const CLAUSES: &[&str] = &[
    "hosts ::1",
    "domains \"x\"",
    "is agentic",
    "about \"x\"",
    "owner \"x\"",
    "barrier \"x\"",
    "shares cache with a",
    "size 1",
    "process p {}",
    "user 1",
    "cgroup \"x\"",
    "contained \"x\"",
    "reason \"x\"",
    "ticket \"x\"",
    "approved-by \"x\"",
    "review 2027-01-01",
    "from 2027-01-01",
    "until 2027-01-01",
    "log",
    "needs k",
    "pulls code",
    "vetted \"x\"",
    "inert \"x\"",
    "emergency \"x\"",
    "rate 1/day",
    "over ssh",
    "except via a",
    "held by a",
    "opens a",
    "publishes to a",
    "usable anywhere",
    "lifetime 1 day",
    "new connections over 1/day : log",
    "fan-out over 1/day : log",
    "every forbid needs reason",
    "deny x",
    "warn x",
    "off x",
    "target x",
    "interface x : a",
    "self a",
];

#[test]
fn the_table_says_what_the_grammar_does() {
    let heads = BTreeMap::from([
        ("zone", "zone a { @ }"),
        ("process", "zone a { process q { @ } }"),
        ("allow", "allow a -> b : ssh { @ }"),
        ("forbid", "forbid a -> b { @ }"),
        ("except via", "forbid a => b { except via c { @ } }"),
        ("require", "require a -> b : ssh { @ }"),
        ("credential", "credential c { @ }"),
        ("watch", "watch a { @ }"),
        ("controls", "controls { @ }"),
        ("firewall", "firewall f on a { @ }"),
        ("router", "router r { @ }"),
    ]);
    assert_eq!(heads.len(), BLOCKS.len());
    for (block, clauses) in BLOCKS {
        for clause in CLAUSES {
            let errors = parse(&heads[block].replace('@', clause), 0).1;
            let known = clauses.iter().any(|known| first_word(known) == first_word(clause));
            assert_eq!(errors.is_empty(), known, "`{clause}` in `{block}`: {errors:?}");
            if !known {
                assert_eq!(errors[0].code, "SEG0109", "`{clause}` in `{block}`");
            }
        }
    }
    for (_, clauses) in BLOCKS {
        for known in *clauses {
            assert!(CLAUSES.iter().any(|clause| clause.starts_with(known)), "`{known}` is tried");
        }
    }
}
