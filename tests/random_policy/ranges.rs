//! Ranges of addresses as numbers, and how a policy may spell them.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::dice::Dice;

/// First and last address, both included.
pub type Range = (u128, u128);

/// IPv4 at 0, IPv6 at 1.
pub type Families = [Vec<Range>; 2];

/// What is left of `whole` without `holes`.
pub fn without(whole: &[Range], holes: &[Range]) -> Vec<Range> {
    let mut left = whole.to_vec();
    for &(low, high) in holes {
        left = left
            .into_iter()
            .flat_map(|(first, last)| {
                let before = (low > first).then(|| (first, last.min(low.wrapping_sub(1))));
                let after = (high < last).then(|| (first.max(high.wrapping_add(1)), last));
                before.into_iter().chain(after)
            })
            .filter(|(first, last)| first <= last)
            .collect();
    }
    left
}

fn address(family: usize, number: u128) -> String {
    match family {
        0 => Ipv4Addr::from(number as u32).to_string(),
        _ => Ipv6Addr::from(number).to_string(),
    }
}

/// One spelling of a range: an address, a prefix where it is one, or `first-last`.
pub fn spell(dice: &mut Dice, family: usize, (first, last): Range) -> String {
    if first == last {
        return address(family, first);
    }
    let width = if family == 0 { 32 } else { 128 };
    let size = last - first + 1;
    if size.is_power_of_two() && first % size == 0 && dice.chance(80) {
        return format!("{}/{}", address(family, first), width - size.trailing_zeros());
    }
    format!("{}-{}", address(family, first), address(family, last))
}
