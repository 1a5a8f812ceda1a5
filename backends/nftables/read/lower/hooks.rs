//! Which chains the kernel calls for forwarded packets. What other hooks may do to these packets is said here: a chain
//! before or behind the forward hook that can drop stands as a hook that drops on an unknown condition.

use super::Lower;
use crate::read::{Kind, Note};
use crate::rules::program::{Action, Chain, ChainId, Condition, Entries, Family, Hook, Rule, Value, Verdict};
use smallvec::smallvec;

impl Lower {
    pub(super) fn hooks(&mut self) {
        let mut hooks = Vec::new();
        let (mut input, mut output) = (Vec::new(), Vec::new());
        for index in 0..self.tree.chains.len() {
            let (chain, name) = (&self.tree.chains[index], &self.program.chains[index].name);
            let Some(base) = &chain.base else { continue };
            let id = ChainId(u32::try_from(index).unwrap_or(u32::MAX));
            let table = self.tree.tables.iter().find(|table| table.name == chain.table && table.family == chain.family);
            if table.is_none_or(|table| table.dormant) {
                continue;
            }
            let family = match &*chain.family {
                "ip" => Some(Family::V4),
                "ip6" => Some(Family::V6),
                "inet" => None,
                other => {
                    let what = format!("chain `{name}` of family {other}: not about forwarded packets of IP");
                    self.notes.push(Note { at: chain.line, kind: Kind::Ignored, what });
                    continue;
                }
            };
            let (priority, drops, line) = (base.priority, base.drops, chain.line);
            let policy = if drops { Verdict::Drop } else { Verdict::Accept };
            match &*base.hook {
                "forward" => {
                    hooks.push(Hook { chain: id, priority, policy, family });
                    if let Some((at, what)) = self.reaches(id).1 {
                        let what = format!("packets are changed, or their fate is unknown: {what}");
                        self.notes.push(Note { at, kind: Kind::Changes, what });
                    }
                }
                "prerouting" | "ingress" | "postrouting" | "egress" => {
                    let (name, table) = (name.clone(), chain.table.to_string());
                    let before = matches!(&*base.hook, "prerouting" | "ingress");
                    let hook = base.hook.clone();
                    let (may_drop, change) = self.reaches(id);
                    if let Some((at, what)) = change {
                        let what = format!("packets are changed in hook {hook}: {what}");
                        self.notes.push(Note { at, kind: Kind::Changes, what });
                    }
                    if !drops && !may_drop {
                        continue;
                    }
                    let what = format!("chain `{name}` in hook {hook} may drop");
                    self.notes.push(Note { at: line, kind: Kind::Removes, what: what.clone() });
                    let drop = Action::Verdict(Verdict::Drop);
                    let rule = Rule { at: line, conditions: smallvec![Condition::Unknown(what)], action: drop };
                    let chain = ChainId(u32::try_from(self.program.chains.len()).unwrap_or(u32::MAX));
                    self.program.chains.push(Chain { table, name, rules: vec![rule] });
                    let priority = if before { i32::MIN } else { i32::MAX };
                    hooks.push(Hook { chain, priority, policy: Verdict::Accept, family });
                }
                "input" => input.push(Hook { chain: id, priority, policy, family }),
                "output" => output.push(Hook { chain: id, priority, policy, family }),
                _ => {}
            }
        }
        for hooks in [&mut hooks, &mut input, &mut output] {
            hooks.sort_by_key(|hook| hook.priority);
        }
        let unordered = |a: &Hook, b: &Hook| {
            let meet = a.family.is_none() || b.family.is_none() || a.family == b.family;
            a.priority == b.priority && meet && ![i32::MIN, i32::MAX].contains(&a.priority)
        };
        for pair in hooks.windows(2).filter(|pair| unordered(&pair[0], &pair[1])) {
            let name = |hook: &Hook| self.program.chains[hook.chain.0 as usize].name.clone();
            let what = format!(
                "`{}` and `{}` have one priority: the text does not tell which is asked first",
                name(&pair[0]),
                name(&pair[1])
            );
            self.notes.push(Note { at: 0, kind: Kind::Loss, what });
        }
        self.program.hooks = hooks;
        self.program.input = input;
        self.program.output = output;
    }

    /// Whether a packet that a chain is asked about may be dropped; and the first place where it may be changed.
    fn reaches(&self, chain: ChainId) -> (bool, Option<(u32, String)>) {
        let mut seen = vec![false; self.program.chains.len()];
        let mut open = vec![chain];
        let (mut drops, mut change) = (false, None);
        while let Some(chain) = open.pop() {
            if std::mem::replace(&mut seen[chain.0 as usize], true) {
                continue;
            }
            if change.is_none() {
                change = self.changes.get(&chain).cloned();
            }
            let mut take = |verdict: Verdict, drops: &mut bool| match verdict {
                Verdict::Drop => *drops = true,
                Verdict::Jump(chain) | Verdict::Goto(chain) => open.push(chain),
                _ => {}
            };
            for rule in &self.program.chains[chain.0 as usize].rules {
                match &rule.action {
                    Action::Verdict(verdict) => take(*verdict, &mut drops),
                    // What only rewrites lets pass.
                    Action::Unknown(_) => drops |= self.unknown.contains(&chain),
                    Action::Lookup { map, .. } => {
                        let map = &self.program.maps[map.0 as usize];
                        let values: Box<dyn Iterator<Item = &Value>> = match &map.entries {
                            Entries::V4(entries) => Box::new(entries.iter().map(|entry| &entry.2)),
                            Entries::V6(entries) => Box::new(entries.iter().map(|entry| &entry.2)),
                            Entries::Number(entries) => Box::new(entries.iter().map(|entry| &entry.2)),
                        };
                        for value in values.chain(&map.default) {
                            if let Value::Verdict(verdict) = value {
                                take(*verdict, &mut drops);
                            }
                        }
                    }
                    Action::SetNumber(_) | Action::LookupNumber { .. } => {}
                }
            }
        }
        (drops, change)
    }
}
