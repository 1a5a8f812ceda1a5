//! Exact sets of packets.
