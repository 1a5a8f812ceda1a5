//! What other tools got wrong where text is read, by its number in the list of pitfalls.

use super::meaning;
use super::mistakes::mistake;
use crate::parse;

#[test]
fn p23_a_quote_or_backslash_in_a_string_ends_nothing() {
    let text = r##"zone a { about "a \" # { } ; ' \\"  owner "o" }"##;
    let read = meaning(text);
    assert!(read.contains(r##"About(Text { text: "a \" # { } ; ' \\" })"##), "{read}");
    assert!(read.contains("Owner"), "{read}");
    assert_eq!(parse("zone a { about \"x\0y\" }", 0).1[0].code, "SEG0110");
}

#[test]
fn p24_zone_called_like_a_keyword() {
    for name in [
        "inet",
        "accept",
        "drop",
        "any4",
        "in",
        "on",
        "log",
        "to",
        "via",
        "until",
        "needs",
        "hosts",
        "deny",
        "inventory",
    ] {
        let read = meaning(&format!(
            "zone {name} in {name} {{ hosts ::1 except {name} }}\nallow {name} -> {name}.{name} : {name}"
        ));
        assert_eq!(read.matches(&format!("\"{name}\"")).count(), 7, "{read}");
    }
    let read = meaning("forbid a => b { except via via  except via except-via  over over }");
    assert_eq!(read.matches("ExceptVia").count(), 2, "{read}");
}

#[test]
fn p25_names_end_at_63_characters() {
    let name = "n".repeat(63);
    assert!(meaning(&format!("zone {name} {{}}")).contains(&name));
    let (tree, errors) = parse("zone nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn {}", 0);
    assert!(tree.statements.is_empty());
    assert_eq!(errors[0].code, "SEG0106");
}

#[test]
fn p26_names_that_differ_in_case_only_are_not_folded() {
    assert!(meaning("group Web = web, WEB").contains("Name(\"web\")"));
}

#[test]
fn p27_long_strings_are_kept_whole_or_refused() {
    let text = "x".repeat(4096);
    assert!(meaning(&format!("zone a {{ about \"{text}\" }}")).contains(&text));
    assert_eq!(parse(&format!("zone a {{ about \"{text}x\" }}"), 0).1[0].code, "SEG0102");
}

#[test]
fn p28_a_typo_in_a_keyword_is_found_and_the_word_meant_is_named() {
    mistake("«zonne» a {}", "SEG0114", "unknown statement `zonne`", "did you mean `zone`?");
    mistake("zone a { «host» ::1 }", "SEG0109", "unknown clause `host`", "did you mean `hosts`?");
}

#[test]
fn p29_a_misspelt_action_is_explained_as_one() {
    mistake(
        "«reject» a -> b : ssh",
        "SEG0114",
        "`reject` is not a statement of this language",
        "leave it out: what is not allowed is denied; write `forbid` to have that checked",
    );
    mistake("forbid a -> b\n«allwo» a -> b : ssh", "SEG0114", "unknown statement `allwo`", "did you mean `allow`?");
}

#[test]
fn p70_ports_out_of_range_or_order() {
    mistake(
        "allow a -> b : tcp/«70000»",
        "SEG0105",
        "`70000` is beyond the last port, 65535",
        "write a port from 0 to 65535",
    );
    mistake("service s = udp/1-2, udp/«90-80»", "SEG0105", "`90-80` runs backwards", "write `udp/80-90`");
    assert!(meaning("service s = tcp/0-65535").contains("low: 0, high: 65535"));
}
