//! What ends soon: allows, waivers, and what is relied upon. One finding for each statement.

use std::collections::BTreeMap;

use segc_grammar::Span;
use segc_grammar::ast::{Clause, ClauseKind};

use super::Context;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::ownership::{Ending, ends_soon};
use crate::model::{Kind, Process, Window};

/// So many days before its last one something is said to end soon.
const DAYS: i32 = 14;

/// Everything that holds on the context's day and ends within [`DAYS`].
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let day = context.day;
    let near = |window: Window| {
        let last = window.until.filter(|&last| window.holds(day) && (last - day).get_days() <= DAYS)?;
        Some(last)
    };
    let mut all: BTreeMap<Span, (Vec<Ending>, Option<&str>)> = BTreeMap::new();
    let mut tell = |statement: Span, clauses, what, window, at| {
        if let Some(last) = near(window) {
            let known = all.entry(statement).or_insert_with(|| (Vec::new(), super::owner(clauses)));
            known.0.push(Ending { last, at, what });
        }
    };
    let model = context.model;
    for flow in &model.flows {
        let clauses = &flow.statement.clauses;
        // A break-glass allow is told about as long as it is open, with its end.
        if flow.emergency.is_none() {
            tell(flow.statement.span, clauses, "allow", flow.window, until(clauses).unwrap_or(flow.head()));
        }
        // What ends with the allow, or after it, is not missed.
        let outlives = |w: Window| flow.window.until.is_some_and(|end| w.until.is_none_or(|last| last >= end));
        let assumed = [("`inert`", flow.inert), ("`vetted`", flow.vetted)];
        for (what, assumed) in assumed.into_iter().filter_map(|(what, a)| Some((what, a?))) {
            if flow.window.holds(day) && !outlives(assumed.window) {
                tell(flow.statement.span, clauses, what, assumed.window, assumed.span);
            }
        }
    }
    for forbid in &model.forbids {
        for waiver in &forbid.waivers {
            tell(waiver.span, waiver.clauses, "waiver", waiver.window, waiver.span);
        }
    }
    for (_, zone) in model.zones.iter() {
        let Some(statement) = zone.statement else { continue };
        if let Kind::Process(Process { contained: Some(contained), .. }) = &zone.kind {
            tell(statement.span, &statement.clauses, "`contained`", contained.window, contained.span);
        }
        let written = statement.clauses.iter().find(|c| matches!(c.kind, ClauseKind::Barrier(_)));
        if let (Some((_, window)), Some(clause)) = (&zone.barrier, written) {
            tell(statement.span, &statement.clauses, "`barrier`", *window, clause.span);
        }
    }
    for (mut endings, owner) in all.into_values() {
        endings.sort_by_key(|e| (e.last, e.at));
        let days = endings.first().map_or(0, |e| (e.last - day).get_days());
        found.extend(ends_soon(&endings, days, owner));
    }
}

fn until(clauses: &[Clause<'_>]) -> Option<Span> {
    clauses.iter().find(|c| matches!(c.kind, ClauseKind::Until(_))).map(|c| c.span)
}
