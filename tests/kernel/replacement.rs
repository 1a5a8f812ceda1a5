//! Rule sets that take the place of one another, beside tables that are not ours.

use std::time::{Duration, Instant};

use super::frames::{Datagram, UDP};
use super::netns::{Leg, Router, run, spawn_in, with_router};
use super::state::{opening, two_zones};
use super::{build, ready, today};

const RELOADS: usize = 60;
/// Between two pairs of packets.
const PACE: Duration = Duration::from_micros(200);
/// Zones with flows of their own that the traffic has nothing to do with: the kernel is busy with them for a while.
const OTHERS: usize = 120;

#[test]
fn p59_replacement_under_traffic() {
    if !ready() {
        return;
    }
    let Traffic { sent, repeated, lost, leaked, .. } = reload_by("replace.sh", &["sh", "replace.sh"]);
    assert_eq!((repeated, lost), (0, 0), "of {sent} allowed packets that did not come at once, or not at all");
    assert_eq!(leaked, 0, "of {sent} forbidden packets let through");
}

/// The kernel fills new maps at the very end of a transaction, when the new rules are already asked: what comes in
/// between is dropped, and passes when it is sent again.
#[test]
fn p59_one_transaction_leaks_nothing() {
    if !ready() {
        return;
    }
    let Traffic { sent, lost, leaked, .. } = reload_by("nft -f", &["nft", "-f", "rules.nft"]);
    assert_eq!((lost, leaked), (0, 0), "of {sent} allowed packets lost, of {sent} forbidden ones let through");
}

/// Replaces two versions of a policy by one another under traffic, by a command that is run beside their files.
fn reload_by(way: &str, command: &[&str]) -> Traffic {
    let others: String = (0..OTHERS)
        .map(|number| {
            format!(
                "zone z{number} {{ hosts 10.9.{number}.0/24, 2001:db8:9:{number:x}::/64 }}\n\
                 allow z{number} -> office : tcp/{}, udp/{} {{ reason \"work\" owner \"us\" }}\n",
                1000 + number,
                2000 + number
            )
        })
        .collect();
    let version = |more: &str| {
        let allow = format!("allow office -> shop : udp/53{more} {{ reason \"work\" owner \"us\" }}\n{others}");
        let rules = build(&two_zones(&allow), today());
        let folder = tempfile::tempdir().expect("a folder of our own");
        let script = include_str!("../../backends/nftables/replace.sh");
        for (name, text) in [("rules.nft", rules.as_str()), ("replace.sh", script)] {
            std::fs::write(folder.path().join(name), text).expect("it can be written");
        }
        (folder, rules)
    };
    let versions = [version(""), version(", tcp/443")];
    let traffic = with_router(|router| {
        router.load(&versions[1].1);
        let mut traffic = Traffic::default();
        for reload in 0..RELOADS {
            let mut run = spawn_in(versions[reload % 2].0.path(), command[0], &command[1..], &[]).expect("it runs");
            let end = Instant::now() + Duration::from_secs(20);
            loop {
                traffic.step(router);
                if let Some(status) = run.try_wait().expect("it is ours") {
                    assert!(status.success(), "reload {reload} failed");
                    break;
                }
                assert!(Instant::now() < end, "reload {reload} does not end");
            }
        }
        router.wait_for(&traffic.forbidden, Duration::from_millis(100));
        traffic.settle(router);
        traffic
    });
    let Traffic { sent, repeated, lost, leaked, .. } = &traffic;
    println!(
        "{way}: {RELOADS} reloads, {sent} allowed packets, {repeated} sent again, {lost} lost; as many forbidden, {leaked} let through"
    );
    assert!(*sent >= RELOADS, "there was traffic during every reload");
    traffic
}

