//! The files for editors know the language as it is: their words are those of `segc.pest` and of the parser.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::root;

type Words = BTreeSet<String>;

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn words(text: &str) -> Words {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Rule and word of every keyword: a rule in upper case.
fn keywords() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for line in read("grammar/segc.pest").lines() {
        let Some((rule, meaning)) = line.split_once('=') else { continue };
        let rule = rule.trim_end();
        if rule == "WHITESPACE" || !rule.starts_with(|c: char| c.is_ascii_uppercase()) {
            continue;
        }
        let word = meaning.strip_prefix(" @{ \"").and_then(|rest| rest.strip_suffix("\" ~ end }"));
        found.push((rule.to_owned(), word.unwrap_or_else(|| panic!("{rule} is no keyword")).to_owned()));
    }
    assert!(found.len() > 50, "the keywords of segc.pest are not found");
    found
}

/// The first word of every statement.
fn statements() -> Words {
    let grammar = read("grammar/segc.pest");
    let (_, list) = grammar.split_once("statement = _{").expect("the statements");
    let (list, _) = list.split_once('}').expect("their end");
    let keywords = keywords();
    let first = |rule: &str| {
        let line = grammar.lines().find(|l| l.split_once('=').is_some_and(|(name, _)| name.trim_end() == rule));
        let said = line.and_then(|l| l.split_once("{ ")).unwrap_or_else(|| panic!("{rule} is missing")).1;
        let key = said.split_whitespace().next().expect("a keyword");
        keywords.iter().find(|(name, _)| name == key).unwrap_or_else(|| panic!("{key} is missing")).1.clone()
    };
    list.split('|').map(|rule| first(rule.trim())).collect()
}

/// What the parser offers, in backticks, in place of a word that it does not know.
fn offered(policy: &str) -> Words {
    let (_, errors) = segc_grammar::parse(policy, 0);
    assert_eq!(errors.len(), 1, "{policy}: {errors:?}");
    let offered: Words = errors[0].help.split('`').skip(1).step_by(2).map(|w| w.trim_matches('/').to_owned()).collect();
    assert!(offered.len() > 1, "{policy}: {}", errors[0].help);
    offered
}

/// Every word with a meaning of its own.
fn vocabulary() -> Words {
    let mut all: Words = keywords().into_iter().map(|(_, word)| word).collect();
    all.extend(offered("zone a { is nonsense }"));
    all.extend(offered("allow a -> a : nonsense/1"));
    for unit in offered("credential c { lifetime 15 nonsense }") {
        all.extend([unit.trim_end_matches('s').to_owned(), unit]);
    }
    // Reserved, and no keywords to pest.
    for word in ["any", "internet"] {
        assert!(!segc_grammar::parse(&format!("zone {word} {{ }}"), 0).1.is_empty(), "{word} is a name");
        all.insert(word.to_owned());
    }
    all
}

/// The plain words of a regular expression.
fn words_of_regex(regex: &str) -> Words {
    let mut plain = String::new();
    let mut letters = regex.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
                plain.push(' ');
            }
            '[' => {
                while letters.next_if(|&c| c != ']').is_some() {}
                plain.push(' ');
            }
            // `seconds?` is two words.
            '?' if plain.ends_with(|c: char| c.is_ascii_alphabetic()) => {
                let last = plain.split(' ').next_back().unwrap_or_default().to_owned();
                plain.push(' ');
                plain.push_str(&last[..last.len() - 1]);
            }
            'a'..='z' | '0'..='9' | '-' => plain.push(letter),
            _ => plain.push(' '),
        }
    }
    let word = |w: &&str| w.starts_with(|c: char| c.is_ascii_alphabetic());
    plain.split(' ').map(|w| w.trim_matches('-')).filter(word).map(str::to_owned).collect()
}

/// Every text below `value` that stands under one of `keys`.
fn texts<'v>(value: &'v Value, keys: &[&str], found: &mut Vec<&'v str>) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                match field {
                    Value::String(text) if keys.contains(&key.as_str()) => found.push(text),
                    _ => texts(field, keys, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, keys, found)),
        _ => {}
    }
}

const TEXTMATE: &str = "grammar/editors/vscode/syntaxes/seg.tmLanguage.json";
const VIM: &str = "grammar/editors/vim/syntax/seg.vim";

#[test]
fn the_textmate_grammar_knows_every_word() {
    let grammar = json(TEXTMATE);
    let mut regexes = Vec::new();
    texts(&grammar, &["match", "begin", "end"], &mut regexes);
    let known: Words = regexes.iter().flat_map(|regex| words_of_regex(regex)).collect();
    assert_eq!(known, vocabulary());
}

/// A statement ends where the next begins, whichever that is.
#[test]
fn the_textmate_grammar_knows_every_statement() {
    let grammar = json(TEXTMATE);
    let (mut ends, mut all) = (Vec::new(), Vec::new());
    texts(&grammar, &["end"], &mut ends);
    ends.retain(|end| end.contains("controls"));
    assert!(ends.len() > 3, "no statement ends");
    for end in ends {
        assert_eq!(words_of_regex(end), statements(), "{end}");
    }
    // Placing words (`in`, `on`) and what a statement holds are below `patterns`, and not statements.
    let includes = grammar["repository"]["statements"]["patterns"].as_array().expect("statements");
    for include in includes {
        let rule = &grammar["repository"][include["include"].as_str().expect("a name").trim_start_matches('#')];
        all.extend(words_of_regex(rule["begin"].as_str().or(rule["match"].as_str()).expect("a start")));
    }
    all.retain(|word| word != "any" && word != "internet");
    assert_eq!(all.into_iter().collect::<Words>(), statements());
}

#[test]
fn the_textmate_grammar_holds_together() {
    let grammar = json(TEXTMATE);
    let mut includes = Vec::new();
    texts(&grammar, &["include"], &mut includes);
    let included: Words = includes.iter().map(|name| name.trim_start_matches('#').to_owned()).collect();
    let rules: Words = grammar["repository"].as_object().expect("rules").keys().cloned().collect();
    assert_eq!(included, rules);
}

#[test]
fn vim_knows_every_word() {
    let syntax = read(VIM);
    let (mut known, mut started) = (Words::new(), Words::new());
    for line in syntax.lines() {
        let Some((name, value)) = line.strip_prefix("let s:").and_then(|rest| rest.split_once(" = '")) else {
            continue;
        };
        let value = value.trim_end_matches('\'');
        if value.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-' | ' ')) {
            assert!(syntax.matches(&format!("s:{name}")).count() > 1, "s:{name} is not used");
            known.extend(words(value));
            if matches!(name, "declaring" | "flow" | "plain") {
                started.extend(words(value));
            }
        }
    }
    assert_eq!(known, vocabulary());
    assert_eq!(started, statements());
}

#[test]
fn the_vs_code_extension_names_files_that_are_there() {
    let folder = "grammar/editors/vscode";
    let package = json(&format!("{folder}/package.json"));
    let language = &package["contributes"]["languages"][0];
    let grammar = &package["contributes"]["grammars"][0];
    assert_eq!(language["extensions"], serde_json::json!([".seg"]));
    assert_eq!(language["id"], grammar["language"]);
    let settings = json(&format!("{folder}/{}", language["configuration"].as_str().expect("a path")));
    assert_eq!(settings["comments"]["lineComment"], "#");
    let syntax = json(&format!("{folder}/{}", grammar["path"].as_str().expect("a path")));
    assert_eq!(syntax["scopeName"], grammar["scopeName"]);
    assert_eq!(syntax, json(TEXTMATE));
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
}
