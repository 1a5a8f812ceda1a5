//! Comparisons, lookups and writes in JSON of nft.

use super::super::expressions::{harmless, implied};
use super::super::sets::Gives;
use super::super::tree::{Elements, Keys, Kind, Right, Selector, Statement, Tree};
use super::super::values;
use super::{Found, error, fill, range, single, string};
use serde_json::Value;

/// What is looked at.
pub(super) fn selectors(left: &Value) -> Vec<Selector> {
    const OTHER: Selector = Selector::Other(None, None);
    let one = |value: &Value| -> Option<Selector> {
        let (kind, body) = single(value)?;
        let field = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
        match kind {
            "payload" => values::selector(field("protocol").as_bytes(), field("field").as_bytes()),
            "meta" => values::selector(b"meta", field("key").as_bytes()),
            "ct" if body.get("dir").is_none() => values::selector(b"ct", field("key").as_bytes()),
            _ => None,
        }
    };
    match single(left) {
        Some(("concat", Value::Array(parts))) => parts.iter().map(|part| one(part).unwrap_or(OTHER)).collect(),
        _ => vec![one(left).unwrap_or(OTHER)],
    }
}

pub(super) fn compare(tree: &mut Tree, table: usize, at: u32, value: &Value, body: &Value) -> Found<()> {
    let selectors = selectors(&body["left"]);
    let text: Box<str> = value.to_string().into();
    let operator = string(body, "op")?;
    if let (&[Selector::Time], Some(moment)) =
        (selectors.as_slice(), body["right"].as_i64().filter(|m| (0..1 << 40).contains(m)))
    {
        // Seconds against a clock of nanoseconds: only these two are the same for both.
        let time = match operator {
            "<" => Some(Statement::Time(None, Some(moment))),
            ">=" => Some(Statement::Time(Some(moment), None)),
            _ => None,
        };
        if let Some(time) = time {
            tree.say(time);
            return Ok(());
        }
    }
    let kinds: Vec<Kind> = selectors.iter().map(|selector| selector.kind()).collect();
    let understood = !kinds.contains(&Kind::Opaque) && !kinds.contains(&Kind::Time);
    let right = if understood { right(tree, table, at, &selectors, Gives::Nothing, &body["right"]).ok() } else { None };
    let found = match (selectors.as_slice(), operator, right) {
        ([selector], "==", Some(Right::One(low, high))) => Some(Statement::Is(*selector, low, high)),
        (_, "==" | "!=", Some(right)) => {
            Some(Statement::Match(selectors.clone().into(), operator == "!=", right, text.clone()))
        }
        ([Selector::CtState], "in", Some(right)) => {
            Some(Statement::Match(selectors.clone().into(), false, right, text.clone()))
        }
        ([selector], operator, Some(Right::One(low, high))) if low == high => {
            let ordered = values::have_order(kinds[0]);
            let range = match operator {
                "<" => low.checked_sub(1).map(|high| (0, high)),
                "<=" => Some((0, low)),
                ">" => low.checked_add(1).map(|low| (low, values::last(kinds[0]))),
                ">=" => Some((low, values::last(kinds[0]))),
                _ => None,
            };
            range.filter(|range| ordered && range.0 <= range.1).map(|(low, high)| Statement::Is(*selector, low, high))
        }
        _ => None,
    };
    let (family, protocol) = implied(&selectors);
    tree.say(found.unwrap_or(Statement::Unless(family, protocol, text)));
    Ok(())
}

pub(super) fn right(
    tree: &mut Tree,
    table: usize,
    at: u32,
    selectors: &[Selector],
    gives: Gives,
    value: &Value,
) -> Found<Right> {
    let kinds: Vec<Kind> = selectors.iter().map(|selector| selector.kind()).collect();
    if let Some(name) = value.as_str().and_then(|name| name.strip_prefix('@')) {
        return Ok(Right::Named(tree.set(table, name.as_bytes(), at)));
    }
    let list = match (single(value), value) {
        (Some(("set", Value::Array(list))), _) => list.as_slice(),
        (Some(("set", one)), _) => std::slice::from_ref(one),
        (_, Value::Array(list)) if kinds == [Kind::CtState] => list.as_slice(),
        _ => match kinds.as_slice() {
            [kind] if gives == Gives::Nothing => {
                let (low, high) = range(*kind, value).ok_or_else(|| error("a value that is not understood"))?;
                return Ok(Right::One(low, high));
            }
            _ => std::slice::from_ref(value),
        },
    };
    let mut elements = Elements { keys: Keys::of(&kinds), ..Elements::default() };
    if fill(tree, table, &kinds, gives, list, &mut elements)? {
        return Err(error("an element with a time to live"));
    }
    elements.text = value.to_string();
    Ok(Right::Some(Box::new(elements)))
}

pub(super) fn mangle(tree: &mut Tree, table: usize, at: u32, value: &Value, body: &Value) -> Found<bool> {
    let (key, to) = (&body["key"], &body["value"]);
    let selectors = selectors(key);
    let text: Box<str> = value.to_string().into();
    if selectors == [Selector::Class] {
        if let Some((low, _)) = range(Kind::Class, to).filter(|(low, high)| low == high) {
            tree.say(Statement::SetClass(u32::try_from(low).unwrap_or_default()));
            return Ok(true);
        }
        let Some(("map", lookup)) = single(to) else { return Ok(false) };
        let by = self::selectors(&lookup["key"]);
        let [by @ (Selector::Source(_) | Selector::Destination(_) | Selector::Class)] = by.as_slice() else {
            return Ok(false);
        };
        let right = right(tree, table, at, &[*by], Gives::Class, &lookup["data"])?;
        tree.say(Statement::SetClassMap(*by, right, text));
        return Ok(true);
    }
    let (of, field) = match single(key) {
        Some(("payload", body)) => {
            (body["protocol"].as_str().unwrap_or_default(), body["field"].as_str().unwrap_or_default())
        }
        Some((of @ ("meta" | "ct"), body)) => (of, body["key"].as_str().unwrap_or_default()),
        Some(("tcp option", _)) => ("tcp", "option"),
        _ => ("", ""),
    };
    if !harmless(of.as_bytes(), field.as_bytes()) {
        tree.say(Statement::Rewrite(text));
        return Ok(true);
    }
    let mark = |value: &Value| matches!(single(value), Some(("meta" | "ct", body)) if body["key"] == "mark");
    let constant = to.is_number() || to.is_string() || mark(to);
    if !constant || !matches!(of, "meta" | "ct") {
        // Where there is nothing to write, or to write to, the rule ends.
        let (family, protocol) = implied(&selectors);
        tree.say(Statement::Unless(family, protocol, text));
    }
    Ok(true)
}
