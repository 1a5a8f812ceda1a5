//! One rule of an iptables-save text: its matches and its target.

use super::ipset::{self, Kind as SetKind};
use super::{Reader, Word};
use crate::read::Unreadable;
use crate::read::draft::Draft;
use crate::read::ranges::{complement, union};
use crate::read::words::{ICMP_TYPES, ICMPV6_TYPES, PROTOCOLS, find, port};
use crate::rules::program::{Action, ChainId, Condition, Family, Rule, Verdict};

/// Targets after which the next rule is asked, and that write nothing a match that is understood can see.
const GO_ON: &[&str] = &[
    "LOG",
    "NFLOG",
    "ULOG",
    "MARK",
    "CONNMARK",
    "CONNSECMARK",
    "SECMARK",
    "TRACE",
    "AUDIT",
    "TCPMSS",
    "DSCP",
    "TOS",
    "TTL",
    "HL",
    "CHECKSUM",
    "RATEEST",
    "IDLETIMER",
    "LED",
    "SET",
    "CT",
    "CLASSIFY",
];

/// Matches that say nothing unless one of their options does.
const SILENT: &[&str] = &[
    "tcp",
    "udp",
    "sctp",
    "udplite",
    "dccp",
    "multiport",
    "set",
    "conntrack",
    "state",
    "comment",
    "icmp",
    "icmp6",
    "icmpv6",
    "iprange",
];

/// Whether a target only changes addresses.
pub(super) fn rewrites(target: &str) -> bool {
    let name = target.split(' ').next().unwrap_or_default();
    matches!(name, "DNAT" | "SNAT" | "MASQUERADE" | "REDIRECT" | "NETMAP" | "NOTRACK" | "CT")
}

