//! A router in a network namespace without a name, which is gone when the thread that made it ends, also by a panic.
//! It has two legs, and more where they are asked for; packets come in by any and leave by the second, where what is sent
//! and received is seen raw.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::net::IpAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sched::{CloneFlags, unshare};
use pnet_datalink::{Channel, Config, DataLinkReceiver, DataLinkSender};

use super::frames::{Datagram, tag_of};

/// The router's station on a leg, by number from 1.
fn station(leg: usize) -> [u8; 6] {
    [2, 0, 0, 0, 1, leg as u8]
}

/// Whom the router sends everything to. No station has this address, so that nothing that arrives is sent on again.
const BEYOND: [u8; 6] = [2, 0, 0, 0, 2, 2];

/// How long a receiver waits when there is nothing to read.
const PATIENCE: Duration = Duration::from_millis(1);

/// By which leg a packet comes to the router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leg {
    /// The one that only receives.
    First,
    /// The one by which everything leaves.
    Second,
    /// One of those that were asked for, by its place among them.
    Further(usize),
}

impl Leg {
    /// From 1.
    fn number(self) -> usize {
        match self {
            Self::First => 1,
            Self::Second => 2,
            Self::Further(place) => 3 + place,
        }
    }
}

/// See the module.
pub struct Router {
    senders: Vec<Box<dyn DataLinkSender>>,
    receiver: Box<dyn DataLinkReceiver>,
    next: u16,
    sent: BTreeMap<u16, (IpAddr, IpAddr)>,
    arrived: BTreeSet<u16>,
}

/// Runs `work` with a new router, on a thread of its own.
pub fn with_router<T: Send>(work: impl FnOnce(&mut Router) -> T + Send) -> T {
    with_router_of(&[], work)
}

/// The same, with further legs of these names.
pub fn with_router_of<T: Send>(further: &[&str], work: impl FnOnce(&mut Router) -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| work(&mut Router::new(further).expect("a router in a namespace of its own")));
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Whether routers can be had here, and why not.
pub fn available() -> Result<(), String> {
    for (program, option) in [("nft", "--version"), ("ip", "-V")] {
        let found = Command::new(program).arg(option).stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !found.is_ok_and(|status| status.success()) {
            return Err(format!("`{program}` cannot be run"));
        }
    }
    let attempt = || {
        Router::new(&[])?;
        run("nft", &["list", "ruleset"], "").map(|_| ())
    };
    std::thread::scope(|scope| scope.spawn(attempt).join()).unwrap_or_else(|_| Err("a thread failed".into()))
}

/// Runs a program in this thread's namespace and gives what it prints.
pub fn run(program: &str, arguments: &[&str], input: &str) -> Result<String, String> {
    run_with(program, arguments, &[], input)
}

fn run_with(program: &str, arguments: &[&str], environment: &[(&str, &str)], input: &str) -> Result<String, String> {
    let mut child = spawn(program, arguments, environment)?;
    feed(&mut child, input);
    let output = child.wait_with_output().map_err(|error| format!("{program}: {error}"))?;
    let (printed, complaint) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(printed.into_owned()) } else { Err(format!("{program}: {complaint}")) }
}

