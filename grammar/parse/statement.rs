//! Statements.

use pest::iterators::{Pair, Pairs};

use super::reader::{Reader, next, next_if};
use crate::ast::{Arrow, Clause, ClauseKind, Statement, StatementKind};
use crate::{Rule, syntax_error};

impl<'s> Reader<'s> {
    /// One statement; `None` where a fault of it was noted.
    pub fn statement(&mut self, pair: Pair<'s, Rule>) -> Option<Statement<'s>> {
        let span = self.span(&pair);
        let rule = pair.as_rule();
        let mut parts = pair.into_inner();
        let keyword = self.keyword(&next(&mut parts));
        let (kind, clauses) = match rule {
            Rule::allow | Rule::require | Rule::forbid => self.flow_statement(rule, parts)?,
            _ => self.other_statement(rule, parts)?,
        };
        Some(Statement { span, keyword, kind, clauses })
    }

    fn other_statement(
        &mut self,
        rule: Rule,
        mut parts: Pairs<'s, Rule>,
    ) -> Option<(StatementKind<'s>, Vec<Clause<'s>>)> {
        let parts = &mut parts;
        let kind = match rule {
            Rule::use_files => StatementKind::Use(self.string(next(parts))?),
            Rule::zone => {
                let name = self.name(next(parts));
                let parent = next_if(parts, Rule::IN).map(|_| self.name(next(parts)));
                StatementKind::Zone { name: name?, parent: parent.flatten() }
            }
            Rule::service => {
                let name = self.name(next(parts));
                next(parts);
                let services = self.services(next(parts));
                StatementKind::Service { name: name?, services }
            }
            Rule::group => {
                let name = self.name(next(parts));
                next(parts);
                let zones = self.zones(next(parts));
                StatementKind::Group { name: name?, zones }
            }
            Rule::credential => StatementKind::Credential { name: self.name(next(parts))? },
            Rule::watch => StatementKind::Watch { zone: self.item(next(parts))? },
            Rule::controls => StatementKind::Controls,
            Rule::firewall => {
                let name = self.name(next(parts));
                let on = next_if(parts, Rule::ON).map(|_| self.item(next(parts)));
                StatementKind::Firewall { name: name?, on: on.flatten() }
            }
            Rule::router => StatementKind::Router { name: self.name(next(parts))? },
            other => unreachable!("{other:?} is no statement"),
        };
        let mut clauses = parts.next().map(|block| self.clauses(block)).unwrap_or_default();
        if let StatementKind::Zone { name: zone, .. } = &kind {
            for clause in &mut clauses {
                if let ClauseKind::Process { name, full, .. } = &mut clause.kind {
                    *full = format!("{}.{}", zone.text, name.text);
                }
            }
        }
        Some((kind, clauses))
    }

    fn flow_statement(
        &mut self,
        rule: Rule,
        mut parts: Pairs<'s, Rule>,
    ) -> Option<(StatementKind<'s>, Vec<Clause<'s>>)> {
        let parts = &mut parts;
        let left = self.zones(next(parts));
        let arrow = if next(parts).as_rule() == Rule::path { Arrow::Path } else { Arrow::Direct };
        let right = self.zones(next(parts));
        let services = match next_if(parts, Rule::colon) {
            Some(_) => self.services(next(parts)),
            None => Vec::new(),
        };
        let clauses = parts.next().map(|block| self.clauses(block)).unwrap_or_default();
        let kind = match rule {
            Rule::allow => StatementKind::Allow { left, right, services },
            Rule::require => StatementKind::Require { left, right, services },
            _ => return Some((StatementKind::Forbid { arrow, left, right, services }, clauses)),
        };
        self.services_or_fault(&kind);
        Some((kind, clauses))
    }

    /// The grammar lets `: SERVICES` be missing, so that this can be said about the zone after which it is.
    fn services_or_fault(&mut self, kind: &StatementKind<'s>) {
        let (statement, left, right) = match kind {
            StatementKind::Allow { left, right, services } if services.is_empty() => ("allow", left, right),
            StatementKind::Require { left, right, services } if services.is_empty() => ("require", left, right),
            _ => return,
        };
        if let (Some(last), true) = (right.except.last().or(right.items.last()), self.errors.is_empty()) {
            let ends = (self.slice(left.span), self.slice(right.span));
            self.fault(syntax_error::no_service(last.span, statement, ends));
        }
    }
}
