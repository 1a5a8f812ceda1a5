//! What `nft -j list ruleset` prints (libnftables-json(5)). It loses the level of `socket cgroupv2` and the `dynamic` flag
//! of sets; the sets that rules fill are known by these rules.

mod expressions;

use super::grow::is_family;
use super::sets::Gives;
use super::tree::{Base, Elements, Keys, Kind, Selector, Statement, Tree};
use super::values;
use crate::read::{Kind as NoteKind, Unreadable};
use crate::rules::program::{Value as Given, Verdict};
use expressions::{compare, mangle, right, selectors};
use serde_json::Value;

type Found<T> = Result<T, Unreadable>;

fn error(what: impl Into<String>) -> Unreadable {
    Unreadable { line: 0, what: what.into() }
}

/// Reads a whole listing. Places are handles.
pub(super) fn parse(text: &[u8]) -> Found<Tree> {
    let value: Value = serde_json::from_slice(text).map_err(|error| Unreadable {
        line: u32::try_from(error.line()).unwrap_or(u32::MAX),
        what: format!("no JSON: {error}"),
    })?;
    let Some(objects) = value.get("nftables").and_then(Value::as_array) else {
        return Err(error("`nftables` with a list is missing"));
    };
    let mut tree = Tree::default();
    for object in objects {
        let Some((kind, body)) = single(object) else { return Err(error("an object that has not exactly one key")) };
        match kind {
            "metainfo" => {}
            "table" => {
                let (family, name) = (family(body)?, string(body, "name")?);
                if tree.find(family.as_bytes(), name.as_bytes()).is_some() {
                    return Err(error(format!("table `{name}` stands twice")));
                }
                let table = tree.table(family.as_bytes(), name.as_bytes());
                tree.tables[table].dormant |= words(&body["flags"]).contains(&"dormant");
            }
            "chain" => chain(&mut tree, body)?,
            "set" | "map" => set(&mut tree, body, kind == "map")?,
            "rule" => rule(&mut tree, body)?,
            "flowtable" => {
                tree.note(0, NoteKind::Changes, "a flow table: offloaded connections go round the forward hook")
            }
            "counter" | "quota" | "limit" | "ct helper" | "ct timeout" | "ct expectation" | "secmark" | "synproxy" => {}
            other => return Err(error(format!("`{other}` is not understood in a listing"))),
        }
    }
    Ok(tree)
}

/// The only key, and its value.
fn single(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object()?;
    let mut entries = object.iter();
    let (key, body) = entries.next()?;
    entries.next().is_none().then_some((key, body))
}

fn string<'a>(body: &'a Value, key: &str) -> Found<&'a str> {
    body.get(key).and_then(Value::as_str).ok_or_else(|| error(format!("`{key}` is missing")))
}

fn family(body: &Value) -> Found<&str> {
    string(body, "family")
        .and_then(|family| if is_family(family.as_bytes()) { Ok(family) } else { Err(error("an unknown family")) })
}

