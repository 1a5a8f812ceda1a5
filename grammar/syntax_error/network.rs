//! Addresses and services.

use super::{SyntaxError, error, one_of, quoted};
use crate::Span;

/// `help` is a whole instruction.
pub(crate) fn bad_address(span: Span, text: &str, why: &str, help: String) -> SyntaxError {
    error("SEG0104", format!("{} {why}", quoted(text)), span, "an address is meant here", help)
}

pub(crate) fn host_bits(span: Span, text: &str, network: &str, host: &str) -> SyntaxError {
    error(
        "SEG0104",
        format!("{} has bits set beyond its prefix length", quoted(text)),
        span,
        "not the first address of a prefix",
        format!("write `{network}` for the whole prefix, or `{host}` for the one address"),
    )
}

pub(crate) fn name_among_hosts(span: Span, text: &str) -> SyntaxError {
    error(
        "SEG0104",
        format!("{} is not an address", quoted(text)),
        span,
        "`hosts` takes addresses",
        format!(
            "write addresses here; a DNS name goes into `domains \"{text}\"`, and a zone inside another is written `zone NAME in PARENT`"
        ),
    )
}

/// `why` says what is wrong with it, `help` is a whole instruction.
pub(crate) fn bad_service(span: Span, text: &str, why: &str, help: String) -> SyntaxError {
    error("SEG0105", format!("{} {why}", quoted(text)), span, "a service is meant here", help)
}

pub(crate) fn bad_port(span: Span, text: &str, why: &str, help: String) -> SyntaxError {
    error("SEG0105", format!("{} {why}", quoted(text)), span, "a port is meant here", help)
}

pub(crate) fn unknown_protocol(span: Span, text: &str, meant: Option<&str>) -> SyntaxError {
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "write `tcp/`, `udp/`, `sctp/`, `icmp/`, `icmpv6/`, or `proto/` and a protocol number".to_owned(),
    };
    error("SEG0105", format!("unknown protocol {}", quoted(text)), span, "not a protocol", help)
}

/// `family` is `ICMP` or `ICMPv6`.
pub(crate) fn unknown_icmp_type(span: Span, text: &str, family: &str, meant: &[&str]) -> SyntaxError {
    let help = if meant.is_empty() {
        "write a type's name, such as `echo-request`, or its number".to_owned()
    } else {
        let meant: Vec<String> = meant.iter().map(|word| format!("`{word}`")).collect();
        format!("did you mean {}?", one_of(&meant))
    };
    error("SEG0105", format!("unknown {family} type {}", quoted(text)), span, &format!("not an {family} type"), help)
}

pub(crate) fn no_service(span: Span, statement: &str, arrow_ends: (&str, &str)) -> SyntaxError {
    let (left, right) = arrow_ends;
    error(
        "SEG0108",
        format!("this `{statement}` names no service"),
        span,
        "a service is missing after this",
        format!("say which connections are meant, as in `{statement} {left} -> {right} : https`; `any` stands for all"),
    )
}
