//! Services: protocols and ports, ICMP types, protocol numbers and names.

use pest::iterators::Pair;

use super::reader::Reader;
use super::words::{name_fault, plain_number};
use crate::ast::{Service, ServiceKind, Transport};
use crate::icmp::{ICMP, ICMPV6};
use crate::nearest::nearest;
use crate::{Rule, SyntaxError, syntax_error};

const PROTOCOLS: [&str; 6] = ["tcp", "udp", "sctp", "icmp", "icmpv6", "proto"];

/// Other spellings of protocols, and what they are called here.
const ALIASES: [(&str, &str); 8] = [
    ("icmp6", "icmpv6"),
    ("ipv6-icmp", "icmpv6"),
    ("icmp-v6", "icmpv6"),
    ("icmp4", "icmp"),
    ("icmpv4", "icmp"),
    ("ip", "proto"),
    ("protocol", "proto"),
    ("gre", "proto/47"),
];

impl<'s> Reader<'s> {
    /// `service, service`
    pub fn services(&mut self, pair: Pair<'s, Rule>) -> Vec<Service<'s>> {
        let specs = pair.into_inner().filter(|part| part.as_rule() == Rule::spec);
        specs.filter_map(|part| self.service(&part)).collect()
    }

    fn service(&mut self, pair: &Pair<'s, Rule>) -> Option<Service<'s>> {
        let text = pair.as_str();
        let span = self.span(pair);
        let kind = match text.split_once('/') {
            _ if text == "any" => Ok(ServiceKind::Any),
            Some(("tcp", ports)) => self.ports(pair, Transport::Tcp, ports),
            Some(("udp", ports)) => self.ports(pair, Transport::Udp, ports),
            Some(("sctp", ports)) => self.ports(pair, Transport::Sctp, ports),
            Some(("icmp", kind)) => self.icmp(pair, false, kind),
            Some(("icmpv6", kind)) => self.icmp(pair, true, kind),
            Some(("proto", number)) => self.protocol(pair, number),
            Some((head, tail)) => Err(self.slashed(pair, head, tail)),
            None => match name_fault(text) {
                None => Ok(ServiceKind::Name(text)),
                Some(fault) => Err(match fault {
                    syntax_error::NameFault::Reserved => syntax_error::bad_name(span, text, fault),
                    _ => self.odd_service(pair, fault),
                }),
            },
        };
        match kind {
            Ok(kind) => Some(Service { kind, span }),
            Err(error) => {
                self.fault(error);
                None
            }
        }
    }

    fn ports(&self, pair: &Pair<'s, Rule>, protocol: Transport, text: &'s str) -> Result<ServiceKind<'s>, SyntaxError> {
        if text == "any" {
            return Ok(ServiceKind::Ports { protocol, low: 0, high: u16::MAX });
        }
        let low = text.split_once('-').map_or(text, |(low, _)| low);
        let high = text.split_once('-').map_or(text, |(_, high)| high);
        let start = pair.as_str().len() - text.len();
        let port = |part: &str, at: usize| {
            let place = self.within(pair, at, (at + part.len()).max(at + 1).min(pair.as_str().len()));
            let place = if part.is_empty() { self.span(pair) } else { place };
            match plain_number(part) {
                _ if part.is_empty() => Err(syntax_error::bad_port(
                    place,
                    pair.as_str(),
                    "lacks a port",
                    "write one port, `FIRST-LAST`, or `any`, as in `tcp/8000-8100`".to_owned(),
                )),
                Some(number) => u16::try_from(number).map_err(|_| {
                    let help = "write a port from 0 to 65535".to_owned();
                    syntax_error::bad_port(place, part, "is beyond the last port, 65535", help)
                }),
                None if part.bytes().all(|byte| byte.is_ascii_digit()) => {
                    let help = "write the port without leading zeros, from 0 to 65535".to_owned();
                    Err(syntax_error::bad_port(place, part, "is not a port number", help))
                }
                None if part == "*" => {
                    Err(syntax_error::bad_port(place, part, "is not a port", "write `any` for all ports".to_owned()))
                }
                None => {
                    let help = "write ports in digits, or a service by its name alone, as in `: https`".to_owned();
                    Err(syntax_error::bad_port(place, part, "is not a port number", help))
                }
            }
        };
        let first = port(low, start)?;
        let last = if text.contains('-') { port(high, start + low.len() + 1)? } else { first };
        if first > last {
            let place = self.within(pair, start, pair.as_str().len());
            let head = &pair.as_str()[..start];
            return Err(syntax_error::bad_port(place, text, "runs backwards", format!("write `{head}{last}-{first}`")));
        }
        Ok(ServiceKind::Ports { protocol, low: first, high: last })
    }

    fn icmp(&self, pair: &Pair<'s, Rule>, v6: bool, text: &'s str) -> Result<ServiceKind<'s>, SyntaxError> {
        let (name, code) = match text.split_once('/') {
            Some((name, code)) => (name, Some(code)),
            None => (text, None),
        };
        let start = pair.as_str().len() - text.len();
        let place = if name.is_empty() { self.span(pair) } else { self.within(pair, start, start + name.len()) };
        let (table, family) = if v6 { (ICMPV6, "ICMPv6") } else { (ICMP, "ICMP") };
        let kind = match name {
            "any" => None,
            _ => match plain_number(name).filter(|_| !name.is_empty()) {
                Some(number) => Some(u8::try_from(number).map_err(|_| {
                    syntax_error::bad_service(place, name, "is no ICMP type", "write a type from 0 to 255".to_owned())
                })?),
                None => Some(type_number(table, name).ok_or_else(|| {
                    let meant = nearest(name, table.iter().map(|(name, _)| *name));
                    let (other, head) = if v6 { (ICMP, "icmp") } else { (ICMPV6, "icmpv6") };
                    let elsewhere = type_number(other, name).map(|_| format!("{head}/{name}"));
                    let meant: Vec<&str> = elsewhere.as_deref().or(meant).into_iter().collect();
                    syntax_error::unknown_icmp_type(place, name, family, &meant)
                })?),
            },
        };
        let code = match code {
            None => None,
            Some(text) => {
                let place = self.within(pair, pair.as_str().len() - text.len(), pair.as_str().len());
                let place = if text.is_empty() { self.span(pair) } else { place };
                let number = plain_number(text).filter(|_| !text.is_empty()).and_then(|code| u8::try_from(code).ok());
                let Some(code) = number else {
                    let help = "write a code from 0 to 255, or leave it out to mean every code".to_owned();
                    return Err(syntax_error::bad_service(place, text, "is no ICMP code", help));
                };
                if kind.is_none() {
                    let help = "name one type, or leave the code out".to_owned();
                    return Err(syntax_error::bad_service(place, pair.as_str(), "gives a code for every type", help));
                }
                Some(code)
            }
        };
        Ok(ServiceKind::Icmp { v6, kind, code })
    }

