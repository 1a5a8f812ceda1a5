//! `segc explain CODE`

use crate::cli::Status;
use crate::cli::output::{print, warn};
use crate::diagnostics::{CODES, find, nearest};

/// Prints the list of all codes.
pub fn list() -> Status {
    let lines: String = CODES.iter().map(|c| format!("{}  {}\n", c.code, c.title())).collect();
    print(&lines);
    Status::Clean
}

/// Prints the page of a code.
pub fn page(wanted: &str) -> Status {
    match find(wanted) {
        Some(code) => {
            print(code.page);
            Status::Clean
        }
        None => {
            let near = nearest(&wanted.to_uppercase(), CODES.iter().map(|c| c.code));
            let hint = near.map_or_else(String::new, |n| format!("; did you mean {n}?"));
            warn(&format!("segc: there is no code `{}`{hint} (`segc explain` lists them)\n", wanted.escape_default()));
            Status::Unreadable
        }
    }
}
