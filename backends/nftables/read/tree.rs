//! What a text or JSON of nft says, before it is a program: tables, their sets and maps, and rules as statements.

use crate::rules::program::{ChainId, Family, Value, Verdict};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// All of it. Chains and sets of tables deleted on the way stay in the lists; no table names them any more.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) tables: Vec<Table>,
    pub(super) chains: Vec<Chain>,
    pub(super) sets: Vec<Set>,
    /// The statements of all rules, one rule behind the other.
    pub(super) statements: Vec<Statement>,
    /// Ranges of addresses that [`Between`] names, each once.
    pub(super) ranges: Vec<(u128, u128)>,
    /// Looked up only.
    pub(super) known_ranges: FxHashMap<(Family, u128, u128), u32>,
    /// The chain that was named last, by number.
    pub(super) last: usize,
    pub(super) notes: Vec<crate::read::Note>,
}

/// Index into [`Tree::sets`].
pub(super) type SetIndex = usize;

pub(super) struct Table {
    pub(super) family: Rc<str>,
    pub(super) name: Rc<str>,
    pub(super) dormant: bool,
    /// By name. Looked up only.
    pub(super) chains: FxHashMap<Box<[u8]>, ChainId>,
    /// By name. Looked up only.
    pub(super) sets: FxHashMap<Box<[u8]>, SetIndex>,
}

pub(super) struct Chain {
    /// The name and family of its table.
    pub(super) table: Rc<str>,
    pub(super) family: Rc<str>,
    pub(super) name: String,
    /// Where it was named first.
    pub(super) line: u32,
    /// Named by a jump alone: an error if it stays so.
    pub(super) defined: bool,
    pub(super) base: Option<Base>,
    pub(super) rules: Vec<Rule>,
}

pub(super) struct Base {
    pub(super) kind: String,
    pub(super) hook: String,
    pub(super) priority: i32,
    pub(super) drops: bool,
}

pub(super) enum Rule {
    Said(Said),
    Plain(Plain),
    Between(Between),
}

pub(super) struct Said {
    pub(super) at: u32,
    /// Into [`Tree::statements`].
    pub(super) start: u32,
    pub(super) end: u32,
}

/// If the service is in this interval of keys, as [`crate::rules::program::Condition::Service`] has them, the verdict.
#[derive(Clone, Copy)]
pub(super) struct Plain {
    pub(super) at: u32,
    pub(super) low: u32,
    pub(super) high: u32,
    pub(super) verdict: Verdict,
}

/// The same, from one range of addresses to another.
#[derive(Clone, Copy)]
pub(super) struct Between {
    pub(super) family: Family,
    /// Source and destination, into [`Tree::ranges`].
    pub(super) ends: [u32; 2],
    pub(super) plain: Plain,
}

#[derive(Default)]
pub(super) struct Set {
    pub(super) name: String,
    pub(super) line: u32,
    pub(super) defined: bool,
    /// A map.
    pub(super) map: bool,
    /// Its elements come and go while the firewall runs.
    pub(super) runtime: bool,
    pub(super) elements: Elements,
}

/// The elements of a set or map.
#[derive(Default)]
pub(super) struct Elements {
    pub(super) keys: Keys,
    /// For each key, in a map.
    pub(super) values: Vec<Value>,
    /// `*`.
    pub(super) all: bool,
    /// What `*` gives, in a map.
    pub(super) default: Option<Value>,
    /// For sets without a name: what stands in the text.
    pub(super) text: String,
}

/// Inclusive ranges, in the order of the text.
#[derive(Default)]
pub(super) enum Keys {
    V4(Vec<(u32, u32)>),
    V6(Vec<(u128, u128)>),
    Number(Kind, Vec<(u32, u32)>),
    /// Names of interfaces, see [`crate::rules::program::interface`].
    Interface(Vec<(u128, u128)>),
    /// Concatenations: for each element one range per kind, all elements behind each other.
    Concat(Vec<Kind>, Vec<(u128, u128)>),
    /// Of a type that is not understood.
    #[default]
    Opaque,
}

impl Keys {
    /// No elements yet.
    pub(super) fn of(kinds: &[Kind]) -> Keys {
        match kinds {
            [] | [Kind::Opaque] => Keys::Opaque,
            [Kind::V4] => Keys::V4(Vec::new()),
            [Kind::V6] => Keys::V6(Vec::new()),
            [Kind::Interface] => Keys::Interface(Vec::new()),
            [kind] => Keys::Number(*kind, Vec::new()),
            kinds if kinds.contains(&Kind::Opaque) => Keys::Opaque,
            kinds => Keys::Concat(kinds.to_vec(), Vec::new()),
        }
    }
}

