//! What a firewall configuration says, read back: chains of rules over exact conditions, as a firewall asks them. Nothing
//! is decided here; that is the business of whoever works out which packets pass.
//!
//! A program speaks of the first packet of a connection. What a reader does not understand stands in it as unknown, never
//! as absent.

use std::net::{Ipv4Addr, Ipv6Addr};

use smallvec::SmallVec;

/// A configuration.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Sets of addresses. [`SetId`] is an index.
    pub sets: Vec<Addresses>,
    /// Maps. [`MapId`] is an index.
    pub maps: Vec<Map>,
    /// Chains. [`ChainId`] is an index.
    pub chains: Vec<Chain>,
    /// Where packets that are forwarded enter, in the order of asking. A packet passes if every one accepts it.
    pub hooks: Vec<Hook>,
    /// The same for packets to the box itself.
    pub input: Vec<Hook>,
    /// The same for packets that it sends itself.
    pub output: Vec<Hook>,
    /// What [`Rule::at`] counts.
    pub places: Places,
    /// Names of interfaces that are too long to be packed; each once.
    pub long_names: Vec<String>,
}

/// Numbers of interfaces with long names begin here: with a byte that no name in UTF-8 begins with.
const LONG: u128 = 0xff << 120;

impl Program {
    /// The number of an interface: as [`interface`] packs its name, or where it is too long for that, by its place in the
    /// program's list. `None` for a name that no interface has, and a long one that the program does not know.
    #[must_use]
    pub fn interface(&self, name: &str) -> Option<u128> {
        let long = || self.long_names.iter().position(|known| known == name).map(|at| LONG | at as u128);
        interface(name.as_bytes()).or_else(long)
    }

    /// The same, for a reader that meets the name.
    pub fn name_interface(&mut self, name: &str) -> u128 {
        if let Some(number) = self.interface(name) {
            return number;
        }
        self.long_names.push(name.to_owned());
        LONG | (self.long_names.len() - 1) as u128
    }
}

/// Index into [`Program::sets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetId(pub u32);

/// Index into [`Program::maps`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MapId(pub u32);

/// Index into [`Program::chains`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChainId(pub u32);

/// How a reader names places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Places {
    /// Lines of the text, from 1.
    #[default]
    Lines,
    /// The kernel's handles, as `nft -a` shows them.
    Handles,
}

/// A set of addresses of one family: inclusive ranges, sorted, disjoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// IPv4.
    V4(Vec<(Ipv4Addr, Ipv4Addr)>),
    /// IPv6.
    V6(Vec<(Ipv6Addr, Ipv6Addr)>),
}

/// From keys to values: inclusive ranges of keys, sorted, disjoint.
#[derive(Clone, Debug)]
pub struct Map {
    /// Its name; for one without, what stands in the text.
    pub name: String,
    /// What is looked up in it.
    pub entries: Entries,
    /// For every key that is in no entry.
    pub default: Option<Value>,
}

/// The entries of a map.
#[derive(Clone, Debug)]
pub enum Entries {
    /// By IPv4 address. No packet of the other family finds anything, not even the default.
    V4(Vec<(Ipv4Addr, Ipv4Addr, Value)>),
    /// By IPv6 address, likewise.
    V6(Vec<(Ipv6Addr, Ipv6Addr, Value)>),
    /// By the packet's number.
    Number(Vec<(u32, u32, Value)>),
}

/// What a map gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// To be the packet's number.
    Number(u32),
    /// To be done with the packet.
    Verdict(Verdict),
}

/// What is done with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It passes this hook.
    Accept,
    /// It ends here, with or without an answer.
    Drop,
    /// Back to behind the jump; at a hook's own chain, its policy.
    Return,
    /// The next rule.
    Continue,
    /// Asks that chain and, if it does not decide, goes on here.
    Jump(ChainId),
    /// Asks that chain instead of this one.
    Goto(ChainId),
}

/// A chain of rules. At its end the packet goes back, as by [`Verdict::Return`].
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// The table's name; empty where the target has none.
    pub table: String,
    /// Its own.
    pub name: String,
    /// In order.
    pub rules: Vec<Rule>,
}

/// A chain that the kernel calls.
#[derive(Clone, Debug)]
pub struct Hook {
    /// Which.
    pub chain: ChainId,
    /// Lower ones are asked first.
    pub priority: i32,
    /// [`Verdict::Accept`] or [`Verdict::Drop`]: for what its chain does not decide.
    pub policy: Verdict,
    /// The family that it sees; `None` for both.
    pub family: Option<Family>,
}

