//! All mutants of a policy.

use jiff::civil::Date;
use segc_grammar::Span;
use segc_grammar::ast::{Clause, ClauseKind, Statement, StatementKind, Zones as Written};

use super::{Change, Kind, Mutant, Rewrite};
use crate::model::{
    self, ClassSet, Credential, CredentialId, Flow, FlowId, Model, Pulls, ServiceSet, Side, Term, Window, ZoneId,
    Zones, boxes, head,
};

/// Every mutant, in the order of the text; of one statement in that of [`Kind`]. What would change nothing is none.
pub fn mutants<'m>(model: &Model<'m>, day: Date) -> Vec<Mutant<'m>> {
    let mut all = Vec::new();
    for (id, flow) in (0..).map(FlowId).zip(&model.flows) {
        of_flow(&model.zones, id, flow, day, &mut all);
    }
    for (id, zone) in model.zones.iter() {
        of_zone(&model.zones, id, zone, day, &mut all);
    }
    for (id, credential) in (0..).map(CredentialId).zip(&model.credentials) {
        of_credential(&model.zones, id, credential, &mut all);
    }
    all.sort_by_key(|m| (m.statement, m.kind, m.rewrite.parts.first().copied()));
    all
}

fn of_flow<'m>(zones: &Zones<'m>, id: FlowId, flow: &Flow<'m>, day: Date, all: &mut Vec<Mutant<'m>>) {
    let statement = flow.statement;
    let StatementKind::Allow { left, right, services } = &statement.kind else { return };
    let mut put = |kind, change, parts: Vec<Span>, with, beside| {
        let rewrite = Rewrite { statement: statement.span, parts, with, beside };
        all.push(Mutant { statement: flow.head(), kind, rewrite, change });
    };
    let mut also = |kind, parts: Vec<Span>, with, alter: &dyn Fn(&mut Flow<'m>)| {
        let mut wider = flow.clone();
        alter(&mut wider);
        put(kind, Change::Also(Box::new(wider)), parts, with, true);
    };
    let clause = |is: fn(&ClauseKind<'_>) -> bool| find(&statement.clauses, is);
    if !flow.window.holds(day) {
        // A break-glass allow without dates is refused.
        let dates = statement.clauses.iter().filter(|c| matches!(c.kind, ClauseKind::From(_) | ClauseKind::Until(_)));
        if flow.emergency.is_none() {
            also(Kind::WithoutDates, dates.map(|c| c.span).collect(), "", &|f| f.window = Window::default());
        }
        return;
    }
    let from_any = |f: &mut Flow<'m>| {
        f.left = any(zones, true);
        f.boxes = boxes(zones, &f.left, &f.right, false);
    };
    let to_any = |f: &mut Flow<'m>| {
        f.right = any(zones, false);
        f.boxes = boxes(zones, &f.left, &f.right, false);
    };
    if !is_any(&flow.left, left) {
        also(Kind::AnySource, vec![left.span], "any", &from_any);
    }
    if !is_any(&flow.right, right) {
        also(Kind::AnyDestination, vec![right.span], "any", &to_any);
    }
    if let (false, Some(first), Some(last)) = (flow.services.is_any(), services.first(), services.last()) {
        let list = vec![first.span.to(last.span)];
        also(Kind::AnyService, list, "any", &|f| f.services = ServiceSet::any());
    }
    if let Some(at) = clause(|c| matches!(c, ClauseKind::Needs(_))) {
        also(Kind::WithoutNeeds, vec![at], "", &|f| f.needs.clear());
    }
    if let (Some(at), Some(_)) = (clause(|c| matches!(c, ClauseKind::Inert(_))), live(flow.inert, day)) {
        also(Kind::WithoutInert, vec![at], "", &|f| f.inert = None);
    }
    if let (Some(at), Some(_)) = (clause(|c| matches!(c, ClauseKind::Vetted(_))), live(flow.vetted, day)) {
        also(Kind::WithoutVetted, vec![at], "", &|f| f.vetted = None);
    }
    let pulls = clause(|c| matches!(c, ClauseKind::Pulls { .. }));
    if flow.pulls != Some(Pulls::Code) {
        also(Kind::PullsCode, pulls.into_iter().collect(), "pulls code", &|f| f.pulls = Some(Pulls::Code));
    }
    if let Some(at) = pulls {
        put(Kind::WithoutPulls, Change::Pulls(id, None), vec![at], "", false);
    }
    put(Kind::Removed, Change::Without(id), vec![statement.span], "", false);
}

