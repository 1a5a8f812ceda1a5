//! Names that firewall texts use for numbers, as tools print them and people write them.

/// A table of names for numbers.
pub(crate) type Words = [(&'static str, u8)];

/// The number of a name.
pub(crate) fn find(words: &Words, name: &[u8]) -> Option<u8> {
    words.iter().find(|word| word.0.as_bytes() == name).map(|word| word.1)
}

/// IP protocols, as IANA assigns them.
pub(crate) const PROTOCOLS: &Words = &[
    ("tcp", 6),
    ("udp", 17),
    ("icmp", 1),
    ("ipv6-icmp", 58),
    ("icmpv6", 58),
    ("sctp", 132),
    ("dccp", 33),
    ("udplite", 136),
    ("igmp", 2),
    ("ipencap", 4),
    ("ipv6", 41),
    ("gre", 47),
    ("esp", 50),
    ("ah", 51),
    ("comp", 108),
    ("ipcomp", 108),
    ("ospf", 89),
    ("ospfigp", 89),
    ("pim", 103),
    ("vrrp", 112),
    ("l2tp", 115),
    ("ipip", 94),
    ("rsvp", 46),
    ("eigrp", 88),
];

/// Types of ICMP in nft's words (`nft describe icmp type`); RFC 792.
pub(crate) const ICMP_TYPES: &Words = &[
    ("echo-reply", 0),
    ("destination-unreachable", 3),
    ("source-quench", 4),
    ("redirect", 5),
    ("echo-request", 8),
    ("router-advertisement", 9),
    ("router-solicitation", 10),
    ("time-exceeded", 11),
    ("parameter-problem", 12),
    ("timestamp-request", 13),
    ("timestamp-reply", 14),
    ("info-request", 15),
    ("info-reply", 16),
    ("address-mask-request", 17),
    ("address-mask-reply", 18),
];

/// Types of ICMPv6 in nft's words (`nft describe icmpv6 type`); RFC 4443 and 4861.
pub(crate) const ICMPV6_TYPES: &Words = &[
    ("destination-unreachable", 1),
    ("packet-too-big", 2),
    ("time-exceeded", 3),
    ("parameter-problem", 4),
    ("echo-request", 128),
    ("echo-reply", 129),
    ("mld-listener-query", 130),
    ("mld-listener-report", 131),
    ("mld-listener-done", 132),
    ("mld-listener-reduction", 132),
    ("nd-router-solicit", 133),
    ("nd-router-advert", 134),
    ("nd-neighbor-solicit", 135),
    ("nd-neighbor-advert", 136),
    ("nd-redirect", 137),
    ("router-renumbering", 138),
    ("ind-neighbor-solicit", 141),
    ("ind-neighbor-advert", 142),
    ("mld2-listener-report", 143),
];

/// Codes of ICMP in nft's words (`nft describe icmp code`).
pub(crate) const ICMP_CODES: &Words = &[
    ("net-unreachable", 0),
    ("host-unreachable", 1),
    ("prot-unreachable", 2),
    ("port-unreachable", 3),
    ("net-prohibited", 9),
    ("host-prohibited", 10),
    ("admin-prohibited", 13),
    ("frag-needed", 4),
];

/// Codes of ICMPv6 in nft's words (`nft describe icmpv6 code`).
pub(crate) const ICMPV6_CODES: &Words =
    &[("no-route", 0), ("admin-prohibited", 1), ("addr-unreachable", 3), ("port-unreachable", 4)];

/// Ports by the names of `/etc/services` that are the same on every Linux distribution.
pub(crate) const SERVICES: &[(&str, u16)] = &[
    ("ssh", 22),
    ("http", 80),
    ("https", 443),
    ("domain", 53),
    ("ntp", 123),
    ("ftp", 21),
    ("ftp-data", 20),
    ("telnet", 23),
    ("smtp", 25),
    ("submission", 587),
    ("bootps", 67),
    ("bootpc", 68),
    ("tftp", 69),
    ("pop3", 110),
    ("sunrpc", 111),
    ("imap2", 143),
    ("snmp", 161),
    ("bgp", 179),
    ("ldap", 389),
    ("ldaps", 636),
    ("microsoft-ds", 445),
    ("isakmp", 500),
    ("syslog", 514),
    ("imaps", 993),
    ("pop3s", 995),
    ("mysql", 3306),
    ("postgresql", 5432),
    ("mdns", 5353),
];

/// The port of a name.
pub(crate) fn port(name: &[u8]) -> Option<u16> {
    SERVICES.iter().find(|service| service.0.as_bytes() == name).map(|service| service.1)
}

/// A number in decimal, or in hexadecimal behind `0x`. Leading zeros are refused: some tools read octal there.
pub(crate) fn number(word: &[u8]) -> Option<u64> {
    let (digits, radix) = match word {
        [b'0', b'x' | b'X', digits @ ..] => (digits, 16),
        [b'0', _, ..] => return None,
        digits => (digits, 10),
    };
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    digits.iter().try_fold(0u64, |value, digit| {
        let digit = char::from(*digit).to_digit(radix)?;
        value.checked_mul(u64::from(radix))?.checked_add(u64::from(digit))
    })
}
