//! Ansible inventories in YAML: group → addresses. The only place that reads YAML. Names are never looked up: a host
//! without `ansible_host` whose name is no address is an error.

mod yaml;

use std::net::IpAddr;

use rustc_hash::{FxHashMap, FxHashSet};
use segc_grammar::Span;

use yaml::{DUPLICATE, DUPLICATE_END, Node, lines_of, looks_like_ini, nests_too_deeply};

/// What every `inventory(…)` of a policy stands for.
#[derive(Default)]
pub struct Inventories {
    by_place: FxHashMap<Span, Vec<IpAddr>>,
}

impl Inventories {
    /// The addresses that the `inventory(…)` at `span` stands for; `None` if it could not be read.
    pub fn hosts(&self, span: Span) -> Option<&[IpAddr]> {
        self.by_place.get(&span).map(Vec::as_slice)
    }

    /// Notes them.
    pub fn insert(&mut self, span: Span, hosts: Vec<IpAddr>) {
        self.by_place.insert(span, hosts);
    }
}

/// One inventory.
#[derive(Debug, Default)]
pub struct Inventory {
    groups: FxHashMap<String, Group>,
    hosts: FxHashMap<String, Option<String>>,
}

#[derive(Debug, Default)]
struct Group {
    hosts: Vec<String>,
    children: Vec<String>,
}

/// Why an inventory or a group of it cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub enum Problem {
    /// Not an inventory; why.
    Malformed(String),
    /// A key stands twice; its lines.
    DuplicateKey(String, Vec<usize>),
    /// A host has two addresses.
    TwoAddresses(String, String, String),
    /// No such group.
    UnknownGroup,
    /// A group without hosts.
    EmptyGroup,
    /// A host without an address; why.
    NoAddress(String, String),
}

