//! What the grammar's rules are called in a sentence.

use crate::Rule;

/// Is this the rule of a keyword?
pub(super) fn is_keyword(rule: Rule) -> bool {
    format!("{rule:?}").starts_with(|first: char| first.is_ascii_uppercase())
}

/// What a rule is called in a sentence: keywords and symbols as they are written.
pub(super) fn phrase(rule: Rule) -> String {
    let words = match rule {
        Rule::EOI => "the next statement",
        Rule::name => "a name",
        Rule::item | Rule::zones | Rule::waived => "a zone",
        Rule::spec | Rule::specs => "a service",
        Rule::names => "a name",
        Rule::literal | Rule::addresses => "an address",
        Rule::inventory => "`inventory(\"FILE\", \"GROUP\")`",
        Rule::port => "the name of an interface",
        Rule::date => "a date such as `2027-06-30`",
        Rule::number => "a number",
        Rule::unit => "a unit of time such as `minutes`",
        Rule::ids => "a user number",
        Rule::pace => "a rate such as `60/minute`",
        Rule::string => "a string in double quotes",
        Rule::arrow => "`->`",
        Rule::path => "`=>`",
        Rule::colon => "`:`",
        Rule::comma => "`,`",
        Rule::equals => "`=`",
        Rule::open => "`{`",
        Rule::close => "`}`",
        Rule::left => "`(`",
        Rule::right => "`)`",
        Rule::because => "a reason in double quotes",
        Rule::action => "`log` or `quarantine`",
        Rule::kind => "`allow`, `credential`, `waiver`, `firewall` or `forbid`",
        Rule::requirement => "the name of a clause",
        _ if is_keyword(rule) => return format!("`{}`", format!("{rule:?}").to_lowercase().replace('_', "-")),
        _ => return "a clause".to_owned(),
    };
    words.to_owned()
}
