//! Model → rule set: what one firewall is to enforce on a day, in classes, terms and rules.

mod services;
mod terms;

use jiff::civil::Date;
use segc_backends::rules::{Arrival, Class, Ends, Origin, Rule, RuleSet, ServicesId, ToNames};

use crate::model::{ClassSet, DeviceId, Flow, FlowId, Kind, Model, Side, Term, ZoneId, boxes};
use crate::place::Placed;
use crate::source::Sources;
use services::ServiceTable;
pub use services::{matches, set_of};
use terms::TermTable;

/// The rule set of the implicit firewall on `day`: it sees everything. Only allows that hold on that day are in it.
pub fn lower(model: &Model<'_>, sources: &Sources, day: Date) -> RuleSet {
    of(model, sources, day, None)
}

/// The rule set of one firewall on `day`.
pub fn lower_placed(model: &Model<'_>, sources: &Sources, day: Date, placed: &Placed) -> RuleSet {
    of(model, sources, day, Some(placed))
}

fn of(model: &Model<'_>, sources: &Sources, day: Date, placed: Option<&Placed>) -> RuleSet {
    let mut terms = TermTable::new(model, placed.map(|placed| &placed.seen));
    let mut services = ServiceTable::default();
    let mut rules = Vec::new();
    let mut names = Vec::new();
    let mut processes = Vec::new();
    let files: Vec<&str> = sources.iter().map(|s| s.origin.as_str()).collect();
    for (flow, id) in model.flows.iter().zip(0..).filter(|(f, _)| f.window.holds(day)) {
        let carried = placed.map(|placed| placed.carried.of(FlowId(id), flow));
        let origin = origin(sources, flow);
        if placed.is_none_or(|placed| placed.names.contains(&FlowId(id))) {
            names.extend(to_names(model, flow).map(|names| ToNames { origin, names }));
        }
        if placed.is_some_and(|placed| placed.processes.contains(&FlowId(id))) {
            processes.push(origin);
        }
        if carried.is_some_and(|boxes| boxes.is_empty()) {
            continue;
        }
        for &(left, _) in &flow.left.terms {
            for &(right, _) in &flow.right.terms {
                let all = products(model, flow, left, right);
                let parts = match carried {
                    Some(boxes) => within(model, &terms, &all, boxes),
                    None => all,
                };
                for (from, to) in parts {
                    let families = model.zones.families(&from.1).and(model.zones.families(&to.1));
                    let set = flow.services.only(families);
                    if families.is_none() || set.is_empty() {
                        continue;
                    }
                    let (from, to) = (terms.ends(&from), terms.ends(&to));
                    rules.push(Rule {
                        from,
                        to,
                        services: ServicesId(services.intern(&set)),
                        log: flow.log,
                        since: flow.window.since(),
                        before: flow.window.before(),
                        origin,
                    });
                }
            }
        }
    }
    names.sort_unstable();
    let arrivals = placed.map_or_else(Vec::new, |placed| arrivals(model, sources, placed, &terms));
    let (classes, term_list, renumber) = terms.finish();
    let last = |ends: &mut Ends| ends.term = renumber[ends.term.0 as usize];
    for rule in &mut rules {
        last(&mut rule.from);
        last(&mut rule.to);
    }
    rules.sort_by(|a, b| (&a.from, &a.to, a.origin, a.services).cmp(&(&b.from, &b.to, b.origin, b.services)));
    RuleSet {
        name: placed.map_or("policy", |placed| device(model, placed.device).name).to_owned(),
        files: files.into_iter().map(str::to_owned).collect(),
        classes,
        terms: term_list,
        services: services.finish(),
        rules,
        names,
        processes,
        host: placed.is_some_and(|placed| !placed.forwards),
        local: placed.is_some_and(|placed| placed.own.is_some()),
        arrivals,
    }
}

fn device<'m>(model: &'m Model<'_>, id: DeviceId) -> &'m crate::model::Device<'m> {
    &model.devices[id.0 as usize]
}

