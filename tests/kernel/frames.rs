//! Packets as Ethernet frames. Each carries a tag in the identification field of IPv4 or the flow label of IPv6, which
//! a router leaves alone, and by which it is known on the other side.

use std::net::IpAddr;

use crate::naive::Packet;

pub const ICMP: u8 = 1;
pub const TCP: u8 = 6;
pub const UDP: u8 = 17;
pub const GRE: u8 = 47;
pub const ICMPV6: u8 = 58;
pub const SCTP: u8 = 132;

/// Flags of TCP (RFC 9293).
pub const SYN: u8 = 0x02;
pub const ACK: u8 = 0x10;

/// Sequence numbers at which both sides of every TCP connection begin.
const FIRST: u32 = 1000;

/// What a router passes on: protocol and payload between two addresses.
#[derive(Clone, Debug)]
pub struct Datagram {
    pub source: IpAddr,
    pub destination: IpAddr,
    pub protocol: u8,
    pub payload: Vec<u8>,
}

impl Datagram {
    /// The first packet of a connection.
    pub fn opening(packet: &Packet) -> Datagram {
        let ports = (packet.source_port, packet.destination_port);
        let (source, destination) = (packet.source, packet.destination);
        let payload = match packet.protocol {
            TCP => return tcp(source, destination, ports, SYN, FIRST, 0),
            UDP => return udp(source, destination, ports),
            ICMP | ICMPV6 => {
                let [high, low] = packet.source_port.to_be_bytes();
                let echo = vec![packet.icmp_type, packet.icmp_code, 0, 0, high, low, 0, 1, b's', b'e', b'g', b'c'];
                return icmp(source, destination, packet.protocol, echo);
            }
            SCTP => sctp(ports, 0, 1),
            // Version 0, nothing optional, IPv4 inside (RFC 2784).
            GRE => vec![0, 0, 8, 0, b's', b'e', b'g', b'c'],
            _ => vec![0, 0, 0, 1, 0, 0, 0, 1],
        };
        Datagram { source, destination, protocol: packet.protocol, payload }
    }

    /// The answer to the first packet, for protocols that have one.
    pub fn answer(packet: &Packet) -> Option<Datagram> {
        let ports = (packet.destination_port, packet.source_port);
        let (source, destination) = (packet.destination, packet.source);
        match (packet.protocol, packet.icmp_type, packet.icmp_code) {
            (TCP, ..) => Some(tcp(source, destination, ports, SYN | ACK, FIRST, FIRST + 1)),
            (UDP, ..) => Some(udp(source, destination, ports)),
            (SCTP, ..) => Some(Datagram { source, destination, protocol: SCTP, payload: sctp(ports, INITIATE_TAG, 2) }),
            (ICMP, 8, 0) | (ICMPV6, 128, 0) => {
                let reply = if packet.protocol == ICMP { 0 } else { 129 };
                let opening = Packet { source, destination, icmp_type: reply, ..*packet };
                Some(Datagram::opening(&opening))
            }
            _ => None,
        }
    }

    /// A later packet of a TCP connection after its handshake, in the direction in which it was opened: the
    /// `count`th, from 0, each with four bytes.
    pub fn later(packet: &Packet, count: u32) -> Datagram {
        let ports = (packet.source_port, packet.destination_port);
        tcp(packet.source, packet.destination, ports, ACK, FIRST + 1 + 4 * count, FIRST + 1)
    }

    /// A router at `from` says that `self` was too big for its next link: "fragmentation needed" (RFC 792) or
    /// "packet too big" (RFC 4443).
    pub fn too_big(&self, from: IpAddr) -> Datagram {
        let mut inner = self.bytes(0);
        let v6 = self.source.is_ipv6();
        // IPv4 quotes the header and eight bytes.
        inner.truncate(if v6 { 200 } else { 28 });
        let mut message = if v6 { vec![2, 0, 0, 0, 0, 0, 5, 0] } else { vec![3, 4, 0, 0, 0, 0, 5, 0] };
        message.extend(inner);
        icmp(from, self.source, if v6 { ICMPV6 } else { ICMP }, message)
    }

    /// Header and payload.
    fn bytes(&self, tag: u16) -> Vec<u8> {
        let [high, low] = tag.to_be_bytes();
        let mut bytes = match (self.source, self.destination) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => {
                let [long, short] = (20 + self.payload.len() as u16).to_be_bytes();
                let mut header = vec![0x45, 0, long, short, high, low, 0x40, 0, 64, self.protocol, 0, 0];
                header.extend(source.octets());
                header.extend(destination.octets());
                let sum = checksum(&header).to_be_bytes();
                header[10..12].copy_from_slice(&sum);
                header
            }
            (IpAddr::V6(source), IpAddr::V6(destination)) => {
                let [long, short] = (self.payload.len() as u16).to_be_bytes();
                let mut header = vec![0x60, 0, high, low, long, short, self.protocol, 64];
                header.extend(source.octets());
                header.extend(destination.octets());
                header
            }
            _ => panic!("{} and {} are of two families", self.source, self.destination),
        };
        bytes.extend(&self.payload);
        bytes
    }

    /// The frame from one station to another.
    pub fn frame(&self, tag: u16, from: [u8; 6], to: [u8; 6]) -> Vec<u8> {
        let mut frame = [to, from].concat();
        frame.extend(if self.source.is_ipv6() { [0x86, 0xdd] } else { [0x08, 0x00] });
        frame.extend(self.bytes(tag));
        frame
    }
}

