//! What `segc check --coverage` and `--mutate` say, for people and for programs.

use segc_grammar::Span;
use serde::Serialize;

use super::count;
use crate::coverage::Voices;
use crate::model::{FlowId, Model};
use crate::mutants::{Fate, Kind, Mutant, Report};
use crate::source::Sources;

/// What each change is called, for people.
const KINDS: &[(Kind, &str)] = &[
    (Kind::Removed, "deleted"),
    (Kind::AnySource, "also from `any`"),
    (Kind::AnyDestination, "also to `any`"),
    (Kind::AnyService, "also on `any` service"),
    (Kind::WithoutDates, "on any day"),
    (Kind::WithoutNeeds, "without `needs`"),
    (Kind::WithoutInert, "without `inert`"),
    (Kind::WithoutVetted, "without `vetted`"),
    (Kind::PullsCode, "with `pulls code`"),
    (Kind::WithoutPulls, "without `pulls`"),
    (Kind::WithoutBarrier, "without `barrier`"),
    (Kind::WithoutContained, "without `contained`"),
    (Kind::WithoutShares, "without `shares cache`"),
    (Kind::SharesAny, "`shares cache with any`"),
    (Kind::WithoutHeld, "without `held by`"),
    (Kind::HeldByAny, "`held by any`"),
    (Kind::WithoutOpens, "without `opens`"),
    (Kind::OpensAny, "`opens any`"),
    (Kind::WithoutPublishes, "without `publishes to`"),
    (Kind::PublishesToAny, "`publishes to any`"),
    (Kind::NotUsableAnywhere, "not `usable anywhere`"),
    (Kind::UsableAnywhere, "`usable anywhere`"),
];

/// Statements that are listed for people; the rest is counted.
const MOST: usize = 50;

/// What was asked for, of what was worked out.
pub struct Tests<'t, 'm> {
    /// The policy.
    pub model: &'m Model<'m>,
    /// Its texts.
    pub sources: &'t Sources,
    /// Live allows, and who speaks about each.
    pub coverage: Option<Vec<(FlowId, Voices)>>,
    /// What became of changes.
    pub mutation: Option<Report<'m>>,
}

/// The name of a change, in the words for people.
fn name(kind: Kind) -> &'static str {
    KINDS.iter().find(|(k, _)| *k == kind).map_or("", |(_, name)| name)
}

fn percent(part: usize, whole: usize) -> String {
    (part * 100).checked_div(whole).map_or("none".to_owned(), |share| format!("{share} %"))
}

impl Tests<'_, '_> {
    /// For people.
    pub fn human(&self) -> String {
        let mut out = String::new();
        if let Some(coverage) = &self.coverage {
            out.push('\n');
            out.push_str(&self.human_coverage(coverage));
        }
        if let Some(report) = &self.mutation {
            out.push('\n');
            out.push_str(&self.human_mutation(report));
        }
        out
    }

    fn line(&self, statement: Span) -> String {
        format!("{} `{}`", self.sources.line(statement), crate::diff::line_at(self.sources, statement))
    }

    fn human_coverage(&self, coverage: &[(FlowId, Voices)]) -> String {
        let silent: Vec<FlowId> = coverage.iter().filter(|(_, v)| v.is_silent()).map(|(id, _)| *id).collect();
        let spoken = coverage.len() - silent.len();
        let all = coverage.len();
        let mut out = format!(
            "coverage: a forbid or a require speaks about {spoken} of {} ({})\n",
            count(all, "live allow"),
            percent(spoken, all)
        );
        let by = |has: fn(&Voices) -> bool| coverage.iter().filter(|(_, v)| has(v)).count();
        out.push_str(&format!("  {:>6} by a `require`\n", by(|v| v.required)));
        out.push_str(&format!("  {:>6} by a `forbid ->`\n", by(|v| v.direct)));
        out.push_str(&format!("  {:>6} by a `forbid =>`\n", by(|v| v.paths)));
        if !silent.is_empty() {
            out.push_str("nobody speaks about\n");
        }
        for id in silent.iter().take(MOST) {
            out.push_str(&format!("  {}\n", self.line(self.model.flows[id.0 as usize].head())));
        }
        out.push_str(&more(silent.len().saturating_sub(MOST), "allow"));
        out
    }

