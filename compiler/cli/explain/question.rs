//! A question as it is asked: words of the policy, or addresses.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;

use super::super::args::Explain;
use super::super::{Status, load, output, policy};
use super::answer::{self, Asked};
use super::log_line;
use crate::explain::Connections;
use crate::model::{ClassSet, Families, Model, Side, ZoneId};

/// What stands in the place of a zone.
enum End<'w> {
    Words(&'w str),
    Address(IpAddr),
}

impl<'w> End<'w> {
    fn new(word: &'w str) -> Self {
        word.parse().map_or(Self::Words(word), Self::Address)
    }

    /// As a side of an `allow`: an address is put in when the zones are known.
    fn written(&self) -> &str {
        match self {
            Self::Words(words) => words,
            Self::Address(_) => "any",
        }
    }

    fn families(&self) -> Families {
        match self {
            Self::Words(_) => Families::BOTH,
            Self::Address(address) => Families { v4: address.is_ipv4(), v6: address.is_ipv6() },
        }
    }

    /// The classes that are meant. An address that no zone holds, and that is not on the internet, is in none.
    fn classes(&self, model: &Model<'_>, side: &Side) -> ClassSet {
        match self {
            Self::Words(_) => side.classes.clone(),
            Self::Address(address) => {
                class_of(model, *address).map_or_else(ClassSet::default, |c| ClassSet::run(c.0, c.0 + 1))
            }
        }
    }
}

fn class_of(model: &Model<'_>, address: IpAddr) -> Option<ZoneId> {
    let holds = |own: &crate::model::AddressSet| match address {
        IpAddr::V4(a) => own.v4.contains(a.to_bits()),
        IpAddr::V6(a) => own.v6.contains(a.to_bits()),
    };
    model.zones.iter().find(|(_, zone)| holds(&zone.own)).map(|(id, _)| id)
}

/// A question, as three words.
type Words = [String; 3];

/// One question from the command line.
pub fn of_words(args: &Explain, file: &str, words: [&str; 3]) -> Status {
    ask(args, file, &[words.map(str::to_owned)])
}

/// A question for each log line on standard input.
pub fn of_log(args: &Explain, file: &str) -> Status {
    if file == "-" {
        output::warn("segc: standard input cannot be the policy and the log lines at once\n");
        return Status::Unreadable;
    }
    let text = match load::read(std::path::Path::new("-"), "<stdin>", None) {
        Ok(text) => text,
        Err(wrong) => {
            output::warn(&format!("segc: {}\n", wrong.message));
            return Status::Unreadable;
        }
    };
    let mut questions: Vec<Words> = text.lines().filter_map(log_line::packet).map(log_line::Logged::words).collect();
    if questions.is_empty() {
        output::warn("segc: no line tells of a packet: SRC=, DST=, PROTO= and DPT= (or TYPE= and CODE=) are needed\n");
        return Status::Unreadable;
    }
    // The same packet logged a thousand times is one question.
    let mut seen = BTreeSet::new();
    questions.retain(|words| seen.insert(words.clone()));
    ask(args, file, &questions)
}

/// Nothing that would end the part of the statement in which the word is put.
fn is_plain(word: &str) -> bool {
    let breaks = |c: char| c.is_control() || matches!(c, '{' | '}' | '#' | '"' | '>');
    let colon = word.contains(':') && word.parse::<IpAddr>().is_err();
    !word.trim().is_empty() && !colon && !word.contains(breaks)
}

fn ask(args: &Explain, file: &str, questions: &[Words]) -> Status {
    let mut written = Vec::new();
    for [left, right, service] in questions {
        let (from, to) = (End::new(left), End::new(right));
        for (word, what) in [(left, "zone, group or address"), (right, "zone, group or address"), (service, "service")]
        {
            if !is_plain(word) {
                output::warn(&format!("segc: `{}` is no {what}\n", word.escape_default()));
                return Status::Unreadable;
            }
        }
        if from.families().and(to.families()).is_none() {
            let (one, other) = (from.families().words(), to.families().words());
            output::warn(&format!("segc: `{left}` is {one} and `{right}` is {other}: no packet has both\n"));
            return Status::Unreadable;
        }
        written.push(format!("allow {} -> {} : {service}\n", from.written(), to.written()));
    }
    let answered = policy::ask(&[PathBuf::from(file)], args.at, &written, |policy, flows| {
        let asked = questions.iter().zip(flows).map(|(words, flow)| {
            let (from, to) = (End::new(&words[0]), End::new(&words[1]));
            let connections = Connections {
                left: from.classes(&policy.model, &flow.left),
                right: to.classes(&policy.model, &flow.right),
                services: flow.services.clone(),
            };
            Asked { words, connections, families: from.families().and(to.families()) }
        });
        answer::print(args, policy, &asked.collect::<Vec<_>>())
    });
    answered.unwrap_or_else(|status| status)
}
