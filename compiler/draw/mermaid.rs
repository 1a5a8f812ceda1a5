//! Mermaid flow charts, which forges draw in Markdown.

use std::fmt::Write;

use super::Picture;

/// The picture as a Mermaid flow chart.
pub fn mermaid(picture: &Picture) -> String {
    let mut out = String::from("flowchart LR\n");
    let (children, roots) = picture.nesting();
    enum Step {
        Zone(usize, usize),
        Close(usize),
    }
    let mut todo: Vec<Step> = roots.into_iter().rev().map(|z| Step::Zone(z, 1)).collect();
    while let Some(step) = todo.pop() {
        match step {
            Step::Close(depth) => {
                let _ = writeln!(out, "{}end", "  ".repeat(depth));
            }
            Step::Zone(zone, depth) => {
                let node = &picture.zones[zone];
                let mut inner = depth;
                if !children[zone].is_empty() {
                    let _ = writeln!(out, "{}subgraph g{zone} [\"{}\"]", "  ".repeat(depth), escaped(&node.name));
                    todo.push(Step::Close(depth));
                    todo.extend(children[zone].iter().rev().map(|&c| Step::Zone(c, depth + 1)));
                    inner += 1;
                }
                let flags: String = node.flags.iter().map(|f| format!("<br>{f}")).collect();
                let barrier = if node.barrier { "<br>barrier" } else { "" };
                let pad = "  ".repeat(inner);
                let _ = writeln!(out, "{pad}n{zone}[\"{}{flags}{barrier}\"]", escaped(&node.name));
            }
        }
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
