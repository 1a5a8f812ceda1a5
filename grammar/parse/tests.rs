//! Reading texts: what they mean, what is wrong with them, and what no text can make happen.

mod limits;
mod misplaced;
mod mistakes;
mod pitfalls;
mod trees;

use crate::parse;

/// The tree without its places: what the text means.
#[track_caller]
pub(crate) fn meaning(text: &str) -> String {
    let (tree, errors) = parse(text, 0);
    assert_eq!(errors, [], "{text}");
    let statements: Vec<String> = tree
        .statements
        .iter()
        .map(|statement| {
            let clauses: Vec<String> = statement.clauses.iter().map(|clause| format!("{:?}", clause.kind)).collect();
            without_places(&format!("{:?} [{}]", statement.kind, clauses.join("; ")))
        })
        .collect();
    statements.join("\n")
}

/// Takes `span: 12..34` and `keyword: 12..34` out of a printed tree.
fn without_places(tree: &str) -> String {
    let mut out = String::new();
    let mut rest = tree;
    while let Some((at, label)) =
        ["span: ", "keyword: "].iter().filter_map(|label| Some((rest.find(label)?, *label))).min()
    {
        let after = &rest[at + label.len()..];
        let place = after.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        let before = rest[..at].strip_suffix(", ").unwrap_or(&rest[..at]);
        out.push_str(before);
        rest = &after[place..];
        if before.len() == at {
            rest = rest.strip_prefix(", ").unwrap_or(rest);
        }
    }
    out + rest
}
