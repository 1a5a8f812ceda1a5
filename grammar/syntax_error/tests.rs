//! The codes and their pages.

use super::CODES;
use crate::parse;

macro_rules! pages {
    ($($code:literal)*) => {
        [$(($code, include_str!(concat!("../../docs/errors/", $code, ".md")))),*]
    };
}

const PAGES: [(&str, &str); 16] = pages! {
    "SEG0101" "SEG0102" "SEG0103" "SEG0104" "SEG0105" "SEG0106" "SEG0107" "SEG0108"
    "SEG0109" "SEG0110" "SEG0111" "SEG0112" "SEG0113" "SEG0114" "SEG0115" "SEG0116"
};

/// The text of the fence that starts with this line.
fn fence<'p>(page: &'p str, start: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("```{start}\n")).expect("the page has it");
    rest.split_once("```").expect("it ends").0
}

#[test]
fn every_code_has_a_page_whose_examples_are_true() {
    assert_eq!(PAGES.len(), CODES.len());
    for ((code, page), (known, title)) in PAGES.iter().zip(CODES) {
        assert_eq!(code, known);
        assert!(page.starts_with(&format!("# {code}: {title}\n\n")), "{code}");
        let mut bad: Vec<&str> = parse(fence(page, "seg bad"), 0).1.iter().map(|error| error.code).collect();
        bad.dedup();
        // Too many errors are errors of some other kind first.
        let expected = if *code == "SEG0111" { vec!["SEG0104", *code] } else { vec![*code] };
        assert_eq!(bad, expected);
        assert_eq!(parse(fence(page, "seg"), 0).1, [], "{code}");
    }
}