fn of_zone<'m>(zones: &Zones<'m>, id: ZoneId, zone: &model::Zone<'m>, day: Date, all: &mut Vec<Mutant<'m>>) {
    let Some(statement) = zone.statement else { return };
    let mut put = |kind, change, part: Span, with| {
        let rewrite = Rewrite { statement: statement.span, parts: vec![part], with, beside: false };
        all.push(Mutant { statement: head(statement), kind, rewrite, change });
    };
    if let model::Kind::Process(process) = &zone.kind {
        if let Some(contained) = live(process.contained, day) {
            put(Kind::WithoutContained, Change::Contained(id, None), contained.span, "");
        }
        return;
    }
    let barrier = find(&statement.clauses, |c| matches!(c, ClauseKind::Barrier(_)));
    if let (Some(at), Some(_)) = (barrier, zone.barrier.filter(|(_, window)| window.holds(day))) {
        put(Kind::WithoutBarrier, Change::Barrier(id, None), at, "");
    }
    if let Some((at, with)) = &zone.shares {
        put(Kind::WithoutShares, Change::Shares(id, None), *at, "");
        let everything = zones.any().difference(zones.processes());
        if let Some(list) = written(statement, *at).filter(|_| grows(with, &everything)) {
            put(Kind::SharesAny, Change::Shares(id, Some((*at, everything))), list, "any");
        }
    }
}

fn of_credential<'m>(zones: &Zones<'m>, id: CredentialId, secret: &Credential<'m>, all: &mut Vec<Mutant<'m>>) {
    let statement = secret.statement;
    let mut put = |kind, parts: Vec<Span>, with, alter: &dyn Fn(&mut Credential<'m>)| {
        let mut changed = secret.clone();
        alter(&mut changed);
        let rewrite = Rewrite { statement: statement.span, parts, with, beside: false };
        all.push(Mutant { statement: head(statement), kind, rewrite, change: Change::Secret(id, Box::new(changed)) });
    };
    let opened = zones.any().difference(zones.processes());
    let holders = opened.difference(zones.domains());
    type Pick = for<'c, 'm> fn(&'c mut Credential<'m>) -> &'c mut model::Places;
    let places: [(&model::Places, Pick, Kind, Kind, &ClassSet); 3] = [
        (&secret.held, |c| &mut c.held, Kind::WithoutHeld, Kind::HeldByAny, &holders),
        (&secret.opens, |c| &mut c.opens, Kind::WithoutOpens, Kind::OpensAny, &opened),
        (&secret.publishes, |c| &mut c.publishes, Kind::WithoutPublishes, Kind::PublishesToAny, &opened),
    ];
    for (now, pick, without, with_any, everything) in places {
        let Some((at, set)) = now else { continue };
        put(without, vec![*at], "", &|c| *pick(c) = None);
        if let Some(list) = written(statement, *at).filter(|_| grows(set, everything)) {
            put(with_any, vec![list], "any", &|c| *pick(c) = Some((*at, everything.clone())));
        }
    }
    match secret.anywhere {
        Some(at) => put(Kind::NotUsableAnywhere, vec![at], "", &|c| c.anywhere = None),
        None => put(Kind::UsableAnywhere, vec![], "usable anywhere", &|c| c.anywhere = Some(secret.name_span)),
    }
}

/// Does `any` take in more, and nothing less? It leaves processes out.
fn grows(set: &ClassSet, everything: &ClassSet) -> bool {
    set.within(everything) && set != everything
}

fn live(assumed: Option<model::Assumed<'_>>, day: Date) -> Option<model::Assumed<'_>> {
    assumed.filter(|a| a.window.holds(day))
}

fn find(clauses: &[Clause<'_>], is: fn(&ClauseKind<'_>) -> bool) -> Option<Span> {
    clauses.iter().find(|c| is(&c.kind)).map(|c| c.span)
}

/// The list of zones in the clause at a place.
fn written(statement: &Statement<'_>, at: Span) -> Option<Span> {
    statement.clauses.iter().filter(|c| c.span == at).find_map(|c| match &c.kind {
        ClauseKind::HeldBy(zones)
        | ClauseKind::Opens(zones)
        | ClauseKind::PublishesTo(zones)
        | ClauseKind::SharesCache(zones) => Some(zones.span),
        _ => None,
    })
}

/// Is all of `any` there already?
fn is_any(side: &Side, written: &Written<'_>) -> bool {
    written.except.is_empty() && side.terms.iter().any(|(term, _)| *term == Term::Any)
}

/// `any`, on the left of an allow or on its right.
fn any(zones: &Zones<'_>, left: bool) -> Side {
    let classes = zones.any().difference(zones.processes());
    let classes = if left { classes.difference(zones.domains()) } else { classes };
    let terms = std::iter::once((Term::Any, Span::default())).collect();
    Side { terms, names: classes.clone(), except: ClassSet::default(), classes }
}
