//! SEG12xx: untrusted content, agents that act on it, and what is near them.

use segc_grammar::Span;

use super::Diagnostic;

/// Labels in the order in which one thing leads to the next, numbered.
pub(super) fn numbered(d: Diagnostic, labels: &[(Span, String)]) -> Diagnostic {
    labels.iter().zip(1..).fold(d, |d, ((span, words), number)| d.at(*span, format!("{number}. {words}")))
}

/// Labels as they are.
pub(super) fn labelled(d: Diagnostic, labels: &[(Span, String)]) -> Diagnostic {
    labels.iter().fold(d, |d, (span, words)| d.at(*span, words.clone()))
}

/// Untrusted content, a credential and a way out in one place; `read` says which of the steps is where it is read.
pub fn trifecta(who: &str, steps: &[(Span, String)], read: usize) -> Diagnostic {
    let d = Diagnostic::error(
        "SEG1201",
        format!("{who} reads what strangers write, has a credential at hand, and a way to send it out"),
    );
    let mut d = numbered(d, steps);
    d.labels[..=read].rotate_right(1);
    d.help(
        "take away one of the three: have what is read `vetted`, a process `contained` or the credential held elsewhere, \
         or narrow the way out to a place that strangers cannot see; with the reason why",
    )
}

/// An agent that runs as root.
pub fn agent_is_root(process: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG1202", format!("the agent `{process}` runs as root"))
        .at(at, "`is agentic`, and its user is root")
        .help("give it a `user` of its own: root changes the very rules that are to hold it")
}

/// An agent that takes its host along. `opens` is an allow that makes it easy.
pub fn agent_not_contained(process: &str, host: &str, at: Span, opens: Option<Span>) -> Diagnostic {
    let mut d = Diagnostic::warning("SEG1203", format!("the agent `{process}` can take `{host}`, on which it runs"))
        .at(at, "`is agentic`, and not `contained`");
    if let Some(span) = opens {
        d = d.at(
            span,
            format!("and may open more of `{host}` than named ports: what listens on loopback is part of it"),
        );
    }
    d.help(
        "keep it from the files, sockets and services of the other users of the host, then say so: \
         `contained \"…\"`, with how",
    )
}

/// An agent that is said to be contained, and may open all that listens on its own host.
pub fn agent_opens_own_host(process: &str, host: &str, allow: Span, contained: Span) -> Diagnostic {
    Diagnostic::warning("SEG1203", format!("the agent `{process}` may open whatever listens on `{host}`, on which it runs"))
        .at(allow, "opens more than named ports; what listens on loopback is part of it")
        .at(contained, "`contained`, but not from these")
        .help("allow the ports that it needs one by one, such as `tcp/3128`: a tool server on loopback asks nobody who you are")
}

/// A credential where an allow leads to a place that anybody can write.
pub fn writable_allowed(who: &str, secret: &str, to: &str, labels: &[(Span, String)]) -> Diagnostic {
    let d =
        Diagnostic::warning("SEG1204", format!("{who} has `{secret}` at hand and may write to {to}, as anybody may"));
    labelled(d, labels).help(
        "let another zone hold the credential, have the process `contained`, or reach the place through a proxy zone that \
         lets through only what is needed",
    )
}

/// A GPU that an infected host could ask.
pub fn gpu_in_reach(place: &str, gpu: &str, internet: bool, labels: &[(Span, String)]) -> Diagnostic {
    let what = if internet {
        format!("a connection joins the GPU of {gpu} and the internet")
    } else {
        format!("a connection joins the GPU of {gpu} and {place}, which a compromise of the internet leads to")
    };
    let labels: Vec<(Span, String)> = match labels.split_first() {
        Some((allow, story)) => {
            let story = story.iter().zip(1..).map(|((span, words), n)| (*span, format!("{n}. {words}")));
            std::iter::once(allow.clone()).chain(story).collect()
        }
        None => Vec::new(),
    };
    labelled(Diagnostic::warning("SEG1205", what), &labels).help(
        "put a zone between them that nothing from outside leads to, or one with a `barrier` and its reason; \
         a host without a GPU only needs to ask one that has it, and either end may have opened the connection",
    )
}

/// One agent with credentials for two owners' zones.
pub fn mixed_authority(who: &str, one: &str, other: &str, labels: &[(Span, String)]) -> Diagnostic {
    let d = Diagnostic::warning(
        "SEG1206",
        format!("agents in {who} can use credentials for zones of \"{one}\" and of \"{other}\""),
    );
    labelled(d, labels).help(
        "give each task an agent with a user of its own that is `contained`, and let it hold one owner's credentials: \
         what one of them makes it read, it does with the other's rights",
    )
}
