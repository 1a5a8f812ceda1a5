//! What has ended: allows are no longer rendered; waivers and assumptions no longer exist.

use segc_grammar::Span;
use segc_grammar::ast::ClauseKind;

use super::Context;
use crate::diagnostics::{Diagnostic, ownership};
use crate::model::{Kind, Process, Window};

/// Everything that ended before the context's day.
pub fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut tell = |what: &str, window: Window, at: Span, consequence: &str| {
        if let Some(last) = window.until.filter(|_| window.is_over(context.day)) {
            found.push(ownership::expired(what, last, at, consequence));
        }
    };
    for flow in &context.model.flows {
        let until = flow.statement.clauses.iter().find(|c| matches!(c.kind, ClauseKind::Until(_)));
        let at = until.map_or(flow.head(), |c| c.span);
        let what = if flow.emergency.is_some() { "break-glass allow" } else { "allow" };
        tell(what, flow.window, at, "no longer allowed, and no longer rendered");
        if let Some(inert) = flow.inert {
            tell("`inert`", inert.window, inert.span, "no longer relied upon: the connection is a step again");
        }
        if let Some(vetted) = flow.vetted {
            tell(
                "`vetted`",
                vetted.window,
                vetted.span,
                "no longer relied upon: what comes back carries compromise again",
            );
        }
    }
    for forbid in &context.model.forbids {
        for waiver in &forbid.waivers {
            tell("waiver", waiver.window, waiver.span, "no longer excuses anything");
        }
    }
    for (_, zone) in context.model.zones.iter() {
        if let Kind::Process(Process { contained: Some(contained), .. }) = &zone.kind {
            let consequence = "no longer relied upon: the process takes its host along again";
            tell("`contained`", contained.window, contained.span, consequence);
        }
        let written = zone.statement.and_then(|s| s.clauses.iter().find(|c| matches!(c.kind, ClauseKind::Barrier(_))));
        if let (Some((_, window)), Some(clause)) = (&zone.barrier, written) {
            tell("`barrier`", *window, clause.span, "no longer relied upon: paths run through the zone again");
        }
    }
}
