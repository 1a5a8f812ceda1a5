//! Services of every kind the language has.

use super::Size;
use super::dice::Dice;

/// A service of the policy's own.
pub struct Service {
    pub name: String,
    pub specs: Vec<String>,
    /// Can it match a packet of IPv4, of IPv6?
    pub families: [bool; 2],
}

// Services have a namespace of their own, so these are also the names of zones and the words of rule sets.
const NAMES: [&str; 10] = ["in", "log", "web", "drop", "a--b", "x_to", "tcp", "mix", "inet", "until"];

/// What the prelude is known to have, and the families it can match.
const PRELUDE: [(&str, [bool; 2]); 6] = [
    ("ssh", [true, true]),
    ("https", [true, true]),
    ("dns", [true, true]),
    ("ping", [true, true]),
    ("ntp", [true, true]),
    ("postgres", [true, true]),
];

// 0 to 65535 is left to `PROTO/any`. What is no first header of IPv6 is left out of the protocols.
const PORTS: [&str; 14] = [
    "0",
    "1",
    "65535",
    "65534-65535",
    "0-1",
    "1-65535",
    "0-65534",
    "22",
    "53",
    "443",
    "8000-8100",
    "8101",
    "7999",
    "1024-49151",
];
const ICMP: [&str; 10] = ["echo-request", "8", "8/0", "3/4", "13", "0", "11/1", "5/255", "255/255", "any"];
const ICMPV6: [&str; 9] = ["echo-request", "128", "128/0", "129", "1/4", "3/0", "200/7", "255", "any"];
const PROTOCOLS: [u8; 6] = [47, 50, 4, 89, 103, 253];

/// One spec as it stands in a policy, and the families it can match.
pub fn spec(dice: &mut Dice) -> (String, [bool; 2]) {
    match dice.below(12) {
        0..=3 => (format!("tcp/{}", dice.pick(&PORTS)), [true, true]),
        4..=5 => (format!("udp/{}", dice.pick(&PORTS)), [true, true]),
        6 => (format!("sctp/{}", dice.pick(&PORTS)), [true, true]),
        7 => (format!("{}/any", dice.pick(&["tcp", "udp", "sctp"])), [true, true]),
        8 => (format!("icmp/{}", dice.pick(&ICMP)), [true, false]),
        9 => (format!("icmpv6/{}", dice.pick(&ICMPV6)), [false, true]),
        10 => (format!("proto/{}", dice.pick(&PROTOCOLS)), [true, true]),
        _ => {
            let (name, families) = *dice.pick(&PRELUDE);
            (name.to_owned(), families)
        }
    }
}

/// The policy's own services; some are made of earlier ones.
pub fn draw(dice: &mut Dice, size: Size) -> Vec<Service> {
    let names = dice.some(&NAMES, size.services);
    let mut services: Vec<Service> = Vec::new();
    for name in names {
        let mut made = Service { name: name.to_owned(), specs: Vec::new(), families: [false; 2] };
        for _ in 0..1 + dice.below(4) {
            let (text, families) = if !services.is_empty() && dice.chance(15) {
                let other = dice.pick(&services);
                (other.name.clone(), other.families)
            } else {
                spec(dice)
            };
            if !made.specs.contains(&text) {
                made.specs.push(text);
                made.families = [made.families[0] | families[0], made.families[1] | families[1]];
            }
        }
        services.push(made);
    }
    services
}