/// Starts a program in this thread's namespace, with `environment` added to ours.
fn spawn(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Result<Child, String> {
    spawn_in(Path::new("."), program, arguments, environment)
}

/// The same, in a folder.
pub fn spawn_in(
    folder: &Path,
    program: &str,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Result<Child, String> {
    Command::new(program)
        .current_dir(folder)
        .args(arguments)
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{program}: {error}"))
}

/// Gives a program its input, all of it. One that ends early says itself why, so a closed pipe is no error here.
fn feed(child: &mut Child, input: &str) {
    let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes());
}

impl Router {
    /// Moves this thread into a new namespace and builds the router there.
    fn new(further: &[&str]) -> Result<Router, String> {
        unshare(CloneFlags::CLONE_NEWNET).map_err(|error| format!("no network namespace may be made: {error}"))?;
        let mac = |station: [u8; 6]| station.map(|byte| format!("{byte:02x}")).join(":");
        let names: Vec<&str> = ["leg1", "leg2"].iter().chain(further).copied().collect();
        let legs = || names.iter().zip(1..);
        // The far ends are up before the router's own, so that the router's have a carrier from the start.
        let mut batch = String::from("link set lo up\n");
        for (name, leg) in legs() {
            let address = mac(station(leg));
            batch += &format!("link add {name} address {address} type veth peer name far{leg}\n");
        }
        for (_, leg) in legs() {
            batch += &format!("link set far{leg} arp off up\n");
        }
        for (name, _) in legs() {
            batch += &format!("link set {name} up\n");
        }
        let beyond = mac(BEYOND);
        batch += &format!(
            "neigh replace 169.254.0.1 lladdr {beyond} dev leg2 nud permanent\n\
             neigh replace fe80::1 lladdr {beyond} dev leg2 nud permanent\n\
             route add default via 169.254.0.1 dev leg2 onlink\n\
             route add ::/0 via fe80::1 dev leg2 onlink\n"
        );
        for (name, value) in [
            ("ipv4/ip_forward", "1"),
            ("ipv6/conf/all/forwarding", "1"),
            ("ipv4/conf/all/rp_filter", "0"),
            ("ipv4/conf/default/rp_filter", "0"),
            ("ipv4/conf/all/send_redirects", "0"),
            ("ipv4/conf/default/send_redirects", "0"),
            // No addresses of its own: neighbour discovery has nothing to say.
            ("ipv6/conf/default/addr_gen_mode", "1"),
        ] {
            // The kernel takes the namespace from the thread that opens the file.
            std::fs::write(format!("/proc/sys/net/{name}"), value).map_err(|error| format!("{name}: {error}"))?;
        }
        run("ip", &["-batch", "-"], &batch)?;
        let (mut senders, mut receivers): (Vec<_>, Vec<_>) = (Vec::new(), Vec::new());
        for (_, leg) in legs() {
            let (sender, receiver) = channel(&format!("far{leg}"))?;
            senders.push(sender);
            receivers.push(receiver);
        }
        let receiver = receivers.swap_remove(1);
        Ok(Router { senders, receiver, next: 1, sent: BTreeMap::new(), arrived: BTreeSet::new() })
    }

    /// Puts a packet on a leg's wire and gives the tag by which it is known. Tags come again after 65,535 packets.
    pub fn send(&mut self, leg: Leg, datagram: &Datagram) -> u16 {
        let tag = self.next;
        self.next = self.next.checked_add(1).unwrap_or(1);
        self.arrived.remove(&tag);
        self.sent.insert(tag, (datagram.source, datagram.destination));
        let frame = datagram.frame(tag, BEYOND, station(leg.number()));
        self.senders[leg.number() - 1].send_to(&frame, None).expect("the buffer is large").expect("the link is up");
        // The socket's buffer holds some hundred packets.
        if tag.is_multiple_of(64) {
            self.collect();
        }
        tag
    }

    /// Did it come out?
    pub fn has_arrived(&self, tag: u16) -> bool {
        self.arrived.contains(&tag)
    }

    /// Notes what has come out, until nothing more comes at once.
    pub fn collect(&mut self) {
        // Of what a flood could bring, so much at a time.
        for _ in 0..100_000 {
            if !self.receive() {
                return;
            }
        }
    }

    /// Waits until all of these have come out, or `longest` has passed.
    pub fn wait_for(&mut self, tags: &[u16], longest: Duration) {
        let end = Instant::now() + longest;
        let mut missing = tags.iter().copied().peekable();
        loop {
            while missing.next_if(|tag| self.has_arrived(*tag)).is_some() {}
            if missing.peek().is_none() || Instant::now() >= end {
                return;
            }
            self.receive();
        }
    }

    /// Reads one frame, if one comes within the receiver's patience.
    fn receive(&mut self) -> bool {
        let Ok(frame) = self.receiver.next() else { return false };
        // What we send by the second leg is also seen there.
        if frame.get(6..12) != Some(&station(2)) {
            return true;
        }
        if let Some((tag, source, destination)) = tag_of(frame)
            && self.sent.get(&tag) == Some(&(source, destination))
        {
            self.arrived.insert(tag);
        }
        true
    }

    /// Sends it, again up to twice if it does not come out within 0.2 seconds, and says whether it came.
    pub fn passes(&mut self, leg: Leg, datagram: &Datagram) -> bool {
        (0..3).any(|_| {
            let tag = self.send(leg, datagram);
            self.wait_for(&[tag], Duration::from_millis(200));
            self.has_arrived(tag)
        })
    }

    /// Sends it once and says whether nothing has come out when 0.1 seconds are over.
    pub fn is_stopped(&mut self, leg: Leg, datagram: &Datagram) -> bool {
        let tag = self.send(leg, datagram);
        self.wait_for(&[tag], Duration::from_millis(100));
        !self.has_arrived(tag)
    }

    /// Loads a rule set, in one transaction.
    pub fn load(&self, rules: &str) {
        self.load_in("UTC0", rules);
    }

    /// The same, in a time zone as POSIX writes them: `HERE-14` is 14 hours ahead of UTC.
    pub fn load_in(&self, zone: &str, rules: &str) {
        if let Err(error) = run_with("nft", &["-f", "-"], &[("TZ", zone)], rules) {
            panic!("the rule set does not load: {error}\n{rules}");
        }
    }
}

/// What sends and what receives at an interface.
type Ends = (Box<dyn DataLinkSender>, Box<dyn DataLinkReceiver>);

fn channel(name: &str) -> Result<Ends, String> {
    let interfaces = pnet_datalink::interfaces();
    let interface = interfaces.iter().find(|interface| interface.name == name).ok_or(format!("no interface {name}"))?;
    let config = Config { read_timeout: Some(PATIENCE), ..Config::default() };
    match pnet_datalink::channel(interface, config) {
        Ok(Channel::Ethernet(sender, receiver)) => Ok((sender, receiver)),
        Ok(_) => Err(format!("{name} is no Ethernet")),
        Err(error) => Err(format!("{name}: {error}")),
    }
}
