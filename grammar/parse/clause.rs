//! Clauses.

use pest::iterators::{Pair, Pairs};

use super::reader::{Reader, next, next_if};
use super::words::plain_number;
use crate::ast::{
    Action, Assumption, Clause, ClauseKind, Condition, ControlKind, Flag, FlagKind, Level, Name, Requirement, Text,
    User,
};
use crate::clauses::{clauses_of, first_word};
use crate::nearest::nearest;
use crate::{Rule, Span, syntax_error};

/// Flags by name.
const FLAGS: [(&str, FlagKind); 6] = [
    ("critical", FlagKind::Critical),
    ("gpu", FlagKind::Gpu),
    ("agentic", FlagKind::Agentic),
    ("public-writable", FlagKind::PublicWritable),
    ("public-trigger", FlagKind::PublicTrigger),
    ("isolated", FlagKind::Isolated),
];

/// Clauses that may stand several times in one block.
const REPEATABLE: [Rule; 7] =
    [Rule::hosts, Rule::process, Rule::except_via, Rule::interface, Rule::every, Rule::connections, Rule::fan_out];

/// How many words a clause's keyword has.
fn keyword_words(rule: Rule) -> usize {
    match rule {
        Rule::shares_cache | Rule::connections => 3,
        Rule::except_via | Rule::held_by | Rule::publishes_to | Rule::usable_anywhere | Rule::fan_out => 2,
        _ => 1,
    }
}

/// What to do about a clause that stands twice.
fn instead_of_twice(rule: Rule) -> &'static str {
    match rule {
        Rule::domains
        | Rule::is
        | Rule::shares_cache
        | Rule::needs
        | Rule::over
        | Rule::held_by
        | Rule::opens
        | Rule::publishes_to
        | Rule::deny
        | Rule::warn
        | Rule::off => "keep one, and put all of it into one list with commas",
        Rule::pulls => "keep one: `pulls code` is the stronger of the two, since code is also read",
        _ => "keep the one that is meant",
    }
}

