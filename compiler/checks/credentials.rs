//! Credentials: those that stand where untrusted content is read, and those that are good for nothing.

use segc_grammar::ast::FlagKind;

use super::public::{first, name, story};
use super::trifecta::{holds, readers, reads};
use super::{Context, at_hand};
use crate::diagnostics::{Diagnostic, secrets, tidiness};
use crate::graph::{Fact, flagged};
use crate::model::CredentialId;

/// Credentials without `lifetime` that open a critical zone, held where untrusted content is read.
pub fn standing(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let model = context.model;
    let critical = flagged(model, FlagKind::Critical);
    let standing: Vec<CredentialId> = (0..)
        .map(CredentialId)
        .zip(&model.credentials)
        .filter(|(_, c)| c.lifetime.is_none() && c.opens.as_ref().is_some_and(|(_, set)| set.meets(&critical)))
        .map(|(id, _)| id)
        .collect();
    if standing.is_empty() {
        return;
    }
    // Who reads, for each place that is on the machine of somebody who does; what reads itself comes first.
    let mut by: Vec<Option<(u32, usize)>> = vec![None; model.zones.len()];
    let readers = readers(context);
    for own in [true, false] {
        for &(reader, reading) in &readers {
            for place in at_hand::of(context, reader).places.iter().filter(|&place| (place == reader) == own) {
                by[place as usize].get_or_insert((reader, reading));
            }
        }
    }
    for credential in standing {
        let secret = &model.credentials[credential.0 as usize];
        let (Some((_, held)), Some((opens, opened))) = (&secret.held, &secret.opens) else { continue };
        let Some((holder, reader, reading)) = held.iter().find_map(|h| by[h as usize].map(|(r, at)| (h, r, at))) else {
            continue;
        };
        let target = first(&opened.intersection(&critical)).map_or_else(String::new, |zone| name(context, zone));
        let reading = &context.readings()[reading];
        let mut labels = vec![(secret.name_span, "has no `lifetime`".to_owned())];
        labels.extend(story(context, context.offered(), Fact::Tainted(reading.what)));
        labels.push(reads(context, reading, reader));
        labels.extend(holds(context, reader, holder, credential));
        labels.push((*opens, format!("opens {target}, which is critical")));
        found.push(secrets::standing(secret.name, &name(context, holder), &target, &labels));
    }
}

/// Credentials that nobody holds, or that neither open, nor publish, nor are needed.
pub fn unused(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let model = context.model;
    let mut needed = vec![None; model.credentials.len()];
    for flow in &model.flows {
        for credential in &flow.needs {
            needed[credential.0 as usize].get_or_insert(flow.head());
        }
    }
    for (secret, needed) in model.credentials.iter().zip(needed) {
        if secret.held.is_none() {
            found.push(tidiness::credential_of_nobody(secret.name, secret.name_span, needed));
        } else if secret.opens.is_none() && secret.publishes.is_none() && needed.is_none() {
            found.push(tidiness::credential_for_nothing(secret.name, secret.name_span));
        }
    }
}
