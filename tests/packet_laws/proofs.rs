//! Proofs: a policy written out is proved, and every way of writing it wrongly is found, with a packet that shows it.

use proptest::prelude::*;
use segc::packets::{Meant, Packet, Proof, Verdict, expect, prove, prove_expected, trace};
use segc_backends::rules::program::{Action, Condition, Program};

use super::policies::{key, noon};
use super::written::{classes, list};
use crate::laws::compiled;
use crate::naive::Naive;
use crate::naive::packets::packets;
use crate::random_policy::dice::Dice;
use crate::random_policy::{DAY, Size, policy};

/// Changes one rule: takes it away, takes a condition away, widens or narrows its keys, or turns its verdict round.
fn mutated(mut program: Program, dice: &mut Dice) -> Program {
    use segc_backends::rules::program::Verdict as Says;
    let chains: Vec<usize> = (0..program.chains.len()).filter(|&c| !program.chains[c].rules.is_empty()).collect();
    let rules = &mut program.chains[*dice.pick(&chains)].rules;
    let at = dice.below(rules.len() as u64) as usize;
    match dice.below(4) {
        0 => {
            rules.remove(at);
        }
        1 if !rules[at].conditions.is_empty() => {
            let gone = dice.below(rules[at].conditions.len() as u64) as usize;
            rules[at].conditions.remove(gone);
        }
        2 => {
            for condition in &mut rules[at].conditions {
                if let Condition::Service(keys) = condition {
                    keys[0].1 -= u32::from(keys[0].1 > keys[0].0);
                }
            }
        }
        _ => {
            if rules[at].action == Action::Verdict(Says::Accept) {
                rules[at].action = Action::Verdict(Says::Drop);
            }
        }
    }
    program
}

fn sound(proof: &Proof) -> bool {
    let shown = !proof.missing.is_empty() || !proof.extra.is_empty();
    proof.errors.is_empty() && proof.disputed.is_empty() && shown != (proof.verdict == Verdict::Proved)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn two_ways_of_writing_a_policy_are_both_proved(seed in any::<u64>()) {
        let text = policy(seed, Size::MEDIUM);
        compiled(&text, |model, _| {
            for program in [list(model), classes(model)] {
                let proof = prove(Meant::everything(model, DAY), &program);
                prop_assert_eq!(proof.verdict, Verdict::Proved, "{:#?}\n{}", proof, text);
                let early = prove_expected(Meant::everything(model, DAY), &program, expect(Meant::everything(model, DAY)));
                prop_assert_eq!(early.verdict, Verdict::Proved, "{:#?}\n{}", early, text);
            }
            Ok(())
        })?;
    }

    /// The evaluators agree on every witness, so it is true; and the other way of writing tells whether there is one.
    #[test]
    fn p37_what_is_written_wrongly_is_found(seed in any::<u64>(), by_classes in any::<bool>()) {
        let text = policy(seed, Size::MEDIUM);
        compiled(&text, |model, _| {
            let written = if by_classes { classes(model) } else { list(model) };
            if written.chains.iter().all(|chain| chain.rules.is_empty()) {
                return Ok(());
            }
            let wrong = mutated(written, &mut Dice::new(seed));
            let proof = prove(Meant::everything(model, DAY), &wrong);
            prop_assert!(sound(&proof), "{:#?}\n{}", proof, text);
            // What is worked out before the program is known is the same.
            let early = prove_expected(Meant::everything(model, DAY), &wrong, expect(Meant::everything(model, DAY)));
            let told = |proof: &Proof| format!("{:?} {:?} {:?}", proof.verdict, proof.missing, proof.extra);
            prop_assert_eq!(told(&early), told(&proof), "{}", text);
            // Without the rule that writes it, the number is that with which the packet comes, and may be any.
            let certain = proof.missing.iter().chain(&proof.extra).all(|w| w.certain);
            prop_assert!(certain || !proof.unknown.is_empty(), "{:#?}\n{}", proof, text);
            let naive = Naive::new(&text, DAY);
            for packet in packets(&naive, seed, 200) {
                let (source, destination) = (packet.source, packet.destination);
                let asked = Packet { source, destination, key: key(&packet), time: noon(DAY) };
                let passes = trace(&wrong, &asked).expect("it ends").accepted.is_some();
                let differs = passes != naive.verdict(&packet);
                prop_assert!(!certain || !differs || proof.verdict == Verdict::Different, "{:?}\n{}", packet, text);
                prop_assert!(!differs || proof.verdict != Verdict::Proved, "{:?} {:?}\n{}", packet, passes, text);
            }
            Ok(())
        })?;
    }
}
