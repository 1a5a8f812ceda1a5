//! The promises of [`RuleSet`], checked. Back ends rely on them: an element named twice or a range that overlaps
//! another may load and decide otherwise than the policy.

use super::{Arrival, Class, Ends, Match, Rule, RuleSet, Term};

/// Whether `rules` keeps what its fields promise.
///
/// # Errors
/// The first broken promise, as a clause: `class `dev` is named twice`.
pub fn well_formed(rules: &RuleSet) -> Result<(), String> {
    names("class", rules.classes.iter().map(|class| class.name.as_str()))?;
    names("term", rules.terms.iter().map(|term| term.name.as_str()))?;
    rules.classes.iter().try_for_each(class)?;
    disjoint(rules.classes.iter().flat_map(|class| &class.v4).map(|(low, high)| (low.to_bits(), high.to_bits())))?;
    disjoint(rules.classes.iter().flat_map(|class| &class.v6).map(|(low, high)| (low.to_bits(), high.to_bits())))?;
    rules.terms.iter().try_for_each(|found| term(found, rules))?;
    for services in &rules.services {
        if services.is_empty() {
            return Err("a list of services is empty".to_owned());
        }
        services.iter().try_for_each(service)?;
    }
    if rules.host && !rules.local {
        return Err("nothing is filtered".to_owned());
    }
    rules.arrivals.iter().try_for_each(|found| arrival(found, rules))?;
    rules.rules.iter().try_for_each(|found| rule(found, rules))
}

fn names<'a>(kind: &str, names: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let mut last: Option<&str> = None;
    for name in names {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if name.len() > 63 || !name.starts_with(|first: char| first.is_ascii_alphabetic()) || !name.bytes().all(letter)
        {
            return Err(format!("{kind} {name:?} has a name that no policy can hold"));
        }
        if last.is_some_and(|last| last >= name) {
            return Err(format!("{kind} `{name}` is named twice or out of order"));
        }
        last = Some(name);
    }
    Ok(())
}

fn class(class: &Class) -> Result<(), String> {
    let v4 = class.v4.iter().map(|(low, high)| (u128::from(low.to_bits()), u128::from(high.to_bits())));
    let v6 = class.v6.iter().map(|(low, high)| (low.to_bits(), high.to_bits()));
    if apart(v4) && apart(v6) { Ok(()) } else { Err(format!("the ranges of class `{}` are out of order", class.name)) }
}

/// Each range the right way round, and a gap between it and the next.
fn apart(ranges: impl Iterator<Item = (u128, u128)>) -> bool {
    let mut lowest = Some(0);
    for (low, high) in ranges {
        if low > high || lowest.is_none_or(|lowest| low < lowest) {
            return false;
        }
        lowest = high.checked_add(2);
    }
    true
}

fn disjoint<N: Copy + Ord>(ranges: impl Iterator<Item = (N, N)>) -> Result<(), String> {
    let mut ranges: Vec<_> = ranges.collect();
    ranges.sort_unstable();
    if ranges.windows(2).all(|pair| pair[0].1 < pair[1].0) {
        Ok(())
    } else {
        Err("two classes share an address".to_owned())
    }
}

fn term(term: &Term, rules: &RuleSet) -> Result<(), String> {
    let known = term.classes.last().is_some_and(|last| (last.0 as usize) < rules.classes.len());
    if known && term.classes.is_sorted_by(|a, b| a < b) {
        Ok(())
    } else {
        Err(format!("the classes of term `{}` are missing, unknown or out of order", term.name))
    }
}

fn arrival(arrival: &Arrival, rules: &RuleSet) -> Result<(), String> {
    let known = arrival.classes.last().is_none_or(|last| (last.0 as usize) < rules.classes.len());
    let again = |name: &str| {
        let all = rules.arrivals.iter().flat_map(|a| &a.interfaces);
        all.filter(|(other, _)| other == name).count() > 1
    };
    if arrival.interfaces.is_empty() || !known || !arrival.classes.is_sorted_by(|a, b| a < b) {
        return Err("what is behind an interface is missing, unknown or out of order".to_owned());
    }
    match arrival.interfaces.iter().find(|(name, _)| name.is_empty() || again(name)) {
        Some((name, _)) => Err(format!("interface {name:?} is named twice, or has no name")),
        None => Ok(()),
    }
}

