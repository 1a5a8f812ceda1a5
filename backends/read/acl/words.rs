//! Which words a dialect has, as devices print them and people write them.

/// The words of one dialect. Pairs are of IPv4 and IPv6.
pub(crate) struct Words {
    /// The words before the name of a list.
    pub list: [&'static [&'static str]; 2],
    /// The word before the number of an entry.
    pub sequence: [&'static [&'static str]; 2],
    /// A line in lists that decides nothing.
    pub first: &'static [&'static str],
    /// The words before the list that an interface asks.
    pub bind: [&'static [&'static str]; 2],
    /// Networks of IPv4 come with wildcards alone.
    pub wildcards: bool,
    /// ICMP of IPv6, if not `icmp`.
    pub icmp6: &'static str,
    /// Types of ICMPv6 that pass behind the last entry.
    pub hidden: &'static [u8],
    pub protocols: &'static [(&'static str, u8)],
    pub ports: &'static [(&'static str, u8, u16)],
    pub icmp_types: &'static [(&'static str, u8, Option<u8>)],
    pub icmp6_types: &'static [(&'static str, u8, Option<u8>)],
}

/// Cisco IOS and IOS XE.
pub(crate) const IOS: Words = Words {
    list: [&["ip", "access-list", "extended"], &["ipv6", "access-list"]],
    sequence: [&[], &["sequence"]],
    first: &["statistics", "per-entry"],
    bind: [&["ip", "access-group"], &["ipv6", "traffic-filter"]],
    wildcards: true,
    icmp6: "icmp",
    hidden: &[135, 136],
    protocols: PROTOCOLS,
    ports: PORTS,
    icmp_types: ICMP,
    icmp6_types: ICMP6,
};

const PROTOCOLS: &[(&str, u8)] = &[
    ("tcp", 6),
    ("udp", 17),
    ("igmp", 2),
    ("gre", 47),
    ("esp", 50),
    ("ahp", 51),
    ("eigrp", 88),
    ("ospf", 89),
    ("pim", 103),
    ("pcp", 108),
    ("vrrp", 112),
    ("sctp", 132),
];

/// Ports that these devices print by name; the same name may be another port over UDP.
const PORTS: &[(&str, u8, u16)] = &[
    ("ftp-data", 6, 20),
    ("ftp", 6, 21),
    ("ssh", 6, 22),
    ("telnet", 6, 23),
    ("smtp", 6, 25),
    ("tacacs", 6, 49),
    ("domain", 6, 53),
    ("www", 6, 80),
    ("http", 6, 80),
    ("pop3", 6, 110),
    ("sunrpc", 6, 111),
    ("nntp", 6, 119),
    ("bgp", 6, 179),
    ("ldap", 6, 389),
    ("https", 6, 443),
    ("exec", 6, 512),
    ("login", 6, 513),
    ("cmd", 6, 514),
    ("lpd", 6, 515),
    ("ldaps", 6, 636),
    ("domain", 17, 53),
    ("bootps", 17, 67),
    ("bootpc", 17, 68),
    ("tftp", 17, 69),
    ("sunrpc", 17, 111),
    ("ntp", 17, 123),
    ("snmp", 17, 161),
    ("snmptrap", 17, 162),
    ("isakmp", 17, 500),
    ("syslog", 17, 514),
    ("rip", 17, 520),
    ("non500-isakmp", 17, 4500),
];

/// RFC 792.
const ICMP: &[(&str, u8, Option<u8>)] = &[
    ("echo-reply", 0, None),
    ("unreachable", 3, None),
    ("net-unreachable", 3, Some(0)),
    ("host-unreachable", 3, Some(1)),
    ("protocol-unreachable", 3, Some(2)),
    ("port-unreachable", 3, Some(3)),
    ("packet-too-big", 3, Some(4)),
    ("administratively-prohibited", 3, Some(13)),
    ("source-quench", 4, None),
    ("redirect", 5, None),
    ("echo", 8, None),
    ("router-advertisement", 9, None),
    ("router-solicitation", 10, None),
    ("time-exceeded", 11, None),
    ("ttl-exceeded", 11, Some(0)),
    ("parameter-problem", 12, None),
    ("timestamp-request", 13, None),
    ("timestamp-reply", 14, None),
    ("information-request", 15, None),
    ("information-reply", 16, None),
    ("mask-request", 17, None),
    ("mask-reply", 18, None),
];

/// RFC 4443, RFC 4861.
const ICMP6: &[(&str, u8, Option<u8>)] = &[
    ("packet-too-big", 2, None),
    ("time-exceeded", 3, None),
    ("parameter-problem", 4, None),
    ("echo-request", 128, None),
    ("echo-reply", 129, None),
    ("router-solicitation", 133, None),
    ("router-advertisement", 134, None),
    ("nd-ns", 135, None),
    ("neighbor-solicitation", 135, None),
    ("nd-na", 136, None),
    ("neighbor-advertisement", 136, None),
];

/// Sections of a configuration without effect on which packets are forwarded between interfaces.
pub(super) const DULL: &[&[&str]] = &[
    &["version"],
    &["hostname"],
    &["end"],
    &["boot"],
    &["boot-start-marker"],
    &["boot-end-marker"],
    &["service", "timestamps"],
    &["service", "password-encryption"],
    &["logging"],
    &["ntp"],
    &["clock"],
    &["snmp-server"],
    &["line"],
    &["username"],
    &["enable"],
    &["aaa"],
    &["spanning-tree"],
    &["vlan"],
    &["lldp"],
    &["ip", "routing"],
    &["ipv6", "unicast-routing"],
    &["ip", "route"],
    &["ipv6", "route"],
    &["ip", "domain"],
    &["ip", "domain-name"],
    &["ip", "name-server"],
    &["ip", "ssh"],
    &["router"],
];

/// Lines on an interface, likewise.
pub(super) const DULL_ON_INTERFACES: &[&[&str]] = &[
    &["description"],
    &["ip", "address"],
    &["no", "ip", "address"],
    &["ipv6", "address"],
    &["ipv6", "enable"],
    &["shutdown"],
    &["no", "shutdown"],
    &["no", "switchport"],
    &["mtu"],
    &["speed"],
    &["duplex"],
    &["negotiation"],
    &["load-interval"],
    &["encapsulation", "dot1Q"],
    &["ip", "ospf"],
    &["ipv6", "ospf"],
    &["no", "ip", "redirects"],
    &["no", "ip", "unreachables"],
    &["no", "ip", "proxy-arp"],
];
