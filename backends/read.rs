//! Firewall texts in, [`Program`]s out. Nothing here or below shares code with what renders, nor decides what passes.
//!
//! What a reader does not understand is unknown in the program; what it cannot even take apart is [`Unreadable`].

pub(crate) mod acl;
pub(crate) mod draft;
pub(crate) mod ranges;
#[cfg(test)]
pub(crate) mod show;
pub(crate) mod words;

use crate::rules::program::Program;
use std::fmt;

/// A text, read.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// What it says about forwarded packets.
    pub program: Program,
    /// What the program cannot say, by place.
    pub notes: Vec<Note>,
    /// The tables that the text holds, in its order, those without forward chains included.
    pub tables: Vec<Table>,
    /// Whose words it is in.
    pub dialect: Dialect,
}

/// What a dialect's texts say of replies, and of interfaces that they do not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// nftables: rules say how replies pass, in tables of our own beside those of others.
    #[default]
    Nft,
    /// iptables: the same, in tables that are shared.
    Iptables,
    /// The device keeps state and lets replies pass by itself; what comes in by an interface that the text does not name
    /// is the device's business.
    Stateful,
    /// Nothing keeps state: replies have rules of their own, which ask for source ports
    /// ([`Condition::SourcePort`](crate::rules::program::Condition::SourcePort)) and for what claims to be a reply
    /// ([`Condition::Connection`](crate::rules::program::Condition::Connection)). Interfaces as in `Stateful`.
    Stateless,
}

/// A table of a firewall text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// `ip`, `ip6`, `inet`, `arp`, `bridge` or `netdev`.
    pub family: String,
    /// Its name, as in [`crate::rules::program::Chain::table`].
    pub name: String,
}

/// Something that the reader of a proof must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where; 0 for the text as a whole.
    pub at: u32,
    /// How it bears on the verdict.
    pub kind: Kind,
    /// What: lower case, no final stop.
    pub what: String,
}

/// How a [`Note`] bears on the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Not about forwarded packets, or without effect on which of them pass: left out.
    Ignored,
    /// Outside of the forward hook, able to drop packets that it lets through. In the program as a hook that drops on
    /// an unknown condition.
    Removes,
    /// Packets are changed, or go round the forward hook: the program tells of packets as that hook sees them.
    Changes,
    /// The format does not tell something.
    Loss,
}

/// A text that cannot be taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Line, from 1; 0 where the format has none.
    pub line: u32,
    /// Why: lower case, no final stop.
    pub what: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for Unreadable {}

/// A format that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// What `nft -f` takes and `nft list ruleset` prints.
    Nft,
    /// What `nft -j list ruleset` prints.
    NftJson,
    /// What `iptables-save` and `ip6tables-save` print, with or without what `ipset save` prints.
    Iptables,
}

/// Which format a text is in, by its first word that is not in a comment.
///
/// # Errors
///
/// Where that is the first word of none.
pub fn format(text: &[u8]) -> Result<Format, Unreadable> {
    let mut line = 1;
    for bytes in text.split(|byte| *byte == b'\n') {
        let bytes = bytes.trim_ascii();
        let word = bytes.split(|byte| matches!(byte, b' ' | b'\t' | b'{' | b';')).next().unwrap_or_default();
        match (bytes.first(), word) {
            (None | Some(b'#'), _) => line += 1,
            (Some(b'{'), _) => return Ok(Format::NftJson),
            (Some(b'*'), _) => return Ok(Format::Iptables),
            // Both tools have these two words; a set of addresses comes as `create NAME hash:…`.
            (_, b"create" | b"add") if is_ipset(bytes) => return Ok(Format::Iptables),
            (
                _,
                b"table" | b"define" | b"redefine" | b"undefine" | b"include" | b"flush" | b"delete" | b"destroy"
                | b"add" | b"create" | b"insert",
            ) => return Ok(Format::Nft),
            _ => {
                return Err(Unreadable {
                    line,
                    what: "neither a text of nft or iptables-save nor JSON of nft".to_owned(),
                });
            }
        }
    }
    // An empty ruleset is listed as an empty text.
    Ok(Format::Nft)
}

fn is_ipset(line: &[u8]) -> bool {
    let mut words = line.split(|byte| byte.is_ascii_whitespace()).filter(|word| !word.is_empty()).skip(1);
    let third = words.by_ref().filter(|word| !word.starts_with(b"-")).nth(1).unwrap_or_default();
    [&b"hash:"[..], b"list:", b"bitmap:"].iter().any(|kind| third.starts_with(kind))
}

/// Reads a text in any format; see [`format()`].
///
/// # Errors
///
/// Where it cannot be taken apart, or names what it does not define.
pub fn read(text: &[u8]) -> Result<Read, Unreadable> {
    match format(text)? {
        Format::Nft => nft(text),
        Format::NftJson => nft_json(text),
        Format::Iptables => iptables(text),
    }
}

/// Reads what `nft -f` takes or `nft list ruleset` prints.
///
/// # Errors
///
/// As [`read()`].
pub fn nft(text: &[u8]) -> Result<Read, Unreadable> {
    crate::nftables::read::text(text)
}

/// Reads what `nft -j list ruleset` prints. Places are handles, which are unique in a table only.
///
/// # Errors
///
/// As [`read()`].
pub fn nft_json(text: &[u8]) -> Result<Read, Unreadable> {
    crate::nftables::read::json(text)
}

/// Reads what `iptables-save` or `ip6tables-save` prints, or both, one behind the other: a text with an address of IPv6, or
/// a word that only `ip6tables` knows, is of IPv6 up to its `COMMIT`. What `ipset save` prints may stand before it.
///
/// # Errors
///
/// As [`read()`].
pub fn iptables(text: &[u8]) -> Result<Read, Unreadable> {
    crate::iptables::read::read(text)
}