fn service(service: &Match) -> Result<(), String> {
    let fine = match *service {
        Match::Any => true,
        Match::Ports { protocol, low, high } => matches!(protocol, 6 | 17 | 132) && low <= high,
        Match::Icmp { low, high, .. } => low <= high,
        Match::Protocol(number) => !matches!(number, 1 | 6 | 17 | 58 | 132),
    };
    if fine { Ok(()) } else { Err(format!("the service {service:?} does not exist")) }
}

fn rule(rule: &Rule, rules: &RuleSet) -> Result<(), String> {
    let fault = |what: &str| Err(format!("{what} of the rule from line {} is wrong", rule.origin.line));
    if rule.origin.file as usize >= rules.files.len() || rule.origin.line == 0 {
        return fault("the origin");
    }
    if rule.services.0 as usize >= rules.services.len() {
        return fault("the service");
    }
    if !ends(&rule.from, rules) || !ends(&rule.to, rules) {
        return fault("one end");
    }
    Ok(())
}

fn ends(ends: &Ends, rules: &RuleSet) -> bool {
    rules.terms.get(ends.term.0 as usize).is_some_and(|term| {
        ends.except.len() < term.classes.len()
            && ends.except.is_sorted_by(|a, b| a < b)
            && ends.except.iter().all(|class| term.classes.binary_search(class).is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::super::{ClassId, Origin, ServicesId, TermId};
    use super::*;
    use std::net::Ipv4Addr;

    fn sound() -> RuleSet {
        let class = |name: &str, last: u8| Class {
            name: name.to_owned(),
            v4: vec![(Ipv4Addr::new(10, 0, 0, last), Ipv4Addr::new(10, 0, 0, last + 3))],
            v6: vec![],
            outside: false,
        };
        let end = |term| Ends { term: TermId(term), except: vec![] };
        RuleSet {
            name: "policy".to_owned(),
            files: vec!["zones.seg".to_owned()],
            classes: vec![class("a", 0), class("b", 4)],
            terms: vec![
                Term { name: "a".to_owned(), classes: vec![ClassId(0)] },
                Term { name: "any".to_owned(), classes: vec![ClassId(0), ClassId(1)] },
            ],
            services: vec![vec![Match::Any]],
            names: Vec::new(),
            arrivals: Vec::new(),
            processes: Vec::new(),
            host: false,
            local: false,
            rules: vec![Rule {
                from: end(0),
                to: end(1),
                services: ServicesId(0),
                log: false,
                since: None,
                before: None,
                origin: Origin { file: 0, line: 1 },
            }],
        }
    }

    #[test]
    fn a_sound_one_passes() {
        assert_eq!(well_formed(&sound()), Ok(()));
    }

    #[test]
    fn every_broken_promise_is_found() {
        let breaks: [fn(&mut RuleSet); 17] = [
            |rules| rules.classes[1].name = "a".to_owned(),
            |rules| rules.classes[0].name = "1a".to_owned(),
            |rules| rules.classes[0].name = "a\"b".to_owned(),
            |rules| rules.classes[0].name = "a".repeat(64),
            |rules| rules.terms.swap(0, 1),
            |rules| rules.classes[1].v4[0].0 = Ipv4Addr::new(10, 0, 0, 3),
            |rules| rules.classes[1].v4[0].0 = Ipv4Addr::new(10, 0, 0, 9),
            |rules| rules.classes[0].v4.push((Ipv4Addr::new(10, 0, 0, 4), Ipv4Addr::new(10, 0, 0, 4))),
            |rules| rules.terms[0].classes.clear(),
            |rules| rules.terms[1].classes = vec![ClassId(0), ClassId(2)],
            |rules| rules.services[0] = vec![Match::Ports { protocol: 6, low: 90, high: 80 }],
            |rules| rules.services[0] = vec![Match::Protocol(6)],
            |rules| rules.services[0].clear(),
            |rules| rules.rules[0].origin.file = 1,
            |rules| rules.rules[0].services = ServicesId(1),
            |rules| rules.rules[0].from.except = vec![ClassId(0)],
            |rules| rules.rules[0].to.except = vec![ClassId(1), ClassId(0)],
        ];
        for (number, broken) in breaks.into_iter().enumerate() {
            let mut rules = sound();
            broken(&mut rules);
            assert!(well_formed(&rules).is_err(), "number {number}");
        }
    }
}
