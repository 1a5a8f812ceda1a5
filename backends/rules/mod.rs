//! What a firewall is to enforce, in no firewall's words: disjoint classes of addresses, named unions of them, and
//! rules between those. Everything not accepted by a rule is denied.
//!
//! A [`RuleSet`] speaks of the first packet of a connection; how replies come back is each target's own business.

#[cfg(test)]
pub(crate) mod by_name;
mod declared;
pub mod program;
mod well_formed;

pub use declared::{Declared, Ends as DeclaredEnds};
pub use well_formed::well_formed;

use std::net::{Ipv4Addr, Ipv6Addr};

/// What one firewall enforces.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    /// The firewall's name; `policy` for the implicit one.
    pub name: String,
    /// Source files, as people name them. [`Origin::file`] is an index.
    pub files: Vec<String>,
    /// Disjoint sets of addresses, sorted by name. [`ClassId`] is an index. An address in none is undeclared: nothing
    /// to or from it is ever accepted.
    pub classes: Vec<Class>,
    /// Named unions of classes, sorted by name. [`TermId`] is an index.
    pub terms: Vec<Term>,
    /// Each different list of services, once. [`ServicesId`] is an index.
    pub services: Vec<Vec<Match>>,
    /// What is accepted, sorted by the names of both ends, then by origin. Their order means nothing.
    pub rules: Vec<Rule>,
    /// What is accepted to places that are known by name only, sorted by origin. Which addresses such a name has is not
    /// known here.
    pub names: Vec<ToNames>,
    /// Statements that accept what single processes on the firewall's own hosts send; sorted. How a process is told apart
    /// is not said here.
    pub processes: Vec<Origin>,
    /// It stands on a host, and leaves alone what that forwards.
    pub host: bool,
    /// It filters what it receives and sends itself.
    pub local: bool,
    /// Where packets may come in; each interface once. Empty where nothing is known of interfaces: then every address may
    /// come in everywhere.
    pub arrivals: Vec<Arrival>,
}

/// Interfaces behind which the same addresses are. What comes in there from elsewhere, and what comes in by an interface
/// of which nothing is said, is dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// What is behind them, for people: the zones that the policy hangs there, joined by `-`, or the first interface's
    /// name. Different for each; not empty, and of no particular alphabet.
    pub name: String,
    /// Names, as the device has them, and the lines that name them; not empty.
    pub interfaces: Vec<(String, Origin)>,
    /// What may come in; sorted.
    pub classes: Vec<ClassId>,
}

/// Connections that may be opened to wherever some names lead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ToNames {
    /// The statement that allows them.
    pub origin: Origin,
    /// Host names, perhaps with `*.` before them.
    pub names: Vec<String>,
}

/// Index into [`RuleSet::classes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub u32);

/// Index into [`RuleSet::terms`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermId(pub u32);

/// Index into [`RuleSet::services`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServicesId(pub u32);

/// Addresses that are in the same zones.
#[derive(Clone, Debug)]
pub struct Class {
    /// The innermost zone that holds them, or `internet`. At most 63 characters: letters, digits, `-`, `_`.
    pub name: String,
    /// Inclusive ranges, sorted, disjoint, not touching.
    pub v4: Vec<(Ipv4Addr, Ipv4Addr)>,
    /// The same for IPv6.
    pub v6: Vec<(Ipv6Addr, Ipv6Addr)>,
    /// Not ours: what it sends and may not is dropped without an answer, not rejected.
    pub outside: bool,
}

/// A union of classes under a name.
#[derive(Clone, Debug)]
pub struct Term {
    /// A zone's or group's name, `internet` or `any`. Zones and groups share one namespace.
    pub name: String,
    /// Its classes, sorted, at least one.
    pub classes: Vec<ClassId>,
}

/// One side of a rule: a term less some classes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ends {
    /// Of what.
    pub term: TermId,
    /// Less these; sorted, all of them in the term, never all of the term.
    pub except: Vec<ClassId>,
}

/// Connections that may be opened: from any address of `from` to any address of `to`, where both are of one family.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Sources.
    pub from: Ends,
    /// Destinations.
    pub to: Ends,
    /// Services.
    pub services: ServicesId,
    /// Log each connection that it lets in.
    pub log: bool,
    /// Seconds since 1970-01-01T00:00:00Z: not before.
    pub since: Option<i64>,
    /// Seconds since 1970-01-01T00:00:00Z: no longer at this moment.
    pub before: Option<i64>,
    /// The statement it comes from.
    pub origin: Origin,
}

/// A statement of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// Index into [`RuleSet::files`].
    pub file: u32,
    /// Line, from 1.
    pub line: u32,
}

/// Protocol and ports, or ICMP types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Match {
    /// Every packet of every protocol.
    Any,
    /// Destination ports of TCP (6), UDP (17) or SCTP (132), both included. 0 to 65535 is the whole protocol.
    Ports {
        /// 6, 17 or 132.
        protocol: u8,
        /// First.
        low: u16,
        /// Last.
        high: u16,
    },
    /// ICMP (IPv4 packets only) or ICMPv6 (IPv6 packets only): `type << 8 | code`, both included. 0 to 65535 is the
    /// whole protocol; a single type is `type << 8` to `type << 8 | 255`.
    Icmp {
        /// ICMPv6.
        v6: bool,
        /// First.
        low: u16,
        /// Last.
        high: u16,
    },
    /// A whole protocol by number, in both families; never 1, 6, 17, 58, 132.
    Protocol(u8),
}
