//! Mermaid flow charts, which forges draw in Markdown.

use std::fmt::Write;

use super::{Mark, Picture};

/// The picture as a Mermaid flow chart.
pub fn mermaid(picture: &Picture) -> String {
    let mut out = String::from("flowchart LR\n");
    for (mark, depth) in picture.walk() {
        let pad = "  ".repeat(depth);
        let _ = match mark {
            Mark::Close => writeln!(out, "{pad}end"),
            Mark::Open(zone) => writeln!(out, "{pad}subgraph g{zone} [\"{}\"]", escaped(&picture.zones[zone].name)),
            Mark::Zone(zone) => {
                let node = &picture.zones[zone];
                let flags: String = node.flags.iter().map(|f| format!("<br>{f}")).collect();
                let barrier = if node.barrier { "<br>barrier" } else { "" };
                writeln!(out, "{pad}n{zone}[\"{}{flags}{barrier}\"]", escaped(&node.name))
            }
        };
    }
    for edge in &picture.flows {
        let _ = writeln!(out, "  n{} -->|\"{}\"| n{}", edge.from, escaped(&Picture::label(edge)), edge.to);
    }
    out
}

/// Text inside a quoted label: Mermaid reads entities there.
fn escaped(text: &str) -> String {
    text.replace('&', "#amp;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;")
}
