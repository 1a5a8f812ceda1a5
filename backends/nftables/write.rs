//! Writes what there can be hundreds of thousands of: elements, and chains of rules, one statement a line, with tabs as
//! `nft list` has them. All else is in `template.j2`.

use super::chain::{Chain, Window};
use super::lower::{Left, Lowered, Pair, Source, Target};
use super::services::spell;
use super::text::{escape, log_prefix, origins};
use super::{elements, names};
use crate::rules::{ClassId, Ends};
use std::fmt::Write as _;

/// Behind the names of what logs ahead.
const LOG: &str = ".log";

/// The written parts, each without its last end of line. Empty where there is nothing to write.
pub(super) struct Parts {
    /// `define to_CLASS = ID`, by name.
    pub defines: String,
    /// Elements of the maps of sources and destinations.
    pub src4: String,
    pub src6: String,
    pub dst4: String,
    pub dst6: String,
    /// Named sets: exceptions and wide terms.
    pub sets: String,
    /// `of_` chains, then each source's map and chains: one behind the other, each with its last end of line.
    pub chains: Vec<String>,
}

pub(super) fn write(lowered: &Lowered) -> Parts {
    Parts {
        defines: elements::defines(lowered),
        src4: elements::src4(lowered),
        src6: elements::src6(lowered),
        dst4: elements::dst4(lowered),
        dst6: elements::dst6(lowered),
        sets: elements::sets(lowered),
        chains: chains(lowered),
    }
}

/// Without its last end of line.
pub(super) fn cut(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

pub(super) fn name<'a>(lowered: &'a Lowered, class: ClassId) -> &'a str {
    &lowered.set.classes[class.0 as usize].name
}

pub(super) fn term<'a>(lowered: &'a Lowered, left: &Left) -> &'a str {
    &lowered.set.terms[left.term.0 as usize].name
}

