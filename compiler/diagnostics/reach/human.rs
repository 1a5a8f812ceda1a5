//! An answer for people: what is reached and how, who else gets there, what to do first, and what all of it relies on.
//! Short on purpose: lists are cut, and what is left out is counted.

use super::super::{count, list};
use super::Words;
use crate::graph::Fact;
use crate::reach::{Place, Reach, Story};
use crate::source::Sources;

/// Rows of the table of places.
const MOST_PLACES: usize = 16;
/// Ways that are told in full.
const MOST_STORIES: usize = 5;
/// Names in a sentence.
const MOST_NAMES: usize = 6;
/// Lines of every other list.
const MOST_LINES: usize = 12;
/// Where there is nothing.
const NONE: &str = "–";
/// Columns of the three levels.
const LEVELS: [&str; 3] = ["packets", "+ credentials", "worst case"];

/// All of it.
pub fn render(reach: &Reach<'_>, sources: &Sources) -> String {
    let words = Words { reach, sources };
    let zone = words.name(reach.zone.0);
    let mut out = format!("What a compromise of `{zone}` reaches, as of {}\n\n", reach.day);
    out.push_str(&words.verdict());
    out.push_str(&words.totals());
    out.push_str(&words.places());
    out.push_str(&words.stories());
    out.push_str(&words.exposed());
    out.push_str(&words.first());
    out.push_str(&words.relied());
    out.push_str(
        "\nPackets are where connections may be opened to at once, whatever is believed of them. The worst case believes \
         `barrier`,\n`inert`, `vetted`, `contained` and `needs`; so a place can be reached by packets and not in the \
         worst case.\n",
    );
    out
}

