//! SEG02xx: names that mean nothing, mean two things, or stand where they cannot. SEG06xx: what is not built yet.

use segc_grammar::Span;

use super::{Diagnostic, nearest};

/// What a name is that means nothing where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Is {
    /// Declared nowhere.
    Unknown,
    /// A zone.
    Zone,
    /// A group.
    Group,
    /// A service.
    Service,
}

impl Is {
    fn word(self) -> &'static str {
        match self {
            Is::Unknown => "unknown",
            Is::Zone => "zone",
            Is::Group => "group",
            Is::Service => "service",
        }
    }
}

/// A zone or group that is not declared, or not one.
pub fn unknown_zone<'a>(name: &str, at: Span, known: impl IntoIterator<Item = &'a str>, is: Is) -> Diagnostic {
    let (what, label, help) = match is {
        Is::Unknown => {
            let near = nearest(name, known);
            let help = match near {
                Some(near) => format!("write `{near}`, or declare the zone `{name}`"),
                None => format!("declare it: `zone {name} {{ hosts … }}`, or take the file that does in with `use`"),
            };
            let label = near.map_or("not declared".into(), |n| format!("did you mean `{n}`?"));
            (format!("there is no zone or group `{name}`"), label, help)
        }
        Is::Service => (
            format!("`{name}` is a service, not a zone"),
            "a zone is meant here".to_owned(),
            "services stand behind a `:`, as in `allow a -> b : https`".to_owned(),
        ),
        Is::Zone | Is::Group => (
            format!("`{name}` is a {}; one zone is meant here", is.word()),
            "must be a zone".to_owned(),
            "name a zone; for several, write the clause or the statement for each".to_owned(),
        ),
    };
    Diagnostic::error("SEG0201", what).at(at, label).help(help)
}

/// A process that its zone does not declare. `known` are full names of those that it does.
pub fn unknown_process<'a>(zone: &str, process: &str, at: Span, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    let name = format!("{zone}.{process}");
    let near = nearest(&name, known);
    let help = match near {
        Some(near) => format!("write `{near}`, or declare the process in the zone: `process {process} {{ user … }}`"),
        None => format!("declare it in the zone: `process {process} {{ user \"{process}\" }}`"),
    };
    Diagnostic::error("SEG0201", format!("zone `{zone}` has no process `{process}`"))
        .at(at, near.map_or("not declared".into(), |n| format!("did you mean `{n}`?")))
        .help(help)
}

/// A credential that is not declared.
pub fn unknown_credential<'a>(name: &str, at: Span, known: impl IntoIterator<Item = &'a str>) -> Diagnostic {
    let near = nearest(name, known);
    let help = match near {
        Some(near) => format!("write `{near}`, or declare `credential {name} {{ held by …  opens … }}`"),
        None => format!("declare it: `credential {name} {{ held by …  opens … }}`"),
    };
    Diagnostic::error("SEG0210", format!("there is no credential `{name}`"))
        .at(at, near.map_or("not declared".into(), |n| format!("did you mean `{n}`?")))
        .help(help)
}

/// A service that is not declared, or not one.
pub fn unknown_service<'a>(name: &str, at: Span, known: impl IntoIterator<Item = &'a str>, is: Is) -> Diagnostic {
    let (what, label, help) = match is {
        Is::Unknown | Is::Service => {
            let near = nearest(name, known);
            let help = match near {
                Some(near) => format!("write `{near}`, or declare `service {name} = tcp/…`"),
                None => {
                    format!("declare it: `service {name} = tcp/…`; `segc services` lists the ones that are built in")
                }
            };
            let label = near.map_or("not declared".into(), |n| format!("did you mean `{n}`?"));
            (format!("there is no service `{name}`"), label, help)
        }
        Is::Zone | Is::Group => (
            format!("`{name}` is a {}, not a service", is.word()),
            "a service is meant here".to_owned(),
            "only services stand behind a `:`; zones stand beside the arrow".to_owned(),
        ),
    };
    Diagnostic::error("SEG0202", what).at(at, label).help(help)
}

/// One name, two declarations of a kind.
pub fn declared_twice(name: &str, again: Span, first: Span, of_zones: bool) -> Diagnostic {
    let shared = if of_zones { "; zones and groups share one set of names" } else { "" };
    Diagnostic::error("SEG0203", format!("`{name}` is declared twice"))
        .at(again, "again here")
        .at(first, "first here")
        .help(format!("give one of them another name, or delete it{shared}"))
}

/// One check, two levels.
pub fn levelled_twice(name: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::error("SEG0203", format!("the level of `{name}` is set twice"))
        .at(again, "again here")
        .at(first, "first here")
        .help("keep one of them")
}

/// A service that segc brings along is declared again.
pub fn redefines_prelude(name: &str, spec: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG0204", format!("`{name}` is built in and cannot be declared again"))
        .at(at, format!("built in as {spec}"))
        .help(format!("use `{name}` as it is, or choose another name; `segc services` lists what is built in"))
}

/// Declarations that rest on each other in a ring. `rests` says how: `lies in`, `names`, `takes away`.
pub fn cycle(what: &str, rests: &str, names: &[(&str, Span)]) -> Diagnostic {
    let ring: Vec<String> = names.iter().chain(names.first()).map(|(n, _)| format!("`{n}`")).collect();
    let message = match names {
        [(name, _)] => format!("`{name}` {rests} itself"),
        _ => format!("{what} go round in a ring: {}", ring.join(" → ")),
    };
    let mut d = Diagnostic::error("SEG0205", message);
    for (i, (name, span)) in names.iter().enumerate() {
        let next = names[(i + 1) % names.len()].0;
        d = d.at(*span, format!("`{name}` {rests} `{next}`"));
    }
    d.help("take one of them out of the ring")
}

/// Something that cannot stand where it stands.
pub fn misplaced(what: &str, why: &str, at: Span, help: &str) -> Diagnostic {
    Diagnostic::error("SEG0206", what.to_owned()).at(at, why).help(help)
}

/// A check that does not exist.
pub fn unknown_check<'a>(name: &str, at: Span, known: impl IntoIterator<Item = &'a str> + Clone) -> Diagnostic {
    let near = nearest(name, known.clone());
    let all = super::list(known, usize::MAX);
    Diagnostic::error("SEG0207", format!("there is no check `{name}`"))
        .at(at, near.map_or("not a check".into(), |n| format!("did you mean `{n}`?")))
        .help(near.map_or_else(|| format!("the checks are {all}"), |n| format!("write `{n}`; the checks are {all}")))
}

/// A requirement of `every` that can never be met as written.
pub fn impossible_requirement(what: String, at: Span, help: &str) -> Diagnostic {
    Diagnostic::error("SEG0208", what).at(at, "cannot be met").help(help)
}

/// A text of spaces.
pub fn blank(at: Span) -> Diagnostic {
    Diagnostic::error("SEG0209", "this text says nothing")
        .at(at, "blank")
        .help("say it, or delete the clause: what is relied upon, and who owns it, must be readable")
}

/// Part of the language that this version does not give a meaning to.
pub fn not_supported(what: &str, why_refused: &str, at: Span, help: &str) -> Diagnostic {
    Diagnostic::error("SEG0601", format!("{what} is not supported yet")).at(at, why_refused).help(help)
}
