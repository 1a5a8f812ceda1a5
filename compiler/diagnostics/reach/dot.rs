//! The picture in the DOT language: <https://graphviz.org/doc/info/lang.html>

use std::fmt::Write;

use super::Words;
use super::picture::{Node, Shape};
use crate::reach::Reach;
use crate::source::Sources;

/// The picture of the worst case, from left to right.
pub fn dot(reach: &Reach<'_>, sources: &Sources) -> String {
    let words = Words { reach, sources };
    let picture = words.picture();
    let mut out = String::from("digraph reach {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n");
    out.push_str("  edge [fontname=\"sans-serif\", fontsize=10];\n");
    for (number, node) in picture.nodes.iter().enumerate() {
        let label = quoted(&format!("{}\n{}", node.name, node.note));
        let _ = writeln!(out, "  n{number} [label={label}, {}];", style(node));
    }
    for edge in &picture.edges {
        let dashed = if edge.besides { ", style=dashed" } else { "" };
        let _ = writeln!(out, "  n{} -> n{} [label={}{dashed}];", edge.from, edge.to, quoted(&edge.label));
    }
    out.push_str("}\n");
    out
}

fn style(node: &Node) -> String {
    let shape = match node.shape {
        Shape::Place => "shape=box, style=rounded",
        Shape::Secret => "shape=hexagon",
        Shape::Content => "shape=note",
        Shape::Folded => "shape=box, style=dashed",
    };
    let colour = match (node.critical, node.start) {
        (true, _) => ", color=firebrick, penwidth=2",
        (_, true) => ", color=navy, peripheries=2",
        _ => "",
    };
    format!("{shape}{colour}")
}

/// A quoted DOT string; a line break becomes `\n`.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
