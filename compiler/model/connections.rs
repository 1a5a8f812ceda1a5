//! Connections as products of class sets and services, and what is left of them without others.

use super::{ClassSet, Families, Model, ServiceSet};

/// Connections: from each class of one set to each of another, on each service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Sources.
    pub left: ClassSet,
    /// Destinations.
    pub right: ClassSet,
    /// On what.
    pub services: ServiceSet,
}

/// The same, of sets that somebody else holds.
#[derive(Clone, Copy)]
pub struct Product<'p> {
    /// Sources.
    pub left: &'p ClassSet,
    /// Destinations.
    pub right: &'p ClassSet,
    /// On what.
    pub services: &'p ServiceSet,
}

impl Connections {
    /// Those of one family. Every packet has addresses: classes without any of the family are left out.
    pub fn of_family(&self, model: &Model<'_>, families: Families) -> Self {
        let within = |set: &ClassSet| set.iter().filter(|&class| model.zones.has(class, families)).collect();
        Self { left: within(&self.left), right: within(&self.right), services: self.services.only(families) }
    }

    /// None at all?
    pub fn is_empty(&self) -> bool {
        self.left.is_empty() || self.right.is_empty() || self.services.is_empty()
    }

    /// Have they one in common?
    pub fn meets(&self, other: Product<'_>) -> bool {
        self.left.meets(other.left) && self.right.meets(other.right) && self.services.meets(other.services)
    }

    /// Those that both have.
    pub fn also_in(&self, other: Product<'_>) -> Self {
        Self {
            left: self.left.intersection(other.left),
            right: self.right.intersection(other.right),
            services: self.services.intersection(other.services),
        }
    }

    /// What is left without `other`: up to three parts that do not meet.
    pub fn without(&self, other: Product<'_>) -> impl Iterator<Item = Self> + use<> {
        let parts = if self.meets(other) {
            let (from, to) = (self.left.intersection(other.left), self.right.intersection(other.right));
            [
                Self { left: self.left.difference(other.left), ..self.clone() },
                Self { left: from.clone(), right: self.right.difference(other.right), services: self.services.clone() },
                Self { left: from, right: to, services: self.services.difference(other.services) },
            ]
        } else {
            let nothing = || Self { left: ClassSet::default(), ..self.clone() };
            [self.clone(), nothing(), nothing()]
        };
        parts.into_iter().filter(|part| !part.is_empty())
    }
}

impl From<Product<'_>> for Connections {
    fn from(product: Product<'_>) -> Self {
        Self { left: product.left.clone(), right: product.right.clone(), services: product.services.clone() }
    }
}
