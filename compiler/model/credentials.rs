//! Secrets: who holds them, and what they open.

use segc_grammar::Span;
use segc_grammar::ast::Statement;

use super::ClassSet;

/// A credential: its number, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CredentialId(pub u32);

/// One of the places that a credential has to do with: a clause, and which classes it names.
pub type Places = Option<(Span, ClassSet)>;

/// A secret.
#[derive(Clone)]
pub struct Credential<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it is declared.
    pub statement: &'a Statement<'a>,
    /// Its name there.
    pub name_span: Span,
    /// `held by`: whoever is there has it.
    pub held: Places,
    /// `opens`: it lets its holder in there.
    pub opens: Places,
    /// `publishes to`: its holder can write what others read there.
    pub publishes: Places,
    /// `usable anywhere`: from the internet, too.
    pub anywhere: Option<Span>,
    /// For how long one is valid, in seconds; `None` is a standing one.
    pub lifetime: Option<u64>,
}
