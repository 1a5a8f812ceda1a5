//! What a policy relies on and segc cannot check: `contained`, `barrier`, `inert`, `vetted` and `needs`. Listed with every
//! check, so that nobody takes a claim for a fact.

use jiff::civil::Date;
use segc_grammar::Span;
use serde::Serialize;

use crate::model::{Kind, Model, Process};
use crate::source::Sources;
use crate::words;

/// Lines that are printed; the last one says how many more there are.
const MOST_SHOWN: usize = 20;

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assumption {
    /// The file and line that it stands in.
    pub place: String,
    /// What is claimed of what.
    pub claim: String,
    /// Why one may rely on it, in the policy's words; of `needs` there is none.
    pub why: Option<String>,
    /// The last day on which it is relied upon.
    pub until: Option<String>,
}

/// All that live on `day`, in the order of the text.
pub fn list(model: &Model<'_>, sources: &Sources, day: Date) -> Vec<Assumption> {
    let mut all: Vec<(Span, Assumption)> = Vec::new();
    let mut put = |at: Span, claim: String, why: Option<&str>, until: Option<Date>| {
        let until = until.map(|day| day.to_string());
        let place = sources.line(at);
        all.push((at, Assumption { place, claim, why: why.map(str::to_owned), until }));
    };
    for (_, zone) in model.zones.iter() {
        if let Some((written, window)) = zone.barrier.filter(|(_, window)| window.holds(day)) {
            let claim = format!("`{}` is a barrier", zone.name);
            put(written.why.span, claim, Some(&written.why.text), window.until);
        }
        if let Kind::Process(Process { contained: Some(claimed), .. }) = &zone.kind
            && claimed.window.holds(day)
        {
            let claim = format!("`{}` is contained", zone.name);
            put(claimed.span, claim, Some(&claimed.written.why.text), claimed.window.until);
        }
    }
    for flow in model.flows.iter().filter(|flow| flow.window.holds(day)) {
        let allow = || format!("`allow {} -> {}`", words::side(model, &flow.left), words::side(model, &flow.right));
        for (word, claimed) in [("inert", &flow.inert), ("vetted", &flow.vetted)] {
            if let Some(claimed) = claimed.filter(|c| c.window.holds(day)) {
                let claim = format!("{} is {word}", allow());
                put(claimed.span, claim, Some(&claimed.written.why.text), claimed.window.until);
            }
        }
        for needed in &flow.needs {
            let secret = model.credentials[needed.0 as usize].name;
            put(flow.head(), format!("{} lets nobody through without `{secret}`", allow()), None, None);
        }
    }
    for device in model.devices.iter().filter(|device| device.is_network_firewall() && device.own.is_none()) {
        let claim =
            format!("`{}` guards itself: without `self`, what it receives and sends is not filtered", device.name);
        put(device.name_span, claim, None, None);
    }
    all.sort_by_key(|a| a.0);
    all.into_iter().map(|(_, assumption)| assumption).collect()
}

/// For people; nothing where nothing is relied upon.
pub fn render(all: &[Assumption]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut out = "\nrelied upon, and not checked:\n".to_owned();
    for one in all.iter().take(MOST_SHOWN) {
        let until = one.until.as_ref().map_or_else(String::new, |day| format!(", until {day}"));
        let why = one.why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
        out.push_str(&format!("  {}: {}{until}{why}\n", one.place, one.claim));
    }
    if all.len() > MOST_SHOWN {
        out.push_str(&format!("  and {} more (`--format json` has all of them)\n", all.len() - MOST_SHOWN));
    }
    out
}
