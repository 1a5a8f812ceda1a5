//! One packet, judged slowly: by a program line by line, and by a policy flow by flow. Shares nothing with the sets, so
//! that a mistake there shows here.

mod policy;
mod program;

use std::net::IpAddr;

pub use policy::allowing;
pub use program::{Step, Trace, trace};

/// The first packet of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Where it comes from.
    pub source: IpAddr,
    /// Where it goes; of the same family.
    pub destination: IpAddr,
    /// `protocol << 16 | destination port`, for ICMP and ICMPv6 `protocol << 16 | type << 8 | code`.
    pub key: u32,
    /// When: seconds since 1970-01-01T00:00:00Z.
    pub time: i64,
}
