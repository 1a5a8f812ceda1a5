//! SEG08xx: a rule set beside the policy.

use segc_grammar::Span;

use super::{Diagnostic, count};

/// What the answer is not about, where chains of others are asked.
pub const FIRST_PACKETS: &str = "only first packets of connections are compared here: what other chains let pass as \
     established, related or invalid is not judged";

/// What the answer is not about, where a device keeps state.
pub const BY_DEVICE: &str = "first packets of connections are compared; the device lets replies pass by itself, and what \
     it does with interfaces that the configuration does not name is its own business";

/// What the answer is not about, where lists stand on interfaces.
pub const OTHER_INTERFACES: &str = "first packets, later ones and replies to client ports from 1024 on are compared, by \
     the interfaces that the policy names; what comes in by others no list sees";

/// What passes whatever the policy says, and was added to it.
pub fn beside_the_policy<'a>(why: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<&str> = why.collect();
    format!("beside the policy may pass what the target cannot be without: {}", all.join(", "))
}

/// Connections that pass and should not, or the reverse.
pub struct Drift {
    /// `` `dev` -> `gpu` on ssh``
    pub connections: String,
    /// One of them.
    pub packet: String,
    /// The statements of the policy that allow it.
    pub allows: Vec<Span>,
    /// The rules that decide.
    pub rules: Vec<Span>,
    /// How many more parts differ in this way and are not shown.
    pub more: usize,
    /// There are no others. If not, nobody has counted them.
    pub all: bool,
}

/// The rules let pass what no statement allows.
pub fn lets_pass(drift: &Drift) -> Diagnostic {
    let mut d = Diagnostic::error(
        "SEG0801",
        format!("the rules let pass what the policy does not allow: {}", drift.connections),
    );
    for rule in &drift.rules {
        d = d.at(*rule, "lets it pass");
    }
    d.help(format!(
        "for example {}{}; load the rules of the policy, or allow it there if it is wanted",
        drift.packet,
        more(drift)
    ))
}

/// The rules stop what some statement allows.
pub fn stops(drift: &Drift) -> Diagnostic {
    let mut d = Diagnostic::error("SEG0802", format!("the rules stop what the policy allows: {}", drift.connections));
    for allow in &drift.allows {
        d = d.at(*allow, "allowed here");
    }
    for rule in &drift.rules {
        d = d.at(*rule, "stopped here");
    }
    d.help(format!(
        "for example {}{}; load the rules of the policy, or take the allow out of it",
        drift.packet,
        more(drift)
    ))
}

fn more(drift: &Drift) -> String {
    match (drift.more, drift.all) {
        (0, true) => String::new(),
        (0, false) => ", and further parts of the kind that were not counted".to_owned(),
        (parts, true) => format!(", and {} of the kind", count(parts, "further part")),
        (parts, false) => format!(", and {parts} or more further parts of the kind"),
    }
}

/// Nothing can be said for certain. `sure` is the half that can.
pub fn unproved(why: &str, sure: Option<&str>, lines: &[Span]) -> Diagnostic {
    let mut d = Diagnostic::error(
        "SEG0803",
        format!("it cannot be proved that the rules let pass just what the policy allows: {why}"),
    );
    for line in lines {
        d = d.at(*line, "not understood, or known only while the firewall runs");
    }
    let sure =
        sure.map_or_else(|| "nothing is sure about the rest".to_owned(), |sure| format!("this much is sure: {sure}"));
    d.help(format!(
        "{sure}; write such conditions only on rules that drop, in front of \
         those that accept; for dates in a listing, save it with `TZ=UTC0 nft -s list ruleset` and give `--utc`"
    ))
}

/// The rules for replies and errors are not those that segc writes.
pub fn replies(lines: &[Span]) -> Diagnostic {
    let mut d = Diagnostic::error(
        "SEG0803",
        "it cannot be proved what becomes of replies, of errors and of packets of no connection",
    );
    for line in lines {
        d = d.at(*line, "asks what connection tracking says");
    }
    d.help("first packets are compared exactly; for all others segc knows only the three rules that it writes itself: load them again")
}

/// The rule set is no rule set.
pub fn unreadable(name: &str, what: &str, at: Option<Span>) -> Diagnostic {
    let d = Diagnostic::error("SEG0804", format!("the rule set `{name}` cannot be read: {what}"));
    let d = match at {
        Some(span) => d.at(span, "here"),
        None => d,
    };
    d.help(
        "give what `nft -s list ruleset`, `nft -j list ruleset`, `iptables-save` or `ip6tables-save` prints, all of it",
    )
}

/// Over the limit.
pub fn too_large(name: &str, limit: &str) -> Diagnostic {
    Diagnostic::error("SEG0804", format!("the rule set `{name}` cannot be read: it is larger than {limit}"))
        .help("give the rule set alone; elements of sets that rules fill while they run can be left out")
}

/// None of our tables.
pub fn not_ours(name: &str) -> Diagnostic {
    Diagnostic::error("SEG0805", format!("the rule set `{name}` holds no table of segc's"))
        .help("save the whole rule set of the box, or ask about everything in it with `--effective`")
}

/// A difference in what `build` itself has rendered.
pub fn of_our_own(found: Diagnostic) -> Diagnostic {
    found.help(
        "nothing was written: this is a mistake in segc; report it with the policy, or the part of it that shows it",
    )
}
