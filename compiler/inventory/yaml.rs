//! YAML as it is written: no key is lost, none stands twice, and where it goes wrong is said by line.

use std::fmt;

use rustc_hash::FxHashSet;
use serde::de::{Deserialize, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor};

/// More open brackets than any inventory has: the reader would take minutes to say so. Those in quotes count too.
pub fn nests_too_deeply(text: &str) -> bool {
    const MOST: usize = 64;
    let mut depth = 0_usize;
    text.bytes().any(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MOST
    })
}

/// An INI inventory begins with a group in brackets, or with bare host names.
pub fn looks_like_ini(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with(['#', ';']));
    lines.next().is_some_and(|l| l.starts_with('[') && l.ends_with(']') && !l.contains(','))
}

/// Lines, from 1, of two entries with this key in one map: `near` is where the map begins, which is all that the reader
/// tells. Both stand at the same depth, with nothing shallower between them.
pub fn lines_of(text: &str, key: &str, near: Option<usize>) -> Vec<usize> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let is_key = |line: &str| {
        let bare = line.trim_start().trim_start_matches("- ").trim_start_matches(['"', '\'']);
        bare.strip_prefix(key).is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
    };
    let lines: Vec<&str> = text.lines().collect();
    let from = near.unwrap_or(1).saturating_sub(1);
    for (i, first) in lines.iter().enumerate().skip(from).filter(|(_, l)| is_key(l)) {
        let same_map = |l: &&&str| l.trim().is_empty() || l.trim().starts_with('#') || depth(l) >= depth(first);
        let mut rest = lines[i + 1..].iter().take_while(same_map);
        if let Some(offset) = rest.position(|l| is_key(l) && depth(l) == depth(first)) {
            return vec![i + 1, i + 2 + offset];
        }
    }
    // In flow style, `{a: 1, a: 2}`, both stand on one line.
    vec![near.unwrap_or(1)]
}

pub const DUPLICATE: &str = "duplicate key «";
pub const DUPLICATE_END: &str = "»";

/// YAML as it is written: no key is lost, and none stands twice.
pub enum Node {
    Null,
    Scalar(String),
    List,
    Map(Vec<(String, Node)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map, a list or a scalar")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        while items.next_element::<Node>()?.is_some() {}
        Ok(Node::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let (mut entries, mut seen) = (Vec::new(), FxHashSet::default());
        while let Some(key) = map.next_key::<Node>()? {
            let key = match key {
                Node::Scalar(key) => key,
                Node::Null => "null".to_owned(),
                Node::List | Node::Map(_) => return Err(A::Error::custom("a key is no word")),
            };
            if !seen.insert(key.clone()) {
                return Err(A::Error::custom(format!("{DUPLICATE}{key}{DUPLICATE_END}")));
            }
            entries.push((key, map.next_value()?));
        }
        Ok(Node::Map(entries))
    }

    /// A tagged value, such as `!vault`: the tag does not matter here.
    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Node, A::Error> {
        let (_, value) = data.variant::<String>()?;
        value.newtype_variant()
    }
}
