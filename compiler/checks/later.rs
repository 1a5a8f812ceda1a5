//! Forbids and requires on the days to come: whenever an allow begins or ends, or something that is relied upon ends,
//! they are judged again. What holds today and breaks then is a warning with its date.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use segc_grammar::Span;

use super::{Context, direct, paths, required};
use crate::diagnostics::{Diagnostic, Severity, flows as say};
use crate::model::{Kind, Process};

/// Days that are looked at; a policy with more is told so.
pub const MOST_DAYS: usize = 64;

/// Judges every later day on which something changes.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let days = changes(context);
    if days.is_empty() || context.model.forbids.is_empty() && context.model.requires.is_empty() {
        return;
    }
    let mut told: BTreeSet<Span> = today(context).into_iter().filter_map(|d| Some(d.labels.first()?.0)).collect();
    for (day, change) in days.iter().take(MOST_DAYS) {
        let then = Context::new(context.model, context.sources, *day);
        for d in today(&then) {
            let Some(&(at, _)) = d.labels.first() else { continue };
            if told.insert(at) {
                found.push(say::breaks_later(d, *day, change));
            }
        }
    }
    if let Some((day, _)) = days.iter().nth(MOST_DAYS) {
        found.push(say::days_not_judged(*day, days.len() - MOST_DAYS));
    }
}

/// Broken forbids and requires on the context's day.
fn today(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    direct::check(context, &mut found);
    paths::check(context, &mut found);
    required::check(context, &mut found);
    // A waiver that excuses nothing on some later day is no break.
    found.retain(|d| d.severity == Severity::Error && d.code != "SEG1102");
    found
}

/// Later days on which something begins or ends, and what.
pub fn changes(context: &Context<'_>) -> BTreeMap<Date, String> {
    let model = context.model;
    let mut days: BTreeMap<Date, String> = BTreeMap::new();
    let mut note = |day: Option<Date>, what: &str, at: Span| {
        if let Some(day) = day.filter(|&d| d > context.day) {
            days.entry(day).or_insert_with(|| format!("{what} ({})", context.sources.line(at)));
        }
    };
    for flow in &model.flows {
        note(flow.window.from, "an allow begins", flow.statement.span);
        note(flow.window.end(), "an allow ends", flow.statement.span);
        if let Some(inert) = flow.inert {
            note(inert.window.end(), "an `inert` ends", inert.span);
        }
        if let Some(vetted) = flow.vetted {
            note(vetted.window.end(), "a `vetted` ends", vetted.span);
        }
    }
    for waiver in model.forbids.iter().flat_map(|f| &f.waivers) {
        note(waiver.window.end(), "a waiver ends", waiver.span);
    }
    for (_, zone) in model.zones.iter() {
        if let Some((_, window)) = &zone.barrier {
            note(window.end(), "a `barrier` ends", zone.name_span);
        }
        if let Kind::Process(Process { contained: Some(contained), .. }) = &zone.kind {
            note(contained.window.end(), "a `contained` ends", contained.span);
        }
    }
    days
}
