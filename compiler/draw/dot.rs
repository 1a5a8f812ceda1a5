//! Graphviz: <https://graphviz.org/doc/info/lang.html>

use std::fmt::Write;

use super::Picture;

/// The picture in the DOT language. A zone with children is a cluster that also holds a node of its own.
pub fn dot(picture: &Picture) -> String {
    let mut out =
        String::from("digraph segc {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n");
    out.push_str("  edge [fontname=\"sans-serif\", fontsize=10];\n");
    let (children, roots) = picture.nesting();
    // A stack instead of recursion: zones may nest deeply.
    enum Step {
        Zone(usize, usize),
        Close(usize),
    }
    let mut todo: Vec<Step> = roots.into_iter().rev().map(|z| Step::Zone(z, 1)).collect();
    while let Some(step) = todo.pop() {
        match step {
            Step::Close(depth) => {
                let _ = writeln!(out, "{}}}", "  ".repeat(depth));
            }
            Step::Zone(zone, depth) => {
                let node = &picture.zones[zone];
                let mut inner = depth;
                if !children[zone].is_empty() {
                    let pad = "  ".repeat(depth);
                    let _ = writeln!(out, "{pad}subgraph \"cluster_{zone}\" {{\n{pad}  label={};", quoted(&node.name));
                    todo.push(Step::Close(depth));
                    todo.extend(children[zone].iter().rev().map(|&c| Step::Zone(c, depth + 1)));
                    inner += 1;
                }
                let colour = if node.flags.contains(&"critical") { ", color=firebrick, penwidth=2" } else { "" };
                let mut words = vec![node.name.as_str()];
                words.extend(&node.flags);
                words.extend(node.barrier.then_some("barrier"));
                let _ = writeln!(out, "{}n{zone} [label={}{colour}];", "  ".repeat(inner), quoted(&words.join("\n")));
            }
        }
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
