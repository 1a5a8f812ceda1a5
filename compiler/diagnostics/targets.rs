//! SEG07xx: targets, and what they cannot express.

use segc_backends::Refusal;
use segc_backends::rules::Origin;
use segc_grammar::Span;

use super::{Diagnostic, list, nearest};

/// `build` without a target.
pub fn none_named(known: impl Iterator<Item = &'static str>) -> Diagnostic {
    Diagnostic::error("SEG0701", "no target is named")
        .help(format!("say what to write with `--target`; the targets are {}", list(known, usize::MAX)))
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
