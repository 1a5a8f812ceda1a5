//! `segc apply` on a box in a network namespace: a way in that is lost comes back by itself, and whatever is killed, the
//! box ends on the old rules or on the new ones.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::netns::{run, with_router_of};
use super::{ready, today};
use crate::{segc, text};

/// Administrators may use ssh on the box, or, if `ssh` is not said, look at its web page only.
fn policy(service: &str) -> String {
    format!(
        "zone admins {{ hosts 10.77.0.2 }}\nzone box {{ hosts 10.77.0.1 }}\n\
         allow admins -> box : {service} {{ reason \"maintenance\"  owner \"it\" }}\n\
         firewall host on box {{ target nftables }}\n"
    )
}

/// A box, its administrator's machine on the other end of a cable, and two versions of its rules.
struct Site {
    admin: Child,
    folder: tempfile::TempDir,
    _ssh: TcpListener,
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.admin.kill();
        let _ = self.admin.wait();
    }
}

impl Site {
    fn new() -> Self {
        let admin =
            Command::new("unshare").args(["--net", "sleep", "120"]).stdin(Stdio::null()).spawn().expect("unshare");
        let (pid, own) = (admin.id().to_string(), std::fs::read_link("/proc/thread-self/ns/net").expect("a namespace"));
        let until = Instant::now() + Duration::from_secs(20);
        while std::fs::read_link(format!("/proc/{pid}/ns/net")).is_ok_and(|theirs| theirs == own) {
            assert!(Instant::now() < until, "the administrator's namespace is not made");
            std::thread::sleep(Duration::from_millis(10));
        }
        let ip = |line: &str| run("ip", &line.split(' ').collect::<Vec<_>>(), "").expect("ip");
        let theirs = |line: &str| {
            let all: Vec<&str> = ["-t", &pid, "-n", "ip"].into_iter().chain(line.split(' ')).collect();
            run("nsenter", &all, "").expect("ip")
        };
        ip(&format!("link add mgmt0 type veth peer name up0 netns {pid}"));
        ip("addr add 10.77.0.1/24 dev mgmt0");
        ip("link set mgmt0 up");
        theirs("addr add 10.77.0.2/24 dev up0");
        theirs("link set up0 up");
        let folder = tempfile::tempdir().expect("a folder of our own");
        let at = today().to_string();
        for (name, service) in [("good", "ssh"), ("bad", "https")] {
            std::fs::write(folder.path().join(format!("{name}.seg")), policy(service)).expect("written");
            let built = segc(folder.path(), &["build", &format!("{name}.seg"), "-o", name, "--at", &at]);
            assert!(built.status.success(), "{}", text(&built.stdout));
        }
        // Nobody accepts; the kernel does, as long as the queue is not full.
        let ssh = TcpListener::bind("10.77.0.1:22").expect("nobody else listens there");
        Self { admin, folder, _ssh: ssh }
    }

    /// Can the administrator open a connection to the box' port 22?
    fn lets_in(&self) -> bool {
        let pid = self.admin.id().to_string();
        let connect = ["-t", &pid, "-n", "timeout", "1", "bash", "-c", "exec 3<>/dev/tcp/10.77.0.1/22"];
        run("nsenter", &connect, "").is_ok()
    }

    fn state(&self) -> String {
        self.folder.path().join("state").display().to_string()
    }

    /// Runs `segc apply`, `confirm` or `rollback`; whether it did, and what it said.
    fn segc(&self, words: &[&str]) -> (bool, String) {
        let state = self.state();
        let all: Vec<&str> = words.iter().copied().chain(["--firewall", "host", "--state", &state]).collect();
        let out = segc(self.folder.path(), &all);
        (out.status.success(), text(&out.stdout) + &text(&out.stderr))
    }