impl Set {
    pub(super) fn empty(&mut self) {
        let elements = &mut self.elements;
        elements.values.clear();
        elements.all = false;
        elements.default = None;
        match &mut elements.keys {
            Keys::V4(keys) => keys.clear(),
            Keys::V6(keys) | Keys::Interface(keys) | Keys::Concat(_, keys) => keys.clear(),
            Keys::Number(_, keys) => keys.clear(),
            Keys::Opaque => {}
        }
    }
}

impl Elements {
    /// One key of one field, and its value.
    pub(super) fn push(&mut self, low: u128, high: u128, value: Option<Value>) {
        // Values of the kinds with 32 bits come from `values`, which keeps to their size.
        let small = |value: u128| u32::try_from(value).unwrap_or(u32::MAX);
        match &mut self.keys {
            Keys::V4(keys) | Keys::Number(_, keys) => keys.push((small(low), small(high))),
            Keys::V6(keys) | Keys::Interface(keys) | Keys::Concat(_, keys) => keys.push((low, high)),
            Keys::Opaque => return,
        }
        self.values.extend(value);
    }

    pub(super) fn kinds(&self) -> Vec<Kind> {
        match &self.keys {
            Keys::V4(_) => vec![Kind::V4],
            Keys::V6(_) => vec![Kind::V6],
            Keys::Number(kind, _) => vec![*kind],
            Keys::Interface(_) => vec![Kind::Interface],
            Keys::Concat(kinds, _) => kinds.clone(),
            Keys::Opaque => vec![Kind::Opaque],
        }
    }
}

/// What a value is a value of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    V4,
    V6,
    Port,
    Protocol,
    /// `ipv4` or `ipv6`, as numbers 4 and 6.
    NfProto,
    /// An Ethernet type.
    EtherType,
    IcmpType,
    Icmpv6Type,
    IcmpCode,
    Icmpv6Code,
    /// One bit each, as in `enum ip_conntrack_info` of `include/uapi/linux/netfilter/nf_conntrack_common.h`.
    CtState,
    /// 0 or 1.
    CtDirection,
    /// Of `meta priority`.
    Class,
    /// Seconds.
    Time,
    /// A name of an interface.
    Interface,
    Opaque,
}

/// What is looked at in a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Selector {
    Source(Family),
    Destination(Family),
    NfProto,
    EtherType,
    L4Protocol,
    IpProtocol,
    NextHeader,
    /// Of a protocol, or of any (`th dport`).
    Port(Option<u8>),
    IcmpType,
    Icmpv6Type,
    IcmpCode,
    Icmpv6Code,
    CtState,
    CtDirection,
    Class,
    Time,
    /// By which a packet came in.
    Interface,
    /// By which it leaves.
    Leaving,
    /// Not understood; but only packets of this family and protocol have it.
    Other(Option<Family>, Option<u8>),
}

impl Selector {
    pub(super) fn kind(self) -> Kind {
        match self {
            Selector::Source(Family::V4) | Selector::Destination(Family::V4) => Kind::V4,
            Selector::Source(Family::V6) | Selector::Destination(Family::V6) => Kind::V6,
            Selector::NfProto => Kind::NfProto,
            Selector::EtherType => Kind::EtherType,
            Selector::L4Protocol | Selector::IpProtocol | Selector::NextHeader => Kind::Protocol,
            Selector::Port(_) => Kind::Port,
            Selector::IcmpType => Kind::IcmpType,
            Selector::Icmpv6Type => Kind::Icmpv6Type,
            Selector::IcmpCode => Kind::IcmpCode,
            Selector::Icmpv6Code => Kind::Icmpv6Code,
            Selector::CtState => Kind::CtState,
            Selector::CtDirection => Kind::CtDirection,
            Selector::Class => Kind::Class,
            Selector::Time => Kind::Time,
            Selector::Interface | Selector::Leaving => Kind::Interface,
            Selector::Other(..) => Kind::Opaque,
        }
    }
}

/// What a selector is compared with.
pub(super) enum Right {
    One(u128, u128),
    Some(Box<Elements>),
    Named(SetIndex),
}

pub(super) enum Statement {
    /// The selectors, concatenated, are in, or are not in; and the text.
    Match(Box<[Selector]>, bool, Right, Box<str>),
    /// A single selector is in this range.
    Is(Selector, u128, u128),
    /// Not before, and before.
    Time(Option<i64>, Option<i64>),
    /// A condition that is not understood.
    Unless(Option<Family>, Option<u8>, Box<str>),
    Verdict(Verdict),
    Vmap(Box<[Selector]>, Right, Box<str>),
    SetClass(u32),
    SetClassMap(Selector, Right, Box<str>),
    /// Packets are changed in a way that conditions can see.
    Rewrite(Box<str>),
    /// Packets are not tracked.
    Untracked,
    /// An action that is not understood.
    Unknown(Box<str>),
}
