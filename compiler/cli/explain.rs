//! `segc explain CODE`

use super::Status;
use super::args::Explain;
use super::output::{print, warn};
use crate::diagnostics::{CODES, find, nearest};

/// Prints the page of a code, or the list of all.
pub fn run(args: &Explain) -> Status {
    let Some(wanted) = &args.code else {
        let lines: String = CODES.iter().map(|c| format!("{}  {}\n", c.code, c.title())).collect();
        print(&lines);
        return Status::Clean;
    };
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
