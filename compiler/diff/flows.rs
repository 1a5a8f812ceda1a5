//! The allows of one version in cells, and an index that tells which of them may meet a set of cells.

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::cells::{Cells, Edition};
use crate::graph::Lists;
use crate::model::{ClassSet, Families, Model, ServiceSet, Window};

/// Sets of services of both versions, each once.
#[derive(Default)]
pub struct Services {
    numbers: FxHashMap<ServiceSet, u32>,
    /// As written, and what of it exists in IPv4 and in IPv6.
    all: Vec<[ServiceSet; 2]>,
}

impl Services {
    /// Of all allows of two versions.
    pub fn new(old: &Model<'_>, new: &Model<'_>) -> Self {
        let mut all = Self::default();
        old.flows.iter().chain(&new.flows).for_each(|flow| all.add(&flow.services));
        all
    }

    fn add(&mut self, set: &ServiceSet) {
        if !self.numbers.contains_key(set) {
            self.numbers.insert(set.clone(), self.all.len() as u32);
            self.all.push(FAMILIES.map(|family| set.only(family)));
        }
    }

    /// What of a set exists in a family: 0 is IPv4, 1 is IPv6.
    pub fn of_family(&self, number: u32, family: usize) -> &ServiceSet {
        &self.all[number as usize][family]
    }
}

/// IPv4 alone, and IPv6 alone.
pub const FAMILIES: [Families; 2] = [Families { v4: true, v6: false }, Families { v4: false, v6: true }];

fn hash(flow: &JointFlow) -> u64 {
    use std::hash::BuildHasher;
    rustc_hash::FxBuildHasher.hash_one((&flow.boxes, flow.services))
}

/// Pairs of sets of cells: products.
pub type Boxes = Vec<(ClassSet, ClassSet)>;

/// An allow in cells.
pub struct JointFlow {
    /// The pairs that it joins; sorted, so that it does not matter what zones are called.
    pub boxes: Boxes,
    /// On what: a number among [`Services`].
    pub services: u32,
    /// When.
    pub window: Window,
}

/// All allows of a version.
pub struct Flows {
    /// Each, by its number in the model.
    pub all: Vec<JointFlow>,
    /// Each product with its allow.
    products: Vec<(u32, u32)>,
    leaving: Lists,
    entering: Lists,
    /// By what an allow joins, and on what: a hash, and the allows that have it.
    twins: FxHashMap<u64, Vec<u32>>,
}

impl Flows {
    /// Of a version.
    pub fn new(model: &Model<'_>, edition: Edition, cells: &Cells, services: &Services) -> Self {
        let joint = |flow: &crate::model::Flow<'_>| {
            let side = |set: &ClassSet| cells.of(edition, set);
            let mut boxes: Boxes = flow.boxes.iter().map(|(left, right)| (side(left), side(right))).collect();
            boxes.retain(|(left, right)| !left.is_empty() && !right.is_empty());
            boxes.sort();
            JointFlow { boxes, services: services.numbers[&flow.services], window: flow.window }
        };
        let all: Vec<JointFlow> = model.flows.iter().map(joint).collect();
        let products: Vec<(u32, u32)> = (0..)
            .zip(&all)
            .flat_map(|(number, flow)| (0..flow.boxes.len() as u32).map(move |product| (number, product)))
            .collect();
        let side = |pick: fn(&(ClassSet, ClassSet)) -> &ClassSet| {
            let all = &all;
            let sets = (0..)
                .zip(&products)
                .map(move |(at, &(flow, product))| (at, pick(&all[flow as usize].boxes[product as usize])));
            Lists::new(cells.len(), sets)
        };
        let (leaving, entering) = (side(|product| &product.0), side(|product| &product.1));
        let mut twins: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
        for (number, flow) in (0..).zip(&all) {
            twins.entry(hash(flow)).or_default().push(number);
        }
        Self { all, products, leaving, entering, twins }
    }

    /// Is there an allow of just the same connections that holds, from that day on, whenever `flow` does?
    pub fn has_twin(&self, flow: &JointFlow, day: Date) -> bool {
        let from = Window { from: flow.window.from.max(Some(day)), ..flow.window };
        let twins = self.twins.get(&hash(flow)).into_iter().flatten().map(|&number| &self.all[number as usize]);
        let alike = |twin: &JointFlow| (twin.services, &twin.boxes) == (flow.services, &flow.boxes);
        twins.into_iter().any(|twin| alike(twin) && twin.window.covers(&from))
    }

    /// Allows that leave a cell, or enter it if `entering`: each with the other side of its product.
    pub fn at(&self, cell: u32, entering: bool) -> impl Iterator<Item = (&JointFlow, &ClassSet)> {
        let lists = if entering { &self.entering } else { &self.leaving };
        let product = move |&at: &u32| {
            let (flow, product) = self.products[at as usize];
            let flow = &self.all[flow as usize];
            let (left, right) = &flow.boxes[product as usize];
            if entering { (flow, right, left) } else { (flow, left, right) }
        };
        let narrow = lists.narrow(cell).iter().map(product);
        let wide = lists.wide.iter().map(product).filter(move |(_, own, _)| own.contains(cell));
        narrow.chain(wide).map(|(flow, _, other)| (flow, other))
    }
}
