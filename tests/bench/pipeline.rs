//! Each stage on synthetic policies of growing size: `cargo bench`. Whole processes are measured by the kit that
//! `docs/benchmarks.md` names.

use std::fmt::Write;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use jiff::civil::{Date, date};
use segc::checks::{Context, check};
use segc::packets::{Meant, expect};
use segc::source::Sources;

const DAY: Date = date(2026, 11, 22);

/// A policy of sites with nested nets: each zone has an IPv4 and an IPv6 prefix, every eighth a child; flows join
/// zones at a distance that varies, on one to three services.
fn policy(zones: usize, flows: usize) -> String {
    let mut text = String::new();
    for z in 0..zones {
        let (a, b) = (z >> 8, z & 255);
        let _ = writeln!(text, "zone z{z} {{ hosts 10.{a}.{b}.0/24, 2001:db8:{z:x}::/48 }}");
        if z % 8 == 0 {
            let _ = writeln!(text, "zone c{z} in z{z} {{ hosts 10.{a}.{b}.0/26, 2001:db8:{z:x}:1::/64 }}");
        }
    }
    for f in 0..flows {
        let (from, to) = (f % zones, (f * 7919 + f / zones + 1) % zones);
        let to = if from == to { (to + 1) % zones } else { to };
        let port = 1024 + f % 4000;
        let _ = writeln!(
            text,
            "allow z{from} -> z{to} : https, tcp/{port}, udp/{port} {{ reason \"r\" owner \"o\" ticket \"T-{f}\" }}"
        );
    }
    for f in 0..zones / 50 {
        let _ = writeln!(text, "forbid z{} -> c{}", f + 1, (f % (zones / 8)) * 8);
    }
    text + "controls { every allow needs reason, owner, ticket matching \"T-[0-9]+\" }\n"
}

fn stages(c: &mut Criterion) {
    for (zones, flows) in [(100, 400), (500, 2_000), (2_000, 10_000)] {
        let name = format!("{zones}x{flows}");
        let text = policy(zones, flows);
        let sources = Sources::default();
        let source = sources.add("zones.seg".to_owned(), "zones.seg".to_owned(), text.clone()).expect("it fits");
        let trees = [segc_grammar::parse(&source.text, 0).0];
        let (model, _) = segc::resolve::resolve(&trees, &Default::default());
        let rules = segc::lower::lower(&model, &sources, DAY);
        let backend = segc_backends::BACKENDS[0];
        let mut group = c.benchmark_group("stage");
        group.sample_size(20);
        group.bench_function(BenchmarkId::new("parse", &name), |b| b.iter(|| segc_grammar::parse(&text, 0)));
        group.bench_function(BenchmarkId::new("resolve", &name), |b| {
            b.iter(|| segc::resolve::resolve(&trees, &Default::default()).1.len());
        });
        group.bench_function(BenchmarkId::new("check", &name), |b| {
            b.iter(|| check(&Context::new(&model, &sources, DAY), true).len());
        });
        group.bench_function(BenchmarkId::new("lower", &name), |b| {
            b.iter(|| segc::lower::lower(&model, &sources, DAY).rules.len());
        });
        group.bench_function(BenchmarkId::new("render", &name), |b| b.iter(|| backend.render(&rules).len()));
        group.finish();
    }
}

/// The exact set of what a large policy allows, in a policy of one family and the same in the other.
fn sets(c: &mut Criterion) {
    let text = policy(8_889, 100_000);
    let mut group = c.benchmark_group("packet set of 10000x100000");
    group.sample_size(10);
    for (name, drop) in [("IPv4", "2001:"), ("IPv6", "10.")] {
        let of = |line: &str| match line.split_once(" hosts ") {
            Some((head, hosts)) => {
                let items = hosts.trim_end_matches(" }").split(", ").filter(|item| !item.starts_with(drop));
                format!("{head} hosts {} }}\n", items.collect::<Vec<_>>().join(", "))
            }
            None => format!("{line}\n"),
        };
        let text: String = text.lines().map(of).collect();
        let sources = Sources::default();
        let source = sources.add("zones.seg".to_owned(), "zones.seg".to_owned(), text).expect("it fits");
        let trees = [segc_grammar::parse(&source.text, 0).0];
        let (model, wrong) = segc::resolve::resolve(&trees, &Default::default());
        assert!(wrong.is_empty(), "{:?}", wrong.first());
        group.bench_function(name, |b| b.iter(|| expect(Meant::everything(&model, DAY))));
    }
    group.finish();
}

criterion_group!(benches, stages, sets);
criterion_main!(benches);
