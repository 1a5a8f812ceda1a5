//! Addresses, prefixes, ranges and inventories: the items of `hosts`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use pest::iterators::{Pair, Pairs};

use super::reader::Reader;
use super::words::{name_fault, plain_number};
use crate::ast::{Address, AddressKind, ClauseKind};
use crate::{Rule, SyntaxError, syntax_error};

impl<'s> Reader<'s> {
    /// `hosts ADDRESSES [except ADDRESSES]`
    pub fn hosts(&mut self, parts: Pairs<'s, Rule>) -> ClauseKind<'s> {
        let mut lists = parts.filter(|part| part.as_rule() == Rule::addresses);
        let addresses = lists.next().map(|list| self.addresses(list, false)).unwrap_or_default();
        let except = lists.next().map(|list| self.addresses(list, true)).unwrap_or_default();
        ClauseKind::Hosts { addresses, except }
    }

    fn addresses(&mut self, list: Pair<'s, Rule>, except: bool) -> Vec<Address<'s>> {
        let mut addresses = Vec::new();
        for part in list.into_inner() {
            let span = self.span(&part);
            let kind = match part.as_rule() {
                Rule::literal => self.literal(&part),
                Rule::inventory => self.inventory(part),
                Rule::item => self.zone_among_addresses(&part, except),
                _ => None,
            };
            addresses.extend(kind.map(|kind| Address { kind, span }));
        }
        addresses
    }

    /// `inventory("FILE", "GROUP")`
    fn inventory(&mut self, pair: Pair<'s, Rule>) -> Option<AddressKind<'s>> {
        let mut strings = pair.into_inner().filter(|part| part.as_rule() == Rule::string);
        let (file, group) = (self.string(next_of(&mut strings)), self.string(next_of(&mut strings)));
        Some(AddressKind::Inventory { file: file?, group: group? })
    }

    fn zone_among_addresses(&mut self, pair: &Pair<'s, Rule>, except: bool) -> Option<AddressKind<'s>> {
        let text = pair.as_str();
        let error = match name_fault(text) {
            None if except => return Some(AddressKind::Zone(text)),
            Some(syntax_error::NameFault::Dot) if except => {
                let help = "subtract addresses or a zone; a process has no addresses of its own".to_owned();
                syntax_error::bad_address(self.span(pair), text, "is neither an address nor a zone", help)
            }
            None | Some(syntax_error::NameFault::Dot) => syntax_error::name_among_hosts(self.span(pair), text),
            Some(fault) => syntax_error::bad_name(self.span(pair), text, fault),
        };
        self.fault(error);
        None
    }

    fn literal(&mut self, pair: &Pair<'s, Rule>) -> Option<AddressKind<'s>> {
        let text = pair.as_str();
        let read = match text.split_once('-') {
            Some((low, high)) => range(low, high),
            None => prefix(text).map(AddressKind::Prefix),
        };
        match read {
            Ok(kind) => Some(kind),
            Err(fault) => {
                let error = fault.into_error(self.span(pair), text);
                self.fault(error);
                None
            }
        }
    }
}

fn next_of<'s>(parts: &mut impl Iterator<Item = Pair<'s, Rule>>) -> Pair<'s, Rule> {
    parts.next().expect("the grammar has it")
}

/// What is wrong with an address, prefix or range.
enum Fault {
    /// Why, after the address in the message; and what to do.
    Plain(&'static str, String),
    /// The prefix meant, and the single address.
    HostBits(String, String),
}

impl Fault {
    fn into_error(self, span: crate::Span, text: &str) -> SyntaxError {
        match self {
            Self::Plain(why, help) => syntax_error::bad_address(span, text, why, help),
            Self::HostBits(network, host) => syntax_error::host_bits(span, text, &network, &host),
        }
    }
}

fn plain<T>(why: &'static str, help: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Plain(why, help.into()))
}

fn prefix(text: &str) -> Result<IpNet, Fault> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let address = single(address)?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let length = match length {
        None => most,
        Some(length) => match plain_number(length) {
            Some(length) if length <= u64::from(most) => length as u8,
            Some(_) if most == 32 => return plain("has a prefix length over 32", "write a length from 0 to 32"),
            Some(_) => return plain("has a prefix length over 128", "write a length from 0 to 128"),
            None => return mask(address, length),
        },
    };
    match IpNet::new(address, length) {
        Ok(net) if net.trunc() == net => Ok(net),
        Ok(net) => Err(Fault::HostBits(net.trunc().to_string(), address.to_string())),
        Err(_) => plain("has a prefix length that does not fit", "write a shorter length"),
    }
}

/// What stands after the slash is no plain number: perhaps a network mask.
fn mask(address: IpAddr, length: &str) -> Result<IpNet, Fault> {
    let mask = length.parse::<Ipv4Addr>().ok().map(|mask| ipnet::ip_mask_to_prefix(IpAddr::V4(mask)));
    match mask {
        Some(Ok(length)) => plain("has a mask for a prefix length", format!("write `{address}/{length}`")),
        Some(Err(_)) => plain("has a mask for a prefix length, and one with gaps", "write prefixes one by one"),
        None => plain(
            "has no whole number for a prefix length",
            format!(
                "write a number without leading zeros, as in `{address}/{}`",
                if address.is_ipv4() { 24 } else { 64 }
            ),
        ),
    }
}

fn range<'s>(low: &str, high: &str) -> Result<AddressKind<'s>, Fault> {
    if low.contains('/') || high.contains('/') {
        return plain("mixes a range and a prefix", "write either `FIRST-LAST` or `ADDRESS/LENGTH`");
    }
    let short = !high.is_empty() && plain_number(high).is_some_and(|number| number < 256);
    if let (true, Some((net, _))) = (short, low.rsplit_once('.')) {
        return plain("gives only the end of the last address", format!("write `{low}-{net}.{high}`"));
    }
    let (first, last) = (single(low)?, single(high)?);
    if first.is_ipv4() != last.is_ipv4() {
        return plain("runs from one address family to the other", "write one range for IPv4 and one for IPv6");
    }
    if first > last {
        return plain("runs backwards", format!("write `{high}-{low}`"));
    }
    Ok(AddressKind::Range(first, last))
}

fn single(text: &str) -> Result<IpAddr, Fault> {
    if let Some((address, _)) = text.split_once('%') {
        return plain("has a zone id, which means something on one host only", format!("write `{address}`"));
    }
    if text.contains(':') {
        return match text.parse::<Ipv6Addr>() {
            Ok(address) => match address.to_ipv4_mapped() {
                Some(mapped) => {
                    plain("is an IPv4-mapped IPv6 address, which no packet carries", format!("write `{mapped}`"))
                }
                None => Ok(IpAddr::V6(address)),
            },
            Err(_) => plain(
                "is not an IPv6 address",
                "write eight groups of hexadecimal digits, or `::` for a run of zeros, as in `2001:db8::10`",
            ),
        };
    }
    match text.parse::<Ipv4Addr>() {
        Ok(address) => Ok(IpAddr::V4(address)),
        Err(_) => not_v4(text),
    }
}

fn not_v4(text: &str) -> Result<IpAddr, Fault> {
    let parts: Vec<&str> = text.split('.').collect();
    if !parts.iter().all(|part| !part.is_empty() && part.len() <= 10 && part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return plain(
            "is not an address",
            "write an address such as `10.0.0.10` or `2001:db8::10`; names go into `domains \"…\"`",
        );
    }
    let values: Vec<u64> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    if values.iter().any(|&value| value > 255) {
        return plain("has a part over 255", "write four numbers from 0 to 255, as in `10.0.0.10`");
    }
    if parts.len() != 4 {
        return plain("is not an address of four parts", "write all four parts, as in `10.0.0.0`");
    }
    let decimal: Vec<String> = values.iter().map(u64::to_string).collect();
    plain(
        "has a part with a leading zero, which some programs read as octal",
        format!("write `{}` if decimal is meant", decimal.join(".")),
    )
}
