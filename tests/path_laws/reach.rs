//! What `segc reach` says of a policy, judged by brute force.

use proptest::prelude::*;
use segc::graph::{Closure, Element, Fact, FlowIndex, Graph, Level, Question};
use segc::model::{ClassSet, Model, ZoneId};
use segc::reach::reach;
use segc_grammar::ast::FlagKind;

use super::{Brute, Known, decorate, elements, found, with_assumptions};
use crate::laws::compiled;
use crate::random_policy::{DAY, Size, policy};

/// Every other zone that has no flag is critical, and every second allow needs a credential.
fn critical(text: &str) -> String {
    let mut zones = 0;
    let line = |line: &str| {
        zones += usize::from(line.starts_with("zone "));
        let flagged = line.contains(" is ") || line.contains("domains");
        if line.starts_with("zone ") && !flagged && zones % 2 == 1 {
            line.replacen('{', "{ is critical ", 1) + "\n"
        } else if line.starts_with("allow ") && !line.contains(" needs ") && line.len().is_multiple_of(2) {
            line.replacen('{', &format!("{{ needs key-{} ", line.len() / 2 % 2), 1) + "\n"
        } else {
            line.to_owned() + "\n"
        }
    };
    text.lines().map(line).collect()
}

fn goals(model: &Model<'_>) -> Vec<u32> {
    let critical = model.zones.iter().filter(|(_, zone)| zone.flags.contains(&FlagKind::Critical));
    critical.map(|(id, _)| id.0).collect()
}

fn all(known: &Known) -> impl Iterator<Item = &bool> {
    known.compromised.iter().chain(&known.captured).chain(&known.tainted)
}

/// For each goal, the places other than itself from which it falls.
fn sources(model: &Model<'_>, gone: &[Element]) -> Vec<usize> {
    let places = model.zones.len() as u32;
    let mut counts = vec![0; goals(model).len()];
    for start in 0..places {
        let known = Brute { model, starts: &[start], gone, level: Level::Worst, alone: false }.all();
        for (count, goal) in counts.iter_mut().zip(goals(model)) {
            *count += usize::from(start != goal && known.compromised[goal as usize]);
        }
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Who exploits nothing reaches what the rules say, and nothing that the worst case does not.
    #[test]
    fn the_second_level_is_brute_force_and_within_the_third(seed in any::<u64>()) {
        let text = with_assumptions(seed, Size::MEDIUM);
        compiled(&text, |model, _| {
            let graph = Graph::new(model, DAY, None);
            for start in 0..model.zones.len() as u32 {
                let starts = ClassSet::run(start, start + 1);
                let question = Question::new(&starts, &graph.barriers);
                let closure = Closure::new(&graph, Question { level: Level::Credentials, ..question });
                let logins = found(model, &closure);
                let brute = Brute { model, starts: &[start], gone: &[], level: Level::Credentials, alone: false }.all();
                prop_assert_eq!(&logins, &brute, "from {} in\n{}", start, text);
                let worst = found(model, &Closure::new(&graph, question));
                prop_assert!(all(&logins).zip(all(&worst)).all(|(a, b)| !a || *b), "from {} in\n{}", start, text);
            }
            Ok(())
        })?;
    }

    /// Another allow and another credential take nothing away, at either level.
    #[test]
    fn adding_a_statement_never_removes(seed in any::<u64>()) {
        let text = with_assumptions(seed, Size::MEDIUM);
        let name = text.lines().find_map(|line| line.strip_prefix("zone ")?.split([' ', '{']).next()).unwrap_or_default();
        let more = format!(
            "{text}allow any except internet -> {name} : tcp/9 {{ needs zz reason \"more\" }}\n\
             credential zz {{ held by {name}  opens {name}  publishes to {name}  usable anywhere }}\n"
        );
        let reached = |text: &str| -> Vec<Vec<Fact>> {
            let mut reached = Vec::new();
            compiled(text, |model, _| {
                let graph = Graph::new(model, DAY, None);
                for start in 0..model.zones.len() as u32 {
                    for level in [Level::Credentials, Level::Worst] {
                        let starts = ClassSet::run(start, start + 1);
                        let question = Question { level, ..Question::new(&starts, &graph.barriers) };
                        reached.push(Closure::new(&graph, question).facts());
                    }
                }
            });
            reached
        };
        for (before, after) in reached(&text).iter().zip(reached(&more)) {
            prop_assert!(before.iter().all(|fact| after.contains(fact)), "{}", more);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Exposures and choke points are what counting says.
    #[test]
    fn exposures_and_choke_points_are_counted_right(seed in any::<u64>()) {
        let size = Size { allows: 5, ..Size::SMALL };
        let text = critical(&decorate::decorated(&policy(seed, size), seed, 2));
        compiled(&text, |model, _| {
            let index = FlowIndex::new(model, |_| true);
            let answer = reach(model, DAY, &index, ZoneId(0));
            let baseline = sources(model, &[]);
            let told: Vec<usize> = answer.exposures.iter().map(|share| share.sources).collect();
            prop_assert_eq!(&told, &baseline, "{}", text);
            prop_assert!(answer.exposures.iter().all(|share| share.undecided == 0) && answer.chokes.proved);
            let total: usize = baseline.iter().sum();
            let parted = |element: Element| total - sources(model, &[element]).iter().sum::<usize>();
            let mut counts: Vec<(usize, Element)> = elements(model).into_iter().map(|e| (parted(e), e)).collect();
            counts.retain(|(pairs, _)| *pairs > 0);
            counts.sort_unstable_by_key(|count| std::cmp::Reverse(count.0));
            let best: Vec<usize> = answer.chokes.best.iter().map(|choke| choke.pairs).collect();
            prop_assert_eq!(best, counts.iter().take(5).map(|c| c.0).collect::<Vec<_>>(), "{}", text);
            for choke in &answer.chokes.best {
                prop_assert!(counts.contains(&(choke.pairs, choke.element)), "{:?} in\n{}", choke, text);
            }
            Ok(())
        })?;
    }
}
