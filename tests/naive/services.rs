//! Which packets a list of services speaks of.

use segc_grammar::ast::{Service, ServiceKind, Transport};

use super::{Naive, Packet};

/// Protocol numbers of IANA.
pub const ICMP: u8 = 1;
pub const TCP: u8 = 6;
pub const UDP: u8 = 17;
pub const ICMPV6: u8 = 58;
pub const SCTP: u8 = 132;

/// The protocol number of a protocol with ports.
pub fn number(transport: Transport) -> u8 {
    match transport {
        Transport::Tcp => TCP,
        Transport::Udp => UDP,
        Transport::Sctp => SCTP,
    }
}

impl Naive {
    /// Is the packet of one of these services?
    pub fn serves(&self, services: &[Service<'static>], packet: &Packet) -> bool {
        services.iter().any(|service| match service.kind {
            ServiceKind::Any => true,
            ServiceKind::Name(name) => self.serves(self.service(name), packet),
            ServiceKind::Ports { protocol, low, high } => {
                packet.protocol == number(protocol) && low <= packet.destination_port && packet.destination_port <= high
            }
            ServiceKind::Icmp { v6, kind, code } => {
                packet.protocol == if v6 { ICMPV6 } else { ICMP }
                    && packet.destination.is_ipv6() == v6
                    && kind.is_none_or(|kind| kind == packet.icmp_type)
                    && code.is_none_or(|code| code == packet.icmp_code)
            }
            ServiceKind::Protocol(protocol) => packet.protocol == protocol,
        })
    }

    /// The services of a list with every name resolved.
    pub fn specs(&self, services: &[Service<'static>]) -> Vec<ServiceKind<'static>> {
        let resolve = |service: &Service<'static>| match service.kind {
            ServiceKind::Name(name) => self.specs(self.service(name)),
            kind => vec![kind],
        };
        services.iter().flat_map(resolve).collect()
    }
}
