//! From a [`Tree`] to a [`Program`]: conditions made exact where they can be, and unknown where not.

mod conditions;
mod hooks;
mod sets;

use super::tree::{Plain, Rule as TreeRule, Said, Statement, Tree};
use crate::read::draft::Draft;
use crate::read::{Dialect, Note, Read, Table, Unreadable};
use crate::rules::program::{Action, Chain, ChainId, Condition, Family, MapId, Places, Program, Rule, SetId};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::smallvec;

/// Rules that one rule may become. More are one rule that is not understood.
const MOST: usize = 200_000;

pub(super) struct Lower {
    tree: Tree,
    program: Program,
    notes: Vec<Note>,
    /// Some packets may not be tracked: nothing can be said of their states.
    untracked: bool,
    named: FxHashMap<usize, SetId>,
    complements: FxHashMap<SetId, SetId>,
    single: FxHashMap<(Family, u128, u128), SetId>,
    maps: FxHashMap<usize, MapId>,
    /// Chains in which packets are changed, and where.
    changes: FxHashMap<ChainId, (u32, String)>,
    /// Chains with a rule that may do anything.
    unknown: FxHashSet<ChainId>,
}

/// The program of a tree.
pub(super) fn lower(mut tree: Tree, places: Places) -> Result<Read, Unreadable> {
    if let Some(chain) = tree.chains.iter().find(|chain| !chain.defined) {
        return Err(Unreadable { line: chain.line, what: format!("there is no chain `{}`", chain.name) });
    }
    if let Some(set) = tree.sets.iter().find(|set| !set.defined) {
        return Err(Unreadable { line: set.line, what: format!("there is no set `{}`", set.name) });
    }
    let statements = std::mem::take(&mut tree.statements);
    let notes = std::mem::take(&mut tree.notes);
    let mut lower = Lower {
        program: Program { places, ..Program::default() },
        notes,
        untracked: statements.iter().any(|statement| matches!(statement, Statement::Untracked)),
        named: FxHashMap::default(),
        complements: FxHashMap::default(),
        single: FxHashMap::default(),
        maps: FxHashMap::default(),
        changes: FxHashMap::default(),
        unknown: FxHashSet::default(),
        tree,
    };
    for index in 0..lower.tree.chains.len() {
        let chain = &mut lower.tree.chains[index];
        let rules = std::mem::take(&mut chain.rules);
        let (table, name) = (chain.table.to_string(), std::mem::take(&mut chain.name));
        let inet = &*chain.family == "inet";
        // Their base chains see no packet that is forwarded; see `hooks`.
        let forwards = matches!(&*chain.family, "ip" | "ip6" | "inet");
        let id = ChainId(u32::try_from(index).unwrap_or(u32::MAX));
        let mut out = Vec::with_capacity(if forwards { rules.len() } else { 0 });
        if forwards {
            for rule in &rules {
                match rule {
                    TreeRule::Said(said) => {
                        let statements = &statements[said.start as usize..said.end as usize];
                        lower.rule(id, inet, said, statements, &mut out)?;
                    }
                    TreeRule::Plain(plain) => out.push(plain_rule(plain, [].into_iter())),
                    TreeRule::Between(between) => {
                        let ends = between.ends.map(|end| {
                            let (low, high) = lower.tree.ranges[end as usize];
                            lower.one(between.family, low, high)
                        });
                        let ends = [Condition::Source(ends[0]), Condition::Destination(ends[1])];
                        out.push(plain_rule(&between.plain, ends.into_iter()));
                    }
                }
            }
        }
        lower.program.chains.push(Chain { table, name, rules: out });
    }
    lower.hooks();
    let tables = lower
        .tree
        .tables
        .iter()
        .map(|table| Table { family: table.family.to_string(), name: table.name.to_string() })
        .collect();
    lower.notes.sort_by_key(|note| note.at);
    Ok(Read { program: lower.program, notes: lower.notes, tables, dialect: Dialect::Nft })
}

