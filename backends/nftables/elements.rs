//! Writes the elements of maps and sets, and the definitions of class ids: one a line, each with a comma, so that a new
//! one is one new line.

use super::lower::{Lowered, Source};
use super::write::{cut, name, term};
use crate::rules::ClassId;
use std::fmt::{Display, Write as _};

pub(super) fn src4(lowered: &Lowered) -> String {
    sources(lowered, |class| ranges(&lowered.set.classes[class].v4, |ip| ip.to_bits().into(), 32))
}

pub(super) fn src6(lowered: &Lowered) -> String {
    sources(lowered, |class| ranges(&lowered.set.classes[class].v6, |ip| ip.to_bits(), 128))
}

pub(super) fn dst4(lowered: &Lowered) -> String {
    destinations(lowered, |class| ranges(&lowered.set.classes[class].v4, |ip| ip.to_bits().into(), 32))
}

pub(super) fn dst6(lowered: &Lowered) -> String {
    destinations(lowered, |class| ranges(&lowered.set.classes[class].v6, |ip| ip.to_bits(), 128))
}

/// `define to_CLASS = ID`, by name.
pub(super) fn defines(lowered: &Lowered) -> String {
    let mut out = String::new();
    for (class, id) in lowered.set.classes.iter().zip(&lowered.classids) {
        let _ = writeln!(out, "define to_{} = {:x}:{:x}", class.name, id >> 16, id & 0xffff);
    }
    cut(out)
}

/// `ranges` in nft's words: an address, a prefix or a range.
pub(super) fn ranges<A: Copy + Display + PartialEq>(
    ranges: &[(A, A)],
    bits: impl Fn(&A) -> u128,
    width: u32,
) -> impl Iterator<Item = String> {
    ranges.iter().map(move |(low, high)| {
        let span = bits(high) - bits(low);
        let host_bits = (span.wrapping_add(1)).trailing_zeros().min(width);
        let prefix = span.wrapping_add(1).is_power_of_two() || span == u128::MAX;
        if low == high {
            low.to_string()
        } else if prefix && bits(low).trailing_zeros() >= host_bits {
            format!("{low}/{}", width - host_bits)
        } else {
            format!("{low}-{high}")
        }
    })
}

/// The elements of a map of sources. `ranges` are those of a class.
fn sources<I: Iterator<Item = String>>(lowered: &Lowered, ranges: impl Fn(usize) -> I) -> String {
    let mut out = String::new();
    for (index, class) in lowered.set.classes.iter().enumerate() {
        for range in ranges(index) {
            let _ = match lowered.source(index) {
                Source::DenyInside => writeln!(out, "\t\t\t{range} : goto deny_inside,"),
                Source::DenyOutside => writeln!(out, "\t\t\t{range} : goto deny_outside,"),
                Source::From(left) => {
                    writeln!(out, "\t\t\t{range} : jump from_{},", term(lowered, &lowered.lefts[left as usize]))
                }
                Source::Of => writeln!(out, "\t\t\t{range} : jump of_{},", class.name),
            };
        }
    }
    cut(out)
}

/// The elements of a map of destinations.
fn destinations<I: Iterator<Item = String>>(lowered: &Lowered, ranges: impl Fn(usize) -> I) -> String {
    let mut out = String::new();
    for (index, class) in lowered.set.classes.iter().enumerate() {
        for range in ranges(index) {
            let _ = writeln!(out, "\t\t\t{range} : $to_{},", class.name);
        }
    }
    cut(out)
}

/// Named sets: exceptions and wide terms.
pub(super) fn sets(lowered: &Lowered) -> String {
    let mut out = String::new();
    let classes = &lowered.set.classes;
    for (except, stem) in &lowered.names.excluded_sources {
        let v4 = except.iter().flat_map(|class| ranges(&classes[class.0 as usize].v4, |ip| ip.to_bits().into(), 32));
        set(&mut out, stem, "4", "ipv4_addr\n\t\tflags interval", v4);
        let v6 = except.iter().flat_map(|class| ranges(&classes[class.0 as usize].v6, |ip| ip.to_bits(), 128));
        set(&mut out, stem, "6", "ipv6_addr\n\t\tflags interval", v6);
    }
    let id = |class: &ClassId| format!("$to_{}", name(lowered, *class));
    for (except, stem) in &lowered.names.excluded_targets {
        set(&mut out, stem, "", "classid", except.iter().map(id));
    }
    for wide in &lowered.wide {
        let term = &lowered.set.terms[wide.0 as usize];
        set(&mut out, &format!("in_{}", term.name), "", "classid", term.classes.iter().map(id));
    }
    cut(out)
}

/// Nothing where there are no elements: the guard that would ask is left out as well.
pub(super) fn set(out: &mut String, stem: &str, family: &str, kind: &str, elements: impl Iterator<Item = String>) {
    let mut elements = elements.peekable();
    if elements.peek().is_none() {
        return;
    }
    let _ = writeln!(out, "\tset {stem}{family} {{\n\t\ttype {kind}\n\t\telements = {{");
    for element in elements {
        let _ = writeln!(out, "\t\t\t{element},");
    }
    out.push_str("\t\t}\n\t}\n");
}
