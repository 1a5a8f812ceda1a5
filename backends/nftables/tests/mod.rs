//! What is written, and what nft and the kernel make of it. Packets are sent elsewhere (`tests/kernel.rs` of the
//! workspace).

mod hostile;
mod loaded;
mod nft;
mod shape;
mod snapshots;

use super::Nftables;
use crate::rules::RuleSet;
use crate::{Backend, refusals};

/// The text of the rules, after the central check.
fn rules(set: &RuleSet) -> String {
    assert_eq!(refusals(&Nftables, set), []);
    Nftables.render(set).swap_remove(0).text
}

/// The lines of one chain, map or set, without the tabs.
fn block<'a>(text: &'a str, head: &str) -> Vec<&'a str> {
    let head = format!("\t{head} {{");
    let mut lines = text.lines().skip_while(|line| *line != head);
    assert!(lines.next().is_some(), "no {head} in\n{text}");
    lines.take_while(|line| *line != "\t}").map(str::trim).collect()
}
