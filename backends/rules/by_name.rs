//! Rule sets by name, for tests.

use crate::rules::{Class, ClassId, Ends, Match, Origin, Rule, RuleSet, ServicesId, Term, TermId};
use std::net::{Ipv4Addr, Ipv6Addr};

#[derive(Default)]
pub(crate) struct Policy {
    set: RuleSet,
    terms: Vec<(String, String)>,
    rules: Vec<(String, String, Vec<Match>, Rule)>,
}

pub(crate) fn tcp(port: u16) -> Match {
    Match::Ports { protocol: 6, low: port, high: port }
}

pub(crate) fn udp(port: u16) -> Match {
    Match::Ports { protocol: 17, low: port, high: port }
}

pub(crate) fn icmp(v6: bool, low: u16, high: u16) -> Match {
    Match::Icmp { v6, low, high }
}

impl Policy {
    pub(crate) fn new() -> Self {
        let set = RuleSet { name: "edge".to_owned(), files: vec!["zones.seg".to_owned()], ..RuleSet::default() };
        Policy { set, ..Policy::default() }
    }

    /// A class of ranges `10.0.0.1-10.0.0.9`, and a term of the same name.
    pub(crate) fn class(mut self, name: &str, ranges: &str) -> Self {
        let mut class = Class { name: name.to_owned(), v4: vec![], v6: vec![], outside: false };
        for range in ranges.split_whitespace() {
            let (low, high) = range.split_once('-').unwrap_or((range, range));
            if let (Ok(low), Ok(high)) = (low.parse::<Ipv4Addr>(), high.parse::<Ipv4Addr>()) {
                class.v4.push((low, high));
            } else {
                class.v6.push((low.parse::<Ipv6Addr>().expect("an address"), high.parse().expect("an address")));
            }
        }
        self.set.classes.push(class);
        self.term(name, name)
    }

    pub(crate) fn outside(mut self, name: &str, ranges: &str) -> Self {
        self = self.class(name, ranges);
        self.set.classes.last_mut().expect("just made").outside = true;
        self
    }

    /// A class of one address of 10.0.0.0/8 per name.
    pub(crate) fn hosts(self, names: &[&str]) -> Self {
        let add = |policy: Self, (number, name): (u32, &&str)| {
            policy.class(name, &Ipv4Addr::from_bits(0x0a00_0000 + number).to_string())
        };
        (1..).zip(names).fold(self, add)
    }

    pub(crate) fn term(mut self, name: &str, classes: &str) -> Self {
        self.terms.push((name.to_owned(), classes.to_owned()));
        self
    }

    /// Ends are `TERM` or `TERM except CLASS CLASS`; the line is the rule's number.
    pub(crate) fn allow(mut self, from: &str, to: &str, services: &[Match]) -> Self {
        let none = || Ends { term: TermId(0), except: vec![] };
        let line = self.rules.len() as u32 + 1;
        let rule = Rule {
            from: none(),
            to: none(),
            services: ServicesId(line - 1),
            log: false,
            since: None,
            before: None,
            origin: Origin { file: 0, line },
        };
        self.rules.push((from.to_owned(), to.to_owned(), services.to_vec(), rule));
        self
    }

    /// Changes the last rule.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Rule)) -> Self {
        change(&mut self.rules.last_mut().expect("a rule").3);
        self
    }

    /// Changes the rule set.
    pub(crate) fn set(mut self, change: impl FnOnce(&mut RuleSet)) -> Self {
        change(&mut self.set);
        self
    }

    pub(crate) fn done(mut self) -> RuleSet {
        let mut set = self.set;
        set.classes.sort_by(|a, b| a.name.cmp(&b.name));
        self.terms.sort();
        let class = |name: &str| {
            ClassId(set.classes.iter().position(|class| class.name == name).expect("a known class") as u32)
        };
        let classes = |names: &str| {
            let mut ids: Vec<ClassId> = names.split_whitespace().map(class).collect();
            ids.sort();
            ids.dedup();
            ids
        };
        set.terms = self.terms.iter().map(|(name, of)| Term { name: name.clone(), classes: classes(of) }).collect();
        let ends = |text: &str| {
            let (name, except) = text.split_once(" except ").unwrap_or((text, ""));
            let term = self.terms.iter().position(|(term, _)| term == name).expect("a known term") as u32;
            Ends { term: TermId(term), except: classes(except) }
        };
        for (from, to, services, mut rule) in self.rules {
            rule.from = ends(&from);
            rule.to = ends(&to);
            set.services.push(services);
            set.rules.push(rule);
        }
        set.rules.sort_by_key(|rule| (rule.from.clone(), rule.to.clone(), rule.origin));
        set
    }
}
