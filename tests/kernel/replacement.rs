//! Rule sets that take the place of one another, beside tables that are not ours.

use std::time::{Duration, Instant};

use super::frames::{Datagram, UDP};
use super::netns::{Leg, Router, feed, run, spawn, with_router};
use super::state::{opening, two_zones};
use super::{build, ready, today};

const RELOADS: usize = 60;
/// Between two pairs of packets.
const PACE: Duration = Duration::from_micros(200);

#[test]
fn p59_replacement_under_traffic() {
    if !ready() {
        return;
    }
    let policy =
        |more: &str| two_zones(&format!("allow office -> shop : udp/53{more} {{ reason \"work\" owner \"us\" }}"));
    let versions = [build(&policy(""), today()), build(&policy(", tcp/443"), today())];
    let traffic = with_router(|router| {
        router.load(&versions[1]);
        let mut traffic = Traffic::default();
        for reload in 0..RELOADS {
            let mut nft = spawn("nft", &["-f", "-"], &[]).expect("nft runs");
            feed(&mut nft, &versions[reload % 2]);
            let end = Instant::now() + Duration::from_secs(10);
            loop {
                traffic.step(router);
                if let Some(status) = nft.try_wait().expect("it is ours") {
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
    let Traffic { sent, repeated, lost, leaked, .. } = traffic;
    println!(
        "{RELOADS} reloads, {sent} allowed packets, {repeated} sent again, {lost} lost; as many forbidden, {leaked} let through"
    );
    assert!(sent >= RELOADS, "there was traffic during every reload");
    assert_eq!((lost, leaked), (0, 0), "of {sent} allowed packets lost, of {sent} forbidden ones let through");
    // The kernel looks sets and maps up in the new generation also for a packet that it judges by the rules of the old:
    // one that is under way at that very moment may be stopped. A longer gap would stop many.
    assert!(repeated * 100 <= sent, "{repeated} of {sent} allowed packets had to be sent again");
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
