//! A comparison for programs, told without limits: nothing is left out but ways beyond the nearest, which are counted. `format` grows by one
//! when a field changes its meaning or goes away.

use segc_grammar::Span;
use serde::Serialize;

use super::{Opened, Sentence, Told, Ways};
use crate::source::Sources;

#[derive(Serialize)]
struct Report<'t> {
    format: u32,
    /// The day that dates were judged on.
    at: String,
    change: &'t str,
    verdict: &'t str,
    break_glass: &'t [String],
    opened: Vec<Change<'t>>,
    closed: Vec<Change<'t>>,
    paths_opened: Paths<'t>,
    paths_closed: Paths<'t>,
    addresses: &'t [String],
    weakened: Vec<Weakened<'t>>,
    controls: &'t [String],
    renamed: &'t [String],
    statements: Vec<Edit<'t>>,
    questions: &'t [String],
}

#[derive(Serialize)]
struct Place<'t> {
    file: &'t str,
    line: u32,
    statement: &'t str,
}

#[derive(Serialize)]
struct Change<'t> {
    by: Option<Place<'t>>,
    connections: Vec<Connections<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    later: Option<Later<'t>>,
}

#[derive(Serialize)]
struct Later<'t> {
    from: String,
    connections: Vec<Connections<'t>>,
}

#[derive(Serialize)]
struct Connections<'t> {
    from: Vec<String>,
    to: Vec<String>,
    services: &'t [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    families: Option<&'t str>,
}

#[derive(Serialize)]
struct Paths<'t> {
    pairs: usize,
    zones: usize,
    nearest: Vec<Way<'t>>,
}

#[derive(Serialize)]
struct Way<'t> {
    to: &'t str,
    critical: bool,
    from: &'t [String],
    route: &'t [String],
    hops: Vec<Place<'t>>,
}

#[derive(Serialize)]
struct Weakened<'t> {
    by: Option<Place<'t>>,
    no_longer: Vec<Connections<'t>>,
}

#[derive(Serialize)]
struct Edit<'t> {
    old: Option<Place<'t>>,
    new: Option<Place<'t>>,
    changes: &'t [String],
}

/// One JSON document, with a newline at its end.
pub fn render(told: &Told<'_>) -> String {
    let [old, new] = told.sources;
    let weakened = told.weakened.iter().map(|(span, parts)| Weakened {
        by: place(old, *span),
        no_longer: parts.told.iter().map(connections).collect(),
    });
    let edits = told.edits.iter().map(|edit| Edit {
        old: edit.old.and_then(|span| place(old, span)),
        new: edit.new.and_then(|span| place(new, span)),
        changes: &edit.changes,
    });
    let report = Report {
        format: 1,
        at: told.day.to_string(),
        change: told.word,
        verdict: &told.verdict,
        break_glass: &told.break_glass,
        opened: changes(&told.connections[0], new),
        closed: changes(&told.connections[1], old),
        paths_opened: paths(&told.paths[0], new),
        paths_closed: paths(&told.paths[1], old),
        addresses: &told.moved,
        weakened: weakened.collect(),
        controls: &told.controls,
        renamed: &told.renamed,
        statements: edits.collect(),
        questions: &told.questions,
    };
    let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
    text.push('\n');
    text
}

fn place(sources: &Sources, span: Span) -> Option<Place<'_>> {
    let (file, from, _) = sources.place(span)?;
    Some(Place { file, line: from.line, statement: sources.text(span) })
}

fn connections(sentence: &Sentence) -> Connections<'_> {
    let bare = |side: &[String]| side.iter().map(|item| item.replace('`', "")).collect();
    Connections {
        from: bare(&sentence.from),
        to: bare(&sentence.to),
        services: &sentence.services,
        families: sentence.families,
    }
}

fn changes<'t>(opened: &'t [Opened], sources: &'t Sources) -> Vec<Change<'t>> {
    let change = |o: &'t Opened| Change {
        by: place(sources, o.statement),
        connections: o.parts.told.iter().map(connections).collect(),
        later: o.later.as_ref().map(|(day, parts)| Later {
            from: day.to_string(),
            connections: parts.told.iter().map(connections).collect(),
        }),
    };
    opened.iter().map(change).collect()
}

fn paths<'t>(ways: &'t Ways, sources: &'t Sources) -> Paths<'t> {
    let way = |way: &'t super::Way| Way {
        to: &way.target,
        critical: way.critical,
        from: &way.sources,
        route: &way.route,
        hops: way.hops.iter().filter_map(|(span, _)| place(sources, *span)).collect(),
    };
    Paths { pairs: ways.pairs, zones: ways.targets, nearest: ways.nearest.iter().map(way).collect() }
}