fn chains(lowered: &Lowered) -> Vec<String> {
    let mut out = String::new();
    for (index, class) in lowered.set.classes.iter().enumerate() {
        if !matches!(lowered.source(index), Source::Of) {
            continue;
        }
        let _ = writeln!(out, "\tchain of_{} {{", class.name);
        for left in lowered.sources[index].iter().filter(|left| lowered.logs_ahead(**left)) {
            let _ = writeln!(out, "\t\tct state new jump from_{}.log", term(lowered, &lowered.lefts[*left as usize]));
        }
        for left in &lowered.sources[index] {
            let _ = writeln!(out, "\t\tjump from_{}", term(lowered, &lowered.lefts[*left as usize]));
        }
        out.push_str(if class.outside { "\t\tgoto deny_outside\n\t}\n" } else { "\t}\n" });
    }
    let files: Vec<String> = lowered.set.files.iter().map(|file| escape(file)).collect();
    // Sources do not depend on each other: their halves are written side by side.
    let (first, second) = lowered.lefts.split_at(lowered.lefts.len() / 2);
    let write = |lefts: &[Left]| {
        // Room for the usual pair. What is not used costs nothing; to grow step by step would touch all of it twice.
        let pairs: usize = lefts.iter().map(|left| left.pairs.len()).sum();
        let (mut text, mut scratch) = (String::with_capacity(pairs * 512), Chain::default());
        for left in lefts {
            source(&mut text, lowered, left, "");
            for index in left.pairs.clone() {
                pair(&mut text, lowered, index as u32, &files, &mut scratch);
            }
        }
        text
    };
    let (first, second) = std::thread::scope(|threads| {
        let second = threads.spawn(|| write(second));
        (write(first), second.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let mut last = String::new();
    ahead(&mut last, lowered, &files);
    let mut all = vec![out, first, second, last];
    all.retain(|part| !part.is_empty());
    all
}

/// What is logged before any pair is asked to let it in.
fn ahead(out: &mut String, lowered: &Lowered, files: &[String]) {
    let mut scratch = Chain::default();
    for left in &lowered.ahead {
        source(out, lowered, left, LOG);
        for index in left.pairs.clone().filter(|index| lowered.pairs[*index].ahead) {
            let pair = &lowered.pairs[index];
            open(out, lowered, index as u32, pair, LOG);
            scratch.fill(lowered.set, lowered.rules(pair));
            logs(out, lowered, pair, files, &mut scratch);
            out.push_str("\t}\n");
        }
    }
}

/// A source's map, its chain, and the chains for classes that several of its pairs hold. `kind` stands behind the names.
fn source(out: &mut String, lowered: &Lowered, left: &Left, kind: &str) {
    let from = term(lowered, left);
    let jump = |out: &mut String, index: u32| {
        out.push_str("jump ");
        lowered.names.pair(out, index, &lowered.pairs[index as usize]);
        out.push_str(kind);
    };
    if !left.targets.is_empty() {
        let _ = writeln!(out, "\tmap from_{from}{kind}_to {{\n\t\ttype classid : verdict\n\t\telements = {{");
        for (class, target) in &left.targets {
            let _ = write!(out, "\t\t\t$to_{} : ", name(lowered, *class));
            match target {
                Target::Pair(index) => jump(out, *index),
                Target::Several(_) => _ = write!(out, "jump {from}/{}{kind}.all", name(lowered, *class)),
            }
            out.push_str(",\n");
        }
        out.push_str("\t\t}\n\t}\n");
    }
    let _ = writeln!(out, "\tchain from_{from}{kind} {{");
    if !left.targets.is_empty() {
        let _ = writeln!(out, "\t\tmeta priority vmap @from_{from}{kind}_to");
    }
    for index in &left.wide {
        let to = lowered.pairs[*index as usize].to.term;
        let _ = write!(out, "\t\tmeta priority @in_{} ", lowered.set.terms[to.0 as usize].name);
        jump(out, *index);
        out.push('\n');
    }
    out.push_str("\t}\n");
    for (class, target) in &left.targets {
        let Target::Several(pairs) = target else { continue };
        let _ = writeln!(out, "\tchain {from}/{}{kind}.all {{", name(lowered, *class));
        for index in pairs {
            out.push_str("\t\t");
            jump(out, *index);
            out.push('\n');
        }
        out.push_str("\t}\n");
    }
}

/// A pair's chain: who is excepted goes back, then what logs, then what accepts.
fn pair(out: &mut String, lowered: &Lowered, index: u32, files: &[String], scratch: &mut Chain) {
    let pair = &lowered.pairs[index as usize];
    open(out, lowered, index, pair, "");
    scratch.fill(lowered.set, lowered.rules(pair));
    if pair.log && !pair.ahead {
        logs(out, lowered, pair, files, scratch);
    }
    scratch.lines(false, |condition, window, from| {
        out.push_str("\t\t");
        live(out, window);
        spell(out, condition);
        out.push_str("accept comment \"");
        origins(out, files, from);
        out.push_str("\"\n");
    });
    out.push_str("\t}\n");
}

/// A pair's chain up to its rules.
fn open(out: &mut String, lowered: &Lowered, index: u32, pair: &Pair, kind: &str) {
    out.push_str("\tchain ");
    lowered.names.pair(out, index, pair);
    out.push_str(kind);
    out.push_str(" {\n");
    guards(out, lowered, pair);
}

/// The logging rules of a pair.
fn logs(out: &mut String, lowered: &Lowered, pair: &Pair, files: &[String], scratch: &mut Chain) {
    let end = |ends: &Ends| names::ends(lowered.set, ends);
    let prefix = log_prefix(&end(pair.from), &end(pair.to));
    scratch.lines(true, |condition, window, from| {
        out.push_str("\t\tct state new ");
        live(out, window);
        spell(out, condition);
        let _ = write!(out, "log prefix \"{prefix}\" comment \"");
        origins(out, files, from);
        out.push_str("\"\n");
    });
}

fn guards(out: &mut String, lowered: &Lowered, pair: &Pair) {
    let except = pair.from.except.as_slice();
    if !except.is_empty() {
        let set = lowered.names.excluded_sources(except);
        let classes = || except.iter().map(|class| &lowered.set.classes[class.0 as usize]);
        if classes().any(|class| !class.v4.is_empty()) {
            let _ = writeln!(out, "\t\tip saddr @{set}4 return");
        }
        if classes().any(|class| !class.v6.is_empty()) {
            let _ = writeln!(out, "\t\tip6 saddr @{set}6 return");
        }
    }
    if lowered.is_wide(pair.to.term) {
        let _ = match pair.to.except.as_slice() {
            [] => Ok(()),
            [class] => writeln!(out, "\t\tmeta priority $to_{} return", name(lowered, *class)),
            several => writeln!(out, "\t\tmeta priority @{} return", lowered.names.excluded_targets(several)),
        };
    }
}

/// Seconds, since nft reads a written-out time in the zone of whoever loads it.
fn live(out: &mut String, window: Window) {
    if let Some(since) = window.since {
        let _ = write!(out, "meta time >= {since} ");
    }
    if let Some(before) = window.before {
        let _ = write!(out, "meta time < {before} ");
    }
}
