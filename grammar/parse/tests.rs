//! Placeholder for first build.
