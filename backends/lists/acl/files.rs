//! The files of one firewall.

use super::{AccessLists, REMARK, escape, groups, quote};
use crate::digest::shorten;
use crate::rules::RuleSet;
use crate::{File, template};
use minijinja::context;

/// The configuration and how to put it in place.
pub(super) fn files(target: &AccessLists, rules: &RuleSet) -> Vec<File> {
    let groups = groups(&target.spelling, rules);
    let firewall = shorten(&escape(&rules.name), REMARK, "...");
    let mut lists = Vec::new();
    let (mut doors, mut names) = (Vec::new(), Vec::new());
    for group in groups {
        let [v4, v6] = group.lists;
        let door = |name| context! { name, v4 => &v4.name, v6 => &v6.name };
        doors.extend(group.interfaces.into_iter().map(door));
        names.push(context! { v4 => &v4.name, v6 => &v6.name });
        lists.extend([v4.text, "!\n".to_owned(), v6.text, "!\n".to_owned()]);
    }
    let bind = target.spelling.bind;
    let context = context! {
        firewall, doors, names,
        lists => template::PLACE,
        bind4 => bind[0], bind6 => bind[1],
        experimental => target.judge.is_none(),
    };
    vec![
        File::rules("config.cfg", template::render_around(target.template, quote, context.clone(), &lists)),
        File::beside("APPLY.md", template::render(target.apply, quote, context)),
    ]
}
