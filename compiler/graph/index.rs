//! Which sets hold a class: lists for narrow sets, one list of all wide ones.

use super::WIDE;
use crate::model::{ClassSet, Flow, FlowId, Model};

/// For each class, the numbers of the sets that hold it.
#[derive(Default)]
pub struct Lists {
    /// Narrow sets, by class: `items[starts[c]..starts[c + 1]]`.
    starts: Vec<u32>,
    items: Vec<u32>,
    /// Wide sets: to be asked.
    pub wide: Vec<u32>,
}

impl Lists {
    /// Of `sets`, over `classes` classes.
    pub fn new<'s>(classes: usize, sets: impl Iterator<Item = (u32, &'s ClassSet)> + Clone) -> Self {
        let mut starts = vec![0u32; classes + 1];
        let mut wide = Vec::new();
        for (number, set) in sets.clone() {
            if set.len() > WIDE {
                wide.push(number);
            } else {
                set.iter().for_each(|c| starts[c as usize + 1] += 1);
            }
        }
        for c in 0..classes {
            starts[c + 1] += starts[c];
        }
        let mut items = vec![0u32; starts[classes] as usize];
        let mut next = starts.clone();
        for (number, set) in sets {
            if set.len() <= WIDE {
                for c in set.iter() {
                    items[next[c as usize] as usize] = number;
                    next[c as usize] += 1;
                }
            }
        }
        wide.dedup();
        Self { starts, items, wide }
    }

    /// No set at all?
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.wide.is_empty()
    }

    /// Narrow sets that hold the class, in their order.
    pub fn narrow(&self, class: u32) -> &[u32] {
        &self.items[self.starts[class as usize] as usize..self.starts[class as usize + 1] as usize]
    }
}

/// Which flows leave and enter a class.
pub struct FlowIndex {
    from: Lists,
    to: Lists,
}

impl FlowIndex {
    /// Of the flows for which `take` says so.
    pub fn new(model: &Model<'_>, take: impl Fn(&Flow<'_>) -> bool) -> Self {
        let taken: Vec<u32> = (0..model.flows.len() as u32).filter(|&i| take(&model.flows[i as usize])).collect();
        let side = |left: bool| {
            let sets = taken
                .iter()
                .flat_map(|&i| model.flows[i as usize].boxes.iter().map(move |b| (i, if left { &b.0 } else { &b.1 })));
            Lists::new(model.zones.len(), sets)
        };
        Self { from: side(true), to: side(false) }
    }

    /// Flows that may have a pair in `left` × `right`, each once, in source order. Those that have none may be among
    /// them.
    pub fn candidates(&self, left: &ClassSet, right: &ClassSet) -> Vec<FlowId> {
        let (lists, set) = if self.weight(&self.from, left) <= self.weight(&self.to, right) {
            (&self.from, left)
        } else {
            (&self.to, right)
        };
        let mut found: Vec<u32> = set.iter().flat_map(|c| lists.narrow(c)).copied().collect();
        found.extend(&lists.wide);
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(FlowId).collect()
    }

    /// Flows that may have this pair, in no order, some more than once. Those that do not have it may be among them.
    pub fn around(&self, from: u32, to: u32) -> impl Iterator<Item = FlowId> + '_ {
        let (left, right) = (self.from.narrow(from), self.to.narrow(to));
        let leaving = left.len() + self.from.wide.len() <= right.len() + self.to.wide.len();
        let (own, other) = ((left, &self.from.wide), (right, &self.to.wide));
        let (own, other) = if leaving { (own, other) } else { (other, own) };
        // Lists are in order, and short; a flow that is looked at is read from memory, and most are in one list alone.
        let in_both = move |id: &&u32| other.0.binary_search(id).is_ok() || other.1.binary_search(id).is_ok();
        own.0.iter().chain(own.1).filter(in_both).map(|&id| FlowId(id))
    }

    /// How many candidates a side would give; counting stops where it is certainly the wider one.
    fn weight(&self, lists: &Lists, set: &ClassSet) -> usize {
        let mut sum = lists.wide.len();
        for class in set.iter() {
            sum += lists.narrow(class).len();
        }
        sum
    }
}
