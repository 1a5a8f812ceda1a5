//! Iptables, ip6tables and ipset: what their texts say.

pub(crate) mod read;
