//! `segc reach`

use super::args::{Reach, ReachFormat};
use super::{Status, output, policy};
use crate::diagnostics::{nearest, reach as say};
use crate::graph::FlowIndex;
use crate::reach::reach;

/// Says what a compromise of a place reaches. A policy that breaks its forbids can be asked all the same.
pub fn run(args: &Reach) -> Status {
    let answered = policy::ask(&args.files, args.at, &[], |policy, _| {
        let model = &policy.model;
        let Some(zone) = model.zones.find(&args.zone) else {
            let said = match model.groups.iter().find(|group| group.name == args.zone) {
                Some(group) => {
                    let members: Vec<&str> = group.zones.iter().map(|&zone| model.zones[zone].name).collect();
                    say::group(group.name, &members)
                }
                None => say::unknown(&args.zone, nearest(&args.zone, model.zones.iter().map(|(_, zone)| zone.name))),
            };
            output::warn(&format!("segc: {said}\n"));
            return Status::Unreadable;
        };
        let index = FlowIndex::new(model, |_| true);
        let answer = reach(model, policy.day, &index, zone);
        output::print(&match args.format {
            ReachFormat::Human => say::human(&answer, policy.sources),
            ReachFormat::Json => say::json(&answer, policy.sources),
            ReachFormat::Dot => say::dot(&answer, policy.sources),
            ReachFormat::Svg => say::svg(&answer, policy.sources),
        });
        Status::Clean
    });
    answered.unwrap_or_else(|status| status)
}
