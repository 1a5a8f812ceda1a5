//! What somebody who reviews a change should ask, derived from the change itself.

use segc_grammar::ast::{ClauseKind, FlagKind, Statement, StatementKind};

use super::{Ways, place, quoted};
use crate::diff::{Change, ClauseEdit, Diff, Edit, Edition, Version};
use crate::model::{Flow, ZoneId};

/// The questions, the gravest first.
pub fn ask(diff: &Diff<'_>, old: &Version<'_>, new: &Version<'_>, paths: &[Ways; 2]) -> Vec<String> {
    let mut asked = Vec::new();
    for way in paths[0].nearest.iter().filter(|way| way.critical) {
        asked.push(format!(
            "A compromise of `{}` now reaches `{}`, which is critical: is that meant, and should a `forbid =>` have said so?",
            way.sources[0], way.target
        ));
    }
    for weak in &diff.weakened {
        let place = place(old.sources, weak.statement.span);
        asked.push(format!("The invariant at {place} no longer demands all that it did: who has agreed to that?"));
    }
    for change in &diff.opened {
        opened(diff, new, change, &mut asked);
    }
    lacking(diff, new, &mut asked);
    for words in &diff.controls.removed {
        asked.push(format!("{} is no longer demanded: why?", quoted(words)));
    }
    for (name, before, after) in &diff.controls.levels {
        if after < before {
            asked.push(format!("The check `{name}` counts for less than before: why?"));
        }
    }
    for edit in &diff.edits {
        edited(new, edit, &mut asked);
    }
    asked
}

/// About a statement that opens connections.
fn opened(diff: &Diff<'_>, new: &Version<'_>, change: &Change, asked: &mut Vec<String>) {
    let flow = &new.model.flows[change.flow.0 as usize];
    let place = place(new.sources, flow.statement.span);
    let parts = || change.parts.iter().chain(change.later.iter().flat_map(|(_, parts)| parts));
    let zones = &new.model.zones;
    let touched = |left: bool| {
        let sides = parts().flat_map(|part| if left { part.left.runs() } else { part.right.runs() });
        diff.cells.classes(Edition::New, &crate::model::ClassSet::new(sides.copied().collect()))
    };
    let (sources, targets) = (touched(true), touched(false));
    let critical: Vec<&str> = targets
        .iter()
        .map(|class| &zones[ZoneId(class)])
        .filter(|zone| zone.flags.contains(&FlagKind::Critical))
        .map(|zone| zone.name)
        .collect();
    if !critical.is_empty() {
        let into = super::super::list(critical.iter().copied(), 4);
        let approved = match has(flow, |kind| matches!(kind, ClauseKind::ApprovedBy(_))) {
            true => "does its `approved-by` cover this change?",
            false => "who has approved it? It has no `approved-by`.",
        };
        let are = if critical.len() == 1 { "which is critical" } else { "which are critical" };
        asked.push(format!("{place} opens a way into {into}, {are}: {approved}"));
    }
    if sources.contains(zones.internet().0) {
        asked.push(format!("{place} lets the internet in: is what listens there meant for everybody?"));
    }
    if flow.services.is_any() {
        asked.push(format!("{place} opens every service: which ones are needed?"));
    }
}

