//! The reachability graph as pictures: zones, nested as declared, and the allows of one day between them.

mod dot;
mod mermaid;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

pub use dot::dot;
pub use mermaid::mermaid;

use crate::model::{Model, Term, ZoneId};
use crate::words;

/// What is drawn.
#[derive(Serialize)]
pub struct Picture {
    format: u32,
    at: String,
    zones: Vec<Node>,
    flows: Vec<Edge>,
}

/// A zone, `internet` or `any`.
#[derive(Serialize)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Index of the zone it is in.
    pub parent: Option<usize>,
    /// Its flags, in the language's words.
    pub flags: Vec<&'static str>,
    /// Paths end here.
    pub barrier: bool,
}

/// A place on the walk through nested zones.
enum Mark {
    /// The box around a zone and its children begins.
    Open(usize),
    /// The zone itself.
    Zone(usize),
    /// The last box that began ends.
    Close,
}

/// All allows from one zone to another.
#[derive(Serialize)]
pub struct Edge {
    /// Index of the source.
    pub from: usize,
    /// Index of the destination.
    pub to: usize,
    /// On what.
    pub services: Vec<String>,
    /// Some packets of this end are left out by `except`.
    pub narrowed: bool,
}

/// The policy on `day`. Groups are multiplied out; `any` is a place of its own, for otherwise it hides everything.
pub fn picture(model: &Model<'_>, day: Date) -> Picture {
    let flag = |f: &segc_grammar::ast::FlagKind| {
        use segc_grammar::ast::FlagKind as F;
        match f {
            F::Critical => "critical",
            F::Gpu => "gpu",
            F::Agentic => "agentic",
            F::PublicWritable => "public-writable",
            F::PublicTrigger => "public-trigger",
            F::Isolated => "isolated",
        }
    };
    let mut zones: Vec<Node> = model
        .zones
        .iter()
        .map(|(_, z)| Node {
            name: z.name.to_owned(),
            parent: z.parent.map(|p| p.0 as usize),
            flags: z.flags.iter().map(flag).collect(),
            barrier: z.barrier.is_some_and(|(_, window)| window.holds(day)),
        })
        .collect();
    let any = zones.len();
    let mut edges: BTreeMap<(usize, usize), (Vec<String>, bool)> = BTreeMap::new();
    let members = |term: &Term| match term {
        Term::Any => vec![any],
        Term::Zone(ZoneId(zone)) => vec![*zone as usize],
        Term::Group(group) => model.groups[group.0 as usize].zones.iter().map(|z| z.0 as usize).collect(),
    };
    for flow in model.flows.iter().filter(|f| f.window.holds(day)) {
        let narrowed = !flow.left.except.is_empty() || !flow.right.except.is_empty();
        let to: Vec<usize> = flow.right.terms.iter().flat_map(|(t, _)| members(t)).collect();
        let own = flow.left.names == flow.right.names && flow.left.names.len() == 1;
        for from in flow.left.terms.iter().flat_map(|(t, _)| members(t)) {
            for &to in to.iter().filter(|&&to| from != to || own || to == any) {
                let edge = edges.entry((from, to)).or_default();
                edge.0.push(words::services(model, &flow.services).replace('`', ""));
                edge.1 |= narrowed;
            }
        }
    }
    let uses_any = edges.keys().any(|&(from, to)| from == any || to == any);
    let internet = any - 1;
    let uses_internet = edges.keys().any(|&(from, to)| from == internet || to == internet);
    if uses_any {
        zones.push(Node { name: "any".to_owned(), parent: None, flags: Vec::new(), barrier: false });
    } else if !uses_internet {
        zones.pop();
    }
    let edge = |((from, to), (mut services, narrowed)): ((usize, usize), (Vec<String>, bool))| {
        services.sort();
        services.dedup();
        Edge { from, to, services, narrowed }
    };
    Picture { format: 1, at: day.to_string(), zones, flows: edges.into_iter().map(edge).collect() }
}

impl Picture {
    /// What is written on an edge: services, at most four.
    fn label(edge: &Edge) -> String {
        let shown = edge.services.iter().take(4).cloned().collect::<Vec<_>>().join(", ");
        let more = edge.services.len().saturating_sub(4);
        let rest = if more > 0 { format!(" +{more}") } else { String::new() };
        let narrowed = if edge.narrowed { " (not all)" } else { "" };
        format!("{shown}{rest}{narrowed}")
    }

    /// Children of each node, and the outermost ones.
    fn nesting(&self) -> (Vec<Vec<usize>>, Vec<usize>) {
        let (mut children, mut roots) = (vec![Vec::new(); self.zones.len()], Vec::new());
        for (i, zone) in self.zones.iter().enumerate() {
            match zone.parent {
                Some(parent) => children[parent].push(i),
                None => roots.push(i),
            }
        }
        (children, roots)
    }

    /// Every zone with what is around it, outer ones first: where boxes open, zones stand and boxes close, each with its
    /// depth from 1 on. A zone with children is a box that also holds the zone itself.
    fn walk(&self) -> Vec<(Mark, usize)> {
        let (children, roots) = self.nesting();
        let mut marks = Vec::new();
        // A stack instead of recursion: zones may nest deeply.
        let mut todo: Vec<(Mark, usize)> = roots.into_iter().rev().map(|z| (Mark::Zone(z), 1)).collect();
        while let Some((mark, depth)) = todo.pop() {
            match mark {
                Mark::Zone(zone) if !children[zone].is_empty() => {
                    marks.extend([(Mark::Open(zone), depth), (Mark::Zone(zone), depth + 1)]);
                    todo.push((Mark::Close, depth));
                    todo.extend(children[zone].iter().rev().map(|&child| (Mark::Zone(child), depth + 1)));
                }
                mark => marks.push((mark, depth)),
            }
        }
        marks
    }
}

/// The picture as data.
pub fn json(picture: &Picture) -> String {
    let mut text = serde_json::to_string_pretty(picture).unwrap_or_default();
    text.push('\n');
    text
}
