//! Paths of compromise in a large policy: `cargo bench --bench paths`. The policy is made here: sites with nested nets,
//! flows at random distances on a few services, credentials that some flows need.

use std::fmt::Write;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::{Date, date};
use segc::checks::{Context, forbidden_paths};
use segc::graph::{Closure, FlowIndex, Goal, Graph, Question, cut};
use segc::model::{ClassSet, Model, ZoneId};
use segc::source::Sources;

const DAY: Date = date(2026, 11, 22);
const ZONES: usize = 10_000;
const FLOWS: usize = 100_000;
const CREDENTIALS: usize = 2_000;
const FILTERS: usize = 20;

/// Numbers without a pattern that anything could profit from.
fn mixed(n: usize) -> usize {
    let n = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((n ^ n >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 24) as usize
}

/// Every eighth zone is in the one before it; every twelfth flow needs a credential, every fiftieth pulls code; `forbids`
/// forbids, each over one of 20 services.
fn policy(forbids: usize) -> String {
    let mut text = String::new();
    for z in 0..ZONES {
        let (inside, critical) = (z % 8 == 1, if z % 100 == 0 { "  is critical" } else { "" });
        let (net, bits) = if inside { (z - 1, "128/25") } else { (z, "0/24") };
        let parent = if inside { format!(" in z{}", z - 1) } else { String::new() };
        let _ = writeln!(text, "zone z{z}{parent} {{ hosts 10.{}.{}.{bits}{critical} }}", net >> 8, net & 255);
    }
    for c in 0..CREDENTIALS {
        let (holder, opens) = (mixed(c * 3) % ZONES, mixed(c * 3 + 1) % ZONES);
        let _ = writeln!(text, "credential key-{c} {{ held by z{holder}  opens z{opens} }}");
    }
    for f in 0..FLOWS {
        let (from, to) = (mixed(f * 2) % ZONES, mixed(f * 2 + 1) % ZONES);
        let to = if from == to { (to + 1) % ZONES } else { to };
        let needs = if f % 12 == 0 { format!("needs key-{} ", f % CREDENTIALS) } else { String::new() };
        let pulls = if f % 50 == 0 { "pulls code " } else { "" };
        let port = 1000 + mixed(f) % FILTERS;
        let _ = writeln!(text, "allow z{from} -> z{to} : tcp/{port} {{ {needs}{pulls}reason \"r\" }}");
    }
    for f in 0..forbids {
        let (from, to) = (mixed(f * 5) % ZONES, mixed(f * 5 + 2) % ZONES);
        let _ = writeln!(text, "forbid z{from} => z{to} {{ over tcp/{} }}", 1000 + f % FILTERS);
    }
    text
}

/// Works with a policy that has no error.
fn resolved(text: String, with: impl FnOnce(&Model<'_>, &Sources)) {
    let sources = Sources::default();
    let source = sources.add("zones.seg".to_owned(), "zones.seg".to_owned(), text).expect("it fits");
    let trees = [segc_grammar::parse(&source.text, 0).0];
    let (model, wrong) = segc::resolve::resolve(&trees, &Default::default());
    assert!(wrong.is_empty(), "{:?}", wrong.first());
    with(&model, &sources);
}

fn paths(c: &mut Criterion) {
    let mut group = c.benchmark_group("paths");
    group.sample_size(10);
    resolved(policy(1_000), |model, sources| {
        let graph = Graph::new(model, DAY, None);
        let places = model.zones.len() as u32;
        group.bench_function("graph", |b| b.iter(|| Graph::new(model, DAY, None).nodes.len()));
        let mut start = 0;
        group.bench_function("closure of one source", |b| {
            b.iter(|| {
                start = (start + 977) % (places - 1);
                let starts = ClassSet::run(start, start + 1);
                Closure::new(&graph, Question::new(&starts, &graph.barriers)).facts().len()
            });
        });
        let required = vec![None; model.flows.len()];
        group.bench_function("cut", |b| {
            b.iter(|| {
                start = (start + 977) % (places - 1);
                let goal = mixed(start as usize) as u32 % (places - 1);
                let (starts, zones) = (ClassSet::run(start, start + 1), ClassSet::run(goal, goal + 1));
                let goal = Goal { zones: &zones, services: None };
                cut(&graph, Question::new(&starts, &graph.barriers), &goal, &required)
            });
        });
        group.bench_function("1,000 forbids over 20 services", |b| {
            b.iter(|| forbidden_paths(&Context::new(model, sources, DAY)).len());
        });
        let index = FlowIndex::new(model, |_| true);
        group.bench_function("reach, 100 critical zones", |b| {
            b.iter(|| segc::reach::reach(model, DAY, &index, ZoneId(977)).places.len());
        });
    });
    group.finish();
}

criterion_group!(benches, paths);
criterion_main!(benches);
