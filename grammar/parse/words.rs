//! Names, zones, strings, dates, numbers, rates and durations.

use std::borrow::Cow;

use pest::iterators::Pair;

use super::reader::{Reader, next};
use crate::ast::{Date, Item, ItemKind, Name, Rate, Text, Zones};
use crate::split::STATEMENTS;
use crate::syntax_error::NameFault;
use crate::{Rule, syntax_error};

/// The most characters of a name.
const LONGEST_NAME: usize = 63;
/// The most bytes of a string.
const LONGEST_STRING: usize = 4096;
/// Words for seconds, minutes, hours and days.
const UNITS: [(&str, &str, u32); 4] =
    [("second", "seconds", 1), ("minute", "minutes", 60), ("hour", "hours", 3600), ("day", "days", 86_400)];

/// Words that cannot be names, besides those that start a statement.
const RESERVED: [&str; 4] = ["any", "internet", "except", "self"];

/// What keeps a word from being a name.
pub(super) fn name_fault(text: &str) -> Option<NameFault> {
    let bytes = text.as_bytes();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if !bytes.iter().all(|&byte| plain(char::from(byte))) {
        if text.contains('/') || bytes.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') {
            return Some(NameFault::Address);
        }
        return text.chars().find(|&letter| !plain(letter)).map(|letter| match letter {
            '.' => NameFault::Dot,
            _ => NameFault::Letter(letter),
        });
    }
    if !bytes.first().is_some_and(u8::is_ascii_alphabetic) {
        return Some(NameFault::Start);
    }
    if bytes.last() == Some(&b'-') {
        return Some(NameFault::Hyphen);
    }
    if bytes.len() > LONGEST_NAME {
        return Some(NameFault::TooLong(bytes.len()));
    }
    (RESERVED.contains(&text) || STATEMENTS.contains(&text)).then_some(NameFault::Reserved)
}

