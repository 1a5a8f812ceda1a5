//! Whole files, for people to read.

use super::rules;
use crate::Backend as _;
use crate::nftables::Nftables;
use crate::rules::Match;
use crate::rules::by_name::{Policy, icmp, tcp, udp};

fn held(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn office() -> Policy {
    Policy::new()
        .class("dev", "10.20.0.0-10.20.255.255 2001:db8:20::-2001:db8:20:ffff:ffff:ffff:ffff:ffff")
        .class("mirror", "10.30.0.10 2001:db8:30::10")
        .class("gpu", "10.40.0.0-10.40.255.255")
        .outside("internet", "192.0.2.0-192.0.2.255 2001:db8:ff00::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")
}

#[test]
fn pairs() {
    let set = office()
        .allow("dev", "mirror", &[tcp(443), icmp(false, 0x0800, 0x08ff), icmp(true, 0x8000, 0x80ff)])
        .allow("dev", "gpu", &[tcp(22), Match::Ports { protocol: 6, low: 8000, high: 8100 }])
        .with(|rule| (rule.log, rule.before) = (true, Some(1_782_777_600)))
        .allow("internet", "mirror", &[tcp(443), udp(443)])
        .done();
    held("pairs", &rules(&set));
    held("apply", &Nftables.render(&set)[1].text);
}

#[test]
fn groups_and_exceptions() {
    let set = office()
        .term("any", "dev gpu internet mirror")
        .term("inside", "dev gpu mirror")
        .allow("any except gpu", "mirror", &[tcp(443)])
        .allow("inside", "any except dev", &[Match::Protocol(47)])
        .allow("dev", "inside", &[Match::Any])
        .allow("dev", "gpu", &[tcp(22)])
        .done();
    held("groups_and_exceptions", &rules(&set));
}

#[test]
fn nothing_allowed() {
    held("nothing_allowed", &rules(&office().done()));
}
