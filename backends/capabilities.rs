//! What a target can express. The check against a rule set is made here, once for all targets, before anything is
//! rendered: a condition that a target lacks is refused, never dropped.

use crate::rules::{Match, Rule, RuleSet, well_formed};
use crate::{Backend, Refusal};

/// What a target can express.
#[derive(Clone, Copy, Debug)]
pub struct Capabilities {
    /// Keeps state: replies need no rules of their own.
    pub stateful: bool,
    /// Rules that log.
    pub log: bool,
    /// Rules that begin and end by themselves.
    pub dates: bool,
    /// Ports of SCTP.
    pub sctp: bool,
    /// ICMP and ICMPv6, by type and code.
    pub icmp: bool,
    /// Protocols by number.
    pub protocols: bool,
    /// Destinations by their name in the DNS.
    pub names: bool,
    /// Where packets come in, by the names of interfaces.
    pub interfaces: bool,
    /// What a host itself receives and sends.
    pub local: bool,
    /// Which process on a host sends.
    pub processes: bool,
}

/// Conditions that a target may lack: whether it has it, whether a rule or one of its services asks for it, what the
/// target then cannot do, and what to write instead.
const CONDITIONS: &[Condition] = &[
    Condition {
        has: |target| target.log,
        asked: |rule, _| rule.log,
        cannot: "log single rules",
        help: "remove `log` from this allow, or choose a target that logs",
    },
    Condition {
        has: |target| target.dates,
        asked: |rule, _| rule.since.is_some() || rule.before.is_some(),
        cannot: "begin or end a rule by itself",
        help: "leave the dates to the next build, or choose a target that knows dates",
    },
    Condition {
        has: |target| target.sctp,
        asked: |_, service| matches!(service, Match::Ports { protocol: 132, .. }),
        cannot: "match SCTP ports",
        help: "use tcp or udp, or choose a target that knows SCTP",
    },
    Condition {
        has: |target| target.icmp,
        asked: |_, service| matches!(service, Match::Icmp { .. }),
        cannot: "match ICMP types",
        help: "take the icmp services out of this allow, or choose a target that knows them",
    },
    Condition {
        has: |target| target.protocols,
        asked: |_, service| matches!(service, Match::Protocol(_)),
        cannot: "match a protocol by its number",
        help: "take `proto/N` out of this allow, or choose a target that knows it",
    },
];

struct Condition {
    has: fn(&Capabilities) -> bool,
    asked: fn(&Rule, &Match) -> bool,
    cannot: &'static str,
    help: &'static str,
}