impl Inventory {
    /// Reads an inventory.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        if nests_too_deeply(text) {
            return Err(Problem::Malformed("it nests deeper than any inventory does".to_owned()));
        }
        let node: Node = serde_yaml::from_str(text).map_err(|error| {
            let message = error.to_string();
            match message.split(DUPLICATE).nth(1) {
                Some(rest) => {
                    let key = rest.split(DUPLICATE_END).next().unwrap_or_default();
                    Problem::DuplicateKey(key.to_owned(), lines_of(text, key, error.location().map(|l| l.line())))
                }
                None if looks_like_ini(text) => Problem::Malformed("it begins like an INI file".to_owned()),
                None => Problem::Malformed(match error.location() {
                    Some(at) => format!("it is no well-formed YAML near line {}", at.line()),
                    None => "it is no well-formed YAML".to_owned(),
                }),
            }
        })?;
        let mut inventory = Self::default();
        match node {
            Node::Map(groups) => {
                for (name, group) in groups {
                    inventory.group(&name, group)?;
                }
                Ok(inventory)
            }
            _ => Err(Problem::Malformed("the file is no map of groups".to_owned())),
        }
    }

    fn group(&mut self, name: &str, node: Node) -> Result<(), Problem> {
        self.groups.entry(name.to_owned()).or_default();
        let parts = match node {
            Node::Null => return Ok(()),
            Node::Map(parts) => parts,
            _ => return Err(Problem::Malformed(format!("group `{name}` is no map"))),
        };
        for (key, value) in parts {
            match (key.as_str(), value) {
                ("vars" | "hosts" | "children", Node::Null) => {}
                ("vars", Node::Map(vars)) => {
                    // Ansible would give every host of the group this address; a policy has no use for that.
                    if vars.iter().any(|(name, _)| matches!(name.as_str(), "ansible_host" | "ansible_ssh_host")) {
                        let why =
                            format!("group `{name}` sets `ansible_host` for all of its hosts; set it on each host");
                        return Err(Problem::Malformed(why));
                    }
                }
                ("hosts", Node::Map(hosts)) => {
                    for (host, vars) in hosts {
                        self.host(&host, vars)?;
                        self.groups.entry(name.to_owned()).or_default().hosts.push(host);
                    }
                }
                ("children", Node::Map(children)) => {
                    for (child, group) in children {
                        self.groups.entry(name.to_owned()).or_default().children.push(child.clone());
                        self.group(&child, group)?;
                    }
                }
                ("vars" | "hosts" | "children", _) => {
                    return Err(Problem::Malformed(format!("`{key}` of group `{name}` is no map")));
                }
                _ => {
                    let why = format!("group `{name}` holds `{key}`; a group holds `hosts`, `children` and `vars`");
                    return Err(Problem::Malformed(why));
                }
            }
        }
        Ok(())
    }

    fn host(&mut self, host: &str, vars: Node) -> Result<(), Problem> {
        let vars = match vars {
            Node::Null => Vec::new(),
            Node::Map(vars) => vars,
            _ => return Err(Problem::Malformed(format!("the variables of host `{host}` are no map"))),
        };
        let mut given: Option<String> = None;
        for (key, value) in vars {
            let address = match (key.as_str(), value) {
                ("ansible_host" | "ansible_ssh_host", Node::Scalar(address)) => address,
                // Falling back to the host's name here would be another host's address.
                ("ansible_host" | "ansible_ssh_host", _) => "no single address".to_owned(),
                _ => continue,
            };
            match given {
                Some(first) if first != address => {
                    return Err(Problem::TwoAddresses(host.to_owned(), first, address));
                }
                _ => given = Some(address),
            }
        }
        let known = self.hosts.entry(host.to_owned()).or_default();
        match (known.as_ref(), given) {
            (Some(first), Some(second)) if *first != second => {
                Err(Problem::TwoAddresses(host.to_owned(), first.clone(), second))
            }
            (None, Some(address)) => {
                *known = Some(address);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The groups' names, sorted.
    pub fn group_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.groups.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// The addresses of a group and its children, sorted; `all` is every host. Every host without an address is a
    /// problem of its own.
    pub fn addresses(&self, group: &str) -> Result<Vec<IpAddr>, Vec<Problem>> {
        let mut hosts: Vec<&str> = Vec::new();
        if group == "all" {
            hosts.extend(self.hosts.keys().map(String::as_str));
        } else if !self.groups.contains_key(group) {
            return Err(vec![Problem::UnknownGroup]);
        }
        let (mut todo, mut seen) = (vec![group], FxHashSet::default());
        while let Some(name) = todo.pop() {
            let Some(found) = self.groups.get(name).filter(|_| seen.insert(name)) else { continue };
            hosts.extend(found.hosts.iter().map(String::as_str));
            todo.extend(found.children.iter().map(String::as_str));
        }
        hosts.sort_unstable();
        hosts.dedup();
        let (mut addresses, mut problems) = (Vec::new(), Vec::new());
        for host in hosts {
            match self.address(host) {
                Ok(address) => addresses.push(address),
                Err(why) => problems.push(Problem::NoAddress(host.to_owned(), why)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        addresses.sort_unstable();
        addresses.dedup();
        if addresses.is_empty() { Err(vec![Problem::EmptyGroup]) } else { Ok(addresses) }
    }

    fn address(&self, host: &str) -> Result<IpAddr, String> {
        let given = self.hosts.get(host).and_then(Option::as_deref);
        let text = given.unwrap_or(host);
        match text.parse() {
            Ok(IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_some() => {
                let v4 = v6.to_ipv4_mapped().map_or_else(String::new, |v4| v4.to_string());
                Err(format!("`{text}` is an IPv4-mapped address: write `{v4}`"))
            }
            Ok(address) => Ok(address),
            Err(_) if given.is_some() => Err(format!("its `ansible_host` is `{text}`, which is no address")),
            Err(_) if host.contains('[') => {
                Err("host ranges are not multiplied out: list its hosts one by one".to_owned())
            }
            Err(_) => Err("it has no `ansible_host`".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "
all:
  hosts:
    web1: { ansible_host: 192.0.2.1 }
  children:
    ci:
      hosts:
        runner1: { ansible_host: 192.0.2.7, secret: !vault abc }
        2001:db8::7:
      children:
        nightly:
    nightly:
      hosts: { runner2: { ansible_host: 192.0.2.8 }, runner1: }
    empty:
";

    fn texts(list: Vec<IpAddr>) -> Vec<String> {
        list.iter().map(IpAddr::to_string).collect()
    }

    #[test]
    fn a_group_holds_its_childrens_hosts() {
        let inventory = Inventory::parse(SITE).unwrap();
        assert_eq!(texts(inventory.addresses("ci").unwrap()), ["192.0.2.7", "192.0.2.8", "2001:db8::7"]);
        assert_eq!(inventory.addresses("all").unwrap().len(), 4);
    }

    #[test]
    fn p30_an_empty_group_is_an_error() {
        let inventory = Inventory::parse(SITE).unwrap();
        assert_eq!(inventory.addresses("empty"), Err(vec![Problem::EmptyGroup]));
        assert_eq!(inventory.addresses("cl"), Err(vec![Problem::UnknownGroup]));
    }

    #[test]
    fn p33_a_key_that_stands_twice_is_an_error_with_both_lines() {
        let text = "ci:\n  hosts:\n    a: {ansible_host: 192.0.2.1}\n    b: {ansible_host: 192.0.2.2}\n    a: {ansible_host: 192.0.2.3}\n";
        let problem = Inventory::parse(text).unwrap_err();
        assert_eq!(problem, Problem::DuplicateKey("a".to_owned(), vec![3, 5]));
    }

    #[test]
    fn p33_the_two_lines_may_lie_apart() {
        let text = "a:\n  hosts:\n    x: {ansible_host: 192.0.2.1}\nb:\n  hosts:\n    x:\n    y:\n      ansible_host: 192.0.2.2\n    x:\n";
        assert_eq!(Inventory::parse(text).unwrap_err(), Problem::DuplicateKey("x".to_owned(), vec![6, 9]));
    }

    #[test]
    fn the_hosts_name_never_stands_in_for_an_address_that_is_written() {
        for vars in ["{ansible_host: [192.0.2.1]}", "{ansible_host: }"] {
            let inventory = Inventory::parse(&format!("a:\n  hosts:\n    192.0.2.9: {vars}\n")).unwrap();
            assert!(matches!(inventory.addresses("a").unwrap_err()[..], [Problem::NoAddress(..)]), "{vars}");
        }
        let both = "a:\n  hosts:\n    x: {ansible_ssh_host: 192.0.2.1, ansible_host: 192.0.2.2}\n";
        assert!(matches!(Inventory::parse(both), Err(Problem::TwoAddresses(..))));
        let vars = "a:\n  vars: {ansible_host: 192.0.2.1}\n  hosts: {192.0.2.9: }\n";
        assert!(matches!(Inventory::parse(vars), Err(Problem::Malformed(_))));
    }

    #[test]
    fn a_host_with_two_addresses_or_none_is_an_error() {
        let two = "a:\n  hosts: {x: {ansible_host: 192.0.2.1}}\nb:\n  hosts: {x: {ansible_host: 192.0.2.2}}\n";
        assert!(matches!(Inventory::parse(two), Err(Problem::TwoAddresses(..))));
        let none = Inventory::parse("a:\n  hosts: {x.example.com: , 'w[01:10].example.com': }\n").unwrap();
        assert_eq!(none.addresses("a").unwrap_err().len(), 2);
    }

    #[test]
    fn a_misspelt_part_of_a_group_is_an_error() {
        assert!(matches!(Inventory::parse("a:\n  host: {x: }\n"), Err(Problem::Malformed(_))));
        assert!(matches!(Inventory::parse("- a\n"), Err(Problem::Malformed(_))));
        assert!(matches!(Inventory::parse("a: [\n"), Err(Problem::Malformed(_))));
    }
}
