//! Graphviz: <https://graphviz.org/doc/info/lang.html>

use std::fmt::Write;

use super::{Mark, Picture};

/// The picture in the DOT language. A zone with children is a cluster that also holds a node of its own.
pub fn dot(picture: &Picture) -> String {
    let mut out =
        String::from("digraph segc {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n");
    out.push_str("  edge [fontname=\"sans-serif\", fontsize=10];\n");
    for (mark, depth) in picture.walk() {
        let pad = "  ".repeat(depth);
        let _ = match mark {
            Mark::Close => writeln!(out, "{pad}}}"),
            Mark::Open(zone) => {
                let name = quoted(&picture.zones[zone].name);
                writeln!(out, "{pad}subgraph \"cluster_{zone}\" {{\n{pad}  label={name};")
            }
            Mark::Zone(zone) => {
                let node = &picture.zones[zone];
                let colour = if node.flags.contains(&"critical") { ", color=firebrick, penwidth=2" } else { "" };
                let mut words = vec![node.name.as_str()];
                words.extend(&node.flags);
                words.extend(node.barrier.then_some("barrier"));
                writeln!(out, "{pad}n{zone} [label={}{colour}];", quoted(&words.join("\n")))
            }
        };
    }
    for edge in &picture.flows {
        let _ = writeln!(out, "  n{} -> n{} [label={}];", edge.from, edge.to, quoted(&Picture::label(edge)));
    }
    out.push_str("}\n");
    out
}

/// A quoted DOT string; a line break becomes `\n`.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
