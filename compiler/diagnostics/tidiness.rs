//! SEG17xx: what could be deleted, or said more narrowly.

use segc_grammar::Span;

use super::Diagnostic;

/// Service `any`.
pub fn any_service(at: Span) -> Diagnostic {
    Diagnostic::warning("SEG1701", "this allow opens every service")
        .at(at, "every protocol and port")
        .help("name the services that are needed")
}

/// A name that nothing uses.
pub fn unused(kind: &str, name: &str, at: Span) -> Diagnostic {
    Diagnostic::warning("SEG1702", format!("{kind} `{name}` is never used"))
        .at(at, "no other statement names it")
        .help("delete it, or use it: what nobody names is often a misspelling somewhere else")
}

/// A statement that says the same as an earlier one.
pub fn duplicate(what: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::warning("SEG1703", format!("this {what} says the same as an earlier one"))
        .at(again, "again here")
        .at(first, "first here")
        .help("delete one of them")
}

/// Places that are shown of allows that cover another one; the message says how many there are.
const MOST_SHOWN: usize = 8;

/// An allow that others make needless.
pub fn covered(at: Span, by: &[Span]) -> Diagnostic {
    if let [by] = by {
        return Diagnostic::warning("SEG1704", "this allow adds nothing: another one already allows all of it")
            .at(at, "covered")
            .at(*by, "by this one")
            .help("delete it, or narrow the wider one");
    }
    let what = format!("this allow adds nothing: {} others together already allow all of it", by.len());
    let found = Diagnostic::warning("SEG1704", what).at(at, "covered");
    let labels = ["by this one", "and this one"].into_iter().chain(std::iter::repeat("and this one"));
    let found = by.iter().zip(labels).take(MOST_SHOWN).fold(found, |found, (span, label)| found.at(*span, label));
    found.help("delete it, or narrow one of the others")
}

/// A credential without a holder.
pub fn credential_of_nobody(secret: &str, at: Span, needed: Option<Span>) -> Diagnostic {
    let mut d =
        Diagnostic::warning("SEG1705", format!("nobody holds the credential `{secret}`")).at(at, "no `held by`");
    if let Some(allow) = needed {
        d = d.at(allow, "nobody can show what this needs");
    }
    d.help("say who has it (`held by ZONE`): what nobody is said to hold, no path can capture; or delete it")
}

/// A credential that leads nowhere.
pub fn credential_for_nothing(secret: &str, at: Span) -> Diagnostic {
    Diagnostic::warning("SEG1705", format!("the credential `{secret}` is good for nothing"))
        .at(at, "opens nothing, publishes nothing, and no allow needs it")
        .help("say what it is for (`opens ZONE`, `publishes to ZONE`, or `needs` in an allow), or delete it")
}