/// The parts of some products that a firewall carries.
fn within(
    model: &Model<'_>,
    terms: &TermTable<'_>,
    products: &[(Part, Part)],
    carried: &crate::model::Boxes,
) -> Vec<(Part, Part)> {
    let mut out: Vec<(Part, Part)> = Vec::new();
    for ((left, a), (right, b)) in products {
        for (from, to) in carried {
            let (from, to) = (a.intersection(from), b.intersection(to));
            let froms = if from.is_empty() || to.is_empty() { Vec::new() } else { named(model, terms, *left, &from) };
            let tos = if froms.is_empty() { Vec::new() } else { named(model, terms, *right, &to) };
            for part in froms.iter().flat_map(|from| tos.iter().map(move |to| (from.clone(), to.clone()))) {
                if !out.contains(&part) {
                    out.push(part);
                }
            }
        }
    }
    out
}

/// A part of a term under the shortest names: the term's own less some classes, or those of the zones in it.
fn named(model: &Model<'_>, terms: &TermTable<'_>, term: Term, part: &ClassSet) -> Vec<Part> {
    let all = terms.classes(term);
    let except = all.difference(part);
    if except.is_empty() {
        return vec![(term, part.clone())];
    }
    let mut zones: Vec<Part> = Vec::new();
    let mut done = ClassSet::default();
    for class in part.iter() {
        if !done.contains(class) {
            let whole = |zone: &ZoneId| terms.classes(Term::Zone(*zone)).within(part);
            let zone = model.zones.ancestry(ZoneId(class)).take_while(whole).last();
            // A zone of which a child is missing is told with what is missing.
            let (zone, classes) = match zone {
                Some(zone) => (zone, terms.classes(Term::Zone(zone))),
                None => (ZoneId(class), ClassSet::run(class, class + 1)),
            };
            done = done.union(&classes);
            zones.push((Term::Zone(zone), classes));
        }
    }
    if zones.len() > except.len() { vec![(term, part.clone())] } else { zones }
}

/// Where packets may come in.
fn arrivals(model: &Model<'_>, sources: &Sources, placed: &Placed, terms: &TermTable<'_>) -> Vec<Arrival> {
    let device = device(model, placed.device);
    let interface = |&number: &usize| {
        let interface = &device.interfaces[number];
        let (file, line) = sources.line_number(interface.span);
        (interface.name.to_owned(), Origin { file, line })
    };
    let of = |arrival: &crate::place::Arrival| Arrival {
        name: behind(model, device, arrival),
        interfaces: arrival.interfaces.iter().map(interface).collect(),
        classes: terms.numbered(&arrival.classes),
    };
    let mut all: Vec<Arrival> = placed.arrivals.iter().map(of).collect();
    let names: Vec<String> = all.iter().map(|arrival| arrival.name.clone()).collect();
    for (at, arrival) in all.iter_mut().enumerate() {
        // Two doors to the same zones, by which different ones may come in.
        if names.iter().filter(|name| **name == names[at]).count() > 1 {
            arrival.name = format!("{}-{}", names[at], arrival.interfaces[0].0);
        }
    }
    all
}

/// The zones that the policy hangs on some interfaces; of a zone and one in it, the outer.
fn behind(model: &Model<'_>, device: &crate::model::Device<'_>, arrival: &crate::place::Arrival) -> String {
    let mut zones: Vec<ZoneId> =
        arrival.interfaces.iter().flat_map(|&at| device.interfaces[at].zones.clone()).collect();
    zones.sort_unstable();
    zones.dedup();
    let inner = |zone: &ZoneId| model.zones.ancestry(*zone).skip(1).any(|outer| zones.contains(&outer));
    let names: Vec<&str> = zones.iter().filter(|zone| !inner(zone)).map(|&zone| model.zones[zone].name).collect();
    match names.is_empty() {
        true => arrival.interfaces.first().map_or(String::new(), |&at| device.interfaces[at].name.to_owned()),
        false => names.join("-"),
    }
}

