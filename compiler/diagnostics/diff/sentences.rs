//! Parts, ways and edits as sentences.

use segc_grammar::Span;
use segc_grammar::ast::Level;

use super::{Edited, Limits, Opened, Sentence, Sentences, Way, Ways, quoted};
use crate::diff::{
    Change, ClauseEdit, Diff, Edit, Edition, Moved, Part, Paths, Place, Reached, Speaker, Version, line_at,
};
use crate::model::{ClassSet, Model, ZoneId, head};
use crate::words;

/// What is told about.
pub struct Teller<'t, 'd> {
    diff: &'t Diff<'d>,
    old: &'t Version<'d>,
    new: &'t Version<'d>,
    speakers: [Speaker<'t>; 2],
    limits: Limits,
}

impl<'t, 'd> Teller<'t, 'd> {
    /// Of a comparison.
    pub fn new(diff: &'t Diff<'d>, old: &'t Version<'d>, new: &'t Version<'d>, limits: Limits) -> Self {
        let speaker = |version: &'t Version<'d>, edition| Speaker::new(version.model, edition, &diff.cells);
        Self { diff, old, new, speakers: [speaker(old, Edition::Old), speaker(new, Edition::New)], limits }
    }

    fn version(&self, edition: Edition) -> &'t Version<'d> {
        match edition {
            Edition::Old => self.old,
            Edition::New => self.new,
        }
    }

    /// What statements of a version add to the other.
    pub fn changes(&self, edition: Edition, changes: &[Change]) -> Vec<Opened> {
        let model = self.version(edition).model;
        let sentences = |parts: &[Part]| self.sentences(edition, parts);
        let opened = changes.iter().take(self.limits.statements).map(|change| Opened {
            statement: model.flows[change.flow.0 as usize].head(),
            parts: sentences(&change.parts),
            later: change.later.as_ref().map(|(day, parts)| (*day, sentences(parts))),
        });
        opened.collect()
    }

    fn sentences(&self, edition: Edition, parts: &[Part]) -> Sentences {
        let told: Vec<Sentence> =
            parts.iter().take(self.limits.parts).map(|part| self.sentence(edition, part)).collect();
        Sentences { more: parts.len() - told.len(), told }
    }

    fn sentence(&self, edition: Edition, part: &Part) -> Sentence {
        let version = self.version(edition);
        let speaker = &self.speakers[edition as usize];
        let side = |cells: &ClassSet| places(version.model, &speaker.side(cells, part.families));
        Sentence {
            from: side(&part.left),
            to: side(&part.right),
            services: words::all_services(version.model, &part.services),
            families: speaker.families(part).map(|families| families.words()),
        }
    }

    /// Paths of one version only.
    pub fn ways(&self, edition: Edition, paths: &Paths) -> Ways {
        let way = |reached: &Reached| self.way(edition, reached);
        Ways { pairs: paths.pairs, targets: paths.targets, nearest: paths.nearest.iter().map(way).collect() }
    }

    fn way(&self, edition: Edition, reached: &Reached) -> Way {
        let version = self.version(edition);
        let zones = &version.model.zones;
        let name = |zone: u32| zones[ZoneId(zone)].name.to_owned();
        let first = reached.first.0;
        let others = reached.sources.iter().filter(|&source| source != first);
        Way {
            target: name(reached.target.0),
            critical: zones[reached.target].flags.contains(&segc_grammar::ast::FlagKind::Critical),
            sources: std::iter::once(first).chain(others).map(name).collect(),
            route: reached.route.clone(),
            hops: reached.hops.clone(),
        }
    }

    /// Addresses that changed hands.
    pub fn moved(&self) -> Vec<String> {
        let name = |model: &Model<'_>, zone: Option<ZoneId>| zone.map(|zone| format!("`{}`", model.zones[zone].name));
        let told = |moved: &Moved| {
            let addresses = moved.addresses.words(8);
            let plural = moved.addresses.v4.as_slice().len() + moved.addresses.v6.as_slice().len() > 1;
            let (was, is) = if plural { ("were", "are") } else { ("was", "is") };
            let from = name(self.old.model, moved.from).map_or("nobody's".to_owned(), |zone| format!("in {zone}"));
            let to = name(self.new.model, moved.to).map_or("nobody's".to_owned(), |zone| format!("in {zone}"));
            format!("{addresses} {was} {from}, {is} now {to}")
        };
        self.diff.moved.iter().map(told).collect()
    }

    /// What is no longer demanded.
    pub fn weakened(&self) -> Vec<(Span, Sentences)> {
        let each = self.diff.weakened.iter();
        each.map(|weak| (head(weak.statement), self.sentences(Edition::Old, &weak.parts))).collect()
    }

    /// What `controls` demand.
    pub fn controls(&self) -> Vec<String> {
        let controls = &self.diff.controls;
        let removed = controls.removed.iter().map(|words| format!("no longer demanded: {}", quoted(words)));
        let added = controls.added.iter().map(|words| format!("newly demanded: {}", quoted(words)));
        let word = |level: Level| match level {
            Level::Off => "off",
            Level::Warn => "warn",
            Level::Deny => "deny",
        };
        let levels = controls.levels.iter().map(|&(name, before, after)| {
            let what = if after < before { "lowered" } else { "raised" };
            format!("check `{name}` is {what} from `{}` to `{}`", word(before), word(after))
        });
        removed.chain(added).chain(levels).collect()
    }

    /// Statements that are not as they were.
    pub fn edits(&self) -> Vec<Edited> {
        let span = |statement: Option<&segc_grammar::ast::Statement<'_>>| statement.map(head);
        let edits = self.diff.edits.iter();
        edits.map(|e| Edited { old: span(e.old), new: span(e.new), changes: self.lines(e) }).collect()
    }

    fn lines(&self, edit: &Edit<'_>) -> Vec<String> {
        let (Some(old), Some(new)) = (edit.old, edit.new) else { return Vec::new() };
        let mut lines = Vec::new();
        if edit.head {
            let (was, is) = (line_at(self.old.sources, head(old)), line_at(self.new.sources, head(new)));
            // What a service or a group is made of stands behind its name.
            let whole = was == is;
            let (was, is) = match whole {
                true => (line_at(self.old.sources, old.span), line_at(self.new.sources, new.span)),
                false => (was, is),
            };
            lines.push(format!("{} is now {}", quoted(&was), quoted(&is)));
        }
        lines.extend(edit.clauses.iter().map(clause));
        lines
    }
}

fn clause(edit: &ClauseEdit) -> String {
    match (&edit.before, &edit.after) {
        (Some(before), Some(after)) => format!("{} is now {}", quoted(before), quoted(after)),
        (Some(before), None) => format!("{} is gone", quoted(before)),
        (None, Some(after)) => format!("{} is new", quoted(after)),
        (None, None) => String::new(),
    }
}

/// Each item of a side. One with an exception is put in brackets where it does not stand alone.
fn places(model: &Model<'_>, places: &[Place]) -> Vec<String> {
    let name = |zone: ZoneId| format!("`{}`", model.zones[zone].name);
    let told = |place: &Place| {
        let zone = place.zone.map_or("any".to_owned(), name);
        match &place.only {
            Some(only) => format!("{zone} ({})", only.words(usize::MAX)),
            None if place.except.is_empty() => zone,
            None => {
                let except: Vec<String> = place.except.iter().copied().map(name).collect();
                let text = format!("{zone} except {}", except.join(", "));
                if places.len() > 1 { format!("({text})") } else { text }
            }
        }
    };
    places.iter().map(told).collect()
}
