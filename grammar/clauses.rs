//! Which block may hold which clause, by keyword: what explanations are made of. The grammar decides; a test holds
//! this table to it.

/// A block's keyword and its clauses.
pub(crate) const BLOCKS: &[(&str, &[&str])] = &[
    ("zone", &["hosts", "domains", "is", "about", "owner", "barrier", "shares cache with", "size", "process"]),
    ("process", &["user", "cgroup", "is", "contained"]),
    (
        "allow",
        &[
            "reason",
            "owner",
            "ticket",
            "approved-by",
            "review",
            "from",
            "until",
            "log",
            "needs",
            "pulls",
            "vetted",
            "inert",
            "emergency",
            "rate",
        ],
    ),
    ("forbid", &["reason", "owner", "ticket", "approved-by", "review", "over", "except via"]),
    ("except via", &["reason", "owner", "ticket", "approved-by", "review"]),
    ("require", &["reason", "owner", "ticket", "approved-by", "review"]),
    (
        "credential",
        &["held by", "opens", "publishes to", "usable anywhere", "lifetime", "owner", "about", "review", "reason"],
    ),
    ("watch", &["new connections over", "fan-out over", "owner", "about", "reason"]),
    ("controls", &["every", "deny", "warn", "off"]),
    ("firewall", &["target", "interface", "self", "owner", "about", "reason"]),
    ("router", &["interface", "owner", "about", "reason"]),
];

/// The clauses of one block; none if there is no such block.
pub(crate) fn clauses_of(block: &str) -> &'static [&'static str] {
    BLOCKS.iter().find(|(name, _)| *name == block).map_or(&[], |(_, clauses)| clauses)
}

/// The first word of a clause.
pub(crate) fn first_word(clause: &str) -> &str {
    clause.split(' ').next().unwrap_or(clause)
}

/// The blocks that hold a clause that starts with this word.
pub(crate) fn homes(word: &str) -> Vec<&'static str> {
    let holds = |clauses: &[&str]| clauses.iter().any(|clause| first_word(clause) == word);
    BLOCKS.iter().filter(|(_, clauses)| holds(clauses)).map(|(block, _)| *block).collect()
}

#[cfg(test)]
mod tests;
