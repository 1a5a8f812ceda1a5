//! SEG14xx: builds, and packages that run where they are installed.

use segc_grammar::Span;

use super::Diagnostic;
use super::untrusted::numbered;

/// A credential where anybody can start work. `beside` is who holds it behind a shared cache.
pub fn public_trigger(who: &str, secret: &str, beside: Option<&str>, labels: &[(Span, String)]) -> Diagnostic {
    let how = match beside {
        None => format!("has `{secret}` at hand"),
        Some(holder) => format!("shares a cache with {holder}, the holder of `{secret}`"),
    };
    let d = Diagnostic::error("SEG1401", format!("anybody can start work at {who}, which {how}"));
    numbered(d, labels).help(
        "run what strangers start in a zone of its own that holds nothing and shares no cache, and hand over what it made \
         only after review",
    )
}

/// Who installs can publish what others install.
pub fn worm_loop(who: &str, from: &str, route: &str, labels: &[(Span, String)]) -> Diagnostic {
    let d = Diagnostic::error(
        "SEG1402",
        format!("what `{from}` serves runs at {who}, and what runs there can publish it again: {route}"),
    );
    let d = match route.is_empty() {
        true => d,
        false => numbered(d, labels),
    };
    d.help(
        "let a zone that runs nothing from there hold the credential, or have what is fetched `vetted`, with how; \
         a worm needs both halves of the loop in one place",
    )
}

/// Code that is fetched and run beside an open way out.
pub fn install_open(who: &str, what: &str, pull: Span, from: &str, out: Span) -> Diagnostic {
    Diagnostic::warning("SEG1403", format!("{who} runs what it fetches from `{what}`, and may call anybody"))
        .at(pull, "what comes back is run")
        .at(out, format!("{from} may connect to the internet"))
        .help("fetch through a mirror and allow that alone: an install hook calls home within seconds")
}
