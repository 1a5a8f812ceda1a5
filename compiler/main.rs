//! The `segc` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    segc::cli::main()
}
