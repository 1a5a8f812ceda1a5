//! Which zone of one version is which of the other, and which addresses changed hands.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::cells::{Cells, Edition};
use crate::model::{AddressSet, Model, ZoneId};

/// Zones of both versions, matched: by name, else by what is in them.
pub struct Matching {
    /// For each version, by zone: its counterpart in the other one.
    pub twin: [Vec<Option<u32>>; 2],
    /// Zones with another name than before: old zone, new zone.
    pub renamed: Vec<(ZoneId, ZoneId)>,
}

/// Addresses that changed hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The zone that they were in; `None` is nobody's.
    pub from: Option<ZoneId>,
    /// The zone that they are in.
    pub to: Option<ZoneId>,
    /// They.
    pub addresses: AddressSet,
}

impl Matching {
    /// Of two versions.
    pub fn new(old: &Model<'_>, new: &Model<'_>, cells: &Cells) -> Self {
        let mut twin = [vec![None; old.zones.len()], vec![None; new.zones.len()]];
        let mut renamed = Vec::new();
        for (id, zone) in new.zones.iter() {
            if let Some(before) = old.zones.find(zone.name) {
                twin[0][before.0 as usize] = Some(id.0);
                twin[1][id.0 as usize] = Some(before.0);
            }
        }
        // Only a zone whose name is gone can have been renamed, and only to a name that is new.
        // Zones that hold the same lie in one another, and come from the outside in, in both versions.
        let mut gone: FxHashMap<Vec<u32>, VecDeque<u32>> = FxHashMap::default();
        for (id, _) in old.zones.iter().filter(|(id, _)| twin[0][id.0 as usize].is_none()) {
            gone.entry(all_cells(old, cells, Edition::Old, id)).or_default().push_back(id.0);
        }
        for (id, _) in new.zones.iter() {
            if twin[1][id.0 as usize].is_some() {
                continue;
            }
            let place = all_cells(new, cells, Edition::New, id);
            if let Some(before) = gone.get_mut(&place).and_then(VecDeque::pop_front) {
                twin[0][before as usize] = Some(id.0);
                twin[1][id.0 as usize] = Some(before);
                renamed.push((ZoneId(before), id));
            }
        }
        Self { twin, renamed }
    }

    /// Addresses whose zone is another one than before, in the order of cells.
    pub fn moved(&self, cells: &Cells) -> Vec<Moved> {
        let stays = |old: Option<u32>, new: Option<u32>| match (old, new) {
            (Some(old), Some(new)) => self.twin[0][old as usize] == Some(new),
            _ => false,
        };
        let moved =
            cells.iter().filter(|(_, cell)| !cell.addresses.is_empty() && !stays(cell.classes[0], cell.classes[1]));
        let told = moved.map(|(_, cell)| Moved {
            from: cell.classes[0].map(ZoneId),
            to: cell.classes[1].map(ZoneId),
            addresses: cell.addresses.clone(),
        });
        told.collect()
    }
}

/// The cells of a zone and of all that is in it.
fn all_cells(model: &Model<'_>, cells: &Cells, edition: Edition, zone: ZoneId) -> Vec<u32> {
    let mut all: Vec<u32> =
        (zone.0..model.zones[zone].end.0).flat_map(|class| cells.of_class(edition, class)).copied().collect();
    all.sort_unstable();
    all
}