/// Tag, source and destination of a frame; nothing where it is no IP.
pub fn tag_of(frame: &[u8]) -> Option<(u16, IpAddr, IpAddr)> {
    let word = |at: usize| Some(u16::from_be_bytes(frame.get(at..at + 2)?.try_into().ok()?));
    match word(12)? {
        0x0800 => {
            let address = |at: usize| Some(IpAddr::from(<[u8; 4]>::try_from(frame.get(at..at + 4)?).ok()?));
            Some((word(18)?, address(26)?, address(30)?))
        }
        0x86dd => {
            let address = |at: usize| Some(IpAddr::from(<[u8; 16]>::try_from(frame.get(at..at + 16)?).ok()?));
            Some((word(16)?, address(22)?, address(38)?))
        }
        _ => None,
    }
}

fn tcp(
    source: IpAddr,
    destination: IpAddr,
    ports: (u16, u16),
    flags: u8,
    sequence: u32,
    acknowledged: u32,
) -> Datagram {
    let mut segment = [ports.0.to_be_bytes(), ports.1.to_be_bytes()].concat();
    segment.extend(sequence.to_be_bytes());
    segment.extend(acknowledged.to_be_bytes());
    segment.extend([5 << 4, flags, 0xfa, 0xf0, 0, 0, 0, 0]);
    if flags & SYN == 0 {
        segment.extend(b"segc");
    }
    let sum = pseudo_checksum(source, destination, TCP, &segment);
    segment[16..18].copy_from_slice(&sum.to_be_bytes());
    Datagram { source, destination, protocol: TCP, payload: segment }
}

fn udp(source: IpAddr, destination: IpAddr, ports: (u16, u16)) -> Datagram {
    let mut message = [ports.0.to_be_bytes(), ports.1.to_be_bytes()].concat();
    message.extend([0, 12, 0, 0, b's', b'e', b'g', b'c']);
    // A sum of 0 is sent as its other form, because 0 means none (RFC 768).
    let sum = match pseudo_checksum(source, destination, UDP, &message) {
        0 => 0xffff,
        sum => sum,
    };
    message[6..8].copy_from_slice(&sum.to_be_bytes());
    Datagram { source, destination, protocol: UDP, payload: message }
}

fn icmp(source: IpAddr, destination: IpAddr, protocol: u8, mut message: Vec<u8>) -> Datagram {
    let sum = match protocol {
        ICMPV6 => pseudo_checksum(source, destination, ICMPV6, &message),
        _ => checksum(&message),
    };
    message[2..4].copy_from_slice(&sum.to_be_bytes());
    Datagram { source, destination, protocol, payload: message }
}

const INITIATE_TAG: u32 = 0x1234;

/// INIT (1) or INIT ACK (2) with what RFC 9260 demands of them; the acknowledgement has a state cookie.
fn sctp(ports: (u16, u16), verification: u32, chunk: u8) -> Vec<u8> {
    let cookie: &[u8] = if chunk == 2 { &[0, 7, 0, 8, b's', b'e', b'g', b'c'] } else { &[] };
    let mut packet = [ports.0.to_be_bytes(), ports.1.to_be_bytes()].concat();
    packet.extend(verification.to_be_bytes());
    packet.extend([0; 4]);
    packet.extend([chunk, 0, 0, 20 + cookie.len() as u8]);
    packet.extend(INITIATE_TAG.to_be_bytes());
    packet.extend([0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1]);
    packet.extend(cookie);
    let sum = crc32c(&packet).to_le_bytes();
    packet[8..12].copy_from_slice(&sum);
    packet
}

/// The Internet checksum (RFC 1071).
fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | pair.get(1).map_or(0, |&low| u32::from(low)));
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// The same over a message and the pseudo-header of RFC 9293 and RFC 8200.
fn pseudo_checksum(source: IpAddr, destination: IpAddr, protocol: u8, message: &[u8]) -> u16 {
    let octets = |address| match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let mut bytes = [octets(source), octets(destination)].concat();
    bytes.extend((message.len() as u32).to_be_bytes());
    bytes.extend([0, 0, 0, protocol]);
    bytes.extend(message);
    checksum(&bytes)
}

/// CRC-32C (RFC 9260, appendix A), bit by bit.
fn crc32c(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0x82f6_3b78 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}