/// Names that a flow names as its destinations. Those that come along with `internet` lie in its addresses.
fn to_names(model: &Model<'_>, flow: &Flow<'_>) -> Option<Vec<String>> {
    let named = flow.right.names.intersection(model.zones.domains()).difference(&flow.right.except);
    let any = flow.right.terms.iter().any(|(term, _)| *term == Term::Any);
    if named.is_empty() || any {
        return None;
    }
    let domains = named.iter().filter_map(|zone| match model.zones[ZoneId(zone)].kind {
        Kind::Domains(names) => Some(names.iter().map(|name| name.text.to_string())),
        _ => None,
    });
    Some(domains.flatten().collect())
}

/// A term, and which of its classes are meant.
type Part = (Term, ClassSet);

/// What a flow says of two of its terms, as products of classes of one term each.
fn products(model: &Model<'_>, flow: &Flow<'_>, left: Term, right: Term) -> Vec<(Part, Part)> {
    // A network firewall knows a process by the hosts it runs on, and a name not at all.
    let host = match left {
        Term::Zone(zone) if model.zones[zone].is_process() => model.zones[zone].parent,
        _ => None,
    };
    let left = host.map_or(left, Term::Zone);
    if flow.wire().len() == 1 && flow.left.terms.len() == 1 && flow.right.terms.len() == 1 {
        let (a, b) = &flow.wire()[0];
        return vec![((left, a.clone()), (right, b.clone()))];
    }
    let mut from = one_term(model, &flow.left, left);
    if host.is_some() {
        // A process and its own zone are two names.
        from.names = ClassSet::default();
    }
    let to = one_term(model, &flow.right, right);
    let mut out = Vec::new();
    for (a, b) in boxes(&model.zones, &from, &to, false) {
        // A part of `any` or of a group that is one zone's own is said with that zone's name.
        let from_term = if a.within(&from.classes) && a != from.classes { narrowest(model, left, &a) } else { left };
        out.push(((from_term, a), (right, b)));
    }
    out
}

/// The zone that a part of a term lies in, where it is one zone; else the term.
fn narrowest(model: &Model<'_>, term: Term, part: &ClassSet) -> Term {
    let Some(first) = part.iter().next().map(ZoneId) else { return term };
    let holds = |z: &ZoneId| part.within(&model.zones.classes(*z));
    model.zones.ancestry(first).find(holds).map_or(term, Term::Zone)
}

/// A side as if it named only `term`.
fn one_term(model: &Model<'_>, side: &Side, term: Term) -> Side {
    let (names, classes) = match term {
        Term::Any => (model.zones.any(), model.zones.any()),
        Term::Zone(zone) => (ClassSet::run(zone.0, zone.0 + 1), model.zones.classes(zone)),
        Term::Group(group) => {
            let zones = &model.groups[group.0 as usize].zones;
            let all = zones.iter().flat_map(|&z| model.zones.classes(z).runs().to_vec()).collect();
            (zones.iter().map(|z| z.0).collect(), ClassSet::new(all))
        }
    };
    let classes = model.zones.addressed(&classes).difference(&side.except);
    Side { terms: Default::default(), names, except: side.except.clone(), classes }
}

fn origin(sources: &Sources, flow: &Flow<'_>) -> Origin {
    let (file, line) = sources.line_number(flow.statement.keyword);
    Origin { file, line }
}

/// A class as a back end sees it.
fn class(model: &Model<'_>, zone: ZoneId) -> Class {
    let z = &model.zones[zone];
    Class {
        name: z.name.to_owned(),
        v4: z.own.v4.as_slice().iter().map(|&(a, b)| (a.into(), b.into())).collect(),
        v6: z.own.v6.as_slice().iter().map(|&(a, b)| (a.into(), b.into())).collect(),
        outside: zone == model.zones.internet(),
    }
}
