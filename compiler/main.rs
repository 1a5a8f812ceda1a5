//! The `segc` program.

use std::process::ExitCode;

/// A policy is many small things; this allocator is a fifth faster with them than the system's (`docs/benchmarks.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    segc::cli::main()
}