    fn protocol(&self, pair: &Pair<'s, Rule>, text: &'s str) -> Result<ServiceKind<'s>, SyntaxError> {
        let whole = pair.as_str();
        let own_word = match text {
            "1" => "icmp/any",
            "6" => "tcp/any",
            "17" => "udp/any",
            "58" => "icmpv6/any",
            "132" => "sctp/any",
            _ => "",
        };
        if !own_word.is_empty() {
            let help = format!("write `{own_word}`, or name its ports or types");
            return Err(syntax_error::bad_service(self.span(pair), whole, "has a word of its own", help));
        }
        match plain_number(text).filter(|_| !text.is_empty()).and_then(|number| u8::try_from(number).ok()) {
            Some(number) => Ok(ServiceKind::Protocol(number)),
            None => {
                let help = match text {
                    "any" => "write `any` for every protocol".to_owned(),
                    _ if PROTOCOLS.contains(&text) => format!("write `{text}/any`"),
                    _ => "write an IP protocol number from 0 to 255, such as `proto/47` for GRE".to_owned(),
                };
                Err(syntax_error::bad_service(self.span(pair), whole, "is not a protocol by number", help))
            }
        }
    }

    /// There is a slash, but no protocol before it.
    fn slashed(&self, pair: &Pair<'s, Rule>, head: &str, tail: &str) -> SyntaxError {
        let span = self.span(pair);
        let turned = tail.to_ascii_lowercase();
        if head.starts_with(|first: char| first.is_ascii_digit()) && PROTOCOLS.contains(&turned.as_str()) {
            return syntax_error::bad_service(
                span,
                pair.as_str(),
                "is written the wrong way round",
                format!("write `{turned}/{head}`"),
            );
        }
        if head.starts_with(|first: char| first.is_ascii_digit()) || head.contains(':') {
            return self.odd_service(pair, syntax_error::NameFault::Start);
        }
        let lower = head.to_ascii_lowercase();
        let alias = ALIASES.iter().find(|(alias, _)| *alias == lower).map(|(_, name)| *name);
        let meant = alias.or_else(|| nearest(head, PROTOCOLS));
        let whole = meant.map(|meant| if meant.contains('/') { meant.to_owned() } else { format!("{meant}/{tail}") });
        syntax_error::unknown_protocol(self.within(pair, 0, head.len().max(1)), head, whole.as_deref())
    }

    /// No slash, and not a name either.
    fn odd_service(&self, pair: &Pair<'s, Rule>, fault: syntax_error::NameFault) -> SyntaxError {
        let (text, span) = (pair.as_str(), self.span(pair));
        if let Some((head, tail)) = text.split_once(':') {
            let lower = head.to_ascii_lowercase();
            let help = if PROTOCOLS.contains(&lower.as_str()) {
                format!("write `{lower}/{tail}`")
            } else {
                "write one service or several with commas, as in `https, tcp/8443`".to_owned()
            };
            return syntax_error::bad_service(span, text, "is not a service", help);
        }
        if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            let help = format!("say which protocol, as in `tcp/{text}`");
            return syntax_error::bad_service(span, text, "is only a port", help);
        }
        if text == "*" {
            return syntax_error::bad_service(
                span,
                text,
                "is not a service",
                "write `any` for every service".to_owned(),
            );
        }
        if text.contains('*') {
            let help = "write ports as `FIRST-LAST`, or a service's whole name".to_owned();
            return syntax_error::bad_service(span, text, "is not a service", help);
        }
        match fault {
            syntax_error::NameFault::Start | syntax_error::NameFault::Address => {
                let help = "write a service such as `https` or `tcp/8443`".to_owned();
                syntax_error::bad_service(span, text, "is not a service", help)
            }
            _ => syntax_error::bad_name(span, text, fault),
        }
    }
}

fn type_number(table: &[(&str, u8)], name: &str) -> Option<u8> {
    table.iter().find(|(known, _)| *known == name).map(|(_, number)| *number)
}