    /// Which version is in force, if one is.
    fn in_force(&self) -> Option<&'static str> {
        let listing = run("nft", &["-s", "list", "ruleset"], "").expect("a listing");
        std::fs::write(self.folder.path().join("listing.nft"), listing).expect("written");
        let at = today().to_string();
        ["good", "bad"].into_iter().find(|name| {
            let policy = format!("{name}.seg");
            let asked = ["verify", &policy, "--firewall", "host", "listing.nft", "--at", &at];
            segc(self.folder.path(), &asked).status.success()
        })
    }

    /// Waits until nothing waits for a confirmation.
    fn settled(&self) {
        let until = Instant::now() + Duration::from_secs(60);
        while Path::new(&self.state()).join("host/pending").exists() {
            assert!(Instant::now() < until, "nobody puts the rules back");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

#[test]
fn a_way_in_that_is_lost_comes_back() {
    if !ready() {
        return;
    }
    with_router_of(&[], |_| {
        let site = Site::new();
        assert!(site.lets_in(), "nothing filters yet");
        let (done, said) = site.segc(&["apply", "good", "--confirm", "60s"]);
        assert!(done && said.contains("segc confirm --firewall host"), "{said}");
        let (again, busy) = site.segc(&["apply", "bad"]);
        assert!(!again && busy.contains("SEG1803"), "{busy}");
        assert!(site.lets_in());
        let (kept, said) = site.segc(&["confirm"]);
        assert!(kept && said.contains("versions/000001"), "{said}");
        let (twice, said) = site.segc(&["confirm"]);
        assert!(!twice && said.contains("SEG1805"), "{said}");

        let (done, said) = site.segc(&["apply", "bad", "--confirm", "5s"]);
        assert!(done, "{said}");
        assert!(!site.lets_in(), "the new rules shut the administrator out");
        assert_eq!(site.in_force(), Some("bad"));
        site.settled();
        assert!(site.lets_in(), "nobody confirmed, and the old rules are back");
        assert_eq!(site.in_force(), Some("good"));
        let (late, said) = site.segc(&["confirm"]);
        assert!(!late && said.contains("SEG1805"), "{said}");

        let (done, _) = site.segc(&["apply", "bad", "--confirm", "60s"]);
        run("nft", &["add", "chain", "inet", "segc", "by_hand"], "")
            .or_else(|_| run("nft", &["add", "chain", "inet", "segc_alt", "by_hand"], ""))
            .expect("one of the two is in force");
        let (kept, said) = site.segc(&["confirm"]);
        assert!(!kept && said.contains("is not what"), "what somebody changed is not kept: {said}");
        let (back, said) = site.segc(&["rollback"]);
        assert!(done && back && said.contains("in force again"), "{said}");
        assert_eq!(site.in_force(), Some("good"));
    });
}

#[test]
fn whatever_is_killed_the_box_ends_on_the_old_or_the_new_rules() {
    if !ready() {
        return;
    }
    with_router_of(&[], |_| {
        let site = Site::new();
        assert!(site.segc(&["apply", "good", "--confirm", "60s"]).0 && site.segc(&["confirm"]).0);
        let (mut old, mut new) = (0, 0);
        for delay in [0, 2, 5, 10, 20, 40, 80, 160] {
            let state = site.state();
            let mut running = Command::new(env!("CARGO_BIN_EXE_segc"))
                .args(["apply", "bad", "--firewall", "host", "--confirm", "5s", "--state", &state])
                .current_dir(site.folder.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("segc runs");
            std::thread::sleep(Duration::from_millis(delay));
            let _ = running.kill();
            let _ = running.wait();
            // What it had begun ends by itself.
            std::thread::sleep(Duration::from_millis(500));
            match site.in_force() {
                Some("good") => old += 1,
                Some(_) => new += 1,
                None => panic!("after {delay} ms the box has no rules of ours"),
            }
            let until = Instant::now() + Duration::from_secs(60);
            while Path::new(&state).join("host/pending").exists() && Instant::now() < until {
                // Killed before the clock was started: whoever comes next, and too late, puts it back. Whoever comes in time
                // may keep the new rules only if they were seen in force.
                let before = site.in_force();
                let (kept, _) = site.segc(&["confirm"]);
                if kept {
                    assert_eq!(before, Some("bad"), "after {delay} ms: what was not in force is called kept");
                    let _ = site.segc(&["apply", "good", "--confirm", "60s"]);
                    let _ = site.segc(&["confirm"]);
                }
                std::thread::sleep(Duration::from_millis(100));
            }
            site.settled();
            assert_eq!(site.in_force(), Some("good"), "after {delay} ms");
        }
        println!("killed: {old} times the old rules, {new} times the new ones");
    });
}

#[test]
fn only_what_was_proved_is_put_in_force() {
    if !ready() {
        return;
    }
    with_router_of(&[], |_| {
        let site = Site::new();
        let at = |name: &str| site.folder.path().join("good").join(name);
        let manifest = std::fs::read_to_string(at("manifest.json")).expect("a manifest");
        let rules = std::fs::read_to_string(at("host/rules.nft")).expect("rules");
        let refused = |code: &str, what: &str| {
            let (done, said) = site.segc(&["apply", "good"]);
            assert!(!done && said.contains(code) && said.contains(what), "{said}");
            assert_eq!(site.in_force(), None, "nothing is in force");
        };
        std::fs::write(at("host/rules.nft"), rules.replace("dport 22 ", "dport 23 ")).expect("written");
        refused("SEG1801", "digest");
        std::fs::write(at("host/rules.nft"), &rules).expect("written");
        std::fs::write(at("manifest.json"), manifest.replace("\"proved\": true", "\"proved\": false"))
            .expect("written");
        refused("SEG1801", "not proved");
        std::fs::write(at("manifest.json"), manifest.replace("\"nftables\"", "\"cisco-ios\"")).expect("written");
        refused("SEG1802", "cisco-ios");
        std::fs::write(at("manifest.json"), manifest.replace("\"rules.nft\"", "\"../../rules.nft\"")).expect("written");
        refused("SEG1801", "no file's name");
        std::fs::write(at("manifest.json"), &manifest[..manifest.len() / 2]).expect("written");
        refused("SEG1801", "is not what");
        // The kernel refuses what the digest cannot: here another program of the same name does.
        std::fs::write(at("manifest.json"), &manifest).expect("written");
        let state = site.state();
        let words = ["apply", "good", "--firewall", "host", "--state", &state];
        let out = Command::new(env!("CARGO_BIN_EXE_segc"))
            .args(words)
            .current_dir(site.folder.path())
            .env("PATH", site.folder.path())
            .output()
            .expect("segc runs");
        assert!(!out.status.success() && text(&out.stderr).contains("SEG1804"), "{}", text(&out.stderr));
        assert_eq!(site.in_force(), None);
    });
}
