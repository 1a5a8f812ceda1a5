//! Words for answers of `segc explain`: they find nothing wrong, so they have no code.

use jiff::civil::Date;
use segc_grammar::Span;

use super::{Diagnostic, human, list};
use crate::explain::{Decided, Miss};
use crate::model::{DeviceId, Model, Window};
use crate::packets::Packet;
use crate::place::Crossed;
use crate::source::Sources;
use crate::words;

/// No packet can be what was asked about. `nowhere` is an address that is in no zone.
pub fn nothing(question: &str, nowhere: Option<&str>) -> String {
    match nowhere {
        Some(end) => format!(
            "denied: {question}\n`{end}` is in no zone, and it is not on the internet: nothing to or from it is ever \
             allowed. Add it to the `hosts` of a zone if it is yours."
        ),
        None => format!(
            "denied: {question}\nno such packet can exist: the two ends and the service share no address family"
        ),
    }
}

/// An allow that an answer rests on.
pub fn allowed_by(allow: Span, until: Option<Date>) -> Diagnostic {
    let label = until.map_or_else(|| "lets it in".to_owned(), |day| format!("lets it in, up to and including {day}"));
    Diagnostic::note("", "it rests on this statement").at(allow, label)
}

/// An allow that misses by one thing.
pub fn near(allow: Span, miss: Miss, window: Window) -> Diagnostic {
    let day = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
    let label = match miss {
        Miss::Over => format!("let it in up to and including {}", day(window.until)),
        Miss::Early => format!("will let it in from {} on", day(window.from)),
        Miss::Services => "between the same ends, on other services".to_owned(),
        Miss::Destination => "the same source and service, to other zones".to_owned(),
        Miss::Source => "the same destination and service, from other zones".to_owned(),
    };
    Diagnostic::note("", "nearest to it").at(allow, label)
}

/// A forbid of what was asked about.
pub fn forbidden_by(forbid: Span) -> Diagnostic {
    Diagnostic::note("", "it is forbidden, too").at(forbid, "an allow for it would break this")
}

/// What the rules do with one packet, line by line.
pub fn decided(decided: &Decided) -> String {
    let Packet { source, destination, key, .. } = decided.packet;
    let end = if decided.passes { "passes" } else { "is stopped" };
    let what = words::key(key);
    let mut said = format!("in {} {what} from {source} to {destination} {end} by these lines:\n", decided.rules);
    let width = decided.lines.iter().map(|(line, _)| line.to_string().len()).max().unwrap_or(0);
    for (line, rule) in &decided.lines {
        said.push_str(&format!("  {line:>width$} \u{2502} {rule}\n"));
    }
    said
}

/// What stands on the way.
pub fn crossed(model: &Model<'_>, crossed: &Crossed) -> String {
    let Crossed::Way { told, between, hosts } = crossed else {
        return "no way leads there, as far as the policy says what hangs where\n".to_owned();
    };
    let names = |ids: &[DeviceId]| list(ids.iter().map(|id| model.devices[id.0 as usize].name), usize::MAX);
    let all: Vec<DeviceId> = between.iter().chain(hosts).copied().collect();
    let judged = match all.as_slice() {
        [] => "past no firewall: nothing enforces what is denied".to_owned(),
        [_] => format!("{} alone stands on the way: a single point", names(&all)),
        _ => format!("{} stand on the way: defence in depth", names(&all)),
    };
    format!("the way: {told}\n{judged}\n")
}

/// The notes, each with its source.
pub fn render(notes: &[Diagnostic], sources: &Sources, color: bool) -> String {
    human::reports(notes, sources, color, WIDTH)
}

/// Columns that answers are wrapped at.
const WIDTH: usize = 120;
