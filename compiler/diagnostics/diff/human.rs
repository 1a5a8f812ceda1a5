//! A comparison for people at a terminal.

use segc_grammar::Span;

use super::super::{Diagnostic, count, human};
use super::{Edited, Opened, Sentences, Told, Ways};
use crate::source::Sources;

/// Statements of a kind that are shown; the rest is counted.
const MOST: usize = 20;
/// Items of a side.
const MOST_ITEMS: usize = 8;
/// Columns that are wrapped at.
const WIDTH: usize = 120;

/// All of it.
pub fn render(told: &Told<'_>, color: bool) -> String {
    let mut out = format!("{}\n\n", told.verdict);
    let [old, new] = told.sources;
    let printer = Printer { color };
    out.push_str(&list("break-glass", &told.break_glass));
    out.push_str(&printer.connections((&told.connections[0], told.untold[0]), new, "opens"));
    out.push_str(&printer.connections((&told.connections[1], told.untold[1]), old, "closes"));
    out.push_str(&printer.ways(&told.paths[0], new, "opened"));
    out.push_str(&printer.ways(&told.paths[1], old, "closed"));
    let weakened = told.weakened.iter().map(|(span, parts)| {
        let message = format!("no longer demanded: {}", lines(parts));
        Diagnostic::warning("", message).at(*span, "demanded it")
    });
    out.push_str(&printer.notes(weakened.collect(), old));
    out.push_str(&list("addresses", &told.moved));
    out.push_str(&list("controls", &told.controls));
    out.push_str(&list("names", &told.renamed));
    out.push_str(&edits(told));
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

struct Printer {
    color: bool,
}

impl Printer {
    fn notes(&self, mut notes: Vec<Diagnostic>, sources: &Sources) -> String {
        let more = notes.len().saturating_sub(MOST);
        notes.truncate(MOST);
        let mut out = human::reports(&notes, sources, self.color, WIDTH);
        out.push_str(&rest(more));
        out
    }

    fn connections(&self, (opened, untold): (&[Opened], usize), sources: &Sources, verb: &str) -> String {
        let note = |o: &Opened| {
            let (message, label) = match (&o.parts, &o.later) {
                (now, Some((day, parts))) if now.told.is_empty() => {
                    (format!("{verb} on {day}: {}", lines(parts)), String::new())
                }
                (parts, Some((day, _))) => (format!("{verb}: {}", lines(parts)), format!("and more on {day}")),
                (parts, None) => (format!("{verb}: {}", lines(parts)), String::new()),
            };
            Diagnostic::note("", message).at(o.statement, label)
        };
        self.notes(opened.iter().map(note).collect(), sources) + &rest(untold)
    }

    fn ways(&self, ways: &Ways, sources: &Sources, done: &str) -> String {
        if ways.pairs == 0 {
            return String::new();
        }
        let is = if ways.pairs == 1 { "is" } else { "are" };
        let into = count(ways.targets, "zone");
        let mut out = format!("{} of compromise {is} {done}, into {into}\n\n", count(ways.pairs, "path"));
        let note = |way: &super::Way| {
            let critical = if way.critical { " (critical)" } else { "" };
            let route: Vec<String> = way.route.iter().map(|zone| format!("`{zone}`")).collect();
            let message = format!("path {done}{critical}: {}", route.join(" → "));
            let placed = way.hops.iter().fold(Diagnostic::note("", message), |d, (at, words)| d.at(*at, words.clone()));
            match way.sources.len() {
                1 => placed,
                n => placed.help(format!("{} more {done} from {}", n - 1, others(&way.sources[1..]))),
            }
        };
        out.push_str(&human::reports(&ways.nearest.iter().map(note).collect::<Vec<_>>(), sources, self.color, WIDTH));
        let more = ways.targets.saturating_sub(ways.nearest.len());
        if more > 0 {
            out.push_str(&format!("and into {}\n\n", count(more, "more zone")));
        }
        out
    }
}

/// Names of some zones.
pub fn others(zones: &[String]) -> String {
    super::super::list(zones.iter().map(String::as_str), 6)
}

fn lines(parts: &Sentences) -> String {
    let mut lines: Vec<String> = parts.told.iter().map(|part| part.text(MOST_ITEMS)).collect();
    if parts.more > 0 {
        lines.push(format!("and {}", count(parts.more, "more part")));
    }
    lines.join("\n")
}

fn rest(more: usize) -> String {
    if more > 0 { format!("and {more} more (`--format json` prints all)\n\n") } else { String::new() }
}

fn list(title: &str, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let shown: String = items.iter().take(MOST).map(|item| format!("  {item}\n")).collect();
    let more = items.len().saturating_sub(MOST);
    let rest = if more > 0 { format!("  and {more} more (`--format json` prints all)\n") } else { String::new() };
    format!("{title}\n{shown}{rest}\n")
}

/// What happened to a statement, and where it stands: its line, and one per change.
pub fn edit_lines(told: &Told<'_>, edit: &Edited) -> Vec<String> {
    let [old, new] = told.sources;
    let text = |sources: &Sources, span: Span| {
        format!("{} {}", super::place(sources, span), super::quoted(&crate::diff::line_at(sources, span)))
    };
    match (edit.old, edit.new) {
        (None, Some(span)) => vec![format!("added {}", text(new, span))],
        (Some(span), None) => vec![format!("removed {}", text(old, span))],
        (_, Some(span)) => std::iter::once(format!("edited {}", text(new, span)))
            .chain(edit.changes.iter().map(|change| format!("  {change}")))
            .collect(),
        (None, None) => Vec::new(),
    }
}

fn edits(told: &Told<'_>) -> String {
    let lines: Vec<String> = told.edits.iter().take(MOST).flat_map(|edit| edit_lines(told, edit)).collect();
    let more = told.edits.len().saturating_sub(MOST);
    let text: String = lines.iter().map(|line| format!("  {line}\n")).collect();
    let rest = if more > 0 { format!("  and {more} more (`--format json` prints all)\n") } else { String::new() };
    if text.is_empty() { text } else { format!("statements\n{text}{rest}\n") }
}
