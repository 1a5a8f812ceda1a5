//! The kernel's log lines: `SRC=… DST=… PROTO=TCP SPT=… DPT=…` (`net/ipv4/netfilter/nf_log_syslog.c`).

use std::net::IpAddr;

/// What a log line says of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Where it came from.
    pub source: IpAddr,
    /// Where it went.
    pub destination: IpAddr,
    /// As one writes it in a policy: `tcp/443`.
    pub service: String,
}

impl Logged {
    /// Source, destination and service, as one asks about them.
    pub fn words(self) -> [String; 3] {
        [self.source.to_string(), self.destination.to_string(), self.service]
    }
}

/// The packet of a log line; `None` where the line is about none, or about a fragment without ports. An ICMP error quotes
/// the packet that it is about in brackets; the error itself is meant.
pub fn packet(line: &str) -> Option<Logged> {
    let own = line.split("[SRC=").next()?;
    let field = |name: &str| own.split_ascii_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
    let number = |name: &str| field(name).and_then(|text| text.parse::<u16>().ok());
    let (source, destination) = (field("SRC")?.parse().ok()?, field("DST")?.parse().ok()?);
    let service = match field("PROTO")? {
        "TCP" => format!("tcp/{}", number("DPT")?),
        "UDP" => format!("udp/{}", number("DPT")?),
        "SCTP" => format!("sctp/{}", number("DPT")?),
        "ICMP" => format!("icmp/{}/{}", number("TYPE")?, number("CODE")?),
        "ICMPv6" => format!("icmpv6/{}/{}", number("TYPE")?, number("CODE")?),
        "AH" => "proto/51".to_owned(),
        "ESP" => "proto/50".to_owned(),
        "UDPLITE" => "proto/136".to_owned(),
        other => format!("proto/{}", other.parse::<u8>().ok()?),
    };
    Some(Logged { source, destination, service })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(String, String, String)> {
        packet(line).map(|p| (p.source.to_string(), p.destination.to_string(), p.service))
    }

    #[test]
    fn lines_as_the_kernel_writes_them() {
        let tcp = "[ 1234.567890] segc deny: IN=leg1 OUT=leg2 MAC=02:00:00:00:01:01:02:00:00:00:02:02:08:00 SRC=10.1.0.7 \
                   DST=10.2.0.9 LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=7 DF PROTO=TCP SPT=40000 DPT=22 WINDOW=64240 RES=0x00 \
                   SYN URGP=0 ";
        assert_eq!(read(tcp), Some(("10.1.0.7".into(), "10.2.0.9".into(), "tcp/22".into())));
        let echo = "kernel: segc deny: IN=a OUT=b SRC=2001:0db8:0000:0000:0000:0000:0000:0007 \
                    DST=2001:0db8:0000:0000:0000:0000:0000:0009 LEN=104 TC=0 HOPLIMIT=63 FLOWLBL=0 PROTO=ICMPv6 TYPE=128 \
                    CODE=0 ID=1 SEQ=1 ";
        assert_eq!(read(echo), Some(("2001:db8::7".into(), "2001:db8::9".into(), "icmpv6/128/0".into())));
        let error = "segc deny: IN=a OUT=b SRC=10.1.0.1 DST=10.2.0.9 LEN=56 PROTO=ICMP TYPE=3 CODE=4 [SRC=10.2.0.9 \
                     DST=10.1.0.7 LEN=1500 PROTO=TCP SPT=443 DPT=40000 SEQ=1 ACK=2 ] MTU=1280";
        assert_eq!(read(error).map(|p| p.2), Some("icmp/3/4".into()));
        let gre = "segc deny: IN=a OUT=b SRC=10.1.0.1 DST=10.2.0.9 LEN=56 PROTO=47";
        assert_eq!(read(gre).map(|p| p.2), Some("proto/47".into()));
    }

    #[test]
    fn other_lines_are_about_no_packet() {
        for line in ["", "usb 1-1: new device", "SRC=10.1.0.1 DST=10.2.0.9", "SRC=x DST=10.2.0.9 PROTO=TCP DPT=1"] {
            assert_eq!(read(line), None, "{line}");
        }
        let fragment = "segc deny: IN=a OUT=b SRC=10.1.0.1 DST=10.2.0.9 LEN=56 FRAG:185 PROTO=UDP ";
        assert_eq!(read(fragment), None);
    }
}
