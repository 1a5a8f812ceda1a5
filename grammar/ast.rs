//! The tree: what was written, in the order it was written, with the place of everything. Names are not looked up
//! here, and addresses and services mean nothing yet beyond being well formed.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::Span;

/// One file.
#[derive(Debug, Default)]
pub struct Tree<'s> {
    /// Its statements, in source order; those that could not be read are missing.
    pub statements: Vec<Statement<'s>>,
}

/// One statement, from its keyword to its last token.
#[derive(Debug)]
pub struct Statement<'s> {
    /// All of it.
    pub span: Span,
    /// Its keyword.
    pub keyword: Span,
    /// What it says.
    pub kind: StatementKind<'s>,
    /// The clauses of its block, in source order.
    pub clauses: Vec<Clause<'s>>,
}

/// What a statement says before its block.
#[derive(Debug)]
pub enum StatementKind<'s> {
    /// `use "teams/*.seg"`
    Use(Text<'s>),
    /// `zone NAME [in PARENT] { … }`
    Zone {
        /// Its name.
        name: Name<'s>,
        /// The zone it is declared in.
        parent: Option<Name<'s>>,
    },
    /// `service NAME = SPEC, …`
    Service {
        /// Its name.
        name: Name<'s>,
        /// What it is made of.
        services: Vec<Service<'s>>,
    },
    /// `group NAME = ZONE, …`
    Group {
        /// Its name.
        name: Name<'s>,
        /// Its members (language.md writes no `except` here, but ZONES admits one).
        zones: Zones<'s>,
    },
    /// `allow ZONES -> ZONES : SERVICES { … }`
    Allow {
        /// Where connections come from.
        left: Zones<'s>,
        /// Where they go.
        right: Zones<'s>,
        /// On what. Never empty: a missing one is a syntax error.
        services: Vec<Service<'s>>,
    },
    /// `forbid ZONES -> ZONES [: SERVICES]` or `forbid ZONES => ZONES [: SERVICES] { … }`
    Forbid {
        /// `->` or `=>`.
        arrow: Arrow,
        /// The left side.
        left: Zones<'s>,
        /// The right side.
        right: Zones<'s>,
        /// Empty means all.
        services: Vec<Service<'s>>,
    },
    /// `require ZONES -> ZONES : SERVICES`
    Require {
        /// The left side.
        left: Zones<'s>,
        /// The right side.
        right: Zones<'s>,
        /// Never empty.
        services: Vec<Service<'s>>,
    },
    /// `credential NAME { … }`
    Credential {
        /// Its name.
        name: Name<'s>,
    },
    /// `watch ZONE { … }`
    Watch {
        /// The zone or process that is watched.
        zone: Item<'s>,
    },
    /// `controls { … }`
    Controls,
    /// `firewall NAME [on ZONE] { … }`
    Firewall {
        /// Its name.
        name: Name<'s>,
        /// For a host firewall: on whose members it stands.
        on: Option<Item<'s>>,
    },
    /// `router NAME { … }`
    Router {
        /// Its name.
        name: Name<'s>,
    },
}

/// The arrow of a `forbid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrow {
    /// `->`: no connection runs directly.
    Direct,
    /// `=>`: no path of compromise, over any number of steps.
    Path,
}

/// A name as written.
#[derive(Clone, Copy, Debug)]
pub struct Name<'s> {
    /// The name.
    pub text: &'s str,
    /// Where.
    pub span: Span,
}

/// A string as meant: quotes gone, escapes resolved.
#[derive(Clone, Debug)]
pub struct Text<'s> {
    /// Borrowed unless it holds an escape.
    pub text: Cow<'s, str>,
    /// Where, with the quotes.
    pub span: Span,
}

/// A calendar date, in UTC.
#[derive(Clone, Copy, Debug)]
pub struct Date {
    /// The day; it exists.
    pub day: jiff::civil::Date,
    /// Where.
    pub span: Span,
}

/// `item, item except item, item`
#[derive(Debug)]
pub struct Zones<'s> {
    /// What is named; never empty.
    pub items: Vec<Item<'s>>,
    /// What is taken away from all of it.
    pub except: Vec<Item<'s>>,
    /// All of it.
    pub span: Span,
}

/// One of the things a list of zones may name.
#[derive(Clone, Copy, Debug)]
pub struct Item<'s> {
    /// Which.
    pub kind: ItemKind<'s>,
    /// Where.
    pub span: Span,
}

