//! Names for sets of classes, where a device groups addresses under one.

use super::classes;
use crate::digest::fnv1a;
use crate::rules::{ClassId, Ends, RuleSet};
use rustc_hash::FxHashMap;

/// Which sets of classes have a name of their own: those of a zone or a group.
pub(crate) struct Names<'r> {
    rules: &'r RuleSet,
    /// Looked up only.
    whole: FxHashMap<&'r [ClassId], &'r str>,
}

impl<'r> Names<'r> {
    pub(crate) fn new(rules: &'r RuleSet) -> Self {
        let mut whole = FxHashMap::default();
        for term in &rules.terms {
            whole.entry(term.classes.as_slice()).or_insert(term.name.as_str());
        }
        Self { rules, whole }
    }

    /// The name of a set of classes that is all or a part of one side of a rule: the zone's or group's that has just these,
    /// or else that of the side, `-part-`, and 16 hexadecimal digits that hang on nothing but the set. Different for different
    /// sets; whoever shortens or folds it must see to it that it stays so.
    pub(crate) fn of(&self, part: &[ClassId], of: &Ends) -> String {
        if let Some(name) = self.whole.get(part) {
            return (*name).to_owned();
        }
        let term = &self.rules.terms[of.term.0 as usize].name;
        let text: Vec<&str> = part.iter().map(|class| self.rules.classes[class.0 as usize].name.as_str()).collect();
        debug_assert!(part.iter().all(|class| classes(self.rules, of).contains(class)));
        format!("{term}-part-{:016x}", fnv1a(text.join(" ").as_bytes()))
    }
}
