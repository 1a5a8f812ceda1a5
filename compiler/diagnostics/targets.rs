//! SEG07xx: targets, and what they cannot express.

use segc_backends::Refusal;
use segc_backends::rules::Origin;
use segc_grammar::Span;

use super::{Diagnostic, list, nearest};

/// `build` without a target, of a policy without firewalls.
pub fn none_named(known: impl Iterator<Item = &'static str>) -> Diagnostic {
    Diagnostic::error("SEG0701", "no target is named, and the policy declares no firewall").help(format!(
        "say what to write with `--target`, or declare where the policy is enforced: `firewall NAME {{ target … }}`; the \
         targets are {}",
        list(known, usize::MAX)
    ))
}

/// A firewall that the policy does not declare.
pub fn no_firewall<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Diagnostic {
    let all = match list(known.clone(), 12) {
        none if none.is_empty() => "the policy declares none".to_owned(),
        all => format!("the policy declares {all}"),
    };
    let help = nearest(name, known).map_or(all.clone(), |near| format!("did you mean `{near}`? {all}"));
    Diagnostic::error("SEG0703", format!("there is no firewall `{name}`")).help(help)
}

/// Several firewalls, and one place to print.
pub fn several_to_stdout<'a>(names: impl Iterator<Item = &'a str>) -> Diagnostic {
    Diagnostic::error("SEG0703", "the rules of several firewalls cannot go to one place")
        .help(format!("name one with `--firewall`, or a folder with `-o`; the firewalls are {}", list(names, 12)))
}

/// A target in the policy that does not exist.
pub fn unknown_here(target: &str, at: Span, known: impl Iterator<Item = &'static str> + Clone) -> Diagnostic {
    let all = list(known.clone(), usize::MAX);
    let near = nearest(target, known);
    Diagnostic::error("SEG0701", format!("there is no target `{target}`"))
        .at(at, near.map_or("not a target".to_owned(), |near| format!("did you mean `{near}`?")))
        .help(format!("the targets are {all}"))
}

/// A target that does not exist.
pub fn unknown(target: &str, known: impl Iterator<Item = &'static str> + Clone) -> Diagnostic {
    let all = list(known.clone(), usize::MAX);
    let help = nearest(target, known).map_or_else(
        || format!("the targets are {all}"),
        |near| format!("did you mean `--target {near}`? the targets are {all}"),
    );
    Diagnostic::error("SEG0701", format!("there is no target `{target}`")).help(help)
}

/// Something that a target has no words for. `place` finds the statement.
pub fn refused(target: &str, refusal: Refusal, place: impl Fn(Origin) -> Option<Span>) -> Diagnostic {
    let d = Diagnostic::error("SEG0702", format!("target `{target}` cannot {}", refusal.cannot)).help(refusal.help);
    match refusal.origin.and_then(place) {
        Some(span) => d.at(span, "asked for here"),
        None => d,
    }
}
