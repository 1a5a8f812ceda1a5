//! Checks that look at one statement.

use segc_grammar::ast::{ClauseKind, FlagKind, Service, ServiceKind, StatementKind};

use super::Context;
use crate::diagnostics::{Diagnostic, flows as say, ownership, tidiness};
use crate::model::{Subject, Term};

/// Allows that open everything.
pub fn any_service(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for flow in context.model.flows.iter().filter(|f| f.services.is_any()) {
        let StatementKind::Allow { services, .. } = &flow.statement.kind else { continue };
        let written = |s: &&Service<'_>| s.kind == ServiceKind::Any;
        let at = services.iter().find(written).or(services.first()).map_or(flow.head(), |s| s.span);
        found.push(tidiness::any_service(at));
    }
}

/// Allows without an owner, unless `controls` demands one anyway.
pub fn unowned(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let asks = |c: &&crate::model::Control<'_>| c.requirements.iter().any(|r| r.clause == "owner");
    let demanded: Vec<_> = context.model.controls.every.iter().filter(asks).collect();
    for flow in &context.model.flows {
        let owned = flow.statement.clauses.iter().any(|c| matches!(c.kind, ClauseKind::Owner(_)));
        let told = demanded.iter().any(|c| match &c.subject {
            Subject::Allow => true,
            Subject::AllowInto(zones) => flow.boxes.iter().any(|(_, to)| to.meets(zones)),
            Subject::Forbid | Subject::Waiver | Subject::Credential | Subject::Firewall => false,
        });
        if !owned && !told {
            found.push(ownership::unowned(flow.head()));
        }
    }
}

/// `isolated` zones on whose members there are no firewalls to enforce it.
pub fn isolated(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let guarded = context.model.guarded();
    for (id, zone) in context.model.zones.declared() {
        if !context.model.zones.addressed(&context.model.zones.classes(id)).within(&guarded)
            && let Some(span) = isolated_flag(zone)
        {
            found.push(ownership::isolation_unenforced(zone.name, span));
        }
    }
}

fn isolated_flag(zone: &crate::model::Zone<'_>) -> Option<segc_grammar::Span> {
    zone.statement?.clauses.iter().find_map(|c| match &c.kind {
        ClauseKind::Is(flags) => flags.iter().find(|f| f.kind == FlagKind::Isolated).map(|f| f.span),
        _ => None,
    })
}

/// Allows between the members of an `isolated` zone.
pub fn isolated_but_allowed(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for flow in &context.model.flows {
        let [(Term::Zone(a), _)] = flow.left.terms.as_slice() else { continue };
        let [(Term::Zone(b), _)] = flow.right.terms.as_slice() else { continue };
        let zone = &context.model.zones[*a];
        if a == b && zone.flags.contains(&FlagKind::Isolated) {
            let declared = isolated_flag(zone).unwrap_or(zone.name_span);
            found.push(say::isolated_talks_to_itself(zone.name, flow.head(), declared));
        }
    }
}
