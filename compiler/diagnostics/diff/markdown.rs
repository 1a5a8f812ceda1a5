//! A comparison as the comment of a pull request. All text of the policy goes through `escape`, so that no name,
//! reason or path can end a block, call somebody or look like a link.

use super::super::count;
use super::human::{edit_lines, others};
use super::{Opened, Sentences, Told, Ways, place};
use crate::source::Sources;

/// Items of a list that are shown; the rest is counted.
const MOST: usize = 20;
/// Items of a side.
const MOST_ITEMS: usize = 6;

/// All of it.
pub fn render(told: &Told<'_>) -> String {
    let [old, new] = told.sources;
    let mut out = format!("**segc: {}**\n", escape(&told.verdict));
    out.push_str(&section("Break-glass", told.break_glass.iter().map(|words| escape(words)).collect(), 0));
    out.push_str(&section("What opens", connections(&told.connections[0], new), told.untold[0]));
    out.push_str(&section("What closes", connections(&told.connections[1], old), told.untold[1]));
    out.push_str(&section(&paths_title(&told.paths[0], "opened"), ways(&told.paths[0]), 0));
    out.push_str(&section("What a reviewer should ask", told.questions.iter().map(|q| escape(q)).collect(), 0));
    let mut details = String::new();
    details.push_str(&section(&paths_title(&told.paths[1], "closed"), ways(&told.paths[1]), 0));
    let weakened =
        told.weakened.iter().map(|(span, parts)| format!("{}: {}", escape(&place(old, *span)), sentences(parts)));
    details.push_str(&section("No longer demanded", weakened.collect(), 0));
    for (title, items) in
        [("Addresses", &told.moved), ("Controls", &told.controls), ("Called otherwise", &told.renamed)]
    {
        details.push_str(&section(title, items.iter().map(|item| escape(item)).collect(), 0));
    }
    let edits = told.edits.iter().map(|edit| {
        let lines = edit_lines(told, edit);
        lines.iter().map(|line| escape(line.trim_start())).collect::<Vec<_>>().join("<br>")
    });
    details.push_str(&section("Statements", edits.collect(), 0));
    if !details.is_empty() {
        out.push_str(&format!("\n<details>\n<summary>Details</summary>\n{details}\n</details>\n"));
    }
    out.push_str(&format!("\nDates as on {}.\n", told.day));
    out
}

/// `untold` are items that are not among them.
fn section(title: &str, mut items: Vec<String>, untold: usize) -> String {
    if items.is_empty() {
        return String::new();
    }
    let more = items.len().saturating_sub(MOST) + untold;
    items.truncate(MOST);
    let mut out = format!("\n**{title}**\n\n");
    items.iter().for_each(|item| out.push_str(&format!("- {item}\n")));
    if more > 0 {
        out.push_str(&format!("- and {more} more\n"));
    }
    out
}

fn connections(opened: &[Opened], sources: &Sources) -> Vec<String> {
    let told = |o: &Opened| {
        let place = escape(&place(sources, o.statement));
        let now = if o.parts.told.is_empty() { String::new() } else { sentences(&o.parts) };
        let later = o.later.as_ref().map_or_else(String::new, |(day, parts)| {
            if now.is_empty() { format!("on {day}: {}", sentences(parts)) } else { format!(", and more on {day}") }
        });
        format!("{now}{later} ({place})")
    };
    opened.iter().map(told).collect()
}

fn sentences(parts: &Sentences) -> String {
    let mut texts: Vec<String> = parts.told.iter().map(|part| escape(&part.text(MOST_ITEMS))).collect();
    if parts.more > 0 {
        texts.push(format!("and {}", count(parts.more, "more part")));
    }
    texts.join("; ")
}

fn paths_title(ways: &Ways, done: &str) -> String {
    format!("{} of compromise {done}, into {}", count(ways.pairs, "path"), count(ways.targets, "zone"))
}

fn ways(ways: &Ways) -> Vec<String> {
    let told = |way: &super::Way| {
        let route: Vec<String> = way.route.iter().map(|zone| escape(&format!("`{zone}`"))).collect();
        let critical = if way.critical { " (critical)" } else { "" };
        let more = match way.sources.len() {
            1 => String::new(),
            _ => format!(", and from {}", escape(&others(&way.sources[1..]))),
        };
        format!("{}{critical}{more}", route.join(" → "))
    };
    ways.nearest.iter().map(told).collect()
}

/// Our own words with quotations in backticks, as Markdown that means just those characters. Quotations become `<code>`
/// elements, where forges look for no mentions, references or links; within a code span nothing could be escaped.
fn escape(text: &str) -> String {
    let parts = text.split('`').enumerate().map(|(at, part)| match at % 2 {
        0 => plain(part),
        _ => format!("<code>{}</code>", plain(part)),
    });
    parts.collect()
}

/// Characters with a meaning in Markdown or HTML as references, which have none. Controls and characters that turn the
/// direction of writing become `?`.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c if c.is_control() || HIDDEN.iter().any(|hidden| hidden.contains(&c)) => out.push('?'),
            c if SIGNS.contains(c) => out.push_str(&format!("&#{};", u32::from(c))),
            c => out.push(c),
        }
    }
    // These make links of themselves.
    out.replace("://", "&#58;//").replace("www.", "www&#46;")
}

/// Signs of Markdown, and of forges: mentions and references.
const SIGNS: &str = "\"'|*_[]\\~#@!$`";
/// Characters without width, and those that turn the direction of writing.
const HIDDEN: [std::ops::RangeInclusive<char>; 4] =
    ['\u{200b}'..='\u{200f}', '\u{2028}'..='\u{202e}', '\u{2066}'..='\u{2069}', '\u{feff}'..='\u{feff}'];

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_breaks_out() {
        let hostile = "`</code></details> | **x** @all #1 https://example.com \u{1b}[31m\n- item` and `b`";
        let safe = escape(hostile);
        for bad in ["</details>", "**", "@", "|", "\n", "\u{1b}", "://", "#1 "] {
            assert!(!safe.contains(bad), "{bad:?} in {safe}");
        }
        assert_eq!(safe.matches("<code>").count(), 2);
        assert_eq!(safe.matches("</code>").count(), 2);
    }
}