/// A string or a list of them.
fn words(value: &Value) -> Vec<&str> {
    match value {
        Value::String(word) => vec![word],
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn table(tree: &Tree, body: &Value) -> Found<usize> {
    let (family, name) = (family(body)?, string(body, "table")?);
    tree.find(family.as_bytes(), name.as_bytes()).ok_or_else(|| error(format!("there is no table `{name}`")))
}

fn handle(body: &Value) -> Found<u32> {
    let handle = body.get("handle").and_then(Value::as_u64).and_then(|handle| u32::try_from(handle).ok());
    handle.ok_or_else(|| error("a handle is missing"))
}

fn chain(tree: &mut Tree, body: &Value) -> Found<()> {
    let (table, at) = (table(tree, body)?, handle(body)?);
    let id = tree.chain(table, string(body, "name")?.as_bytes(), at)?;
    let chain = &mut tree.chains[id.0 as usize];
    // A listing names each once; of two it is not known which one counts.
    if chain.defined {
        return Err(error(format!("chain `{}` stands twice", chain.name)));
    }
    (chain.defined, chain.line) = (true, at);
    let Some(hook) = body.get("hook").and_then(Value::as_str) else { return Ok(()) };
    let priority = body.get("prio").and_then(Value::as_i64).and_then(|priority| i32::try_from(priority).ok());
    let drops = match body.get("policy").and_then(Value::as_str) {
        Some("drop") => true,
        Some("accept") | None => false,
        Some(_) => return Err(error("a policy that is not understood")),
    };
    let priority = priority.ok_or_else(|| error("`prio` is missing"))?;
    tree.base(id, Base { kind: string(body, "type")?.to_owned(), hook: hook.to_owned(), priority, drops }, at)
}

fn set(tree: &mut Tree, body: &Value, map: bool) -> Found<()> {
    let (table, at) = (table(tree, body)?, handle(body)?);
    let index = tree.set(table, string(body, "name")?.as_bytes(), at);
    let kinds: Vec<Kind> = words(&body["type"]).iter().map(|name| values::kind(name.as_bytes())).collect();
    let gives = match (map, body.get("map").and_then(Value::as_str)) {
        (false, _) => Gives::Nothing,
        (true, Some("verdict")) => Gives::Verdict,
        (true, Some("classid")) => Gives::Class,
        (true, _) => Gives::Opaque,
    };
    let keys = if gives == Gives::Opaque { Keys::Opaque } else { Keys::of(&kinds) };
    let mut elements = Elements { keys, ..Elements::default() };
    let mut runtime = words(&body["flags"]).iter().any(|flag| matches!(*flag, "timeout" | "dynamic"))
        || body.get("timeout").is_some();
    if let (Some(list), false) = (body.get("elem").and_then(Value::as_array), matches!(elements.keys, Keys::Opaque)) {
        runtime |= fill(tree, table, &kinds, gives, list, &mut elements)?;
    }
    let set = &mut tree.sets[index];
    if set.defined {
        return Err(error(format!("set or map `{}` stands twice", set.name)));
    }
    set.runtime |= runtime;
    (set.defined, set.line, set.map, set.elements) = (true, at, map, elements);
    Ok(())
}

/// Adds elements. Says whether one has a time to live.
fn fill(
    tree: &mut Tree,
    table: usize,
    kinds: &[Kind],
    gives: Gives,
    list: &[Value],
    into: &mut Elements,
) -> Found<bool> {
    let mut runtime = false;
    for entry in list {
        let (mut key, value) = match (gives, entry) {
            (Gives::Nothing, key) => (key, None),
            (_, Value::Array(pair)) if pair.len() == 2 => (&pair[0], Some(given(tree, table, gives, &pair[1])?)),
            _ => return Err(error("an element of a map is no pair")),
        };
        if let Some(("elem", body)) = single(key) {
            runtime |= body.get("timeout").is_some() || body.get("expires").is_some();
            let known = |name: &String| matches!(name.as_str(), "val" | "timeout" | "expires" | "comment" | "counter");
            if !body.as_object().is_some_and(|body| body.keys().all(known)) {
                return Err(error("an element with a rate, count or quota is not understood"));
            }
            key = &body["val"];
        }
        if key == "*" {
            into.all = true;
            into.default = value;
            continue;
        }
        let fields = match single(key) {
            Some(("concat", Value::Array(fields))) if fields.len() == kinds.len() && kinds.len() > 1 => {
                fields.as_slice()
            }
            _ => std::slice::from_ref(key),
        };
        if fields.len() != kinds.len() {
            return Err(error("an element with another number of parts than its set"));
        }
        for (kind, field) in kinds.iter().zip(fields) {
            let (low, high) =
                range(*kind, field).ok_or_else(|| error(format!("`{field}` is no value that is understood here")))?;
            into.push(low, high, None);
        }
        into.values.extend(value);
    }
    Ok(runtime)
}

/// What a map gives.
fn given(tree: &mut Tree, table: usize, gives: Gives, value: &Value) -> Found<Given> {
    if gives == Gives::Verdict {
        return verdict(tree, table, value)?
            .map(Given::Verdict)
            .ok_or_else(|| error(format!("`{value}` is no verdict")));
    }
    let class =
        range(Kind::Class, value).filter(|(low, high)| low == high).and_then(|(low, _)| u32::try_from(low).ok());
    class.map(Given::Number).ok_or_else(|| error(format!("`{value}` is no class id")))
}

fn verdict(tree: &mut Tree, table: usize, value: &Value) -> Found<Option<Verdict>> {
    let Some((name, body)) = single(value) else { return Ok(None) };
    Ok(Some(match name {
        "accept" => Verdict::Accept,
        "drop" => Verdict::Drop,
        "return" => Verdict::Return,
        "continue" => Verdict::Continue,
        "jump" | "goto" => {
            let chain = tree.chain(table, string(body, "target")?.as_bytes(), 0)?;
            if name == "jump" { Verdict::Jump(chain) } else { Verdict::Goto(chain) }
        }
        _ => return Ok(None),
    }))
}

/// A value, prefix or range.
fn range(kind: Kind, value: &Value) -> Option<(u128, u128)> {
    let one = |value: &Value| match value {
        Value::String(word) => values::value(kind, word.as_bytes()),
        Value::Number(number) => values::value(kind, number.to_string().as_bytes()),
        _ => None,
    };
    match single(value) {
        None => one(value).map(|value| (value, value)),
        Some(("prefix", body)) => {
            values::prefix(kind, body.get("addr")?.as_str()?.as_bytes(), body.get("len")?.as_u64()?)
        }
        Some(("range", Value::Array(ends))) if ends.len() == 2 => values::ordered(one(&ends[0])?, one(&ends[1])?),
        Some(_) => None,
    }
}

fn rule(tree: &mut Tree, body: &Value) -> Found<()> {
    let (table, at) = (table(tree, body)?, handle(body)?);
    let name = string(body, "chain")?;
    let chain = tree.chain(table, name.as_bytes(), at)?;
    let first = tree.statements.len();
    let statements = body.get("expr").and_then(Value::as_array).ok_or_else(|| error("`expr` is missing"))?;
    for value in statements {
        let mark = tree.statements.len();
        if !statement(tree, table, at, value).unwrap_or(false) {
            tree.statements.truncate(mark);
            let rewrites = matches!(single(value), Some(("dnat" | "snat" | "masquerade" | "redirect", _)));
            let text: Box<str> = value.to_string().into();
            // Sets that stand in what is not understood may be filled there.
            for (name, set) in names(tree, table) {
                tree.sets[set].runtime |=
                    text.contains(&format!("\"@{name}\"")) && matches!(single(value), Some(("set" | "map", _)));
            }
            tree.say(if rewrites { Statement::Rewrite(text) } else { Statement::Unknown(text) });
            break;
        }
    }
    let rule = tree.rule(at, first)?;
    tree.chains[chain.0 as usize].rules.push(rule);
    Ok(())
}

fn names(tree: &Tree, table: usize) -> Vec<(String, usize)> {
    let mut names: Vec<_> = tree.tables[table].sets.values().map(|set| (tree.sets[*set].name.clone(), *set)).collect();
    names.sort_unstable();
    names
}

/// One statement; `false` or an error where it is not understood.
fn statement(tree: &mut Tree, table: usize, at: u32, value: &Value) -> Found<bool> {
    if let Some(verdict) = verdict(tree, table, value)? {
        tree.say(Statement::Verdict(verdict));
        return Ok(true);
    }
    let Some((name, body)) = single(value) else { return Ok(false) };
    match name {
        "counter" | "log" => {}
        "limit" | "quota" | "ct count" => tree.say(Statement::Unless(None, None, value.to_string().into())),
        "notrack" => tree.say(Statement::Untracked),
        "flow" => {
            tree.note(
                at,
                NoteKind::Changes,
                "connections are offloaded: their later packets go round the forward hook",
            );
        }
        "reject" => {
            match body.get("type").and_then(Value::as_str) {
                Some("tcp reset") => tree.say(Statement::Is(Selector::L4Protocol, 6, 6)),
                Some("icmp") => tree.say(Statement::Is(Selector::NfProto, 4, 4)),
                Some("icmpv6") => tree.say(Statement::Is(Selector::NfProto, 6, 6)),
                Some("icmpx") | None => {}
                Some(_) => return Ok(false),
            }
            tree.say(Statement::Verdict(Verdict::Drop));
        }
        "set" => {
            let Some(name) = body.get("set").and_then(Value::as_str).and_then(|name| name.strip_prefix('@')) else {
                return Ok(false);
            };
            let set = tree.set(table, name.as_bytes(), at);
            tree.sets[set].runtime = true;
            tree.say(Statement::Unless(None, None, value.to_string().into()));
        }
        "match" => compare(tree, table, at, value, body)?,
        "vmap" => {
            let selectors = selectors(&body["key"]);
            if selectors.iter().any(|selector| selector.kind() == Kind::Opaque) {
                return Ok(false);
            }
            let right = right(tree, table, at, &selectors, Gives::Verdict, &body["data"])?;
            tree.say(Statement::Vmap(selectors.into(), right, value.to_string().into()));
        }
        "mangle" => return mangle(tree, table, at, value, body),
        _ => return Ok(false),
    }
    Ok(true)
}
