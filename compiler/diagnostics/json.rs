//! Findings for programs. `format` grows by one when a field changes its meaning or goes away.

use serde::Serialize;

use super::assumptions::Assumption;
use super::policy_tests::{CoverageJson, MutationJson, Tests};
use super::{Diagnostic, Severity};
use crate::source::Sources;

/// What `--format json` prints.
#[derive(Serialize)]
struct Report<'a> {
    format: u32,
    /// The day that dates were judged on.
    at: String,
    errors: usize,
    warnings: usize,
    notes: usize,
    findings: Vec<Finding<'a>>,
    /// What is relied upon and not checked.
    assumptions: &'a [Assumption],
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<CoverageJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mutation: Option<MutationJson<'a>>,
}

/// One finding.
#[derive(Serialize)]
pub struct Finding<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    help: &'a str,
    places: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    label: &'a str,
}

/// One JSON document, with a newline at its end; with policy tests, where some were asked for.
pub fn render(
    diagnostics: &[Diagnostic],
    assumptions: &[Assumption],
    sources: &Sources,
    at: jiff::civil::Date,
    tests: Option<&Tests<'_, '_>>,
) -> String {
    let of = |s| diagnostics.iter().filter(|d| d.severity == s).count();
    let report = Report {
        format: 1,
        at: at.to_string(),
        errors: of(Severity::Error),
        warnings: of(Severity::Warning),
        notes: of(Severity::Note),
        findings: findings(diagnostics, sources),
        coverage: tests.and_then(|tests| tests.coverage_json()),
        mutation: tests.and_then(|tests| tests.mutation_json()),
        assumptions,
    };
    let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
    text.push('\n');
    text
}

/// Findings as they stand in a document.
pub fn findings<'a>(diagnostics: &'a [Diagnostic], sources: &'a Sources) -> Vec<Finding<'a>> {
    let finding = |d: &'a Diagnostic| Finding {
        code: d.code,
        severity: word(d.severity),
        message: &d.message,
        help: &d.help,
        places: d.labels.iter().filter_map(|(span, label)| place(sources, *span, label)).collect(),
    };
    diagnostics.iter().map(finding).collect()
}

/// The word for a severity: `error`, `warning`, `note`.
pub fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

fn place<'a>(sources: &'a Sources, span: segc_grammar::Span, label: &'a str) -> Option<Place<'a>> {
    let (file, from, to) = sources.place(span)?;
    Some(Place { file, line: from.line, column: from.column, end_line: to.line, end_column: to.column, label })
}