/// What `backend` cannot express of `rules`: the central check of every target's [`Capabilities`], after one of the
/// rule set itself, since what is not well formed could come out wider than it is. At most one refusal per condition and
/// statement.
pub fn refusals(backend: &dyn Backend, rules: &RuleSet) -> Vec<Refusal> {
    if let Err(fault) = well_formed(rules) {
        return vec![Refusal {
            origin: None,
            cannot: format!("take a rule set in which {fault}"),
            help: "this is a fault of the compiler, not of the policy: please report it".to_owned(),
        }];
    }
    let target = backend.capabilities();
    let mut found = Vec::new();
    for condition in CONDITIONS.iter().filter(|condition| !(condition.has)(&target)) {
        let asks = |rule: &&Rule| {
            let services = &rules.services[rule.services.0 as usize];
            services.iter().any(|service| (condition.asked)(rule, service))
        };
        let mut origins: Vec<_> = rules.rules.iter().filter(asks).map(|rule| rule.origin).collect();
        origins.sort_unstable();
        origins.dedup();
        found.extend(origins.into_iter().map(|origin| Refusal {
            origin: Some(origin),
            cannot: condition.cannot.to_owned(),
            help: condition.help.to_owned(),
        }));
    }
    if !target.names {
        found.extend(rules.names.iter().map(|to| Refusal {
            origin: Some(to.origin),
            cannot: format!("match names such as `{}`", to.names.first().map_or("", String::as_str)),
            help: "put a proxy with an address of its own before them, make it a zone, and allow that".to_owned(),
        }));
    }
    if let Some((_, origin)) = rules.arrivals.iter().flat_map(|a| &a.interfaces).next().filter(|_| !target.interfaces) {
        found.push(Refusal {
            origin: Some(*origin),
            cannot: "tell by which interface a packet came in".to_owned(),
            help: "choose a target that can: without that, any address may be forged from anywhere".to_owned(),
        });
    }
    if !target.processes {
        found.extend(rules.processes.iter().map(|origin| Refusal {
            origin: Some(*origin),
            cannot: "tell which process on a host sends".to_owned(),
            help: "allow the zone as a whole, or give what the process does a host, and a zone, of its own".to_owned(),
        }));
    }
    if rules.local && !target.local {
        found.push(Refusal {
            origin: None,
            cannot: "filter what the firewall itself receives and sends".to_owned(),
            help: "leave `self` out, or choose a target that can".to_owned(),
        });
    }
    found.extend(backend.refuses(rules));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::File;
    use crate::rules::{Class, Ends, Origin, ServicesId, Term, TermId};

    struct Without(fn(&mut Capabilities));

    impl Backend for Without {
        fn name(&self) -> &'static str {
            "without"
        }
        fn summary(&self) -> &'static str {
            "lacks something"
        }
        fn judge(&self) -> Option<&'static str> {
            None
        }
        fn capabilities(&self) -> Capabilities {
            let mut all = Capabilities {
                stateful: true,
                log: true,
                dates: true,
                sctp: true,
                icmp: true,
                protocols: true,
                names: true,
                interfaces: true,
                local: true,
                processes: true,
            };
            (self.0)(&mut all);
            all
        }
        fn render(&self, _: &RuleSet) -> Vec<File> {
            Vec::new()
        }
        fn read(&self, text: &str) -> Result<crate::read::Read, crate::read::Unreadable> {
            crate::read::read(text.as_bytes())
        }
    }

    /// One rule per condition, each in a line of its own.
    fn one_of_each() -> RuleSet {
        let rule = |line: u32, services: u32| Rule {
            from: Ends { term: TermId(0), except: vec![] },
            to: Ends { term: TermId(0), except: vec![] },
            services: ServicesId(services),
            log: line == 1,
            since: None,
            before: (line == 2).then_some(5),
            origin: Origin { file: 0, line },
        };
        let address = std::net::Ipv4Addr::new(10, 0, 0, 1);
        RuleSet {
            name: "policy".to_owned(),
            files: vec!["zones.seg".to_owned()],
            classes: vec![Class { name: "a".to_owned(), v4: vec![(address, address)], v6: vec![], outside: false }],
            terms: vec![Term { name: "a".to_owned(), classes: vec![crate::rules::ClassId(0)] }],
            services: vec![
                vec![Match::Any],
                vec![Match::Any, Match::Ports { protocol: 132, low: 1, high: 2 }],
                vec![Match::Icmp { v6: true, low: 0, high: 255 }],
                vec![Match::Protocol(47)],
            ],
            names: Vec::new(),
            arrivals: Vec::new(),
            processes: Vec::new(),
            host: false,
            local: false,
            rules: vec![rule(1, 0), rule(2, 0), rule(3, 1), rule(4, 2), rule(5, 3)],
        }
    }

    #[test]
    fn p2_each_condition_is_refused_by_a_target_without_it() {
        let lacks: [fn(&mut Capabilities); 5] = [
            |target| target.log = false,
            |target| target.dates = false,
            |target| target.sctp = false,
            |target| target.icmp = false,
            |target| target.protocols = false,
        ];
        assert_eq!(refusals(&Without(|_| ()), &one_of_each()), []);
        for (lack, line) in lacks.into_iter().zip(1..) {
            let refused: Vec<_> = refusals(&Without(lack), &one_of_each()).iter().map(|found| found.origin).collect();
            assert_eq!(refused, [Some(Origin { file: 0, line })]);
        }
    }

    #[test]
    fn a_malformed_rule_set_is_refused() {
        let mut rules = one_of_each();
        rules.services[0].clear();
        let found = refusals(&Without(|_| ()), &rules);
        assert_eq!(found.len(), 1);
        assert!(found[0].cannot.contains("a list of services is empty"), "{found:?}");
    }
}
