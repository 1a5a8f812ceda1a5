//! Which addresses are public: the language's `internet`, before zones are cut out of it. The blocks are those of the
//! IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its successors), with multicast (RFC 5771).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// First address and prefix length.
const SPECIAL4: [([u8; 4], u32); 18] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 31, 196, 0], 24),
    ([192, 52, 193, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([192, 175, 48, 0], 24),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// Those within 2000::/3: first address and prefix length.
const SPECIAL6: [([u16; 3], u32); 5] = [
    ([0x2001, 0, 0], 23),
    ([0x2001, 0xdb8, 0], 32),
    ([0x2002, 0, 0], 16),
    ([0x2620, 0x4f, 0x8000], 48),
    ([0x3fff, 0, 0], 20),
];

/// Is it unicast and for everyone?
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !blocks4().any(|(first, last)| (first..=last).contains(&address)),
        IpAddr::V6(address) => {
            address.segments()[0] >> 13 == 0b001 && !blocks6().any(|(first, last)| (first..=last).contains(&address))
        }
    }
}

/// First and last address of every special-purpose block: where `internet` begins and ends.
pub fn blocks() -> impl Iterator<Item = (IpAddr, IpAddr)> {
    let v4 = blocks4().map(|(first, last)| (IpAddr::V4(first), IpAddr::V4(last)));
    v4.chain(blocks6().map(|(first, last)| (IpAddr::V6(first), IpAddr::V6(last))))
}

fn blocks4() -> impl Iterator<Item = (Ipv4Addr, Ipv4Addr)> {
    SPECIAL4.iter().map(|&(first, length)| {
        let first = Ipv4Addr::from(first);
        (first, Ipv4Addr::from(u32::from(first) | u32::MAX >> length))
    })
}

fn blocks6() -> impl Iterator<Item = (Ipv6Addr, Ipv6Addr)> {
    SPECIAL6.iter().map(|&([a, b, c], length)| {
        let first = Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0);
        (first, Ipv6Addr::from(u128::from(first) | u128::MAX >> length))
    })
}
