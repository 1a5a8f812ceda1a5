//! SEG13xx: credentials, and where they are held.

use segc_grammar::Span;

use super::Diagnostic;
use super::untrusted::labelled;

/// A credential that never ends, for a critical zone, where strangers are read.
pub fn standing(secret: &str, holder: &str, opens: &str, labels: &[(Span, String)]) -> Diagnostic {
    let d = Diagnostic::error(
        "SEG1301",
        format!("`{secret}` never ends, opens {opens}, and is held at {holder}, where strangers are read"),
    );
    labelled(d, labels).help(
        "let it be issued for each use (`lifetime 15 minutes`), or let a zone hold it that reads nothing from outside",
    )
}

/// An account for a model service beside code that is fetched and run.
pub fn model_account(who: &str, secret: &str, labels: &[(Span, String)]) -> Diagnostic {
    let d = Diagnostic::warning(
        "SEG1302",
        format!("{who} runs what it fetches, with `{secret}` for a model service at hand"),
    );
    labelled(d, labels).help(
        "install where no such account is, or have what is fetched `vetted`: an install hook thinks with whatever model it \
         finds an account for",
    )
}