    fn human_mutation(&self, report: &Report<'_>) -> String {
        let of = |is: fn(&Fate) -> bool| report.mutants.iter().filter(|(_, fate)| is(fate)).count();
        let noticed = of(|fate| matches!(fate, Fate::Noticed(_)));
        let judged = report.mutants.len() - of(|fate| *fate == Fate::LeftOut);
        let mut out = format!(
            "mutation: {} {noticed} of {} ({})\n",
            match report.invariants {
                1 => "the one forbid or require notices".to_owned(),
                n => format!("the {n} forbids and requires notice"),
            },
            count(judged, "change"),
            percent(noticed, judged)
        );
        for (kind, name) in KINDS {
            let own = || report.mutants.iter().filter(|(m, fate)| m.kind == *kind && *fate != Fate::LeftOut);
            let (all, noticed) = (own().count(), own().filter(|(_, fate)| *fate != Fate::Unnoticed).count());
            if all > 0 {
                out.push_str(&format!("  {noticed:>6} of {all:<6} {name}\n"));
            }
        }
        let left_out: Vec<&Mutant<'_>> =
            report.mutants.iter().filter(|(_, fate)| *fate == Fate::LeftOut).map(|(mutant, _)| mutant).collect();
        if let Some(first) = left_out.first() {
            let n = count(left_out.len(), "further change");
            out.push_str(&format!(
                "{n} were not judged, from {} on: that would take too long\n",
                self.sources.line(first.statement)
            ));
        }
        let statements = unnoticed(report);
        if !statements.is_empty() {
            out.push_str("nobody notices\n");
        }
        for (statement, kinds) in statements.iter().take(MOST) {
            out.push_str(&format!("  {}\n    {}\n", self.line(*statement), kinds.join("; ")));
        }
        out.push_str(&more(statements.len().saturating_sub(MOST), "statement"));
        out
    }
}

fn more(n: usize, what: &str) -> String {
    if n > 0 {
        format!("  and {} (`--format json` lists all)\n", count(n, &format!("more {what}")))
    } else {
        String::new()
    }
}

/// Statements with changes that nobody notices, in the order of the text.
fn unnoticed(report: &Report<'_>) -> Vec<(Span, Vec<&'static str>)> {
    let mut statements: Vec<(Span, Vec<&'static str>)> = Vec::new();
    for (mutant, _) in report.mutants.iter().filter(|(_, fate)| *fate == Fate::Unnoticed) {
        match statements.last_mut() {
            Some((statement, kinds)) if *statement == mutant.statement => kinds.push(name(mutant.kind)),
            _ => statements.push((mutant.statement, vec![name(mutant.kind)])),
        }
    }
    statements
}

/// A statement, for programs.
#[derive(Serialize)]
struct Place<'t> {
    file: &'t str,
    line: u32,
}

/// `coverage` of the document.
#[derive(Serialize)]
pub struct CoverageJson<'t> {
    allows: usize,
    spoken_about: usize,
    each: Vec<Spoken<'t>>,
}

#[derive(Serialize)]
struct Spoken<'t> {
    place: Option<Place<'t>>,
    statement: String,
    require: bool,
    forbid_direct: bool,
    forbid_path: bool,
}

/// `mutation` of the document.
#[derive(Serialize)]
pub struct MutationJson<'t> {
    invariants: usize,
    noticed: usize,
    unnoticed: usize,
    left_out: usize,
    changes: Vec<Changed<'t>>,
}

#[derive(Serialize)]
struct Changed<'t> {
    place: Option<Place<'t>>,
    statement: String,
    change: String,
    fate: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    noticed_by: Option<Place<'t>>,
    /// What would stand in place of the statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead: Option<String>,
}

impl Tests<'_, '_> {
    fn place(&self, statement: Span) -> Option<Place<'_>> {
        let (file, from, _) = self.sources.place(statement)?;
        Some(Place { file, line: from.line })
    }

    /// For programs.
    pub fn coverage_json(&self) -> Option<CoverageJson<'_>> {
        let coverage = self.coverage.as_ref()?;
        let each = coverage.iter().map(|(id, voices)| {
            let head = self.model.flows[id.0 as usize].head();
            Spoken {
                place: self.place(head),
                statement: crate::diff::line_at(self.sources, head),
                require: voices.required,
                forbid_direct: voices.direct,
                forbid_path: voices.paths,
            }
        });
        let silent = coverage.iter().filter(|(_, v)| v.is_silent()).count();
        Some(CoverageJson { allows: coverage.len(), spoken_about: coverage.len() - silent, each: each.collect() })
    }

    /// For programs.
    pub fn mutation_json(&self) -> Option<MutationJson<'_>> {
        let report = self.mutation.as_ref()?;
        let of = |is: fn(&Fate) -> bool| report.mutants.iter().filter(|(_, fate)| is(fate)).count();
        let changes = report.mutants.iter().map(|(mutant, fate)| Changed {
            place: self.place(mutant.statement),
            statement: crate::diff::line_at(self.sources, mutant.statement),
            change: name(mutant.kind).replace('`', ""),
            fate: match fate {
                Fate::Noticed(_) => "noticed",
                Fate::Unnoticed => "unnoticed",
                Fate::LeftOut => "left out",
            },
            noticed_by: match fate {
                Fate::Noticed(by) => self.place(*by),
                _ => None,
            },
            instead: (*fate == Fate::Unnoticed).then(|| mutant.rewrite.text(self.sources)),
        });
        Some(MutationJson {
            invariants: report.invariants,
            noticed: of(|fate| matches!(fate, Fate::Noticed(_))),
            unnoticed: of(|fate| *fate == Fate::Unnoticed),
            left_out: of(|fate| *fate == Fate::LeftOut),
            changes: changes.collect(),
        })
    }
}
