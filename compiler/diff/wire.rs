//! Connections that one version allows and the other does not, exactly, with the statement to blame for each.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::cells::Cells;
use super::flows::{FAMILIES, Flows, JointFlow, Services};
use crate::model::{ClassSet, Families, FlowId, ServiceSet};

/// Connections between cells, every source to every destination on every service, in some families.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// Sources: cells.
    pub left: ClassSet,
    /// Destinations: cells.
    pub right: ClassSet,
    /// On what; see [`Part::services_in`].
    pub services: ServiceSet,
    /// In which families.
    pub families: Families,
}

impl Part {
    /// The services in one family; `None` if the part is not of that family. In a part of both families a service means
    /// what exists of it in either; in a part of one family just what it says, for `any` less something holds ICMP's
    /// number in IPv6 too.
    pub fn services_in(&self, family: Families) -> Option<ServiceSet> {
        match self.families {
            Families::BOTH => Some(self.services.only(family)),
            own => (own == family).then(|| self.services.clone()),
        }
    }
}

/// What a statement of one version allows beyond all of the other.
#[derive(Clone, Debug)]
pub struct Change {
    /// The statement.
    pub flow: FlowId,
    /// On the day; no two parts of it share a connection. Empty where it adds nothing on that day.
    pub parts: Vec<Part>,
    /// The first later day on which it adds more, and all that it adds then.
    pub later: Option<(Date, Vec<Part>)>,
}

/// What is compared with what.
pub struct Wire<'w> {
    /// The cells of both versions.
    pub cells: &'w Cells,
    /// The services of both versions.
    pub services: &'w Services,
    /// Its statements are judged.
    pub of: &'w Flows,
    /// Against these.
    pub against: &'w Flows,
}

impl Wire<'_> {
    /// Statements that allow, on `day` or later, what the other version does not.
    pub fn beyond(&self, day: Date) -> Vec<Change> {
        let each = (0..).zip(&self.of.all).filter(|(_, flow)| !flow.window.is_over(day));
        let candidates = each.filter(|(_, flow)| !self.against.has_twin(flow, day));
        candidates.filter_map(|(number, flow)| self.judge(FlowId(number), flow, day)).collect()
    }

    fn judge(&self, id: FlowId, flow: &JointFlow, day: Date) -> Option<Change> {
        let parts = if flow.window.holds(day) { self.parts(flow, day) } else { Vec::new() };
        // More can be added only where an allow of the other version ends, or where this one begins.
        let days: BTreeSet<Date> = self.ends(flow).chain(flow.window.from).filter(|&d| d > day).collect();
        let more = |later: Date| {
            let then = self.parts(flow, later);
            adds(&then, &parts).then_some((later, then))
        };
        let later = days.into_iter().filter(|&later| flow.window.holds(later)).find_map(more);
        (!parts.is_empty() || later.is_some()).then_some(Change { flow: id, parts, later })
    }

    /// First days on which an allow of the other version that shares a connection with this one no longer holds.
    fn ends(&self, flow: &JointFlow) -> impl Iterator<Item = Date> {
        let mut days = BTreeSet::new();
        for (left, right) in &flow.boxes {
            let (rows, columns, entering) = narrower(left, right);
            for row in rows.iter() {
                let met = self.against.at(row, entering).filter(|(_, other)| other.meets(columns));
                days.extend(met.filter_map(|(other, _)| other.window.end()));
            }
        }
        days.into_iter()
    }

    /// What is left of a statement without all of the other version, in both families.
    fn parts(&self, flow: &JointFlow, day: Date) -> Vec<Part> {
        let [v4, v6] = [0, 1].map(|family| {
            let rest = flow.boxes.iter().flat_map(|product| self.rest(product, flow.services, day, family));
            merge(rest.collect())
        });
        self.both(v4, v6)
    }

    /// One product of a statement without all of the other version, in one family.
    fn rest(&self, (left, right): &(ClassSet, ClassSet), services: u32, day: Date, family: usize) -> Vec<Rest> {
        let wanted = self.services.of_family(services, family);
        let present = self.cells.with_family(family);
        let (left, right) = (left.intersection(present), right.intersection(present));
        let (rows, columns, entering) = narrower(&left, &right);
        if wanted.is_empty() || columns.is_empty() {
            return Vec::new();
        }
        let mut alike: BTreeMap<(ClassSet, ServiceSet), Vec<u32>> = BTreeMap::new();
        for row in rows.iter() {
            for (rest, columns) in self.row(row, entering, columns, wanted, day, family) {
                alike.entry((columns, rest)).or_default().push(row);
            }
        }
        let turned = |((columns, rest), rows): ((ClassSet, ServiceSet), Vec<u32>)| {
            let rows: ClassSet = rows.into_iter().collect();
            if entering { (columns, rows, rest) } else { (rows, columns, rest) }
        };
        alike.into_iter().map(turned).collect()
    }

    /// What is not allowed between one cell and others, by services.
    fn row(
        &self,
        row: u32,
        entering: bool,
        columns: &ClassSet,
        wanted: &ServiceSet,
        day: Date,
        family: usize,
    ) -> BTreeMap<ServiceSet, ClassSet> {
        let mut allowed: BTreeMap<u32, Vec<&ClassSet>> = BTreeMap::new();
        for (flow, other) in self.against.at(row, entering) {
            if flow.window.holds(day) && other.meets(columns) {
                allowed.entry(flow.services).or_default().push(other);
            }
        }
        let mut rest = BTreeMap::from([(wanted.clone(), columns.clone())]);
        for (number, sets) in allowed {
            let services = self.services.of_family(number, family);
            if !services.meets(wanted) {
                continue;
            }
            let covered = ClassSet::new(sets.into_iter().flat_map(|set| set.runs()).copied().collect());
            let mut less: BTreeMap<ServiceSet, ClassSet> = BTreeMap::new();
            let mut keep = |services: ServiceSet, cells: ClassSet| {
                if !services.is_empty() && !cells.is_empty() {
                    let place = less.entry(services).or_default();
                    *place = place.union(&cells);
                }
            };
            for (lacking, cells) in rest {
                keep(lacking.difference(services), cells.intersection(&covered));
                keep(lacking, cells.difference(&covered));
            }
            rest = less;
        }
        rest
    }

    /// Parts of both families as one where that says the same: cells with both families are the same in both, and so is
    /// what exists of the services.
    fn both(&self, v4: Vec<Rest>, v6: Vec<Rest>) -> Vec<Part> {
        let dual = self.cells.with_family(0).intersection(self.cells.with_family(1));
        let shared = |rest: &Rest| (rest.0.intersection(&dual), rest.1.intersection(&dual));
        let mut twins: BTreeMap<(ClassSet, ClassSet), Vec<Rest>> = BTreeMap::new();
        for six in v6 {
            twins.entry(shared(&six)).or_default().push(six);
        }
        let part = |(left, right, services): Rest, families| Part { left, right, services, families };
        let mut parts = Vec::new();
        for four in v4 {
            let key = shared(&four);
            let like = twins.get_mut(&key).filter(|_| !key.0.is_empty() && !key.1.is_empty());
            let says = |six: &Rest| {
                let services = four.2.union(&six.2);
                services.only(FAMILIES[0]) == four.2 && services.only(FAMILIES[1]) == six.2
            };
            let twin = like.and_then(|like| Some(like.remove(like.iter().position(says)?)));
            parts.push(match twin {
                Some(six) => {
                    let whole = (four.0.union(&six.0), four.1.union(&six.1), four.2.union(&six.2));
                    part(whole, Families::BOTH)
                }
                None => part(four, FAMILIES[0]),
            });
        }
        parts.extend(twins.into_values().flatten().map(|six| part(six, FAMILIES[1])));
        parts.sort();
        parts
    }
}