/// IPv4 or IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// If all conditions are met, the action. There may be a million of them, most of which ask for one interval of keys and
/// nothing else: such a rule owns no memory of its own.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Where it stands; see [`Program::places`].
    pub at: u32,
    /// All of them.
    pub conditions: SmallVec<[Condition; 1]>,
    /// Then.
    pub action: Action,
}

/// On which of a box' ways a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// Through it.
    Forward,
    /// To it.
    Input,
    /// From it.
    Output,
}

/// What a packet must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Of this family.
    Family(Family),
    /// From an address in the set, hence of its family.
    Source(SetId),
    /// To an address in the set, hence of its family.
    Destination(SetId),
    /// One of these services: inclusive intervals, sorted, disjoint, of `protocol << 16 | destination port`, for ICMP
    /// (1) and ICMPv6 (58) `protocol << 16 | type << 8 | code`, for protocols without ports all 65,536 keys.
    Service(SmallVec<[(u32, u32); 2]>),
    /// Its number in one of these inclusive intervals.
    Number(Vec<(u32, u32)>),
    /// With one of these source ports, or of one of these types of ICMP: inclusive intervals as those of
    /// [`Condition::Service`].
    SourcePort(SmallVec<[(u32, u32); 2]>),
    /// Came in by an interface whose name, as [`Program::interface`] packs it, is in one of these inclusive intervals.
    Interface(Vec<(u128, u128)>),
    /// Leaves by such an interface.
    Leaving(Vec<(u128, u128)>),
    /// Not before `since`, and before `before`: seconds since 1970-01-01T00:00:00Z.
    Time {
        /// The first.
        since: Option<i64>,
        /// One past the last.
        before: Option<i64>,
    },
    /// Of one of these kinds, as connection tracking sees it.
    Connection(Kinds),
    /// Something that no packet is.
    Never,
    /// Its source or destination in a set that is filled while the firewall runs; the set's name.
    Runtime(String),
    /// Something that is not understood, as it is written.
    Unknown(String),
}

/// The name of an interface as a number: its bytes from the highest on, which keeps the order of names. `None` for what
/// is no name of one: at most 15 bytes (`IFNAMSIZ` of `linux/if.h` less the NUL), none of them `*`, which stands for more
/// than one.
#[must_use]
pub fn interface(name: &[u8]) -> Option<u128> {
    if name.is_empty() || name.len() > 15 || name.contains(&b'*') {
        return None;
    }
    let mut bytes = [0; 16];
    bytes[..name.len()].copy_from_slice(name);
    Some(u128::from_be_bytes(bytes))
}

/// Kinds of packets, by what connection tracking says of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kinds(pub u8);

impl Kinds {
    /// The first packet of a connection (`ct state new`).
    pub const FIRST: Self = Self(1);
    /// A later one the way it was opened (`ct state established ct direction original`).
    pub const LATER: Self = Self(2);
    /// One the other way (`ct state established ct direction reply`).
    pub const REPLY: Self = Self(4);
    /// About a connection, or expected by one (`ct state related`).
    pub const RELATED: Self = Self(8);
    /// Of none (`ct state invalid`).
    pub const INVALID: Self = Self(16);
    /// Every packet that is tracked.
    pub const ALL: Self = Self(31);

    /// Those in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those in either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Is the first packet of a connection among them?
    #[must_use]
    pub fn holds_first(self) -> bool {
        self.and(Self::FIRST) == Self::FIRST
    }
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Decides, or goes elsewhere.
    Verdict(Verdict),
    /// Looks a verdict up. If nothing is found, the next rule.
    Lookup {
        /// By what.
        key: Key,
        /// A map of verdicts.
        map: MapId,
    },
    /// Writes the packet's number.
    SetNumber(u32),
    /// Looks the packet's number up. If nothing is found it stays.
    LookupNumber {
        /// By what.
        key: Key,
        /// A map of numbers.
        map: MapId,
    },
    /// Something that is not understood, as it is written: it may do anything.
    Unknown(String),
}

/// What is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The source address.
    Source,
    /// The destination address.
    Destination,
    /// The packet's number: a word of 32 bits that travels with it from rule to rule and from hook to hook (`meta
    /// priority`). Unknown when the packet comes in.
    Number,
}
