//! What `replace.sh` puts in place, over nothing and over itself: exactly what was built, on every hook.

use super::netns::{run, with_router_of};
use super::{ready, today};
use crate::{segc, text};

const POLICY: &str = "
zone lan { hosts 10.20.0.0/16, 2001:db8:20::/48 }
zone servers { hosts 10.30.0.0/24, 2001:db8:30::/64  is isolated }
zone gate { hosts 10.99.0.1, 2001:db8:99::1 }
allow lan -> servers : https { reason \"the intranet\"  owner \"it\" }
allow lan -> gate : ssh { reason \"maintenance\"  owner \"it\" }
allow gate -> servers : ping { reason \"is it up?\"  owner \"it\" }
firewall edge { target nftables  self gate  interface eth0 : lan  interface eth1 : servers }
firewall hosts on servers { target nftables }
";

#[test]
fn what_replace_sh_puts_in_place_is_what_was_built() {
    if !ready() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder of our own");
    let at = today().to_string();
    std::fs::write(folder.path().join("zones.seg"), POLICY).expect("it can be written");
    let built = segc(folder.path(), &["build", "zones.seg", "-o", "out", "--at", &at]);
    assert!(built.status.success(), "{}", text(&built.stdout));
    for firewall in ["edge", "hosts"] {
        let script = folder.path().join("out").join(firewall).join("replace.sh").display().to_string();
        with_router_of(&["eth0", "eth1"], |_| {
            for round in 0..3 {
                run("sh", &[&script], "").expect("the rules are replaced");
                let listing = run("nft", &["-s", "list", "ruleset"], "").expect("a listing");
                std::fs::write(folder.path().join("listing.nft"), listing).expect("it can be written");
                let judged = ["verify", "zones.seg", "--firewall", firewall, "listing.nft", "--at", &at];
                let verified = segc(folder.path(), &judged);
                assert!(verified.status.success(), "{firewall}, round {round}: {}", text(&verified.stdout));
            }
        });
    }
}