/// About statements that open connections and were themselves added or edited: what they lack.
fn lacking(diff: &Diff<'_>, new: &Version<'_>, asked: &mut Vec<String>) {
    let touched = |flow: &&Flow<'_>| {
        let mut edited = diff.edits.iter().filter_map(|edit| edit.new);
        edited.any(|statement| statement.span == flow.statement.span)
    };
    let flows: Vec<&Flow<'_>> =
        diff.opened.iter().map(|change| &new.model.flows[change.flow.0 as usize]).filter(touched).collect();
    let mut ask = |is: &dyn Fn(&ClauseKind<'_>) -> bool, what: &str, question: &str| {
        let without: Vec<_> = flows.iter().filter(|flow| !has(flow, is)).collect();
        let places: Vec<String> = without.iter().take(4).map(|flow| place(new.sources, flow.statement.span)).collect();
        let more = without.len().saturating_sub(4);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        let verb = if without.len() == 1 { "has" } else { "have" };
        if !places.is_empty() {
            asked.push(format!("{}{rest} {verb} no {what}: {question}", places.join(", ")));
        }
    };
    ask(&|kind| matches!(kind, ClauseKind::Owner(_)), "owner", "who answers for the connections?");
    ask(&|kind| matches!(kind, ClauseKind::Ticket(_)), "ticket", "where was this decided?");
    ask(&|kind| matches!(kind, ClauseKind::Reason(_)), "reason", "what is it needed for?");
    ask(&|kind| matches!(kind, ClauseKind::Until(_)), "end date", "is it meant to stay for ever?");
}

fn has(flow: &Flow<'_>, is: impl Fn(&ClauseKind<'_>) -> bool) -> bool {
    flow.statement.clauses.iter().any(|clause| is(&clause.kind))
}

/// About a statement that was edited or added.
fn edited(new: &Version<'_>, edit: &Edit<'_>, asked: &mut Vec<String>) {
    let Some(statement) = edit.new else { return };
    let place = place(new.sources, statement.span);
    let name = match &statement.kind {
        StatementKind::Zone { name, .. } | StatementKind::Credential { name } => {
            format!("`{}` (at {place})", name.text)
        }
        _ => place,
    };
    let added: Vec<ClauseEdit> = match edit.old {
        Some(_) => edit.clauses.clone(),
        None => own_clauses(new, statement),
    };
    for ClauseEdit { keyword, before, after } in &added {
        let question = match (keyword.as_str(), before, after) {
            ("except", _, Some(after)) | ("except via", _, Some(after)) => {
                format!("{name} excuses paths: {}. Who has agreed to that, and when does it end?", quoted(after))
            }
            ("barrier" | "inert" | "vetted" | "contained", _, Some(after)) => {
                format!("{name} now relies on {}: is it true, and who checks that it stays so?", quoted(after))
            }
            ("needs", Some(before), None) => {
                format!("{name} no longer asks for a credential ({} is gone): who may use it now?", quoted(before))
            }
            ("pulls", Some(before), after) if after.as_deref() != Some("pulls code") => {
                format!("{name} no longer says {}: is what comes back not run any more?", quoted(before))
            }
            ("held by" | "opens" | "publishes to" | "usable anywhere", _, Some(after)) => {
                format!("{name} now says {}: does everybody there need it?", quoted(after))
            }
            ("shares cache with", _, Some(after)) => {
                format!("{name} now {}: who of them may write what the others run?", quoted(after))
            }
            ("log", Some(_), None) => format!("{name} is no longer logged: why?"),
            ("until", Some(before), Some(after)) if after > before => {
                format!(
                    "{name} ends later than it did ({}, now {}): is it still needed?",
                    quoted(before),
                    quoted(after)
                )
            }
            ("until", Some(before), None) if edit.old.is_some() => {
                format!("{name} no longer ends ({} is gone): is it meant to stay for ever?", quoted(before))
            }
            ("owner" | "approved-by", Some(before), after) => {
                let now = after.as_ref().map_or("gone".to_owned(), |after| format!("now {}", quoted(after)));
                format!("{name}: {} is {now}. Do both sides know?", quoted(before))
            }
            _ => continue,
        };
        asked.push(question);
    }
}

/// The clauses of a new statement, as ones that were added.
fn own_clauses(new: &Version<'_>, statement: &Statement<'_>) -> Vec<ClauseEdit> {
    let line = |span| crate::diff::line_at(new.sources, span);
    let clauses = statement.clauses.iter();
    clauses.map(|c| ClauseEdit { keyword: line(c.keyword), before: None, after: Some(line(c.span)) }).collect()
}
