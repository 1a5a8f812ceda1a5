//! The `segc` program.
fn main() {}
