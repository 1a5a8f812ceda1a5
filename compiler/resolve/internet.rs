//! What `internet` is: addresses that belong to strangers. One table decides; the policy's own zones are taken away
//! from it later.

use ipnet::{Ipv4Net, Ipv6Net};
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::model::{AddressSet, Ranges};

/// IANA IPv4 Special-Purpose Address Registry, with multicast (RFC 5771) and class E (RFC 1112).
pub const SPECIAL_V4: &[(Ipv4Addr, u8)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),       // this network, RFC 791
    (Ipv4Addr::new(10, 0, 0, 0), 8),      // private, RFC 1918
    (Ipv4Addr::new(100, 64, 0, 0), 10),   // shared (carrier-grade NAT), RFC 6598
    (Ipv4Addr::new(127, 0, 0, 0), 8),     // loopback, RFC 1122
    (Ipv4Addr::new(169, 254, 0, 0), 16),  // link-local, RFC 3927
    (Ipv4Addr::new(172, 16, 0, 0), 12),   // private, RFC 1918
    (Ipv4Addr::new(192, 0, 0, 0), 24),    // IETF protocol assignments, RFC 6890
    (Ipv4Addr::new(192, 0, 2, 0), 24),    // documentation, RFC 5737
    (Ipv4Addr::new(192, 31, 196, 0), 24), // AS112, RFC 7535
    (Ipv4Addr::new(192, 52, 193, 0), 24), // AMT, RFC 7450
    (Ipv4Addr::new(192, 88, 99, 0), 24),  // 6to4 relay anycast, deprecated by RFC 7526
    (Ipv4Addr::new(192, 168, 0, 0), 16),  // private, RFC 1918
    (Ipv4Addr::new(192, 175, 48, 0), 24), // AS112 direct delegation, RFC 7534
    (Ipv4Addr::new(198, 18, 0, 0), 15),   // benchmarking, RFC 2544
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation, RFC 5737
    (Ipv4Addr::new(203, 0, 113, 0), 24),  // documentation, RFC 5737
    (Ipv4Addr::new(224, 0, 0, 0), 4),     // multicast, RFC 5771
    (Ipv4Addr::new(240, 0, 0, 0), 4),     // reserved, RFC 1112, with limited broadcast
];

/// Global unicast, RFC 4291: all of IPv6 that `internet` may lie in.
pub const INTERNET_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// IANA IPv6 Special-Purpose Address Registry, as far as it lies in 2000::/3.
pub const SPECIAL_V6: &[(Ipv6Addr, u8)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // IETF protocol assignments (Teredo, ORCHID, …), RFC 2928
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation, RFC 3849
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4, RFC 3056
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48), // AS112 direct delegation, RFC 7534
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation, RFC 9637
];

/// Everything that is not special-purpose.
pub fn strangers() -> AddressSet {
    let v4 = SPECIAL_V4.iter().map(|&(a, n)| range4(a, n)).collect();
    let v6 = SPECIAL_V6.iter().map(|&(a, n)| range6(a, n)).collect();
    AddressSet {
        v4: Ranges::new(vec![(0, u32::MAX)]).difference(&Ranges::new(v4)),
        v6: Ranges::new(vec![range6(INTERNET_V6.0, INTERNET_V6.1)]).difference(&Ranges::new(v6)),
    }
}

fn range4(address: Ipv4Addr, length: u8) -> (u32, u32) {
    let net = Ipv4Net::new_assert(address, length);
    (net.network().to_bits(), net.broadcast().to_bits())
}

fn range6(address: Ipv6Addr, length: u8) -> (u128, u128) {
    let net = Ipv6Net::new_assert(address, length);
    (net.network().to_bits(), net.broadcast().to_bits())
}
