//! Nftables: one table, replaced as a whole, that judges forwarded packets of both families. See `README.md`.

mod ahead;
mod arrivals;
mod chain;
mod classid;
mod elements;
mod local;
mod lower;
mod names;
pub(crate) mod read;
mod services;
#[cfg(test)]
mod tests;
mod text;
mod write;

use crate::digest::shorten;
use crate::rules::{Declared, Origin, RuleSet};
use crate::{Backend, Capabilities, File, Refusal, template};
use minijinja::{Value, context};

/// The back end for nftables on Linux.
pub(crate) struct Nftables;

/// The last moment that the kernel's clock can show, 2262-04-11: nanoseconds since 1970 in 63 bits
/// (`include/linux/ktime.h`). Nft 1.0.6 takes later ones and wraps round at 2554.
const LAST_MOMENT: i64 = i64::MAX / 1_000_000_000;

impl Backend for Nftables {
    fn name(&self) -> &'static str {
        "nftables"
    }

    fn summary(&self) -> &'static str {
        "Linux nftables: one atomic table for what a box forwards, IPv4 and IPv6"
    }

    fn judge(&self) -> Option<&'static str> {
        Some("kernel")
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            stateful: true,
            log: true,
            dates: true,
            sctp: true,
            icmp: true,
            protocols: true,
            names: false,
            interfaces: true,
            local: true,
            processes: false,
        }
    }

    fn refuses(&self, rules: &RuleSet) -> Vec<Refusal> {
        let mut found = Vec::new();
        if rules.classes.len() > classid::MOST {
            found.push(Refusal {
                origin: None,
                cannot: format!("tell more than {} classes of addresses apart", classid::MOST),
                help: "split the policy between several firewalls".to_owned(),
            });
        }
        let unknown = |date: Option<i64>| date.is_some_and(|date| !(0..=LAST_MOMENT).contains(&date));
        let late = rules.rules.iter().filter(|rule| unknown(rule.since) || unknown(rule.before));
        let mut origins: Vec<Origin> = late.map(|rule| rule.origin).collect();
        origins.sort_unstable();
        origins.dedup();
        found.extend(origins.into_iter().map(|origin| Refusal {
            origin: Some(origin),
            cannot: "compare with a date before 1970 or after 2262-04-11".to_owned(),
            help: "use a date between them, or leave it out".to_owned(),
        }));
        found.extend(arrivals::refuses(rules));
        found
    }

    fn render(&self, rules: &RuleSet) -> Vec<File> {
        let firewall = shorten(&text::escape(&rules.name), text::COMMENT, "~");
        let lowered = lower::lower(rules);
        let parts = write::write(&lowered);
        let context = context! {
            firewall => firewall.clone(),
            wide => lower::WIDE,
            defines => Value::from(parts.defines),
            src4 => Value::from(parts.src4),
            src6 => Value::from(parts.src6),
            dst4 => Value::from(parts.dst4),
            dst6 => Value::from(parts.dst6),
            sets => Value::from(parts.sets),
            forwards => !rules.host,
            local => rules.local,
            host => rules.host,
            arrivals => Value::from(arrivals::elements(rules)),
            essentials => local::lines(rules.host),
            behind => Value::from(arrivals::behind(rules)),
            chains => if parts.chains.is_empty() { "" } else { template::PLACE },
        };
        let apply = context! { firewall => firewall, forwards => !rules.host, local => rules.local };
        vec![
            File::rules(
                "rules.nft",
                template::render_around(include_str!("template.j2"), text::quote, context, &parts.chains),
            ),
            File::beside("replace.sh", include_str!("replace.sh").to_owned()),
            File::beside("APPLY.md", template::render(include_str!("APPLY.md.j2"), text::quote, apply)),
        ]
    }

    fn declares(&self, rules: &RuleSet) -> Vec<Declared> {
        if rules.local { local::declared(rules.host) } else { Vec::new() }
    }

    fn read(&self, text: &str) -> Result<crate::read::Read, crate::read::Unreadable> {
        crate::read::nft(text.as_bytes())
    }
}
