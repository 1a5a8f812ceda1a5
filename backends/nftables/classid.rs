//! The number of each class in `meta priority`: stable, so that a new zone renumbers no other.

use crate::digest::fnv1a;
use crate::rules::Class;

/// The most classes there are numbers for.
pub(super) const MOST: usize = (1 << 20) - 1;

/// The number of every class: `5e00:10` to `5eff:fff0`. 20 bits of the name's hash fill the low byte of the major and the
/// upper 12 bits of the minor number; the low four bits stay 0, since queueing disciplines read them as a band (0 is best
/// effort; `priomap` in tc-prio(8)). Where two names meet, the later one takes the next free number. `5e00:0` is nobody's:
/// it stands for undeclared addresses.
pub(super) fn classids(classes: &[Class]) -> Vec<u32> {
    let mut taken = vec![false; MOST + 1];
    taken[0] = true;
    let number = |class: &Class| {
        let hash = fnv1a(class.name.as_bytes());
        let mut slot = ((hash ^ hash >> 20 ^ hash >> 40 ^ hash >> 60) as usize) & MOST;
        while taken[slot] {
            slot = (slot + 1) & MOST;
        }
        taken[slot] = true;
        0x5e00_0000 | (slot as u32 >> 12) << 16 | (slot as u32 & 0xfff) << 4
    };
    classes.iter().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: String) -> Class {
        Class { name, v4: vec![], v6: vec![], outside: false }
    }

    #[test]
    fn distinct_best_effort_and_in_range() {
        let classes: Vec<Class> = (0..300_000).map(|number| named(format!("zone{number:06}"))).collect();
        let mut ids = classids(&classes);
        assert!(ids.iter().all(|id| id >> 24 == 0x5e && id & 0xf == 0 && *id != 0x5e00_0000));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 300_000);
    }

    #[test]
    fn a_new_class_renumbers_no_other() {
        let names = ["admins", "db", "users", "web"];
        let classes: Vec<Class> = names.iter().map(|name| named((*name).to_owned())).collect();
        let before = classids(&classes);
        let mut more = classes.clone();
        more.insert(2, named("farm".to_owned()));
        let after = classids(&more);
        assert_eq!([&after[..2], &after[3..]].concat(), before);
    }
}
