//! Names of chains, maps and sets, all different. A name of a policy holds letters, digits, `-` and `_`; `/` and `.` are
//! ours. No name is an nft keyword: each has a `/`, or a prefix that ends in `_`.
//!
//! | name | what |
//! | --- | --- |
//! | `of_CLASS` | chain: what a class may do that is in several sources |
//! | `from_TERM`, `from_TERM_to` | chain and map of a source |
//! | `LEFT/RIGHT`, either with `.except.CLASS.CLASS` | chain of a pair |
//! | `TERM/CLASS.all` | chain: all pairs of a source that hold a class |
//! | any of these three `….log` | chains and maps that only log, before any pair is asked to let a connection in |
//! | `in_TERM`, `to_CLASS.CLASS` | sets of class ids |
//! | `class_CLASS.CLASS4`, `…6` | sets of addresses |

use super::lower::{Pair, WIDE};
use crate::digest::shorten;
use crate::rules::{ClassId, Ends, RuleSet};
use rustc_hash::{FxHashMap, FxHashSet};
use std::fmt::Write as _;

/// Bytes of a name (`NFT_NAME_MAXLEN` less its NUL; measured: 255 load, 256 do not).
const NAME: usize = 255;

/// Bytes of a pair's name: there is room for `.log` behind it.
const PAIR: usize = NAME - 4;

/// The names that are not simply put together from one or two others.
pub(super) struct Names<'a> {
    set: &'a RuleSet,
    /// By pair; of those with exceptions.
    pairs: FxHashMap<u32, String>,
    /// Exceptions on the left, sorted, with the stem of their sets' names.
    pub excluded_sources: Vec<(&'a [ClassId], String)>,
    /// Exceptions of several classes from wide terms on the right, sorted, with the name of their set.
    pub excluded_targets: Vec<(&'a [ClassId], String)>,
}

impl<'a> Names<'a> {
    pub(super) fn new(set: &'a RuleSet, pairs: &[Pair<'a>]) -> Self {
        let mut short = Shortened::default();
        let excepting = |pair: &Pair| !(pair.from.except.is_empty() && pair.to.except.is_empty());
        let long = (0..).zip(pairs).filter(|(_, pair)| excepting(pair));
        let name = |pair: &Pair| format!("{}/{}", ends(set, pair.from), ends(set, pair.to));
        let pairs_of = long.map(|(index, pair)| (index, short.name(name(pair), PAIR))).collect();
        let left = pairs.iter().map(|pair| pair.from.except.as_slice()).filter(|except| !except.is_empty());
        let wide = pairs.iter().filter(|pair| set.terms[pair.to.term.0 as usize].classes.len() > WIDE);
        let right = wide.map(|pair| pair.to.except.as_slice()).filter(|except| except.len() > 1);
        let excluded_sources = short.lists(set, "class_", NAME - 1, left);
        let excluded_targets = short.lists(set, "to_", NAME, right);
        Names { set, pairs: pairs_of, excluded_sources, excluded_targets }
    }

    /// Writes the name of a pair's chain.
    pub(super) fn pair(&self, out: &mut String, index: u32, pair: &Pair) {
        if let Some(name) = self.pairs.get(&index) {
            out.push_str(name);
            return;
        }
        out.push_str(&self.set.terms[pair.from.term.0 as usize].name);
        out.push('/');
        out.push_str(&self.set.terms[pair.to.term.0 as usize].name);
    }

    /// The stem of the sets of addresses of these classes.
    pub(super) fn excluded_sources(&self, except: &[ClassId]) -> &str {
        find(&self.excluded_sources, except)
    }

    /// The set of the ids of these classes.
    pub(super) fn excluded_targets(&self, except: &[ClassId]) -> &str {
        find(&self.excluded_targets, except)
    }
}

/// `any.except.gpu.ml`.
pub(super) fn ends(set: &RuleSet, ends: &Ends) -> String {
    let mut name = set.terms[ends.term.0 as usize].name.clone();
    if !ends.except.is_empty() {
        let _ = write!(name, ".except.{}", joined(set, &ends.except));
    }
    name
}

fn joined(set: &RuleSet, classes: &[ClassId]) -> String {
    classes.iter().map(|class| set.classes[class.0 as usize].name.as_str()).collect::<Vec<_>>().join(".")
}

fn find<'n>(lists: &'n [(&[ClassId], String)], except: &[ClassId]) -> &'n str {
    let at = lists.binary_search_by_key(&except, |(classes, _)| classes).expect("every exception was named");
    &lists[at].1
}

/// Names that were cut. `..` stands in none that was not, and none is given twice.
#[derive(Default)]
struct Shortened(FxHashSet<String>);

impl Shortened {
    fn name(&mut self, name: String, limit: usize) -> String {
        let mut long = name;
        while long.len() > limit {
            let short = shorten(&long, limit, "..");
            if self.0.insert(short.clone()) {
                return short;
            }
            long.push('.');
        }
        long
    }

    fn lists<'a>(
        &mut self,
        set: &RuleSet,
        prefix: &str,
        limit: usize,
        lists: impl Iterator<Item = &'a [ClassId]>,
    ) -> Vec<(&'a [ClassId], String)> {
        let mut lists: Vec<_> = lists.collect();
        lists.sort_unstable();
        lists.dedup();
        lists.into_iter().map(|list| (list, self.name(format!("{prefix}{}", joined(set, list)), limit))).collect()
    }
}
