//! SEG1507, SEG1508: what looks like a reply, where nothing keeps state.

use segc_grammar::Span;

use super::Diagnostic;

/// So many allows are shown.
const MOST: usize = 4;

/// A firewall without state.
pub struct Stateless {
    /// How it is called in a sentence.
    pub name: String,
    /// Its target, and where that is written.
    pub target: Option<(String, Span)>,
}

impl Stateless {
    fn dialect(&self) -> String {
        self.target.as_ref().map_or("it".to_owned(), |(target, _)| format!("`{target}`"))
    }
}

/// What a firewall lets be opened beside the allows. `segments`: of so many allows segments of TCP pass the other way.
pub fn holes(of: &Stateless, told: &[(Span, String)], segments: usize) -> Diagnostic {
    let name = &of.name;
    let what = match told.len() {
        1 => "one allow".to_owned(),
        many => format!("{many} allows"),
    };
    let message = format!("{name} keeps no state, so the replies of {what} may be opened as connections");
    let mut d = Diagnostic::warning("SEG1507", message);
    if let Some((target, span)) = &of.target {
        d = d.at(*span, format!("`{target}` keeps no state"));
    }
    for (span, words) in told.iter().take(MOST) {
        d = d.at(*span, words.clone());
    }
    let more = match told.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!("{more} more are not shown. "),
    };
    let segments = match segments {
        0 => String::new(),
        _ => " Segments of TCP with ACK or RST pass that way too, which open nothing.".to_owned(),
    };
    d.help(format!(
        "{more}choose a target that keeps state, name single hosts as servers so that little is open, or accept it with \
         `controls {{ off reply-hole }}`.{segments}"
    ))
}

/// A forbidden connection that looks like a reply.
pub fn forbidden(of: &Stateless, forbid: Span, pair: &str, on: &str, allow: Span) -> Diagnostic {
    Diagnostic::error("SEG1508", format!("{pair} is forbidden, and {} lets it pass as a reply", of.name))
        .at(forbid, "forbidden here")
        .at(allow, format!("its replies: {} keeps no state, so {on} may be opened", of.dialect()))
        .help("choose a target that keeps state for this firewall, put one that does on the way, or take UDP out of the allow")
}