/// Sources, destinations, services.
pub type Rest = (ClassSet, ClassSet, ServiceSet);

/// The side with fewer cells, the other one, and whether the first is the right one.
fn narrower<'s>(left: &'s ClassSet, right: &'s ClassSet) -> (&'s ClassSet, &'s ClassSet, bool) {
    if left.len() <= right.len() { (left, right, false) } else { (right, left, true) }
}

/// Parts that do not meet, as fewer parts that do not meet: what differs in one respect only becomes one.
fn merge(parts: Vec<Rest>) -> Vec<Rest> {
    let mut by_left: BTreeMap<(ClassSet, ServiceSet), ClassSet> = BTreeMap::new();
    for (left, right, services) in parts {
        let place = by_left.entry((right, services)).or_default();
        *place = place.union(&left);
    }
    let mut by_right: BTreeMap<(ClassSet, ServiceSet), ClassSet> = BTreeMap::new();
    for ((right, services), left) in by_left {
        let place = by_right.entry((left, services)).or_default();
        *place = place.union(&right);
    }
    let mut by_services: BTreeMap<(ClassSet, ClassSet), ServiceSet> = BTreeMap::new();
    for ((left, services), right) in by_right {
        let place = by_services.entry((left, right)).or_default();
        *place = place.union(&services);
    }
    by_services.into_iter().map(|((left, right), services)| (left, right, services)).collect()
}

/// Is there a connection in `then` that is not in `now`?
fn adds(then: &[Part], now: &[Part]) -> bool {
    FAMILIES.iter().any(|&family| {
        let of = |parts: &[Part]| -> Vec<Rest> {
            let present = parts.iter().filter_map(|p| Some((p, p.services_in(family)?)));
            present.map(|(p, services)| (p.left.clone(), p.right.clone(), services)).collect()
        };
        let now = of(now);
        of(then).into_iter().any(|part| !without(vec![part], &now).is_empty())
    })
}

/// Products without others: what is left, in parts that do not meet.
pub fn without(mut parts: Vec<Rest>, others: &[Rest]) -> Vec<Rest> {
    for (left, right, services) in others {
        let less = |part: Rest| {
            let (from, to) = (part.0.intersection(left), part.1.intersection(right));
            let rest = [
                (part.0.difference(left), part.1.clone(), part.2.clone()),
                (from.clone(), part.1.difference(right), part.2.clone()),
                (from, to, part.2.difference(services)),
            ];
            rest.into_iter().filter(|(a, b, s)| !a.is_empty() && !b.is_empty() && !s.is_empty())
        };
        parts = parts.into_iter().flat_map(less).collect();
    }
    parts
}
