//! What is printed in the manual is true: every ```seg block checks clean, every ```seg bad block gives its page's
//! code, and every output that is shown is what segc prints.

use std::path::{Path, PathBuf};

use crate::{root, segc, text};

const DAY: &str = "2026-11-22";

/// A fenced block: its language words, its text, and its line.
struct Block {
    words: String,
    text: String,
    line: usize,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in page.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(words)) => {
                open = Some(Block { words: words.to_owned(), text: String::new(), line: number + 1 });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

fn check(policy: &str) -> (i32, String) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("zones.seg"), policy).expect("written");
    let checked = segc(folder.path(), &["check", "zones.seg", "--at", DAY]);
    (checked.status.code().unwrap_or(-1), text(&checked.stdout))
}

fn pages(below: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(below)
        .expect("a folder")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "md"))
        .collect();
    found.sort();
    found
}

#[test]
fn every_code_has_a_page_that_is_true() {
    for code in segc::diagnostics::CODES {
        let page = code.page;
        assert!(page.starts_with(&format!("# {}: ", code.code)), "{}: no title", code.code);
        assert!(!page.contains("PLACEHOLDER") && page.lines().count() > 8, "{}: not written", code.code);
        for block in blocks(page) {
            let (status, said) = check(&block.text);
            match block.words.as_str() {
                "seg bad" => {
                    assert!(said.contains(code.code), "{} line {}: {said}", code.code, block.line);
                    // That reading stopped is said only behind other errors.
                    let others = segc::diagnostics::CODES
                        .iter()
                        .filter(|c| c.code != code.code && code.code != "SEG0111" && said.contains(c.code));
                    assert_eq!(others.map(|c| c.code).collect::<Vec<_>>(), [""; 0], "{}: {said}", code.code);
                }
                "seg" => {
                    assert!(status == 0 && said.contains("no findings"), "{} line {}: {said}", code.code, block.line)
                }
                _ => {}
            }
        }
    }
}

#[test]
fn every_page_belongs_to_a_code() {
    for page in pages(&root().join("docs/errors")) {
        let name = page.file_stem().and_then(|n| n.to_str()).unwrap_or_default();
        assert!(segc::diagnostics::find(name).is_some(), "{name}.md has no code");
    }
}

/// The manual: ```seg checks clean, ```seg bad does not, ```seg later is not built yet; a ```text block behind a
/// ```seg bad block is what segc prints about it, and a ```text part block behind either a part of that.
#[test]
fn the_manual_is_true() {
    let mut manual = pages(&root().join("docs"));
    manual.push(root().join("README.md"));
    for path in manual {
        let page = std::fs::read_to_string(&path).expect("a page");
        let (mut bad, mut clean): (Option<String>, Option<String>) = (None, None);
        for block in blocks(&page) {
            let at = format!("{}:{}", path.display(), block.line);
            match block.words.as_str() {
                "seg" => {
                    let (status, said) = check(&block.text);
                    assert!(status == 0 && said.contains("no findings"), "{at}: {said}");
                    (bad, clean) = (None, Some(said));
                }
                "seg bad" => {
                    let (status, said) = check(&block.text);
                    assert_ne!(status, 0, "{at}: {said}");
                    bad = Some(said);
                }
                "text part" => {
                    let said = bad.as_deref().or(clean.as_deref()).unwrap_or_default();
                    assert!(said.contains(block.text.trim_end()), "{at}: segc does not print this, but\n{said}");
                }
                "text" => {
                    if let Some(said) = bad.take() {
                        assert_eq!(block.text.trim_end(), said.trim_end(), "{at}: this is not what segc prints");
                    }
                }
                _ => {}
            }
        }
    }
}
