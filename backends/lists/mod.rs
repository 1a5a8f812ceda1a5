//! Rules as entries that are asked one after the other: how most devices are told. What a target writes of them is its own
//! business; which there are, and in which order, is decided here once.

pub(crate) mod acl;
mod declared;
mod names;
mod prefixes;
#[cfg(test)]
mod tests;

pub use declared::holes;
pub(crate) use declared::{CLIENT, declared};
pub(crate) use names::Names;
pub(crate) use prefixes::Ranges;

use crate::rules::{Arrival, ClassId, Ends, Rule, RuleSet};

/// One side of an entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum End {
    /// Every address of both families.
    Any,
    /// Every address that is not in the class of the internet, declared or not.
    Inside,
    /// Those of some classes; sorted, not empty. They may have none in one of the families.
    Classes(Vec<ClassId>),
}

impl End {
    /// Its addresses.
    pub(crate) fn ranges(&self, rules: &RuleSet) -> Ranges {
        match self {
            End::Any => Ranges { v4: vec![(0, u32::MAX)], v6: vec![(0, u128::MAX)] },
            End::Inside => Ranges::of(rules, outside(rules).as_slice()).complement(),
            End::Classes(classes) => Ranges::of(rules, classes),
        }
    }
}

/// One entry. The first that a packet meets decides; what meets none is denied.
#[derive(Clone, Debug)]
pub(crate) struct Entry<'r> {
    pub from: End,
    pub to: End,
    /// What it permits; `None` where it denies whatever goes from here to there.
    pub permits: Option<Permit<'r>>,
}

/// What an entry permits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Permit<'r> {
    /// The rule that it comes from.
    pub rule: &'r Rule,
    /// Not what the rule lets be opened, but the replies: the ends of the entry are those of a reply.
    pub reply: bool,
}

/// The entries for packets that come from behind one group of interfaces and go behind another; `None` stands for
/// wherever. Replies have entries of their own if they are asked for.
///
/// Entries to the internet stand last, behind a denial of all that is not the internet, and may then name any address; the
/// same goes for entries from it, where nothing else is behind `from`. So nobody need spell the internet's addresses, which
/// are hundreds of prefixes.
pub(crate) fn entries<'r>(
    rules: &'r RuleSet,
    from: Option<&Arrival>,
    to: Option<&Arrival>,
    replies: bool,
) -> Vec<Entry<'r>> {
    let internet = outside(rules);
    let only_outside = internet.is_some_and(|internet| from.is_some_and(|from| from.classes == [internet]));
    let (mut near, mut far) = (Vec::new(), Vec::new());
    for rule in &rules.rules {
        for (reply, source, destination) in [(false, &rule.from, &rule.to), (true, &rule.to, &rule.from)] {
            if reply && !replies {
                continue;
            }
            let sources = within(classes(rules, source), from);
            if sources.is_empty() {
                continue;
            }
            let mut destinations = within(classes(rules, destination), to);
            let source = if only_outside { End::Any } else { End::Classes(sources) };
            let permits = Some(Permit { rule, reply });
            if let Some(at) = internet.and_then(|internet| destinations.binary_search(&internet).ok()) {
                destinations.remove(at);
                far.push(Entry { from: source.clone(), to: End::Any, permits });
            }
            if !destinations.is_empty() {
                near.push(Entry { from: source, to: End::Classes(destinations), permits });
            }
        }
    }
    let mut all = Vec::with_capacity(near.len() + far.len() + 2);
    if only_outside && !(near.is_empty() && far.is_empty()) {
        all.push(Entry { from: End::Inside, to: End::Any, permits: None });
    }
    all.append(&mut near);
    if !far.is_empty() {
        all.push(Entry { from: End::Any, to: End::Inside, permits: None });
    }
    all.append(&mut far);
    all
}

/// The class of all that is not ours, if the rules know it.
pub(crate) fn outside(rules: &RuleSet) -> Option<ClassId> {
    (0..).zip(&rules.classes).find(|(_, class)| class.outside).map(|(number, _)| ClassId(number))
}

/// The classes of one side of a rule; sorted.
pub(crate) fn classes(rules: &RuleSet, ends: &Ends) -> Vec<ClassId> {
    let all = &rules.terms[ends.term.0 as usize].classes;
    all.iter().filter(|class| ends.except.binary_search(class).is_err()).copied().collect()
}

fn within(mut classes: Vec<ClassId>, arrival: Option<&Arrival>) -> Vec<ClassId> {
    if let Some(arrival) = arrival {
        classes.retain(|class| arrival.classes.binary_search(class).is_ok());
    }
    classes
}

/// Where a rule comes from, for a comment: `zones.seg:14 ml -> gpu`. Of no particular alphabet, and of any length.
pub(crate) fn origin(rules: &RuleSet, rule: &Rule) -> String {
    let file = rules.files.get(rule.origin.file as usize).map_or("", String::as_str);
    let name = |ends: &Ends| rules.terms[ends.term.0 as usize].name.as_str();
    format!("{file}:{} {} -> {}", rule.origin.line, name(&rule.from), name(&rule.to))
}