impl<'s> Reader<'s> {
    pub fn name(&mut self, pair: Pair<'s, Rule>) -> Option<Name<'s>> {
        let (text, span) = (pair.as_str(), self.span(&pair));
        match name_fault(text) {
            None => Some(Name { text, span }),
            Some(fault) => {
                self.fault(syntax_error::bad_name(span, text, fault));
                None
            }
        }
    }

    /// `name, name`
    pub fn names(&mut self, pair: Pair<'s, Rule>) -> Vec<Name<'s>> {
        let names = pair.into_inner().filter(|part| part.as_rule() == Rule::name);
        names.filter_map(|part| self.name(part)).collect()
    }

    /// A zone, a group, a process, `any` or `internet`.
    pub fn item(&mut self, pair: Pair<'s, Rule>) -> Option<Item<'s>> {
        let (text, span) = (pair.as_str(), self.span(&pair));
        let kind = match text {
            "any" => ItemKind::Any,
            "internet" => ItemKind::Internet,
            _ => match name_fault(text) {
                None => ItemKind::Name(text),
                Some(NameFault::Dot) => self.process(&pair)?,
                Some(fault) => {
                    self.fault(syntax_error::bad_name(span, text, fault));
                    return None;
                }
            },
        };
        Some(Item { kind, span })
    }

    /// `zone.process`
    fn process(&mut self, pair: &Pair<'s, Rule>) -> Option<ItemKind<'s>> {
        let text = pair.as_str();
        let (zone, process) = text.split_once('.')?;
        let parts = [(zone, 0, zone.len()), (process, zone.len() + 1, text.len())];
        for (part, start, end) in parts {
            if let Some(fault) = name_fault(part) {
                // A second dot, or nothing on one side: all of it is wrong.
                let whole = part.is_empty() || fault == NameFault::Dot;
                let (span, part) = if whole { (self.span(pair), text) } else { (self.within(pair, start, end), part) };
                let fault = if whole { NameFault::Dot } else { fault };
                self.fault(syntax_error::bad_name(span, part, fault));
                return None;
            }
        }
        Some(ItemKind::Process(zone, process))
    }

    /// `item, item except item, item`
    pub fn zones(&mut self, pair: Pair<'s, Rule>) -> Zones<'s> {
        let mut zones = Zones { items: Vec::new(), except: Vec::new(), span: self.span(&pair) };
        let mut excepted = false;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::item => {
                    let side = if excepted { &mut zones.except } else { &mut zones.items };
                    side.extend(self.item(part));
                }
                Rule::EXCEPT => excepted = true,
                _ => {}
            }
        }
        zones
    }

    /// Quotes gone, escapes resolved.
    pub fn string(&mut self, pair: Pair<'s, Rule>) -> Option<Text<'s>> {
        let span = self.span(&pair);
        let quoted = pair.as_str();
        let inner = &quoted[1..quoted.len() - 1];
        if inner.len() > LONGEST_STRING {
            self.fault(syntax_error::string_too_long(span, inner.len()));
            return None;
        }
        let odd = |byte: &u8| matches!(byte, b'\t' | b'\r' | b'\\');
        if !inner.as_bytes().iter().any(odd) {
            return Some(Text { text: Cow::Borrowed(inner), span });
        }
        if let Some(tab) = inner.find(['\t', '\r']) {
            self.fault(syntax_error::tab_in_string(self.within(&pair, tab + 1, tab + 2)));
            return None;
        }
        let mut text = String::with_capacity(inner.len());
        let mut letters = inner.char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => match letters.next() {
                    Some((_, escaped @ ('"' | '\\'))) => text.push(escaped),
                    other => {
                        let end = other.map_or(inner.len(), |(next, escaped)| next + escaped.len_utf8());
                        let place = self.within(&pair, at + 1, end + 1);
                        self.fault(syntax_error::bad_escape(place, &inner[at..end]));
                        return None;
                    }
                },
                _ => text.push(letter),
            }
        }
        Some(Text { text: Cow::Owned(text), span })
    }

    /// `2027-06-30`
    pub fn date(&mut self, pair: Pair<'s, Rule>) -> Option<Date> {
        let (text, span) = (pair.as_str(), self.span(&pair));
        let fields: Vec<&str> = text.split('-').collect();
        let digits = |field: &&str| field.len() <= 4 && !field.is_empty() && field.bytes().all(|b| b.is_ascii_digit());
        let (&[year, month, day], true) = (fields.as_slice(), fields.iter().all(digits)) else {
            self.fault(syntax_error::bad_date(span, text, None));
            return None;
        };
        if (year.len(), month.len(), day.len()) != (4, 2, 2) {
            let padded = format!("{year}-{month:0>2}-{day:0>2}");
            let padded = (year.len() == 4 && padded.len() == 10).then_some(padded);
            self.fault(syntax_error::bad_date(span, text, padded.as_deref()));
            return None;
        }
        let (year, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        match jiff::civil::Date::new(year, month, day) {
            Ok(day) => Some(Date { day, span }),
            Err(_) => {
                let last = jiff::civil::Date::new(year, month, 1).ok().map(|first| first.last_of_month().to_string());
                self.fault(syntax_error::no_such_day(span, text, last.as_deref()));
                None
            }
        }
    }

    /// A whole number from 1 to `most`, without leading zeros.
    pub fn number(&mut self, pair: &Pair<'s, Rule>, what: &str, most: u64) -> Option<u64> {
        let text = pair.as_str();
        let number = plain_number(text).filter(|number| (1..=most).contains(number));
        if number.is_none() {
            let help = format!("write a whole number from 1 to {most}, in digits only");
            self.fault(syntax_error::bad_number(self.span(pair), text, what, &help));
        }
        number
    }

    /// `100/second`
    pub fn rate(&mut self, pair: &Pair<'s, Rule>) -> Option<Rate> {
        let text = pair.as_str();
        let rate = text.split_once('/').and_then(|(count, unit)| {
            let count = plain_number(count).and_then(|count| u32::try_from(count).ok()).filter(|&count| count > 0)?;
            let (_, _, seconds) = UNITS.iter().find(|(one, _, _)| *one == unit)?;
            Some(Rate { count, seconds: *seconds })
        });
        if rate.is_none() {
            let help = "write a number, `/`, and `second`, `minute`, `hour` or `day`, as in `100/second`";
            self.fault(syntax_error::bad_number(self.span(pair), text, "a rate", help));
        }
        rate
    }

    /// `15 minutes`, in seconds.
    pub fn duration(&mut self, number: Pair<'s, Rule>, unit: Pair<'s, Rule>) -> Option<u64> {
        const MOST: u64 = 1_000_000;
        let count = self.number(&number, "a number", MOST);
        let word = unit.as_str();
        match UNITS.iter().find(|(one, many, _)| *one == word || *many == word) {
            Some((_, _, seconds)) => count.map(|count| count * u64::from(*seconds)),
            None => {
                let units: Vec<&str> = UNITS.iter().map(|(_, many, _)| *many).collect();
                self.fault(syntax_error::bad_unit(self.span(&unit), word, &units));
                None
            }
        }
    }

    /// `30 days`
    pub fn days(&mut self, pair: Pair<'s, Rule>) -> Option<u32> {
        let mut parts = pair.into_inner();
        next(&mut parts);
        let (number, unit) = (next(&mut parts), next(&mut parts));
        let days = self.number(&number, "a number of days", 100_000);
        if !matches!(unit.as_str(), "day" | "days") {
            self.fault(syntax_error::bad_unit(self.span(&unit), unit.as_str(), &["days"]));
            return None;
        }
        days.and_then(|days| u32::try_from(days).ok())
    }
}

/// Digits only, without leading zeros.
pub(super) fn plain_number(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}
