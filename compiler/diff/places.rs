//! Cells in the words of one version: zones with all that is in them, less some that are; and where only a part of a
//! zone's own addresses is meant, those addresses. What is said is exactly what is meant.

use super::cells::{Cells, Edition};
use super::flows::FAMILIES;
use super::wire::Part;
use crate::model::{AddressSet, ClassSet, Families, Model, ZoneId};

/// One item of a side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// A zone with all that is in it; `None` is `any`.
    pub zone: Option<ZoneId>,
    /// Less these zones, each with all that is in it.
    pub except: Vec<ZoneId>,
    /// Only these addresses of it.
    pub only: Option<AddressSet>,
}

/// Says parts in the words of a version.
pub struct Speaker<'s> {
    /// Its words are used.
    pub model: &'s Model<'s>,
    /// Which version it is.
    pub edition: Edition,
    /// All cells.
    pub cells: &'s Cells,
    /// Classes without an address of IPv4, of IPv6, of both: to name them or not is the same.
    idle: [ClassSet; 3],
}

impl<'s> Speaker<'s> {
    /// In the words of that version.
    pub fn new(model: &'s Model<'s>, edition: Edition, cells: &'s Cells) -> Self {
        let mut speaker = Self { model, edition, cells, idle: Default::default() };
        let classes = || 0..model.zones.len() as u32;
        let idle = |families| classes().filter(|&class| !speaker.inhabited(class, families)).collect();
        speaker.idle = [FAMILIES[0], FAMILIES[1], Families::BOTH].map(idle);
        speaker
    }

    /// A side of a connection in some families. Every cell of it must have a class in this version.
    pub fn side(&self, cells: &ClassSet, families: Families) -> Vec<Place> {
        let touched = self.cells.classes(self.edition, cells);
        let (mut whole, mut partly) = (Vec::new(), Vec::new());
        for class in touched.iter() {
            let own = self.cells.of_class(self.edition, class).iter().copied();
            let present = |&cell: &u32| families.v4 && self.has(cell, 0) || families.v6 && self.has(cell, 1);
            let (inside, outside): (Vec<u32>, Vec<u32>) = own.filter(present).partition(|&cell| cells.contains(cell));
            if outside.is_empty() { whole.push(class) } else { partly.push((class, inside)) }
        }
        let whole: ClassSet = whole.into_iter().collect();
        let said = match (families.v4, families.v6) {
            (true, false) => whole.union(&self.idle[0]),
            (false, true) => whole.union(&self.idle[1]),
            _ => whole.union(&self.idle[2]),
        };
        let mut places = self.zones(&whole, &said);
        let lacking = self.roots(&self.model.zones.any().difference(&said));
        let taken = self.all_in(&lacking);
        let mut broad = vec![Place { zone: None, except: lacking, only: None }];
        broad.extend(self.zones(&whole.intersection(&taken), &said));
        if broad[0].except.len() + broad.len() <= places.len() {
            places = broad;
        }
        places.extend(partly.into_iter().map(|(class, inside)| Place {
            zone: Some(ZoneId(class)),
            except: Vec::new(),
            only: Some(self.cells.addresses(&inside, families)),
        }));
        places
    }

    /// The families of a part, if it is not simply those that its ends and its services share.
    pub fn families(&self, part: &Part) -> Option<Families> {
        let shared = |side: &ClassSet| self.cells.families(side);
        let all = shared(&part.left).and(shared(&part.right)).and(part.services.families());
        (all != part.families).then_some(part.families)
    }

    fn has(&self, cell: u32, family: usize) -> bool {
        self.cells.with_family(family).contains(cell)
    }

    fn inhabited(&self, class: u32, families: Families) -> bool {
        let any = |&cell: &u32| families.v4 && self.has(cell, 0) || families.v6 && self.has(cell, 1);
        self.cells.of_class(self.edition, class).iter().any(any)
    }

    /// Whole classes as zones: each with what is in it, less what of that is not meant.
    fn zones(&self, whole: &ClassSet, said: &ClassSet) -> Vec<Place> {
        let mut places = Vec::new();
        let mut rest = whole.clone();
        while let Some(first) = rest.runs().first().map(|run| ZoneId(run.0)) {
            let all = self.model.zones.classes(first);
            let except = self.roots(&all.difference(said));
            rest = rest.difference(&all.difference(&self.all_in(&except)));
            places.push(Place { zone: Some(first), except, only: None });
        }
        places
    }

    /// The classes of some zones and of all that is in them.
    fn all_in(&self, zones: &[ZoneId]) -> ClassSet {
        ClassSet::new(zones.iter().map(|&zone| (zone.0, self.model.zones[zone].end.0)).collect())
    }

    /// The outermost zones of these classes, each of which stands for all that is in it.
    fn roots(&self, classes: &ClassSet) -> Vec<ZoneId> {
        let mut roots: Vec<ZoneId> = Vec::new();
        for class in classes.iter() {
            if roots.last().is_none_or(|&before| self.model.zones[before].end.0 <= class) {
                roots.push(ZoneId(class));
            }
        }
        roots
    }
}
