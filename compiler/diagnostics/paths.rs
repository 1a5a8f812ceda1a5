//! SEG11xx: paths of compromise.

use segc_grammar::Span;

use super::{Diagnostic, count};

/// How many further paths there are.
pub enum Further {
    /// Exactly so many.
    Exactly(usize),
    /// At least so many: counting stopped.
    AtLeast(usize),
}

/// What could be removed so that the forbid holds.
pub enum Cut {
    /// These, and no fewer would do.
    Smallest(Vec<String>),
    /// These; fewer might do.
    Enough(Vec<String>),
    /// Nothing that could be removed: every set takes away what a `require` needs.
    OnlyRequired(String),
    /// No statement joins them: the zones are the same place.
    SamePlace,
    /// The search stopped: more than so many would have to go.
    MoreThan(usize),
}

/// A path of compromise that a forbid rules out. `hops` are the steps with their statements.
pub fn forbidden_path(forbid: Span, route: &str, hops: Vec<(Span, String)>, further: Further, cut: Cut) -> Diagnostic {
    let mut d = Diagnostic::error("SEG1101", format!("a path of compromise leads where it must not: {route}"))
        .at(forbid, "forbidden here");
    for (span, words) in hops {
        d = d.at(span, words);
    }
    let others = match further {
        Further::Exactly(0) => "this is the only path".to_owned(),
        Further::Exactly(n) => format!("there {} {}", if n == 1 { "is" } else { "are" }, count(n, "further path")),
        Further::AtLeast(n) => format!("there are at least {n} further paths"),
    };
    let mend = match cut {
        Cut::Smallest(s) if s.len() == 1 => format!("to close {} remove or narrow {}", all(&further), s[0]),
        Cut::Smallest(s) => format!("to close them all remove or narrow {} ({} is the smallest number that does)", s.join(", "), s.len()),
        Cut::Enough(s) => format!("to close them all it is enough (perhaps not necessary) to remove or narrow {}", s.join(", ")),
        Cut::OnlyRequired(line) => format!("no allow can be removed without breaking a `require` ({line}); a zone on the way needs a `barrier`, or a connection must be `inert`, with the reason why"),
        Cut::SamePlace => "the zones are one place, or neighbours in one: no statement can part them; move the hosts apart".to_owned(),
        Cut::MoreThan(n) => format!("more than {n} statements would have to go; a zone on the way needs a `barrier`, with the reason why"),
    };
    d.help(format!("{others}; {mend}"))
}

fn all(further: &Further) -> &'static str {
    if matches!(further, Further::Exactly(0)) { "it" } else { "them all" }
}

/// A waiver without which the forbid holds as well.
pub fn waiver_excuses_nothing(at: Span, forbid: Span) -> Diagnostic {
    Diagnostic::error("SEG1102", "this waiver excuses nothing")
        .at(at, "no path through here would break the forbid")
        .at(forbid, "this forbid")
        .help("delete the waiver: an exception that is not needed today is an open door tomorrow")
}

/// A forbid that holds only because of a waiver.
pub fn waived(forbid: Span, waivers: &[(Span, String)]) -> Diagnostic {
    let mut d = Diagnostic::note("SEG1103", "a path of compromise is let be by a waiver").at(forbid, "this forbid");
    for (span, words) in waivers {
        d = d.at(*span, words.clone());
    }
    d.help("nothing to do; it is listed so that nobody forgets it")
}

/// Left and right of a `=>` are the same place.
pub fn same_place(forbid: Span, left: &str, right: &str) -> Diagnostic {
    Diagnostic::error("SEG1104", format!("this forbid can never hold: `{left}` and `{right}` share hosts"))
        .at(forbid, "both sides are the same place")
        .help("a zone brings its children along; name zones that lie apart, or take one away with `except`")
}