/// A run that was broken off, at any of its steps, leaves rules in force, and the next one tidies up.
#[test]
fn p59_a_broken_run_is_tidied_up() {
    if !ready() {
        return;
    }
    let rules = build(&two_zones("allow office -> shop : udp/53 { reason \"work\" owner \"us\" }"), today());
    let folder = tempfile::tempdir().expect("a folder of our own");
    std::fs::write(folder.path().join("rules.nft"), &rules).expect("it can be written");
    let script = include_str!("../../backends/nftables/replace.sh");
    let steps = script.matches("| nft -f -").count();
    assert_eq!(steps, 3, "three transactions");
    with_router(|router| {
        let run = |router: &mut Router, text: &str, fine: bool| {
            std::fs::write(folder.path().join("replace.sh"), text).expect("it can be written");
            let mut run = spawn_in(folder.path(), "sh", &["replace.sh"], &[]).expect("it runs");
            assert_eq!(run.wait().expect("it is ours").success(), fine);
            assert!(router.passes(Leg::First, &Datagram::opening(&opening(false, UDP, 4000, 53))));
            assert!(router.is_stopped(Leg::First, &Datagram::opening(&opening(false, UDP, 4000, 54))));
            let listed = super::netns::run("nft", &["list", "tables"], "").expect("it lists");
            listed.lines().map(str::to_owned).collect::<Vec<_>>()
        };
        router.load(&rules);
        let mut broken: Vec<String> = Vec::new();
        for step in 1..=steps {
            let at = script.match_indices("| nft -f -").nth(step - 1).expect("counted").0;
            let broken_off = format!("{}| nft -f -\nexit 1\n", &script[..at]);
            broken.extend(run(router, &broken_off, false));
            let tables = run(router, script, true);
            assert_eq!(tables.len(), 2, "after a run that was broken off behind step {step}: {tables:?}");
        }
        assert!(broken.len() > 2 * steps, "a broken run leaves something to tidy up: {broken:?}");
        router.load(&rules);
        let listed = super::netns::run("nft", &["list", "tables"], "").expect("it lists");
        assert_eq!(listed, "table inet segc_state\ntable inet segc\n", "the plain way tidies up as well");
    });
}

/// One allowed and one forbidden flow, each packet a connection of its own.
#[derive(Default)]
struct Traffic {
    sent: usize,
    /// Allowed packets that came only when they were sent again at once.
    repeated: usize,
    lost: usize,
    leaked: usize,
    forbidden: Vec<u16>,
}

impl Traffic {
    /// Sends a packet of each flow and waits for the allowed one.
    fn step(&mut self, router: &mut Router) {
        let port = 1024 + (self.sent % 60_000) as u16;
        let v6 = self.sent % 2 == 1;
        let started = Instant::now();
        self.forbidden.push(router.send(Leg::First, &Datagram::opening(&opening(v6, UDP, port, 54))));
        let wanted = Datagram::opening(&opening(v6, UDP, port, 53));
        let arrives = [100, 500].into_iter().position(|patience| {
            let tag = router.send(Leg::First, &wanted);
            router.wait_for(&[tag], Duration::from_millis(patience));
            router.has_arrived(tag)
        });
        self.repeated += usize::from(arrives == Some(1));
        self.lost += usize::from(arrives.is_none());
        self.sent += 1;
        // Tags come again one day.
        if self.forbidden.len() == 1000 {
            self.settle(router);
        }
        std::thread::sleep(PACE.saturating_sub(started.elapsed()));
    }

    fn settle(&mut self, router: &mut Router) {
        router.collect();
        self.leaked += self.forbidden.iter().filter(|tag| router.has_arrived(**tag)).count();
        self.forbidden.clear();
    }
}

#[test]
fn p60_foreign_table_untouched() {
    if !ready() {
        return;
    }
    let policy =
        |port: &str| two_zones(&format!("allow office -> shop : tcp/{port} {{ reason \"work\" owner \"us\" }}"));
    let versions = [build(&policy("443"), today()), build(&policy("444"), today())];
    let foreign = "table ip nat {\n\tset s {\n\t\ttype ipv4_addr\n\t\telements = { 192.0.2.1 }\n\t}\n\
                   \tchain postrouting {\n\t\ttype nat hook postrouting priority 100; policy accept;\n\
                   \t\tip saddr @s masquerade\n\t}\n}\n\
                   table inet other {\n\tchain forward {\n\t\ttype filter hook forward priority 0; policy accept;\n\
                   \t\tcounter\n\t}\n}\n";
    with_router(|router| {
        run("nft", &["-f", "-"], foreign).expect("it loads");
        let tables = [["ip", "nat"], ["inet", "other"]];
        let listed = || {
            tables.map(|[family, name]| run("nft", &["-s", "list", "table", family, name], "").expect("it is there"))
        };
        let before = listed();
        for rules in [&versions[0], &versions[1], &versions[0]] {
            router.load(rules);
            assert_eq!(listed(), before, "another's table was changed");
        }
    });
}
