//! A mutant as a change of the text.

use segc_grammar::Span;

use crate::source::Sources;

/// How a statement is written otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// The statement.
    pub statement: Span,
    /// Parts of it that are written otherwise; none: a clause is added to its block.
    pub parts: Vec<Span>,
    /// What is written there.
    pub with: &'static str,
    /// The statement stays, and the other one stands beside it.
    pub beside: bool,
}

impl Rewrite {
    /// What stands in place of the statement. Empty if it is deleted.
    pub fn text(&self, sources: &Sources) -> String {
        let whole = sources.text(self.statement);
        let mut changed = String::new();
        match whole.strip_suffix('}').filter(|_| self.parts.is_empty()) {
            Some(open) => changed = format!("{open} {} }}", self.with),
            None if self.parts.is_empty() => changed = format!("{whole} {{ {} }}", self.with),
            None => {
                let mut parts = self.parts.clone();
                parts.sort_unstable();
                let mut at = self.statement.start;
                for part in parts {
                    changed.push_str(sources.text(Span::new(at, part.start)));
                    changed.push_str(self.with);
                    at = part.end;
                }
                changed.push_str(sources.text(Span::new(at, self.statement.end)));
            }
        }
        if self.beside { format!("{whole}\n{changed}") } else { changed }
    }
}
