//! A back end whose configuration is access lists: all that its folder need say.

use super::{Spelling, files, refuses};
use crate::lists::declared;
use crate::read::{Read, Unreadable};
use crate::rules::{Declared, RuleSet};
use crate::{Backend, Capabilities, File, Refusal};

/// A target in a dialect of access lists without state.
pub(crate) struct AccessLists {
    pub name: &'static str,
    pub summary: &'static str,
    pub judge: Option<&'static str>,
    /// Entries that permit can log.
    pub log: bool,
    pub spelling: Spelling,
    /// The configuration around the lists.
    pub template: &'static str,
    /// `APPLY.md`.
    pub apply: &'static str,
    pub read: fn(&str) -> Result<Read, Unreadable>,
}

impl Backend for AccessLists {
    fn name(&self) -> &'static str {
        self.name
    }

    fn summary(&self) -> &'static str {
        self.summary
    }

    fn judge(&self) -> Option<&'static str> {
        self.judge
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            stateful: false,
            log: self.log,
            dates: false,
            sctp: false,
            icmp: true,
            protocols: true,
            names: false,
            interfaces: true,
            local: false,
            processes: false,
        }
    }

    fn refuses(&self, rules: &RuleSet) -> Vec<Refusal> {
        refuses::refuses(&self.spelling, rules)
    }

    fn declares(&self, rules: &RuleSet) -> Vec<Declared> {
        declared(rules)
    }

    fn render(&self, rules: &RuleSet) -> Vec<File> {
        files::files(self, rules)
    }

    fn read(&self, text: &str) -> Result<Read, Unreadable> {
        (self.read)(text)
    }
}
