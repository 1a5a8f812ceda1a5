//! The picture as SVG 1.1, drawn here: no other program is asked, and nothing is fetched. It carries its own background,
//! so that it can be read on light and dark pages.

use std::fmt::Write;

use super::Words;
use super::layout::{Frame, HEIGHT, Layout, layout};
use super::picture::{Edge, Node, Picture, Shape};
use crate::reach::Reach;
use crate::source::Sources;

const STYLE: &str = "
  svg { --paper: #ffffff; --ink: #1c2430; --soft: #5b6675; --line: #8793a3; --fill: #f3f5f8; --bad: #b3261e; --start: #1f5fbf; --key: #8a5a00; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #14181f; --ink: #e8ecf2; --soft: #a8b3c2; --line: #6d7a8c; --fill: #1f2630; --bad: #ff8a80; --start: #82b1ff; --key: #ffc46b; }
  }
  text { font-family: ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: #1c2430; fill: var(--ink); }
  .paper { fill: #ffffff; fill: var(--paper); }
  .title { font-size: 15px; font-weight: bold; }
  .name { font-size: 12px; font-weight: bold; }
  .note { font-size: 10px; fill: #5b6675; fill: var(--soft); }
  .label { font-size: 10px; fill: #5b6675; fill: var(--soft); stroke: #ffffff; stroke: var(--paper); stroke-width: 4; paint-order: stroke; text-anchor: end; }
  .box { fill: #f3f5f8; fill: var(--fill); stroke: #8793a3; stroke: var(--line); stroke-width: 1.2; }
  .critical { stroke: #b3261e; stroke: var(--bad); stroke-width: 2.6; }
  .start { stroke: #1f5fbf; stroke: var(--start); stroke-width: 2.6; }
  .secret { stroke: #8a5a00; stroke: var(--key); stroke-width: 1.6; }
  .folded { stroke-dasharray: 5 3; }
  .bar { stroke: #1c2430; stroke: var(--ink); stroke-width: 4; }
  .step { fill: none; stroke: #8793a3; stroke: var(--line); stroke-width: 1.3; marker-end: url(#tip); }
  .besides { stroke-dasharray: 3 3; }
  .tip { fill: #8793a3; fill: var(--line); }
";

/// The picture of the worst case, from left to right.
pub fn svg(reach: &Reach<'_>, sources: &Sources) -> String {
    let words = Words { reach, sources };
    let picture = words.picture();
    let layout = layout(&picture);
    let title =
        format!("What a compromise of {} reaches in the worst case, as of {}", words.name(reach.zone.0), reach.day);
    // A small picture is still as wide as what is written above and below it.
    let written = (9.1 * title.chars().count() as f64).max(6.1 * LEGEND.chars().count() as f64);
    let (width, height) = (layout.width.max(written + 40.0), layout.height);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} \
         {height:.0}\" role=\"img\">\n<title>{0}</title>\n<style>{STYLE}</style>\n<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" \
         refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path class=\"tip\" d=\"M0 0 L8 4 L0 8 \
         z\"/></marker></defs>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n<text class=\"title\" x=\"20\" \
         y=\"32\">{0}</text>\n",
        escaped(&title)
    );
    picture.edges.iter().for_each(|edge| line(&mut out, edge, &layout));
    picture.nodes.iter().zip(&layout.frames).for_each(|(node, frame)| shape(&mut out, node, *frame));
    labels(&mut out, &picture, &layout);
    legend(&mut out, height - 18.0);
    out.push_str("</svg>\n");
    out
}

fn line(out: &mut String, edge: &Edge, layout: &Layout) {
    let (from, to) = (layout.frames[edge.from], layout.frames[edge.to]);
    let (x1, y1) = (from.x + from.width, from.y + HEIGHT / 2.0);
    let (x2, y2) = (to.x - 1.0, to.y + HEIGHT / 2.0);
    let bend = ((x2 - x1) / 2.0).clamp(20.0, 70.0);
    let class = if edge.besides { "step besides" } else { "step" };
    let _ = writeln!(
        out,
        "<path class=\"{class}\" d=\"M{x1:.1} {y1:.1} C{:.1} {y1:.1} {:.1} {y2:.1} {x2:.1} {y2:.1}\"/>",
        x1 + bend,
        x2 - bend
    );
}

/// Each label stands in front of the box that its step leads to.
fn labels(out: &mut String, picture: &Picture, layout: &Layout) {
    for edge in picture.edges.iter().filter(|edge| !edge.label.is_empty()) {
        let to = layout.frames[edge.to];
        let (x, y) = (to.x - 8.0, to.y + HEIGHT / 2.0 - 5.0);
        let label = cut(&edge.label, 26);
        let _ = writeln!(out, "<text class=\"label\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", escaped(&label));
    }
}

fn shape(out: &mut String, node: &Node, frame: Frame) {
    let Frame { x, y, width } = frame;
    let mut class = "box".to_owned();
    for (is, name) in [
        (node.critical, " critical"),
        (node.start, " start"),
        (node.shape == Shape::Secret, " secret"),
        (node.shape == Shape::Folded, " folded"),
    ] {
        if is {
            class.push_str(name);
        }
    }
    let (right, bottom, middle) = (x + width, y + HEIGHT, y + HEIGHT / 2.0);
    let _ = match node.shape {
        Shape::Place | Shape::Folded => writeln!(
            out,
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{HEIGHT:.1}\" rx=\"6\"/>"
        ),
        Shape::Secret => writeln!(
            out,
            "<path class=\"{class}\" d=\"M{:.1} {y:.1} H{:.1} L{right:.1} {middle:.1} L{:.1} {bottom:.1} H{:.1} L{x:.1} {middle:.1} \
             z\"/>",
            x + 10.0,
            right - 10.0,
            right - 10.0,
            x + 10.0
        ),
        Shape::Content => writeln!(
            out,
            "<path class=\"{class}\" d=\"M{x:.1} {y:.1} H{:.1} L{right:.1} {:.1} V{bottom:.1} H{x:.1} z\"/>",
            right - 10.0,
            y + 10.0
        ),
    };
    if node.barrier {
        let _ = writeln!(out, "<path class=\"bar\" d=\"M{:.1} {y:.1} V{bottom:.1}\"/>", right + 3.0);
    }
    let _ = writeln!(
        out,
        "<text class=\"name\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
        x + 13.0,
        y + 16.0,
        escaped(&node.name)
    );
    let _ = writeln!(
        out,
        "<text class=\"note\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
        x + 13.0,
        y + 30.0,
        escaped(&node.note)
    );
}

const LEGEND: &str = "round box: zone or process  ·  six corners: credential  ·  folded corner: content  ·  bar: not left  ·  \
     dashes: needed besides";

fn legend(out: &mut String, y: f64) {
    let _ = writeln!(out, "<text class=\"note\" x=\"20\" y=\"{y:.1}\">{LEGEND}</text>");
}

/// At most so many letters.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let short: String = text.chars().take(most - 1).collect();
    format!("{short}…")
}

/// Text inside an element: what XML 1.0 cannot hold is left out.
fn escaped(text: &str) -> String {
    let allowed = |c: &char| !c.is_control() && !matches!(*c, '\u{fffe}' | '\u{ffff}');
    let text: String = text.chars().filter(allowed).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
