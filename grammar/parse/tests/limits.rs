//! Where statements are cut apart, how errors are counted, and texts made to hurt.

use std::fmt::Write;

use crate::parse;
use crate::parse::{File, MOST_ERRORS, Part, parse_in};
use crate::split::split;
use crate::syntax_error::SyntaxError;

fn pieces(text: &str) -> Vec<&str> {
    split(text, 0).iter().map(|piece| &text[piece.start..piece.end]).collect()
}

fn codes(text: &str) -> Vec<&'static str> {
    parse(text, 0).1.iter().map(|error| error.code).collect()
}

#[test]
fn statements_are_cut_at_keywords_outside_braces_strings_and_comments() {
    assert_eq!(pieces("forbid a -> b allow c -> d : ssh"), ["forbid a -> b", "allow c -> d : ssh"]);
    assert_eq!(pieces("zone a {} zone b {} # zone c"), ["zone a {}", "zone b {}"]);
    assert_eq!(pieces("use \"zone\" # x\n use \"y\" # allow"), ["use \"zone\"", "use \"y\""]);
    assert_eq!(pieces("zone a { about \"} zone b {\" }"), ["zone a { about \"} zone b {\" }"]);
    assert_eq!(pieces("controls { every\nallow needs reason }"), ["controls { every\nallow needs reason }"]);
    assert_eq!(pieces("zone my-zone {} forbid a.zone -> zone-b"), ["zone my-zone {}", "forbid a.zone -> zone-b"]);
    assert_eq!(pieces("# nothing\n"), [""; 0]);
}

#[test]
fn a_keyword_where_a_name_is_due_starts_nothing_unless_its_line_does() {
    assert_eq!(pieces("group g = a, zone"), ["group g = a, zone"]);
    assert_eq!(pieces("group g = a,\nzone b {}"), ["group g = a,", "zone b {}"]);
}

#[test]
fn a_missing_brace_costs_one_statement() {
    assert_eq!(pieces("zone a {\nzone b {}\nuse \"x\""), ["zone a {", "zone b {}", "use \"x\""]);
    let (tree, errors) = parse("zone a {\n  hosts ::1\nzone b {}\nforbid a -> b", 0);
    assert_eq!((tree.statements.len(), errors.len()), (2, 1));
    // The brace too many further down hides the one missing; both are found.
    assert_eq!(codes("zone a {\nzone b {}\nforbid a -> b }"), ["SEG0103", "SEG0103"]);
}

#[test]
fn several_errors_of_one_file_and_of_one_statement() {
    let text = "zone a { hosts 10.0.0.0/33, 10.0.0.256 }\nforbid a\nzone b { hosts ::1 }\nalow a -> b";
    let (tree, errors) = parse(text, 0);
    assert_eq!(tree.statements.len(), 1);
    let codes: Vec<_> = errors.iter().map(|error| error.code).collect();
    assert_eq!(codes, ["SEG0104", "SEG0104", "SEG0101", "SEG0114"]);
}

#[test]
fn reading_stops_after_twenty_errors() {
    let many = |n: usize| "zone a { hosts 10.0.0.0/33 }\n".repeat(n) + "zone z { hosts ::1 }";
    assert_eq!(codes(&many(20)), ["SEG0104"; 20]);
    let text = many(21);
    let (tree, errors) = parse(&text, 0);
    assert_eq!(errors.len(), MOST_ERRORS);
    assert_eq!(errors[18].code, "SEG0104");
    assert_eq!(errors[19].code, "SEG0111");
    assert!(tree.statements.is_empty());
    let list = "10.0.0.0/33, ".repeat(100_000);
    assert_eq!(codes(&format!("zone a {{ hosts {list} ::1 }}")).len(), MOST_ERRORS);
}