/// See [`Item`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind<'s> {
    /// `any`
    Any,
    /// `internet`
    Internet,
    /// A zone or a group.
    Name(&'s str),
    /// `zone.process`
    Process(&'s str, &'s str),
}

/// One item of a list of services.
#[derive(Clone, Copy, Debug)]
pub struct Service<'s> {
    /// Which.
    pub kind: ServiceKind<'s>,
    /// Where.
    pub span: Span,
}

/// See [`Service`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceKind<'s> {
    /// `any`: every protocol.
    Any,
    /// Another service's name.
    Name(&'s str),
    /// `tcp/443`, `udp/5000-5010`, `sctp/any` (0 to 65535). Both ends are included, `low <= high`.
    Ports {
        /// Which protocol.
        protocol: Transport,
        /// First port.
        low: u16,
        /// Last port.
        high: u16,
    },
    /// `icmp/TYPE[/CODE]` and `icmpv6/TYPE[/CODE]`, `icmp/any`.
    Icmp {
        /// `icmpv6`?
        v6: bool,
        /// `None` means any.
        kind: Option<u8>,
        /// `None` means any.
        code: Option<u8>,
    },
    /// `proto/47`; never 1, 6, 17, 58 or 132, which have words of their own.
    Protocol(u8),
}

/// A protocol with ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// 6
    Tcp,
    /// 17
    Udp,
    /// 132
    Sctp,
}

/// One item of `hosts` or of its `except`.
#[derive(Clone, Debug)]
pub struct Address<'s> {
    /// Which.
    pub kind: AddressKind<'s>,
    /// Where.
    pub span: Span,
}

/// See [`Address`].
#[derive(Clone, Debug)]
pub enum AddressKind<'s> {
    /// An address (as its /32 or /128) or a prefix without host bits.
    Prefix(ipnet::IpNet),
    /// `10.0.0.10-10.0.0.20`: both included, of one family, in order.
    Range(IpAddr, IpAddr),
    /// `inventory("FILE", "GROUP")`
    Inventory {
        /// The Ansible inventory, relative to this file.
        file: Text<'s>,
        /// The group in it.
        group: Text<'s>,
    },
    /// A zone's name; in `except` only.
    Zone(&'s str),
}

/// One clause of a block.
#[derive(Debug)]
pub struct Clause<'s> {
    /// All of it.
    pub span: Span,
    /// Its keyword.
    pub keyword: Span,
    /// What it says.
    pub kind: ClauseKind<'s>,
}

