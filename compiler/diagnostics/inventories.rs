//! SEG04xx: Ansible inventories.

use segc_grammar::Span;

use super::{Diagnostic, nearest};

/// Not an inventory in YAML.
pub fn not_an_inventory(file: &str, why: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG0401", format!("`{file}` is no Ansible inventory in YAML: {why}"))
        .at(at, "taken in here")
        .help(
            "write groups as maps: `ci: { hosts: { runner1: { ansible_host: 192.0.2.7 } } }`; the INI form is not read",
        )
}

/// A group that the inventory lacks.
pub fn unknown_group<'a>(group: &str, file: &str, at: Span, known: impl IntoIterator<Item = &'a str>) -> Diagnostic {
    let near = nearest(group, known);
    Diagnostic::error("SEG0402", format!("inventory `{file}` has no group `{group}`"))
        .at(at, near.map_or("not in it".into(), |n| format!("did you mean `{n}`?")))
        .help(near.map_or("name a group that the inventory holds".into(), |n| format!("write `{n}`, or add the group")))
}

/// A group that holds no host, itself or through its children.
pub fn empty_group(group: &str, file: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG0402", format!("group `{group}` of inventory `{file}` holds no host"))
        .at(at, "nothing in it")
        .help("add hosts to the group, or do not take it in: an empty group is never taken for `any`")
}

/// A host whose address is not written down.
pub fn no_address(host: &str, file: &str, why: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG0403", format!("host `{host}` of inventory `{file}` has no address"))
        .at(at, why.to_owned())
        .help(if host.contains('[') {
            "write each host on a line of its own, with its `ansible_host`".to_owned()
        } else {
            format!("write `{host}: {{ ansible_host: 192.0.2.7 }}`; segc never looks names up")
        })
}

/// One key, two values: YAML readers silently take the last.
pub fn duplicate_key(key: &str, file: &str, lines: &[usize], at: Span) -> Diagnostic {
    let lines: Vec<String> = lines.iter().map(|l| l.to_string()).collect();
    let word = if lines.len() == 1 { "line" } else { "lines" };
    Diagnostic::error(
        "SEG0404",
        format!("key `{key}` stands twice in inventory `{file}` ({word} {})", lines.join(" and ")),
    )
    .at(at, "taken in here")
    .help("keep one of them: other programs would silently take the last")
}

/// A host with two addresses.
pub fn two_addresses(host: &str, file: &str, first: &str, second: &str, at: Span) -> Diagnostic {
    Diagnostic::error("SEG0405", format!("host `{host}` of inventory `{file}` has two addresses, {first} and {second}"))
        .at(at, "taken in here")
        .help("write `ansible_host` once, in one place")
}
