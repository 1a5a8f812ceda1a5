//! What people do to a policy: statements come, go and are rewritten, zones get other addresses; and what only looks
//! like a change. An edit after which the policy would no longer be valid is not made.

use segc::diagnostics::Severity;
use segc_grammar::ast::{AddressKind, ClauseKind, StatementKind, Tree};

use crate::random_policy::dice::Dice;

/// Does the text mean anything?
fn is_valid(text: &str) -> bool {
    let (tree, wrong) = segc_grammar::parse(text, 0);
    let trees = [tree];
    let (_, found) = segc::resolve::resolve(&trees, &Default::default());
    wrong.is_empty() && found.iter().all(|d| d.severity != Severity::Error)
}

fn parsed(text: &str) -> Tree<'_> {
    segc_grammar::parse(text, 0).0
}

/// A text in which a stretch is replaced.
fn spliced(text: &str, span: segc_grammar::Span, with: &str) -> String {
    format!("{}{with}{}", &text[..span.start as usize], &text[span.end as usize..])
}

/// Some edits of all kinds.
pub fn edited(text: &str, seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let mut text = edited_allows(text, seed);
    for _ in 0..dice.below(4) {
        if let Some(next) = zone(&text, &mut dice).filter(|next| is_valid(next)) {
            text = next;
        }
    }
    if dice.chance(30) { disguised(&text, seed) } else { text }
}

/// Some edits of allows alone.
pub fn edited_allows(text: &str, seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let mut text = text.to_owned();
    for _ in 0..=dice.below(4) {
        if let Some(next) = allow(&text, &mut dice).filter(|next| is_valid(next)) {
            text = next;
        }
    }
    text
}

/// An allow is dropped, written again with other services or sides, or has its block taken away.
fn allow(text: &str, dice: &mut Dice) -> Option<String> {
    let tree = parsed(text);
    let allows: Vec<_> = tree.statements.iter().filter(|s| matches!(s.kind, StatementKind::Allow { .. })).collect();
    let allow = *dice.pick(&allows);
    let StatementKind::Allow { left, right, services } = &allow.kind else { return None };
    let other = *dice.pick(&allows);
    let StatementKind::Allow { left: other_left, services: other_services, .. } = &other.kind else { return None };
    let of = |span: segc_grammar::Span| &text[span.start as usize..span.end as usize];
    let all = segc_grammar::Span::new(services.first()?.span.start, services.last()?.span.end);
    let others = segc_grammar::Span::new(other_services.first()?.span.start, other_services.last()?.span.end);
    Some(match dice.below(8) {
        0 | 1 => spliced(text, allow.span, ""),
        2 => spliced(text, all, "tcp/0-400, udp/50-60, ping"),
        3 => spliced(text, all, of(others)),
        4 => spliced(text, left.span, of(other_left.span)),
        5 => spliced(text, left.span, "any"),
        6 => format!("{text}\nallow {} -> {} : any\n", of(right.span), of(left.span)),
        _ => spliced(text, segc_grammar::Span::new(all.end, allow.span.end), ""),
    })
}

/// A zone gets other addresses, or a new zone comes.
fn zone(text: &str, dice: &mut Dice) -> Option<String> {
    let tree = parsed(text);
    let clauses = tree.statements.iter().flat_map(|s| &s.clauses);
    let hosts: Vec<_> = clauses
        .filter_map(|clause| match &clause.kind {
            ClauseKind::Hosts { addresses, .. } => Some(addresses),
            _ => None,
        })
        .collect();
    let addresses = dice.pick(&hosts);
    let one = dice.pick(addresses);
    let smaller = match &one.kind {
        AddressKind::Prefix(net) if net.prefix_len() < net.max_prefix_len() => {
            net.subnets(net.prefix_len() + 1).ok()?.nth(dice.below(2) as usize)?.to_string()
        }
        AddressKind::Range(first, _) => first.to_string(),
        _ => return None,
    };
    let fresh = *dice.pick(&["10.250.0.0/24", "93.1.0.0/16", "2001:db8:fafa::/48", "2a0f:1::/32", "10.251.0.7"]);
    Some(match dice.below(4) {
        0 | 1 => spliced(text, one.span, &smaller),
        2 => spliced(text, segc_grammar::Span::new(one.span.start, one.span.start), &format!("{fresh}, ")),
        _ => format!("{text}\nzone freshly-made {{ hosts {fresh} }}\n"),
    })
}

/// Statements in another order, in another layout, and with other names.
pub fn disguised(text: &str, seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let mut text = text.to_owned();
    for number in 0..3 {
        let tree = parsed(&text);
        let names: Vec<&str> = tree
            .statements
            .iter()
            .filter_map(|s| match &s.kind {
                StatementKind::Zone { name, .. }
                | StatementKind::Group { name, .. }
                | StatementKind::Service { name, .. } => Some(name.text),
                _ => None,
            })
            .collect();
        let name: &str = names[dice.below(names.len() as u64) as usize];
        let next = renamed(&text, name, &format!("renamed-{number}"));
        // Where a name is a keyword too, the text does not parse any more.
        if is_valid(&next) {
            text = next;
        }
    }
    let tree = parsed(&text);
    let mut statements: Vec<&str> =
        tree.statements.iter().map(|s| &text[s.span.start as usize..s.span.end as usize]).collect();
    dice.shuffle(&mut statements);
    let shuffled = statements.join("  # why\n\n");
    segc_grammar::format(&shuffled).expect("it parses")
}

/// A name replaced wherever it stands as a word of its own, outside of strings.
fn renamed(text: &str, name: &str, new: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            '#' => rest.find('\n').unwrap_or(rest.len()),
            c if is_word(c) => {
                let all = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                rest[..all].trim_end_matches('-').len().max(1)
            }
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        out.push_str(if token == name { new } else { token });
        rest = after;
    }
    out
}