/// Every clause that some block may hold. The grammar decides which block may hold which, and that none but
/// `hosts`, `process`, `except via`, `interface`, `every` and the rules of a `watch` stands twice.
#[derive(Debug)]
pub enum ClauseKind<'s> {
    /// `about "…"`
    About(Text<'s>),
    /// `owner "…"`
    Owner(Text<'s>),
    /// `reason "…"`
    Reason(Text<'s>),
    /// `ticket "…"`
    Ticket(Text<'s>),
    /// `approved-by "…"`
    ApprovedBy(Text<'s>),
    /// `review DATE`
    Review(Date),
    /// `from DATE`
    From(Date),
    /// `until DATE`: the last day it holds.
    Until(Date),
    /// `log`
    Log,
    /// `needs CREDENTIAL, …`
    Needs(Vec<Name<'s>>),
    /// `pulls code` (`true`) or `pulls content` (`false`)
    Pulls {
        /// What comes back is executed.
        code: bool,
    },
    /// `vetted [until DATE] "why"`
    Vetted(Assumption<'s>),
    /// `inert [until DATE] "why"`
    Inert(Assumption<'s>),
    /// `barrier [until DATE] "why"`
    Barrier(Assumption<'s>),
    /// `contained [until DATE] "why"`
    Contained(Assumption<'s>),
    /// `emergency "INC-42"`
    Emergency(Text<'s>),
    /// `rate 100/second`
    Rate(Rate),
    /// `hosts … [except …]`
    Hosts {
        /// What is in it; never empty.
        addresses: Vec<Address<'s>>,
        /// What is taken away from this clause.
        except: Vec<Address<'s>>,
    },
    /// `domains "docs.example.com", …`
    Domains(Vec<Text<'s>>),
    /// `is FLAG, …`
    Is(Vec<Flag>),
    /// `shares cache with ZONES`
    SharesCache(Zones<'s>),
    /// `size N`: hosts.
    Size(u64),
    /// `process NAME { … }`
    Process {
        /// Its name.
        name: Name<'s>,
        /// The same with its zone's before it, `zone.name`: what other statements call it. Only a zone's own statement
        /// knows it.
        full: String,
        /// `user …`, `cgroup "…"`, `is agentic`, `contained …`
        clauses: Vec<Clause<'s>>,
    },
    /// `user "agent"`, `user 2000`, `user 1000-1999`
    User(User<'s>),
    /// `cgroup "path"`
    Cgroup(Text<'s>),
    /// `over SERVICES`
    Over(Vec<Service<'s>>),
    /// `except via ZONES [until DATE] { reason … owner … ticket … }`
    ExceptVia {
        /// Which zones are let be.
        zones: Zones<'s>,
        /// The last day it holds.
        until: Option<Date>,
        /// `reason`, `owner`, `ticket`, …
        clauses: Vec<Clause<'s>>,
    },
    /// `held by ZONES`
    HeldBy(Zones<'s>),
    /// `opens ZONES`
    Opens(Zones<'s>),
    /// `publishes to ZONES`
    PublishesTo(Zones<'s>),
    /// `usable anywhere`
    UsableAnywhere,
    /// `lifetime 15 minutes`, in seconds.
    Lifetime(u64),
    /// `new connections over 60/minute : ACTION` and `fan-out over 30/minute : ACTION`
    Tempo {
        /// `fan-out` rather than `new connections`.
        fan_out: bool,
        /// The limit.
        rate: Rate,
        /// What happens beyond it.
        action: Action,
    },
    /// `every KIND needs REQUIREMENT, …`
    Every {
        /// Of what.
        kind: ControlKind<'s>,
        /// What each must carry; never empty.
        requirements: Vec<Requirement<'s>>,
    },
    /// `deny CHECK, …`, `warn CHECK, …`, `off CHECK, …`
    Level {
        /// Which level.
        level: Level,
        /// Names of checks.
        checks: Vec<Name<'s>>,
    },
    /// `target nftables`
    Target(Name<'s>),
    /// `interface eth1 : mirror, ml`
    Interface {
        /// The device's name for it.
        name: Text<'s>,
        /// What is behind it.
        zones: Zones<'s>,
    },
    /// `self ZONE`
    SelfIs(Item<'s>),
}

/// Something relied upon, with its reason.
#[derive(Debug)]
pub struct Assumption<'s> {
    /// The last day it holds.
    pub until: Option<Date>,
    /// Why one may rely on it.
    pub why: Text<'s>,
}

/// So many per second, minute, hour or day.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// How many; never 0.
    pub count: u32,
    /// Per how many seconds: 1, 60, 3,600 or 86,400.
    pub seconds: u32,
}

/// A zone's or a process' flag.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// Which.
    pub kind: FlagKind,
    /// Where.
    pub span: Span,
}

/// See [`Flag`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlagKind {
    /// `critical`
    Critical,
    /// `gpu`
    Gpu,
    /// `agentic`
    Agentic,
    /// `public-writable`
    PublicWritable,
    /// `public-trigger`
    PublicTrigger,
    /// `isolated`
    Isolated,
}

/// Whose processes.
#[derive(Clone, Debug)]
pub enum User<'s> {
    /// `user "agent"`
    Name(Text<'s>),
    /// `user 2000` and `user 1000-1999`, both included, in order.
    Ids(u32, u32),
}

/// What a `watch` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// `log`
    Log,
    /// `quarantine 10 minutes`, in seconds.
    Quarantine(u64),
}

/// What an `every` speaks of.
#[derive(Debug)]
pub enum ControlKind<'s> {
    /// `allow`, `allow into ZONES`
    Allow {
        /// Only those into these zones.
        into: Option<Zones<'s>>,
    },
    /// `credential`
    Credential,
    /// `waiver`
    Waiver,
    /// `firewall`
    Firewall,
    /// `forbid`
    Forbid,
}

/// `CLAUSE [matching "REGEX" | within N days | differs from CLAUSE]`
#[derive(Debug)]
pub struct Requirement<'s> {
    /// The clause that must be there, by its keyword (`approved-by`, `ticket`, …).
    pub clause: Name<'s>,
    /// What must hold of it.
    pub condition: Option<Condition<'s>>,
    /// All of it.
    pub span: Span,
}

/// See [`Requirement`].
#[derive(Debug)]
pub enum Condition<'s> {
    /// `matching "REGEX"`: the whole string.
    Matching(Text<'s>),
    /// `within N days`
    WithinDays(u32),
    /// `differs from CLAUSE`
    DiffersFrom(Name<'s>),
}

/// How much a check matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Not at all.
    Off,
    /// A warning.
    Warn,
    /// An error.
    Deny,
}