impl<'s> Reader<'s> {
    /// The clauses of a block.
    pub fn clauses(&mut self, block: Pair<'s, Rule>) -> Vec<Clause<'s>> {
        let parts = block.into_inner();
        let most = parts.len().saturating_sub(2); // its braces
        let (mut clauses, mut seen) = (Vec::with_capacity(most), std::mem::take(&mut self.seen));
        seen.clear();
        for pair in parts {
            let rule = pair.as_rule();
            if matches!(rule, Rule::open | Rule::close | Rule::EOI) {
                continue;
            }
            let span = self.span(&pair);
            let mut parts = pair.into_inner();
            let keyword = self.keywords(&mut parts, rule);
            if !REPEATABLE.contains(&rule) {
                match seen.iter().find(|(earlier, _)| *earlier == rule) {
                    Some(&(_, first)) => {
                        let name = self.slice(keyword);
                        self.fault(syntax_error::clause_twice(keyword, first, name, instead_of_twice(rule)));
                    }
                    None => seen.push((rule, keyword)),
                }
            }
            let kind = self.clause(rule, parts);
            clauses.extend(kind.map(|kind| Clause { span, keyword, kind }));
        }
        self.seen = seen;
        clauses
    }

    /// Takes the keywords that a clause starts with.
    fn keywords(&self, parts: &mut Pairs<'s, Rule>, rule: Rule) -> Span {
        let first = self.keyword(&next(parts));
        (1..keyword_words(rule)).fold(first, |words, _| words.to(self.keyword(&next(parts))))
    }

    /// What a clause says, by what stands behind its keyword.
    fn clause(&mut self, rule: Rule, mut parts: Pairs<'s, Rule>) -> Option<ClauseKind<'s>> {
        let parts = &mut parts;
        Some(match rule {
            Rule::about => ClauseKind::About(self.string(next(parts))?),
            Rule::owner => ClauseKind::Owner(self.string(next(parts))?),
            Rule::reason => ClauseKind::Reason(self.string(next(parts))?),
            Rule::ticket => ClauseKind::Ticket(self.string(next(parts))?),
            Rule::approved_by => ClauseKind::ApprovedBy(self.string(next(parts))?),
            Rule::emergency => ClauseKind::Emergency(self.string(next(parts))?),
            Rule::cgroup => ClauseKind::Cgroup(self.string(next(parts))?),
            Rule::review => ClauseKind::Review(self.date(next(parts))?),
            Rule::from => ClauseKind::From(self.date(next(parts))?),
            Rule::until => ClauseKind::Until(self.date(next(parts))?),
            Rule::log => ClauseKind::Log,
            Rule::needs => ClauseKind::Needs(self.names(next(parts))),
            Rule::pulls => ClauseKind::Pulls { code: next(parts).as_rule() == Rule::CODE },
            Rule::vetted => ClauseKind::Vetted(self.assumption(next(parts))?),
            Rule::inert => ClauseKind::Inert(self.assumption(next(parts))?),
            Rule::barrier => ClauseKind::Barrier(self.assumption(next(parts))?),
            Rule::contained => ClauseKind::Contained(self.assumption(next(parts))?),
            Rule::rate => ClauseKind::Rate(self.rate(&next(parts))?),
            Rule::hosts => return Some(self.hosts(parts.clone())),
            Rule::domains => {
                let strings = parts.filter(|part| part.as_rule() == Rule::string);
                ClauseKind::Domains(strings.filter_map(|part| self.string(part)).collect())
            }
            Rule::is => ClauseKind::Is(self.flags(next(parts))),
            Rule::shares_cache => ClauseKind::SharesCache(self.zones(next(parts))),
            Rule::size => ClauseKind::Size(self.number(&next(parts), "a number of hosts", u64::from(u32::MAX))?),
            Rule::process => {
                let name = self.name(next(parts));
                let clauses = self.clauses(next(parts));
                // Its zone puts the full name in.
                ClauseKind::Process { name: name?, full: String::new(), clauses }
            }
            Rule::user => ClauseKind::User(self.user(next(parts))?),
            Rule::over => ClauseKind::Over(self.services(next(parts))),
            Rule::except_via => self.except_via(parts)?,
            Rule::held_by => ClauseKind::HeldBy(self.zones(next(parts))),
            Rule::opens => ClauseKind::Opens(self.zones(next(parts))),
            Rule::publishes_to => ClauseKind::PublishesTo(self.zones(next(parts))),
            Rule::usable_anywhere => ClauseKind::UsableAnywhere,
            Rule::lifetime => ClauseKind::Lifetime(self.duration(next(parts), next(parts))?),
            Rule::connections | Rule::fan_out => self.tempo(rule, parts)?,
            Rule::every => self.every(parts)?,
            Rule::deny => ClauseKind::Level { level: Level::Deny, checks: self.names(next(parts)) },
            Rule::warn => ClauseKind::Level { level: Level::Warn, checks: self.names(next(parts)) },
            Rule::off => ClauseKind::Level { level: Level::Off, checks: self.names(next(parts)) },
            Rule::target => ClauseKind::Target(self.name(next(parts))?),
            Rule::interface => {
                let name = next(parts);
                let name = match name.as_rule() {
                    Rule::string => self.string(name),
                    _ => Some(Text { text: name.as_str().into(), span: self.span(&name) }),
                };
                next(parts);
                let zones = self.zones(next(parts));
                ClauseKind::Interface { name: name?, zones }
            }
            Rule::self_is => ClauseKind::SelfIs(self.item(next(parts))?),
            other => unreachable!("{other:?} is no clause"),
        })
    }

    /// `[until DATE] "why"`
    fn assumption(&mut self, pair: Pair<'s, Rule>) -> Option<Assumption<'s>> {
        let mut parts = pair.into_inner();
        let until = match next_if(&mut parts, Rule::UNTIL) {
            Some(_) => Some(self.date(next(&mut parts))?),
            None => None,
        };
        Some(Assumption { until, why: self.string(next(&mut parts))? })
    }

    fn flags(&mut self, pair: Pair<'s, Rule>) -> Vec<Flag> {
        let mut flags = Vec::new();
        for part in pair.into_inner().filter(|part| part.as_rule() == Rule::name) {
            let (text, span) = (part.as_str(), self.span(&part));
            match FLAGS.iter().find(|(name, _)| *name == text) {
                Some(&(_, kind)) => flags.push(Flag { kind, span }),
                None => {
                    let names: Vec<&str> = FLAGS.iter().map(|(name, _)| *name).collect();
                    let meant = nearest(text, names.iter().copied());
                    self.fault(syntax_error::unknown_flag(span, text, meant, &names));
                }
            }
        }
        flags
    }

    /// `"agent"`, `2000`, `1000-1999`. The last user number, 4294967295, means "none" to the kernel.
    fn user(&mut self, pair: Pair<'s, Rule>) -> Option<User<'s>> {
        if pair.as_rule() == Rule::string {
            return self.string(pair).map(User::Name);
        }
        let text = pair.as_str();
        let (low, high) = text.split_once('-').unwrap_or((text, text));
        let id = |part: &str| {
            let number = plain_number(part).filter(|_| !part.is_empty())?;
            u32::try_from(number).ok().filter(|&number| number != u32::MAX)
        };
        let help = match (id(low), id(high)) {
            (Some(low), Some(high)) if low <= high => return Some(User::Ids(low, high)),
            (Some(low), Some(high)) => format!("write the lower number first: `{high}-{low}`"),
            _ => "write a number from 0 to 4294967294, two of them as in `1000-1999`, or a name in double quotes"
                .to_owned(),
        };
        self.fault(syntax_error::bad_number(self.span(&pair), text, "a user number", &help));
        None
    }

    fn except_via(&mut self, parts: &mut Pairs<'s, Rule>) -> Option<ClauseKind<'s>> {
        let zones = self.zones(next(parts));
        let until = match next_if(parts, Rule::UNTIL) {
            Some(_) => Some(self.date(next(parts))?),
            None => None,
        };
        let clauses = parts.next().map(|block| self.clauses(block)).unwrap_or_default();
        Some(ClauseKind::ExceptVia { zones, until, clauses })
    }

    /// `60/minute : ACTION`, after the words before it.
    fn tempo(&mut self, rule: Rule, parts: &mut Pairs<'s, Rule>) -> Option<ClauseKind<'s>> {
        let rate = self.rate(&next(parts));
        next(parts);
        let mut action = next(parts).into_inner();
        let action = match next(&mut action).as_rule() {
            Rule::LOG => Action::Log,
            _ => Action::Quarantine(self.duration(next(&mut action), next(&mut action))?),
        };
        Some(ClauseKind::Tempo { fan_out: rule == Rule::fan_out, rate: rate?, action })
    }

    fn every(&mut self, parts: &mut Pairs<'s, Rule>) -> Option<ClauseKind<'s>> {
        let mut kind = next(parts).into_inner();
        let (kind, block) = match next(&mut kind).as_rule() {
            Rule::ALLOW => {
                let into = next_if(&mut kind, Rule::INTO).map(|_| self.zones(next(&mut kind)));
                (ControlKind::Allow { into }, "allow")
            }
            Rule::CREDENTIAL => (ControlKind::Credential, "credential"),
            Rule::WAIVER => (ControlKind::Waiver, "except via"),
            Rule::FIREWALL => (ControlKind::Firewall, "firewall"),
            _ => (ControlKind::Forbid, "forbid"),
        };
        let requirements = parts.filter(|part| part.as_rule() == Rule::requirement);
        let requirements = requirements.filter_map(|part| self.requirement(part, block)).collect();
        Some(ClauseKind::Every { kind, requirements })
    }

    fn requirement(&mut self, pair: Pair<'s, Rule>, block: &str) -> Option<Requirement<'s>> {
        let span = self.span(&pair);
        let mut parts = pair.into_inner();
        let clause = self.required_clause(&next(&mut parts), block)?;
        let condition = match parts.next() {
            None => None,
            Some(pair) => Some(match pair.as_rule() {
                Rule::matching => Condition::Matching(self.string(pair.into_inner().next_back()?)?),
                Rule::within => Condition::WithinDays(self.days(pair)?),
                _ => Condition::DiffersFrom(self.required_clause(&pair.into_inner().next_back()?, block)?),
            }),
        };
        Some(Requirement { clause, condition, span })
    }

    /// A clause that a requirement names: one that its kind of statement can have, or nothing would ever satisfy it.
    fn required_clause(&mut self, pair: &Pair<'s, Rule>, block: &str) -> Option<Name<'s>> {
        let (text, span) = (pair.as_str(), self.span(pair));
        let mut known: Vec<&str> = clauses_of(block).iter().map(|clause| first_word(clause)).collect();
        if block == "except via" {
            known.push("until");
        }
        if known.contains(&text) {
            return Some(Name { text, span });
        }
        let meant = nearest(text, known.iter().copied());
        let kind = if block == "except via" { "waiver" } else { block };
        self.fault(syntax_error::not_a_requirement(span, text, kind, meant, &known));
        None
    }
}
