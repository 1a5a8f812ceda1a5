//! Every example.

use std::path::Path;

use segc_grammar::ast::ClauseKind;

use super::netns::with_router;
use super::probe::{Outcome, probe};
use super::random::conclude;
use super::sources::Sources;
use super::{ready, today};
use crate::naive::Naive;
use crate::naive::packets::packets;

const PACKETS: usize = 800;

#[test]
fn examples_mean_the_same_to_the_kernel() {
    if !ready() {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let folders = std::fs::read_dir(&root).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
    let mut paths: Vec<_> = folders.map(|folder| folder.expect("it can be read").path().join("zones.seg")).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    let mut total = Outcome::default();
    for path in paths {
        let name = path.strip_prefix(&root).expect("it is below").display().to_string();
        let sources = Sources::read(&path);
        if sources.texts().iter().any(|text| names_domains(text)) {
            println!("{name}: not judged, for nftables knows no names of hosts");
            continue;
        }
        // One example breaks its own forbids on purpose (`examples.rs` holds which): it has no rules to judge.
        let folder = path.parent().expect("a folder");
        if !crate::segc(folder, &["check", "zones.seg"]).status.success() {
            println!("{name}: not judged, for its own forbids fail");
            continue;
        }
        let (day, texts) = (today(), sources.texts().to_vec());
        let rules = crate::build_nft(&path, day);
        let naive = Naive::of(&texts, day, segc::resolve::PRELUDE, sources.inventory());
        let drawn = packets(&naive, 1, PACKETS);
        let mut outcome = with_router(|router| probe(router, &naive, &drawn, &rules));
        assert!(day == today() || outcome.mismatches.is_empty(), "midnight passed: run this again");
        println!("{name}: {} packets", outcome.packets);
        for mismatch in &mut outcome.mismatches {
            *mismatch = format!("{name}: {mismatch}");
        }
        total.add(outcome);
    }
    conclude(&total);
}

/// Has it a zone of domains?
fn names_domains(text: &str) -> bool {
    let (tree, _) = segc_grammar::parse(text, 0);
    let mut clauses = tree.statements.iter().flat_map(|statement| &statement.clauses);
    clauses.any(|clause| matches!(clause.kind, ClauseKind::Domains(_)))
}