impl Words<'_> {
    fn others(&self) -> usize {
        self.model().zones.len() - self.reach.starts.len()
    }

    fn verdict(&self) -> String {
        let reach = self.reach;
        let worst: Vec<&Place> = reach.places.iter().filter(|p| p.hops[2].is_some()).collect();
        let critical: Vec<&str> = worst.iter().filter(|p| p.critical).map(|p| self.name(p.class)).collect();
        let captured: Vec<&str> = reach
            .credentials
            .iter()
            .filter(|s| s.hops[1].is_some())
            .map(|secret| self.secret(secret.credential))
            .collect();
        let mut said = match worst.len() {
            0 => "Nothing, even in the worst case.".to_owned(),
            n => format!("In the worst case it reaches {n} of {} other places", self.others()),
        };
        if !worst.is_empty() {
            match critical.len() {
                0 => said.push_str(", none of them critical."),
                n => said.push_str(&format!(
                    ", among them {}: {}.",
                    count(n, "critical zone"),
                    list(critical, MOST_NAMES)
                )),
            }
        }
        said.push('\n');
        if !captured.is_empty() {
            said.push_str(&format!(
                "It captures {}: {}.\n",
                count(captured.len(), "credential"),
                list(captured, MOST_NAMES)
            ));
        }
        if !reach.tainted.is_empty() {
            let names = reach.tainted.iter().map(|&place| self.name(place));
            said.push_str(&format!("What others read from {} is an attacker's.\n", list(names, MOST_NAMES)));
        }
        let ambient = worst.iter().filter(|p| p.ambient).count();
        if !reach.open_starts.is_empty() {
            let names = reach.open_starts.iter().map(|&place| self.name(place));
            said.push_str(&format!(
                "The public alone gets into {}: nobody of yours must be compromised first.\n",
                list(names, MOST_NAMES)
            ));
        }
        if ambient > 0 {
            let own = worst.len() - ambient;
            said.push_str(&match own {
                0 => "The public alone reaches all of that, by what anybody can write.\n".to_owned(),
                _ => format!("The public alone reaches {ambient} of these places, by what anybody can write.\n"),
            });
        }
        said
    }

    /// The three levels in numbers.
    fn totals(&self) -> String {
        let reach = self.reach;
        let at = |level: usize| reach.places.iter().filter(move |p| p.hops[level].is_some());
        let sum = |level| at(level).filter_map(|p| p.addresses).sum::<u64>();
        let secrets = |level: usize| reach.credentials.iter().filter(|s| s.hops[level].is_some()).count() as u64;
        let rows = [
            ("places", [0, 1, 2].map(|level| at(level).count() as u64)),
            ("critical zones", [0, 1, 2].map(|level| at(level).filter(|p| p.critical).count() as u64)),
            ("addresses", [0, 1, 2].map(sum)),
            ("credentials", [0, secrets(0), secrets(1)]),
            ("tainted content", [0, 0, reach.tainted.len() as u64]),
        ];
        let mut out = format!("\n{:<24}", "");
        LEVELS.iter().for_each(|level| out.push_str(&format!("{level:>15}")));
        out.push('\n');
        for (name, numbers) in rows {
            out.push_str(&format!("{name:<24}"));
            for number in numbers {
                let number = if number == 0 { NONE.to_owned() } else { grouped(number) };
                out.push_str(&format!("{number:>15}"));
            }
            out.push('\n');
        }
        out
    }

    /// One line for each place, with hops.
    fn places(&self) -> String {
        let places = &self.reach.places;
        if places.is_empty() {
            return String::new();
        }
        let name = |place: &Place| {
            let flag = if place.critical { " (critical)" } else { "" };
            format!("{}{flag}", self.name(place.class))
        };
        let width = places.iter().take(MOST_PLACES).map(|p| name(p).chars().count()).max().unwrap_or(0).max(24);
        let mut out = format!("\n{:<width$}", "hops to");
        LEVELS.iter().for_each(|level| out.push_str(&format!("{level:>15}")));
        out.push_str(&format!("{:>13}  owner\n", "addresses"));
        for place in places.iter().take(MOST_PLACES) {
            out.push_str(&format!("{:<width$}", name(place)));
            for hops in place.hops {
                let hops = hops.map_or_else(|| NONE.to_owned(), |n| n.to_string());
                out.push_str(&format!("{hops:>15}"));
            }
            let addresses = place.addresses.map_or_else(|| NONE.to_owned(), grouped);
            let owner = place.owner.as_deref().unwrap_or(NONE);
            out.push_str(&format!("{addresses:>13}  {owner}\n"));
        }
        out + &more(places.len().saturating_sub(MOST_PLACES), "place")
    }

    /// Ways to critical zones, and to credentials that are on none of these.
    fn stories(&self) -> String {
        let reach = self.reach;
        let critical = |s: &&Story| !s.public && matches!(s.to, Fact::Compromised(_));
        let mut told: Vec<&Story> = reach.stories.iter().filter(|s| s.public).collect();
        told.extend(reach.stories.iter().filter(critical));
        for story in reach.stories.iter().filter(|s| matches!(s.to, Fact::Captured(_))) {
            if !told.iter().any(|s| s.way.hops.iter().any(|hop| hop.fact == story.to)) {
                told.push(story);
            }
        }
        if told.is_empty() {
            return String::new();
        }
        let mut out = String::from("\nHow\n");
        for story in told.iter().take(MOST_STORIES) {
            let goal = match story.to {
                Fact::Captured(_) => format!("to the credential `{}`", self.goal(story)),
                _ if story.public => format!("the public to `{}`", self.goal(story)),
                _ => format!("to `{}` (critical)", self.goal(story)),
            };
            let hops = self.hops(story);
            let width = hops.iter().map(|(_, words)| words.chars().count()).max().unwrap_or(0).min(80);
            out.push_str(&format!("\n  {goal}: {}\n", self.teller().route(&story.way)));
            for (number, (span, words)) in (1..).zip(&hops) {
                out.push_str(&format!("    {number}. {words:<width$}  {}\n", self.sources.line(*span)));
            }
        }
        out + &more(told.len().saturating_sub(MOST_STORIES), "way")
    }

    fn exposed(&self) -> String {
        let shares = &self.reach.exposures;
        if shares.is_empty() {
            return "\nNo zone is declared `critical`.\n".to_owned();
        }
        let others = self.model().zones.len() - 1;
        let mut sorted: Vec<_> = shares.iter().collect();
        sorted.sort_by_key(|share| (std::cmp::Reverse(share.sources), share.zone));
        let width = sorted.iter().take(MOST_LINES).map(|s| self.name(s.zone.0).chars().count()).max().unwrap_or(0);
        let mut out = String::from("\nHow exposed the critical zones are, wherever a compromise starts\n");
        for share in sorted.iter().take(MOST_LINES) {
            let name = format!("`{}`", self.name(share.zone.0));
            let (least, percent) = (share.sources, 100 * share.sources / others.max(1));
            let number = match share.undecided {
                0 => format!("{least}"),
                n => format!("at least {least} and at most {}", least + n),
            };
            out.push_str(&format!("  {name:<0$}  reached from {number} of {others} places ({percent} %)\n", width + 2));
        }
        out + &more(shares.len().saturating_sub(MOST_LINES) + self.reach.unexposed, "critical zone")
    }

    /// What to do first.
    fn first(&self) -> String {
        let reach = self.reach;
        if reach.pairs == 0 {
            return String::new();
        }
        let ways = count(reach.pairs, "pair");
        if reach.chokes.best.is_empty() {
            return format!(
                "\nNo statement alone parts any of the {ways} of a place and a critical zone that it reaches{}.\n",
                if reach.chokes.proved { "" } else { ", of those that were tried" }
            );
        }
        let mut out = format!(
            "\nChoke points: of {ways} of a place and a critical zone that it reaches, so many are parted by removing or narrowing\n"
        );
        for choke in &reach.chokes.best {
            let element = self.teller().element(&choke.element);
            out.push_str(&format!("  {:>5}  {element}\n", choke.pairs));
        }
        if !reach.chokes.proved {
            out.push_str("  (not all were tried: another one may part more)\n");
        }
        out + "  What a `require` rests on is not proposed.\n"
    }

    fn relied(&self) -> String {
        let reach = self.reach;
        if reach.assumptions.is_empty() {
            return format!("\nThe worst case relies on no assumption{}.\n", untouched(reach.untouched));
        }
        let mut out =
            String::from("\nThe worst case ends where it does because of what the policy says and nobody proves\n");
        for assumption in reach.assumptions.iter().take(MOST_LINES) {
            let until = assumption.until.map_or_else(|| "no end".to_owned(), |day| format!("until {day}"));
            let (words, line) = (self.assumed(assumption), self.sources.line(assumption.span));
            out.push_str(&format!("  {:<11}{words} ({line}, {until})\n", Self::clause(assumption)));
            if let Some(why) = assumption.why {
                out.push_str(&format!("{:13}\"{why}\"\n", ""));
            }
        }
        out.push_str(&more(reach.assumptions.len().saturating_sub(MOST_LINES), "assumption"));
        if reach.untouched > 0 {
            out.push_str(&format!("  The answer does not touch {}.\n", count(reach.untouched, "further assumption")));
        }
        out
    }
}

fn untouched(n: usize) -> String {
    if n == 0 {
        String::new()
    } else {
        format!("; it does not touch the {} that the policy makes", count(n, "assumption"))
    }
}

/// What is left out of a list.
fn more(n: usize, what: &str) -> String {
    if n == 0 {
        String::new()
    } else {
        format!("  and {}; `--format json` has all\n", count(n, &format!("more {what}")))
    }
}

/// `65,536`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
