//! The order of statements, and of what stands in a device, changes no rule.

use segc::lower::lower_placed;
use segc::place::{Topology, place};
use segc_backends::rules::RuleSet;
use segc_grammar::ast::StatementKind;

use super::drawn;
use super::rules::text_of;
use crate::laws::{compiled, without_origins};
use crate::random_policy::DAY;
use crate::random_policy::dice::Dice;

/// The statements, and the clauses of devices, in another order.
fn shuffled(text: &str, seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let (tree, _) = segc_grammar::parse(text, 0);
    let of = |span: segc_grammar::Span| &text[span.start as usize..span.end as usize];
    let mut statements = Vec::new();
    for statement in &tree.statements {
        let device = matches!(statement.kind, StatementKind::Firewall { .. } | StatementKind::Router { .. });
        statements.push(if device {
            let mut clauses: Vec<&str> = statement.clauses.iter().map(|clause| of(clause.span)).collect();
            dice.shuffle(&mut clauses);
            let (head, _) = of(statement.span).split_once('{').expect("a block");
            format!("{head}{{ {} }}", clauses.join(" "))
        } else {
            of(statement.span).to_owned()
        });
    }
    dice.shuffle(&mut statements);
    statements.join("\n")
}

/// Names of interfaces that share what is behind them, and of that.
type Arrivals = Vec<(Vec<String>, Vec<String>)>;

/// What is in a rule set, but for the lines that it comes from.
fn contents(rules: &RuleSet) -> ((String, Vec<String>), Arrivals) {
    let mut arrivals: Arrivals = Vec::new();
    for arrival in &rules.arrivals {
        let mut interfaces: Vec<String> = arrival.interfaces.iter().map(|(name, _)| name.clone()).collect();
        interfaces.sort();
        let classes = arrival.classes.iter().map(|class| rules.classes[class.0 as usize].name.clone());
        arrivals.push((interfaces, classes.collect()));
    }
    arrivals.sort();
    (without_origins(rules), arrivals)
}

/// The lines of a text up to the first that comes from a statement's line.
fn beginning(text: &str) -> Vec<&str> {
    text.lines().take_while(|line| !line.contains("zones.seg:")).collect()
}

#[test]
fn the_order_of_statements_and_interfaces_changes_no_rule() {
    let mut firewalls = 0;
    for seed in 5000..5200 {
        let text = drawn(seed);
        let all = |text: &str| {
            compiled(text, |model, sources| {
                let all = place(model, &Topology::new(model));
                let of =
                    |placed| (contents(&lower_placed(model, sources, DAY, placed)), text_of(model, sources, placed));
                all.iter().map(of).collect::<Vec<_>>()
            })
        };
        let (one, other) = (all(&text), all(&shuffled(&text, seed)));
        assert_eq!(one.len(), other.len());
        for ((one, first), (other, second)) in one.iter().zip(&other) {
            assert_eq!(one, other, "{text}");
            assert_eq!(beginning(first), beginning(second), "{text}");
            assert!(
                beginning(first).iter().any(|line| line.contains("chain judge")),
                "what comes in where is compared"
            );
            firewalls += 1;
        }
    }
    assert!(firewalls > 200, "{firewalls} firewalls");
}
