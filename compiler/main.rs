//! The `segc` program.

use std::process::ExitCode;

/// A policy is many small things; with them this allocator saves an eighth of all time (`docs/benchmarks.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    segc::cli::main()
}
