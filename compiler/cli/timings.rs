//! How long each stage took, for `--timings`.

use std::time::Instant;

/// Stages and their wall-clock times.
pub struct Timings {
    wanted: bool,
    last: Instant,
    stages: Vec<(&'static str, f64)>,
}

impl Timings {
    /// Begins to count.
    pub fn new(wanted: bool) -> Self {
        Self { wanted, last: Instant::now(), stages: Vec::new() }
    }

    /// A stage has ended.
    pub fn stage(&mut self, name: &'static str) {
        let now = Instant::now();
        self.stages.push((name, now.duration_since(self.last).as_secs_f64() * 1000.0));
        self.last = now;
    }

    /// Prints them, if they were asked for.
    pub fn print(&self) {
        if self.wanted {
            let text: String = self.stages.iter().map(|(name, ms)| format!("{name:>10} {ms:9.1} ms\n")).collect();
            super::output::warn(&text);
        }
    }
}
