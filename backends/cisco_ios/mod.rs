//! Cisco IOS and IOS XE: extended access lists, one for each family and group of interfaces. See `README.md`.

use crate::lists::acl::{AccessLists, Spelling};
use crate::read::acl;

/// How IOS spells entries.
pub(crate) const SPELLING: Spelling = Spelling {
    list: ["ip access-list extended", "ipv6 access-list"],
    first: None,
    indent: " ",
    sequence: ["", "sequence "],
    remarks_numbered: false,
    arrow: "->",
    wildcards: true,
    icmp6: "icmp",
    discovery: ["nd-ns", "nd-na"],
    bind: ["ip access-group", "ipv6 traffic-filter"],
};

/// The back end for access lists of IOS.
pub(crate) static TARGET: AccessLists = AccessLists {
    name: "cisco-ios",
    summary: "Cisco IOS and IOS XE: extended access lists, without state, IPv4 and IPv6",
    judge: Some("fwshift"),
    log: true,
    spelling: SPELLING,
    template: include_str!("template.j2"),
    apply: include_str!("APPLY.md.j2"),
    read: |text| acl::read(text, &acl::IOS),
};
