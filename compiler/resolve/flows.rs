//! Allows.

use segc_grammar::Span;
use segc_grammar::ast::{Assumption, ClauseKind, Date, Service, Statement, Zones as Written};

use super::credentials::{self, Numbers};
use super::scope::Scope;
use super::sides::Place;
use super::{emergency, services, sides};
use crate::diagnostics::{Diagnostic, flows as say};
use crate::model::{Assumed, Families, Flow, Pulls, Side, Term, Window, boxes, on_wire};
use smallvec::SmallVec;

/// The three parts that allow, forbid and require have before their block.
pub type Parts<'a> = (&'a Written<'a>, &'a Written<'a>, &'a Vec<Service<'a>>);

/// One allow; `None` if it has an error.
pub fn resolve<'a>(
    scope: &Scope<'a>,
    credentials: &Numbers<'a>,
    statement: &'a Statement<'a>,
    (left, right, written): Parts<'a>,
    found: &mut Vec<Diagnostic>,
) -> Option<Flow<'a>> {
    let before = found.len();
    let from = sides::resolve(scope, left, Place::SOURCE, found);
    let to = sides::resolve(scope, right, Place::DESTINATION, found);
    let set = services::set_of(scope, written, found);
    let (mut since, mut until, mut log, mut inert) = (None, None, false, None);
    let (mut needs, mut pulls, mut vetted) = (Some(SmallVec::new()), None, None);
    for clause in &statement.clauses {
        match &clause.kind {
            ClauseKind::From(day) => since = Some(*day),
            ClauseKind::Until(day) => until = Some(*day),
            ClauseKind::Log => log = true,
            ClauseKind::Inert(why) => inert = Some(assumed(why, clause.span)),
            ClauseKind::Vetted(why) => vetted = Some(assumed(why, clause.span)),
            ClauseKind::Needs(names) => needs = credentials::named(names, credentials, found),
            ClauseKind::Pulls { code } => pulls = Some(if *code { Pulls::Code } else { Pulls::Content }),
            _ => {}
        }
    }
    let window = window(since, until, found);
    let emergency = emergency::resolve(&statement.clauses, found);
    let (from, to, set, needs) = (from?, to?, set?, needs?);
    let internet = scope.zones.internet();
    let is_internet = |side: &Side| side.terms.len() == 1 && side.terms[0].0 == Term::Zone(internet);
    if is_internet(&from) && is_internet(&to) {
        found.push(say::internet_to_itself(left.span.to(right.span)));
        return None;
    }
    let boxes = boxes(&scope.zones, &from, &to, written_to_itself((left, &from), (right, &to)));
    if boxes.is_empty() {
        found.push(say::nothing_left("allow", left.span.to(right.span), why_nothing(&from, &to)));
        return None;
    }
    if let Some(families) = shared(scope, &from, &to, found) {
        services::exist_in(scope, written, families, found);
    }
    let on_wire = on_wire(&scope.zones, &boxes, &from.except);
    let clean = found.len() == before;
    clean.then(|| Flow {
        statement,
        left: from,
        right: to,
        boxes,
        on_wire,
        services: set,
        window,
        log,
        inert,
        needs,
        pulls,
        vetted,
        emergency,
    })
}

fn assumed<'a>(written: &'a Assumption<'a>, span: Span) -> Assumed<'a> {
    Assumed { written, span, window: Window { from: None, until: written.until.map(|d| d.day) } }
}

/// Is the statement written `z -> z`, with one zone on each side? A group is not: `g -> g` pairs its zones with each
/// other, and none with itself.
pub fn written_to_itself((left, from): (&Written<'_>, &Side), (right, to): (&Written<'_>, &Side)) -> bool {
    let zone = |written: &Written<'_>, side: &Side| match (written.items.as_slice(), side.terms.as_slice()) {
        ([_], [(Term::Zone(zone), _)]) => Some(*zone),
        _ => None,
    };
    zone(left, from).is_some() && zone(left, from) == zone(right, to)
}

/// Why a statement speaks of no pair.
pub fn why_nothing(from: &Side, to: &Side) -> &'static str {
    if from.classes.is_empty() {
        "`except` takes all of the left side away"
    } else if to.classes.is_empty() {
        "`except` takes all of the right side away"
    } else {
        "both sides are one and the same zone"
    }
}

fn window(from: Option<Date>, until: Option<Date>, found: &mut Vec<Diagnostic>) -> Window {
    if let (Some(a), Some(b)) = (from, until)
        && a.day > b.day
    {
        found.push(say::dates_reversed(a.span, b.span));
    }
    Window { from: from.map(|d| d.day), until: until.map(|d| d.day) }
}

/// Families that pairs of the statement share. A pair of zones that are both named outright must share one; what came
/// through `any` or a group is skipped where it does not.
pub fn shared(scope: &Scope<'_>, from: &Side, to: &Side, found: &mut Vec<Diagnostic>) -> Option<Families> {
    let mut all = Families::default();
    let mut outright = true;
    for &(a, a_span) in &from.terms {
        for &(b, b_span) in &to.terms {
            let (Term::Zone(left), Term::Zone(right)) = (a, b) else {
                outright = false;
                continue;
            };
            let of = |zone, side: &Side| scope.zones.families(&scope.zones.classes(zone).difference(&side.except));
            let (has_left, has_right) = (of(left, from), of(right, to));
            let both = has_left.and(has_right);
            all = all.or(both);
            // A zone that is empty, or emptied by `except`, is reported for that and not for its families.
            if both.is_none() && !has_left.is_none() && !has_right.is_none() {
                let name = |z| scope.zones[z].name;
                found.push(say::no_common_family(
                    (name(left), a_span, has_left.words()),
                    (name(right), b_span, has_right.words()),
                ));
            }
        }
    }
    outright.then_some(all)
}