#[test]
fn a_mistake_costs_its_own_statement_only() {
    for bad in ["zone x { hosts 10.0.0.0/33 }", "zone x { hosts }", "group x = a,", "forbid q ->", "use \"x"] {
        for at in [0, 7, 15, 16, 39] {
            let mut lines = vec!["forbid a -> b # c"; 40];
            lines[at] = bad;
            let text = lines.join("\n");
            let (tree, errors) = parse(&text, 0);
            assert_eq!((tree.statements.len(), errors.len()), (39, 1), "{bad} in line {at}: {errors:?}");
            let start = text.find(bad).expect("it is there") as u32;
            let place = errors[0].labels[0].0;
            assert!(start <= place.start && place.end <= start + bad.len() as u32, "{bad}");
        }
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let mut text = String::new();
    for n in 0..300 {
        writeln!(text, "zone z{n} {{ hosts 10.0.0.{n} }}\nforbid z{n} -> # {n}\n  internet").expect("a string");
    }
    let read = |threads| {
        let (tree, errors) = parse_in(&text, 3, threads);
        (format!("{:?}", tree.statements), errors)
    };
    let one = read(1);
    assert_eq!(one.1.len(), MOST_ERRORS);
    for threads in [2, 3, 7] {
        assert_eq!(read(threads), one);
    }
}

/// What is read without a fault is what is found when the text is cut into statements first, and each read on its own.
#[test]
fn to_read_many_statements_at_once_changes_nothing() {
    let whole = [
        "zone a { hosts 10.0.0.1 }",
        "allow a -> b,\nc : ssh, tcp/22 {\nreason \"r {\\\" # }\"\n}",
        "group g = a",
        "forbid a => b except c : ssh # }",
        "use \"x\" controls { every allow needs owner }",
        "# zone {",
    ];
    let parts = ["}", "zone", "allow every -> a.zone : zone", "group g = a,", "controls { every", "about \"x\" }"];
    let mut dice = 7u64;
    let (mut flawless, mut faulty) = (0, 0);
    for _ in 0..3000 {
        let mut text = String::new();
        for _ in 0..12 {
            dice = dice.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let lines = if dice >> 60 == 0 { parts } else { whole };
            text += lines[(dice >> 33) as usize % lines.len()];
            text += if (dice >> 50).is_multiple_of(8) { " " } else { "\n" };
        }
        let file = File { text: &text, base: 3 };
        let mut part = Part::default();
        split(&text, 0).into_iter().for_each(|piece| file.read_piece(piece, &mut part));
        match file.read_flawless(0, text.len()) {
            Some(statements) => {
                assert_eq!(format!("{statements:?}"), format!("{:?}", part.statements), "{text}");
                assert_eq!(part.errors, [], "{text}");
                flawless += 1;
            }
            None => faulty += 1,
        }
    }
    assert!(flawless > 500 && faulty > 500, "{flawless} {faulty}");
}

/// Nor does it where a share would start inside of something: a block, a list, a string without an end.
#[test]
fn threads_change_nothing_wherever_a_brace_is_open() {
    let lines = [
        "zone a {",
        "hosts 10.0.0.1",
        "}",
        "allow a ->",
        "group, b : ssh {",
        "reason \"r }",
        "controls { every",
        "firewall needs owner",
        "forbid a -> b",
        "zone-b }",
        "# zone {",
        "use \"x\"\u{200b}",
    ];
    let mut dice = 7u64;
    let (mut clean, mut wrong) = (0, 0);
    for _ in 0..2000 {
        let mut text = String::new();
        for _ in 0..40 {
            dice = dice.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let few = if dice >> 62 == 0 { lines.len() as u64 } else { 3 };
            text += lines[(dice >> 33) as usize % few as usize];
            text += "\n";
        }
        let read = |threads| {
            let (tree, errors) = parse_in(&text, 3, threads);
            (format!("{:?}", tree.statements), errors)
        };
        let one = read(1);
        assert_eq!(read(2), one, "{text}");
        if one.0.len() > 2 { clean += 1 } else { wrong += 1 }
    }
    assert!(clean > 20 && wrong > 20, "{clean} {wrong}");
}

#[test]
fn characters_that_deceive_are_found_in_strings_and_comments() {
    let fault = |text: &str| -> Vec<SyntaxError> { parse(text, 0).1 };
    for hidden in [
        '\u{202e}',
        '\u{2066}',
        '\u{200b}',
        '\u{200d}',
        '\u{2060}',
        '\u{feff}',
        '\u{ad}',
        '\u{e0041}',
        '\0',
        '\u{1b}',
        '\u{85}',
    ] {
        for text in [format!("# a{hidden}b\nuse \"x\""), format!("use \"x{hidden}y\""), format!("use {hidden} \"x\"")] {
            let errors = fault(&text);
            assert_eq!(errors.len(), 1, "{text:?}");
            assert_eq!(errors[0].code, "SEG0110");
            let at = text.find(hidden).expect("it is there") as u32;
            assert_eq!(errors[0].labels[0].0, crate::Span::new(at, at + hidden.len_utf8() as u32));
        }
    }
    assert_eq!(codes("# a\rforbid a -> b"), ["SEG0110"]);
    assert_eq!(codes("use \"x\"\r\n# naïve – ✓ 日本\r\n"), [""; 0]);
    assert_eq!(codes("\u{feff}use \"x\""), [""; 0]);
}

#[test]
fn spans_count_from_the_base() {
    let text = "\u{feff}# c\nallow a -> b : ssh { reason \"r\" } # d";
    let (tree, _) = parse(text, 1000);
    let statement = &tree.statements[0];
    let slice = |span: crate::Span| &text[span.start as usize - 1000..span.end as usize - 1000];
    assert_eq!(slice(statement.span), "allow a -> b : ssh { reason \"r\" }");
    assert_eq!(slice(statement.keyword), "allow");
    assert_eq!(slice(statement.clauses[0].span), "reason \"r\"");
    assert_eq!(slice(statement.clauses[0].keyword), "reason");
}

#[test]
fn spans_end_at_the_last_token() {
    let text = "forbid a -> b # c\n\n: ssh # d\n { over ssh , tcp/1 # e\n except via c # f\n }";
    let (tree, errors) = parse(text, 0);
    assert_eq!(errors, []);
    let spans: Vec<&str> = tree.statements[0]
        .clauses
        .iter()
        .map(|clause| &text[clause.span.start as usize..clause.span.end as usize])
        .collect();
    assert_eq!(spans, ["over ssh , tcp/1", "except via c"]);
    let crate::ast::StatementKind::Forbid { right, .. } = &tree.statements[0].kind else { panic!("a forbid") };
    assert_eq!(&text[right.span.start as usize..right.span.end as usize], "b");
}

/// Sizes that would take minutes, or the stack, if anything were quadratic or recursive.
#[test]
fn hostile_texts_take_linear_time() {
    let brace = "{".repeat(100_000);
    assert_eq!(codes(&format!("zone a {brace}")), ["SEG0103"]);
    assert_eq!(codes(&"#".repeat(4 << 20)), [""; 0]);
    let statements = "forbid a -> b\n".repeat(20_000);
    assert_eq!(codes(&format!("zone a {{\n{statements}")), ["SEG0103"]);
    assert_eq!(codes(&format!("zone a {{ about \"x\n{statements}")), ["SEG0102"]);
    assert_eq!(codes(&"zone a {\n".repeat(20_000)).len(), MOST_ERRORS);
    assert_eq!(codes(&"a ".repeat(1 << 20)).len(), 1);
    assert_eq!(codes(&"}".repeat(100_000)).len(), MOST_ERRORS);
    assert_eq!(codes(&"\"".repeat(100_001)).len(), 1);
    assert_eq!(codes(&"\u{1}\u{fffd}x ".repeat(100_000)).len(), MOST_ERRORS);
    assert_eq!(codes(&format!("zone a{{hosts {}::1}}", "::1,".repeat(20_000))), [""; 0]);
}
