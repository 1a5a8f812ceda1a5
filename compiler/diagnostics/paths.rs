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
    /// These, and no fewer would do: as many paths, given by their routes, share nothing that could be removed; or every
    /// smaller choice was tried.
    Smallest(Vec<String>, Vec<String>),
    /// These; fewer might do.
    Enough(Vec<String>),
    /// Nothing that could be removed: an allow on the way, and the `require` that needs it.
    OnlyRequired {
        /// The allow, with its line.
        allow: String,
        /// Line of the require.
        require: String,
        /// There is a zone on the way that could have a barrier.
        between: bool,
    },
    /// Nothing that could be removed joins them: a zone and its children, a process and its host, work that anybody
    /// can start.
    SamePlace,
    /// The search stopped: more than so many would have to go.
    MoreThan(usize),
}

/// Paths that are named to show that no smaller set will do.
const MOST_ROUTES: usize = 3;

/// A path of compromise that a forbid rules out. `hops` are the steps with their statements.
pub fn forbidden_path(forbid: Span, route: &str, hops: Vec<(Span, String)>, further: Further, cut: Cut) -> Diagnostic {
    let d = Diagnostic::error("SEG1101", format!("a path of compromise leads where it must not: {route}"));
    path(d.at(forbid, "forbidden here"), hops, further, cut)
}

/// A path that nobody of ours must be compromised for: what anybody can write is enough.
pub fn ambient_path(forbid: Span, route: &str, hops: Vec<(Span, String)>, further: Further, cut: Cut) -> Diagnostic {
    let d = Diagnostic::error("SEG1106", format!("the public alone reaches what this forbid protects: {route}"));
    path(d.at(forbid, "forbidden here, whoever is on the left"), hops, further, cut)
}

fn path(mut d: Diagnostic, hops: Vec<(Span, String)>, further: Further, cut: Cut) -> Diagnostic {
    for (span, words) in hops {
        d = d.at(span, words);
    }
    let others = match further {
        Further::Exactly(0) => "this is the only path".to_owned(),
        Further::Exactly(n) => format!("there {} {}", if n == 1 { "is" } else { "are" }, count(n, "further path")),
        Further::AtLeast(n) => format!("there are at least {n} further paths"),
    };
    let close = if matches!(further, Further::Exactly(0)) { "to close it" } else { "to close them all" };
    let mend = match cut {
        Cut::Smallest(s, _) if s.len() == 1 => format!("{close} remove or narrow {}", s[0]),
        Cut::Smallest(s, routes) => {
            let why = match routes.len() {
                0 => "every smaller choice leaves a path".to_owned(),
                n => {
                    let more = n.saturating_sub(MOST_ROUTES);
                    let shown: Vec<String> = routes.into_iter().take(MOST_ROUTES).collect();
                    let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
                    format!("{n} paths share nothing that could be removed: {}{rest}", shown.join("; "))
                }
            };
            format!("{close} remove or narrow {}; no fewer would do: {why}", s.join(", "))
        }
        Cut::Enough(s) => format!(
            "{close} it is enough to remove or narrow {}; none of these can be left out, but that no other choice is smaller is not proved",
            s.join(", ")
        ),
        Cut::OnlyRequired { allow, require, between } => {
            let way = if between {
                "give a zone on the way a `barrier`, or make a connection `inert`"
            } else {
                "make the connection `inert`"
            };
            format!(
                "nothing can be removed: the `require` at {require} needs {allow}; {way}, with the reason why, or drop one of the two demands"
            )
        }
        Cut::SamePlace => {
            "no statement joins them that could be removed; make what must be kept apart a zone of its own, a process \
             `contained` with the reason why, or a zone no `public-trigger`"
                .to_owned()
        }
        Cut::MoreThan(n) => {
            format!(
                "more than {n} statements would have to go; give a zone on the way a `barrier`, with the reason why"
            )
        }
    };
    d.help(format!("{others}; {mend}"))
}

/// A waiver without which the forbid holds as well.
pub fn waiver_excuses_nothing(at: Span, forbid: Span) -> Diagnostic {
    Diagnostic::error("SEG1102", "this waiver excuses nothing")
        .at(at, "the forbid holds without it")
        .at(forbid, "this forbid")
        .help("delete the waiver: an exception that is not needed today is an open door tomorrow")
}

/// A forbid that holds only because of a waiver.
pub fn waived(forbid: Span, waivers: &[(Span, String)]) -> Diagnostic {
    let mut d = Diagnostic::note("SEG1103", "this forbid holds only because of a waiver").at(forbid, "this forbid");
    for (span, words) in waivers {
        d = d.at(*span, words.clone());
    }
    d.help("nothing to do; it is listed so that nobody forgets it")
}

/// Left and right of a `=>` share a place.
pub fn same_place(forbid: Span, shared: &str) -> Diagnostic {
    Diagnostic::error("SEG1104", format!("this forbid can never hold: {shared} stands on both sides"))
        .at(forbid, "both sides share hosts: a zone brings its children along")
        .help(format!("name zones that lie apart, or take {shared} out of one side with `except`"))
}
