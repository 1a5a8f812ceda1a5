//! The terms that rules use, and the classes that they are unions of.

use rustc_hash::FxHashMap;
use segc_backends::rules::{Class, ClassId, Ends, Term as Named, TermId};

use super::class;
use crate::model::{ClassSet, Model, Term, ZoneId};

/// Terms in use, numbered as they come; [`TermTable::finish`] puts them in the order of their names.
pub struct TermTable<'m> {
    model: &'m Model<'m>,
    /// What the firewall sees; `None` for everything.
    seen: Option<&'m ClassSet>,
    /// For each class of the model its number among the classes with addresses, sorted by name.
    numbers: Vec<Option<ClassId>>,
    known: FxHashMap<Term, TermId>,
    terms: Vec<(Term, ClassSet)>,
}

impl<'m> TermTable<'m> {
    pub fn new<'a: 'm>(model: &'m Model<'a>, seen: Option<&'m ClassSet>) -> Self {
        let sees = |id: ZoneId| seen.is_none_or(|seen| seen.contains(id.0));
        let mut by_name: Vec<ZoneId> =
            model.zones.iter().filter(|(id, z)| !z.own.is_empty() && sees(*id)).map(|(id, _)| id).collect();
        by_name.sort_by_key(|&z| model.zones[z].name);
        let mut numbers = vec![None; model.zones.len()];
        for (number, zone) in by_name.iter().enumerate() {
            numbers[zone.0 as usize] = Some(ClassId(number as u32));
        }
        Self { model, seen, numbers, known: FxHashMap::default(), terms: Vec::new() }
    }

    /// A term, less its classes that are not in the set. The set holds a class with addresses.
    pub fn ends(&mut self, (term, set): &(Term, ClassSet)) -> Ends {
        let id = match self.known.get(term) {
            Some(&id) => id,
            None => {
                let id = TermId(self.terms.len() as u32);
                self.terms.push((*term, self.classes(*term)));
                self.known.insert(*term, id);
                id
            }
        };
        let all = &self.terms[id.0 as usize].1;
        let except = if all == set { Vec::new() } else { self.numbered(&all.difference(set)) };
        Ends { term: id, except }
    }

    /// The classes of a term that the firewall sees.
    pub fn classes(&self, term: Term) -> ClassSet {
        let all = match term {
            Term::Any => self.model.zones.any(),
            Term::Zone(zone) => self.model.zones.classes(zone),
            Term::Group(group) => {
                let zones = &self.model.groups[group.0 as usize].zones;
                ClassSet::new(zones.iter().flat_map(|&z| self.model.zones.classes(z).runs().to_vec()).collect())
            }
        };
        let all = self.model.zones.addressed(&all);
        self.seen.map_or_else(|| all.clone(), |seen| all.intersection(seen))
    }

    /// Classes by their last numbers, sorted.
    pub fn numbered(&self, set: &ClassSet) -> Vec<ClassId> {
        let mut ids: Vec<ClassId> = set.iter().filter_map(|c| self.numbers[c as usize]).collect();
        ids.sort_unstable();
        ids
    }

    fn name(&self, term: Term) -> &'m str {
        match term {
            Term::Any => "any",
            Term::Zone(zone) => self.model.zones[zone].name,
            Term::Group(group) => self.model.groups[group.0 as usize].name,
        }
    }

    /// Classes and terms, each sorted by name, and for each term's number so far its last one.
    pub fn finish(self) -> (Vec<Class>, Vec<Named>, Vec<TermId>) {
        let mut classes: Vec<(ClassId, Class)> = Vec::new();
        for (zone, number) in self.numbers.iter().enumerate() {
            if let Some(number) = number {
                classes.push((*number, class(self.model, ZoneId(zone as u32))));
            }
        }
        classes.sort_by_key(|c| c.0);
        let mut order: Vec<usize> = (0..self.terms.len()).collect();
        order.sort_by_key(|&i| self.name(self.terms[i].0));
        let mut renumber = vec![TermId(0); order.len()];
        let mut terms = Vec::with_capacity(order.len());
        for (last, &i) in order.iter().enumerate() {
            renumber[i] = TermId(last as u32);
            let (term, classes) = &self.terms[i];
            terms.push(Named { name: self.name(*term).to_owned(), classes: self.numbered(classes) });
        }
        (classes.into_iter().map(|(_, c)| c).collect(), terms, renumber)
    }
}