impl Lower {
    fn rule(
        &mut self,
        chain: ChainId,
        inet: bool,
        rule: &Said,
        statements: &[Statement],
        out: &mut Vec<Rule>,
    ) -> Result<(), Unreadable> {
        let at = rule.at;
        let first = out.len();
        let mut drafts = vec![Draft::new()];
        for statement in statements {
            match statement {
                Statement::Is(selector, low, high) => {
                    drafts
                        .iter_mut()
                        .for_each(|draft| self.condition(draft, *selector, &[(*low, *high)], false, inet, ""));
                }
                Statement::Match(selectors, not, right, text) => {
                    self.compare(&mut drafts, selectors, *not, right, text, inet)?
                }
                Statement::Time(since, before) => {
                    let time = Condition::Time { since: *since, before: *before };
                    drafts.iter_mut().for_each(|draft| draft.others.push(time.clone()));
                }
                Statement::Unless(family, protocol, text) => {
                    for draft in &mut drafts {
                        family.iter().for_each(|family| draft.family(*family));
                        protocol.iter().for_each(|protocol| {
                            draft.service(&[(u32::from(*protocol) << 16, u32::from(*protocol) << 16 | 0xffff)]);
                        });
                        draft.unknown(text);
                    }
                }
                Statement::Verdict(verdict) => {
                    emit(&drafts, at, &Action::Verdict(*verdict), out);
                    return Ok(());
                }
                Statement::Vmap(selectors, right, text) => {
                    if !self.look_up(&drafts, at, selectors, right, text, inet, out)? {
                        emit(&drafts, at, &Action::Unknown(text.to_string()), out);
                    }
                    return Ok(());
                }
                Statement::SetClass(number) => {
                    emit(&drafts, at, &Action::SetNumber(*number), out);
                    // What was asked of the old number cannot be asked again.
                    for draft in drafts.iter_mut().filter(|draft| draft.asks_number()) {
                        *draft = Draft::new();
                        draft.unknown("the number before this rule wrote it");
                    }
                }
                Statement::SetClassMap(selector, right, text) => match self.number_map(*selector, right, at)? {
                    Some((key, map)) => {
                        for draft in &mut drafts {
                            let family = super::expressions::implied(&[*selector]).0;
                            family.iter().for_each(|family| draft.family(*family));
                        }
                        emit(&drafts, at, &Action::LookupNumber { key, map }, out);
                        for draft in &mut drafts {
                            if draft.asks_number() {
                                *draft = Draft::new();
                            }
                            draft.unknown(text);
                        }
                    }
                    None => {
                        emit(&drafts, at, &Action::Unknown(text.to_string()), out);
                        return Ok(());
                    }
                },
                Statement::Rewrite(text) | Statement::Unknown(text) => {
                    if matches!(statement, Statement::Unknown(_)) {
                        self.unknown.insert(chain);
                    }
                    self.changes.entry(chain).or_insert_with(|| (at, text.to_string()));
                    emit(&drafts, at, &Action::Unknown(text.to_string()), out);
                    return Ok(());
                }
                Statement::Untracked => {
                    self.changes.entry(chain).or_insert_with(|| (at, "notrack".to_owned()));
                    emit(&drafts, at, &Action::Unknown("notrack".to_owned()), out);
                    return Ok(());
                }
            }
            if drafts.len() > MOST || out.len() - first > MOST {
                out.truncate(first);
                let text = "a concatenation of too many elements".to_owned();
                out.push(Rule { at, conditions: smallvec![], action: Action::Unknown(text) });
                return Ok(());
            }
        }
        Ok(())
    }
}

/// A rule of the short cut, behind conditions on addresses.
fn plain_rule(plain: &Plain, ends: impl Iterator<Item = Condition>) -> Rule {
    let service = Condition::Service(smallvec![(plain.low, plain.high)]);
    Rule { at: plain.at, conditions: ends.chain([service]).collect(), action: Action::Verdict(plain.verdict) }
}

/// The rules of all drafts.
fn emit(drafts: &[Draft], at: u32, action: &Action, out: &mut Vec<Rule>) {
    for draft in drafts {
        match draft.lone.filter(|_| draft.families == [true; 2]) {
            None => out.push(Rule { at, conditions: draft.conditions(), action: action.clone() }),
            Some(family) => {
                let (mut own, mut other) = (draft.clone(), draft.clone());
                own.family(family);
                other.family(if family == Family::V4 { Family::V6 } else { Family::V4 });
                other.unknown("whether of both families: listings leave that out for protocols of ICMP");
                out.extend([own, other].map(|draft| Rule {
                    at,
                    conditions: draft.conditions(),
                    action: action.clone(),
                }));
            }
        }
    }
}
