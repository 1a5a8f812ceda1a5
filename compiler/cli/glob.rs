//! The patterns of `use`: `*` and `?` within one name, no `**`, nothing absolute.

use std::path::{Path, PathBuf};

const MOST_FILES: usize = 10_000;

/// Files that a pattern stands for, relative to `folder` and sorted; why not, if there are none.
pub fn expand(folder: &Path, pattern: &str) -> Result<Vec<PathBuf>, String> {
    if pattern.is_empty() {
        return Err("the path is empty".to_owned());
    }
    if pattern.starts_with('/') {
        return Err("the path is absolute".to_owned());
    }
    if pattern.contains("**") {
        return Err("`**` does not exist".to_owned());
    }
    let mut matched = vec![PathBuf::new()];
    for part in pattern.split('/').filter(|p| !p.is_empty() && *p != ".") {
        if !part.contains(['*', '?']) {
            matched.iter_mut().for_each(|path| path.push(part));
            continue;
        }
        let mut next = Vec::new();
        for path in &matched {
            // A folder that cannot be listed holds no match; if nothing else does, that is the error.
            next.extend(names(&folder.join(path)).into_iter().filter(|n| matches(part, n)).map(|n| path.join(n)));
            if next.len() > MOST_FILES {
                return Err(format!("more than {MOST_FILES} files match"));
            }
        }
        matched = next;
    }
    // What no pattern chose must exist; that is said when it is opened.
    if pattern.contains(['*', '?']) {
        matched.retain(|path| folder.join(path).exists());
    }
    matched.sort();
    if matched.is_empty() { Err("no file matches".to_owned()) } else { Ok(matched) }
}

/// Names in a folder, without hidden ones.
#[expect(clippy::disallowed_methods, reason = "folders are read in cli/")]
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.filter_map(|e| e.file_name().into_string().ok()).filter(|n| !n.starts_with('.')).collect()
}

/// Does the whole name match? Linear in name and pattern together with their product at worst.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&c) if c == '?' || c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, name, whole) in [
            ("*.seg", "a.seg", true),
            ("*.seg", "a.segx", false),
            ("a?c*e", "abcdde", true),
            ("*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa", false),
            ("?", "", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, name), whole, "{pattern} {name}");
        }
    }
}