impl Reader {
    /// `-A CHAIN …`.
    pub(super) fn rule(&mut self, line: u32, words: &[Word<'_>]) -> Result<(), Unreadable> {
        let error = |what: &str| Unreadable { line, what: what.to_owned() };
        let (Some("-A"), Some(name)) = (words.first().map(AsRef::as_ref), words.get(1).map(AsRef::as_ref)) else {
            return Err(error("`-A CHAIN` is missing"));
        };
        let Some((chain, _)) = self.chains.get(name).copied() else {
            return Err(error("there is no such chain"));
        };
        let mut drafts = vec![Draft::new()];
        let mut protocol = None;
        let mut place = 2;
        while place < words.len() {
            let start = place;
            let not = words[place] == "!";
            place += usize::from(not);
            let option = words.get(place).map(AsRef::as_ref).ok_or_else(|| error("an option is missing behind `!`"))?;
            place += 1;
            if matches!(option, "-j" | "-g") {
                let target = words.get(place).ok_or_else(|| error("a target is missing"))?;
                return self.target(line, chain, &drafts, option == "-g", target, &words[place..]);
            }
            let value = words.get(place).map_or("", AsRef::as_ref);
            let known = self.option(&mut drafts, &mut protocol, option, value, words.get(place + 1), not);
            match known {
                Some(taken) => place += taken,
                None => {
                    while words.get(place).is_some_and(|word| !word.starts_with('-') && word != "!") {
                        place += 1;
                    }
                    let text = words[start..place].join(" ");
                    drafts.iter_mut().for_each(|draft| draft.unknown(&text));
                }
            }
        }
        Ok(())
    }

    /// Makes an option a condition and says how many words follow it; `None` where it is not understood.
    fn option(
        &mut self,
        drafts: &mut Vec<Draft>,
        protocol: &mut Option<u32>,
        option: &str,
        value: &str,
        second: Option<&Word<'_>>,
        not: bool,
    ) -> Option<usize> {
        let family = self.family;
        let service = |drafts: &mut Vec<Draft>, keys: Vec<(u32, u32)>, last: (u32, u32)| {
            let keys = union(keys);
            let inside = |keys: Vec<(u32, u32)>| crate::read::ranges::intersection(&keys, &[last]);
            let keys = if not { inside(complement(&keys, u32::MAX)) } else { keys };
            drafts.iter_mut().for_each(|draft| draft.service(&keys));
        };
        match option {
            "-s" | "-d" | "--src-range" | "--dst-range" => {
                let (_, range) = ipset::range(value, family)?;
                let bits = if family == Family::V4 { u128::from(u32::MAX) } else { u128::MAX };
                let ranges = if not { complement(&[range], bits) } else { vec![range] };
                let set = self.set(family, ranges);
                for draft in drafts {
                    match option {
                        "-s" | "--src-range" => draft.source(family, set),
                        _ => draft.destination(family, set),
                    }
                }
            }
            "-p" => {
                if value == "all" && !not {
                    return Some(1);
                }
                let number = match value.parse::<u8>() {
                    Ok(number) => number,
                    Err(_) => find(PROTOCOLS, value.as_bytes())?,
                };
                if !not {
                    *protocol = Some(number.into());
                }
                // Zero stands for every protocol (`include/uapi/linux/netfilter_ipv4/ip_tables.h`).
                if number == 0 {
                    return None;
                }
                let base = u32::from(number) << 16;
                service(drafts, vec![(base, base | 0xffff)], (0, 255 << 16 | 0xffff));
            }
            "-m" => return SILENT.contains(&value).then_some(1),
            "--comment" => {}
            "--dport" | "--dports" => {
                let base = protocol.filter(|protocol| [6, 17, 33, 132, 136].contains(protocol))? << 16;
                let one = |word: &str| word.parse::<u16>().ok().or_else(|| port(word.as_bytes())).map(u32::from);
                let mut keys = Vec::new();
                for part in value.split(',') {
                    let (low, high) = match part.split_once(':') {
                        None => (one(part)?, one(part)?),
                        Some((low, high)) => (
                            if low.is_empty() { 0 } else { one(low)? },
                            if high.is_empty() { 65_535 } else { one(high)? },
                        ),
                    };
                    if low > high {
                        return None;
                    }
                    keys.push((base | low, base | high));
                }
                service(drafts, keys, (base, base | 0xffff));
            }
            "--icmp-type" | "--icmpv6-type" => {
                let (base, types) =
                    if option == "--icmp-type" { (1 << 16, ICMP_TYPES) } else { (58 << 16, ICMPV6_TYPES) };
                if value == "any" && !not {
                    service(drafts, vec![(base, base | 0xffff)], (base, base | 0xffff));
                    return Some(1);
                }
                let (kind, code) = value.split_once('/').map_or((value, None), |(kind, code)| (kind, Some(code)));
                let kind = kind.parse::<u8>().ok().or_else(|| find(types, kind.as_bytes()))?;
                // 255 is how `any` is stored for ICMP (`net/ipv4/netfilter/ip_tables.c`).
                if kind == 255 {
                    return None;
                }
                let first = base | u32::from(kind) << 8;
                let key = match code {
                    None => (first, first | 255),
                    Some(code) => {
                        let code = u32::from(code.parse::<u8>().ok()?);
                        (first | code, first | code)
                    }
                };
                service(drafts, vec![key], (base, base | 0xffff));
            }
            "--ctstate" | "--state" => {
                let states: Vec<&str> = value.split(',').collect();
                let known = ["NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"];
                if self.untracked || !states.iter().all(|state| known.contains(state)) {
                    return None;
                }
                let new = states.contains(&"NEW");
                // Whether a first packet is untracked is not known where rules may make it so, and nothing else does.
                if !new && states.contains(&"UNTRACKED") && !not {
                    return None;
                }
                if new == not {
                    drafts.iter_mut().for_each(Draft::never);
                }
            }
            "--ctdir" if !self.untracked && matches!(value, "ORIGINAL" | "REPLY") => {
                if (value == "ORIGINAL") == not {
                    drafts.iter_mut().for_each(Draft::never);
                }
            }
            "--match-set" => {
                self.match_set(drafts, value, second?, not)?;
                return Some(2);
            }
            _ => return None,
        }
        Some(1)
    }

    /// `--match-set NAME src,dst`; `None` where it is not understood.
    fn match_set(&mut self, drafts: &mut Vec<Draft>, name: &str, directions: &str, not: bool) -> Option<()> {
        let family = self.family;
        let mut directions = directions.split(',');
        let source = match directions.next()? {
            "src" => true,
            "dst" => false,
            _ => return None,
        };
        let second = directions.next();
        let absent = self.ipsets.get(name).is_none_or(|set| set.opaque) || self.filled.iter().any(|set| set == name);
        if absent {
            if not || second.is_some() {
                return None;
            }
            drafts.iter_mut().for_each(|draft| draft.others.push(Condition::Runtime(name.to_owned())));
            return Some(());
        }
        let set = &self.ipsets[name];
        let (kind, products) = if set.kind == SetKind::List {
            let mut all = Vec::new();
            for member in &set.members {
                let member_set = self.ipsets.get(member)?;
                let plain =
                    member_set.kind == SetKind::Addresses && !member_set.opaque && !self.filled.contains(member);
                if !plain {
                    return None;
                }
                // A set of the other family holds no packet of this one.
                if member_set.v6 == (family == Family::V6) {
                    all.extend(member_set.products()?.into_iter().flat_map(|(_, ranges)| ranges));
                }
            }
            (SetKind::Addresses, vec![((0, u32::MAX), union(all))])
        } else if set.v6 == (family == Family::V6) {
            (set.kind, set.products()?)
        } else {
            return None;
        };
        if kind == SetKind::Addresses {
            let ranges = union(products.into_iter().flat_map(|(_, ranges)| ranges).collect());
            let last = if family == Family::V4 { u128::from(u32::MAX) } else { u128::MAX };
            let ranges = if not { complement(&ranges, last) } else { ranges };
            let found = self.set(family, ranges);
            for draft in drafts {
                if source { draft.source(family, found) } else { draft.destination(family, found) }
            }
            return Some(());
        }
        // All but some pairs is no product; the port must be the destination's.
        if not || second != Some("dst") {
            return None;
        }
        let mut all = Vec::new();
        for draft in &*drafts {
            for (service, ranges) in &products {
                let mut draft = draft.clone();
                let found = self.set(family, ranges.clone());
                if source {
                    draft.source(family, found)
                } else {
                    draft.destination(family, found)
                }
                draft.service(&[*service]);
                all.push(draft);
            }
            if products.is_empty() {
                let mut draft = draft.clone();
                draft.never();
                all.push(draft);
            }
        }
        *drafts = all;
        Some(())
    }

    fn target(
        &mut self,
        line: u32,
        chain: ChainId,
        drafts: &[Draft],
        goto: bool,
        target: &str,
        words: &[Word<'_>],
    ) -> Result<(), Unreadable> {
        let action = match (target, self.chains.get(target)) {
            (_, Some((chain, None))) if goto => Action::Verdict(Verdict::Goto(*chain)),
            (_, Some((chain, None))) => Action::Verdict(Verdict::Jump(*chain)),
            (_, Some((_, Some(_)))) | (_, None) if goto => {
                return Err(Unreadable { line, what: format!("there is no chain `{target}`") });
            }
            ("ACCEPT", _) => Action::Verdict(Verdict::Accept),
            ("DROP" | "REJECT", _) => Action::Verdict(Verdict::Drop),
            ("RETURN", _) => Action::Verdict(Verdict::Return),
            (target, _) if GO_ON.contains(&target) && !words.iter().any(|word| word == "--notrack") => return Ok(()),
            _ => {
                let text = words.join(" ");
                self.changes.entry(chain).or_insert_with(|| (line, text.clone()));
                Action::Unknown(text)
            }
        };
        let rules = &mut self.program.chains[chain.0 as usize].rules;
        rules.extend(drafts.iter().map(|draft| Rule {
            at: line,
            conditions: draft.conditions(),
            action: action.clone(),
        }));
        Ok(())
    }
}
