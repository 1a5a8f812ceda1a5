//! Rule sets with one mistake in them: whatever changes which packets pass is found, and what does not is not blamed. The
//! judges are the text of the policy, a line-by-line evaluation of the mutant, and, for a share of them, the kernel.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ipnet::IpNet;
use segc::packets::{Packet as Key, Verdict, trace};
use segc::prove::{Scope, judge};
use segc::source::Sources;

use crate::laws::compiled;
use crate::naive::{Naive, Packet};
use crate::random_policy::DAY;

/// Small, and with every shape that there is: nesting, exceptions on both sides, groups, `any`, logs that go ahead, dates,
/// ranges of ports, ICMP of both families, a whole protocol, zones of one family.
const POLICY: &str = r#"
zone dev { hosts 10.1.0.0/16, 2001:db8:1::/48 }
zone lab in dev { hosts 10.1.9.0/24 }
zone gpu { hosts 10.2.0.0/24, 2001:db8:2::/64 }
zone old { hosts 10.3.0.7 }
group work = dev, gpu
allow dev except lab -> gpu : tcp/8000-8100, ping { reason "r" owner "o" }
allow work -> old : ssh, udp/53 { reason "r" owner "o" log }
allow any except internet -> old : https, ssh { reason "r" owner "o" log }
allow gpu -> internet : https, proto/47 { reason "r" owner "o" until 2030-01-31 }
allow lab -> dev : any { reason "r" owner "o" }
"#;

/// A changed text.
struct Mutant {
    /// What was done to it, with the lines that it was done to.
    what: String,
    text: String,
}

/// What the policy says, asked for once.
struct Policy {
    naive: Naive,
    known: HashMap<(IpAddr, IpAddr, u32), bool>,
}

impl Policy {
    fn allows(&mut self, source: IpAddr, destination: IpAddr, key: u32) -> bool {
        let naive = &self.naive;
        let ask = || naive.verdict(&packet(source, destination, key));
        *self.known.entry((source, destination, key)).or_insert_with(ask)
    }
}

fn mutants(text: &str) -> Vec<Mutant> {
    let lines: Vec<&str> = text.lines().collect();
    let mut all = Vec::new();
    let mut add = |what: String, lines: Vec<&str>| all.push(Mutant { what, text: lines.join("\n") + "\n" });
    for (at, line) in lines.iter().enumerate() {
        // Of the many ranges of the internet a few are enough.
        let dull = line.contains("internet") && at % 9 != 0;
        if line.trim().is_empty() || line.trim_start().starts_with('#') || dull {
            continue;
        }
        let mut dropped = lines.clone();
        dropped.remove(at);
        add(format!("line {} dropped: {line}", at + 1), dropped);
        // An element twice, or in another place, is the same map or none: a few are enough.
        if line.ends_with(',') && at % 6 != 0 {
            changed(line, at, &lines, &mut add);
            continue;
        }
        let mut doubled = lines.clone();
        doubled.insert(at, line);
        add(format!("line {} doubled: {line}", at + 1), doubled);
        if at + 1 < lines.len() && lines[at + 1] != *line {
            let mut swapped = lines.clone();
            swapped.swap(at, at + 1);
            add(format!("lines {} and the next exchanged: {line} {}", at + 1, lines[at + 1]), swapped);
        }
        changed(line, at, &lines, &mut add);
    }
    all
}

fn changed(line: &str, at: usize, lines: &[&str], add: &mut impl FnMut(String, Vec<&str>)) {
    for changed in changes(line) {
        let mut mutated: Vec<&str> = lines.to_vec();
        mutated[at] = &changed;
        add(format!("line {}: {line} -> {changed}", at + 1), mutated);
    }
}

/// The line with one thing changed: a verdict, a word, a number one up or down, an address, a target.
pub fn changes(line: &str) -> Vec<String> {
    let mut all = Vec::new();
    let code = line.split(" comment ").next().unwrap_or(line);
    let rest = &line[code.len()..];
    let words = [
        (" accept", " drop"),
        (" drop", " accept"),
        ("tcp ", "udp "),
        ("icmp type", "icmpv6 type"),
        ("ip saddr", "ip6 saddr"),
        ("ip saddr", "ip daddr"),
        ("return", "accept"),
        ("jump ", "goto "),
        ("goto ", "jump "),
        (" reply", " original"),
        ("reject with icmpx admin-prohibited", "accept"),
        ("policy drop", "policy accept"),
        ("!=", "=="),
        ("deny_outside", "judge"),
        ("vmap @src4", "vmap @dst4"),
        ("meta time < ", "meta time >= "),
        ("jump ", "jump deny_inside #"),
    ];
    for (from, to) in words {
        if code.contains(from) {
            all.push(code.replacen(from, to, 1) + rest);
        }
    }
    // Every number, one up and one down.
    let mut at = 0;
    while let Some(start) = code[at..].find(|c: char| c.is_ascii_digit()).map(|found| at + found) {
        let end = code[start..].find(|c: char| !c.is_ascii_digit()).map_or(code.len(), |length| start + length);
        if let Ok(number) = code[start..end].parse::<u64>() {
            for changed in [number + 1, number.saturating_sub(1)].into_iter().filter(|n| *n != number) {
                all.push(format!("{}{changed}{}{rest}", &code[..start], &code[end..]));
            }
        }
        at = end;
    }
    // An element that leads to where its neighbour does.
    for (from, to) in [
        ("$to_gpu", "$to_dev"),
        ("$to_dev", "$to_lab"),
        ("$to_old", "$to_internet"),
        ("from_dev", "from_gpu"),
        ("of_lab", "of_dev"),
    ] {
        if code.contains(from) {
            all.push(code.replacen(from, to, 1) + rest);
        }
    }
    all
}

/// One address per class and family, those beside the borders, and those that the mutant names.
fn addresses(mutant: &str) -> Vec<IpAddr> {
    let mut all: BTreeSet<IpAddr> = [
        "10.1.0.0",
        "10.1.8.255",
        "10.1.9.0",
        "10.1.9.255",
        "10.1.10.0",
        "10.1.255.255",
        "10.2.0.0",
        "10.2.0.255",
        "10.2.1.0",
        "10.3.0.6",
        "10.3.0.7",
        "10.3.0.8",
        "8.8.8.8",
        "192.168.0.1",
        "2001:db8:1::",
        "2001:db8:1:ffff::1",
        "2001:db8:2::1",
        "2001:db8:2:1::",
        "2001:4860::1",
        "fd00::1",
    ]
    .iter()
    .map(|text| text.parse().expect("an address"))
    .collect();
    for prefix in mutant.split(|c: char| c.is_whitespace() || c == ',').filter_map(|word| word.parse::<IpNet>().ok()) {
        all.extend([prefix.network(), prefix.broadcast()]);
    }
    for word in mutant.split(|c: char| !(c.is_ascii_hexdigit() || c == '.' || c == ':')) {
        if let Ok(address) = word.parse::<IpAddr>() {
            all.insert(address);
            all.extend(
                match address {
                    IpAddr::V4(a) => [a.to_bits().checked_sub(1), a.to_bits().checked_add(1)]
                        .map(|n| n.map(|n| IpAddr::V4(n.into()))),
                    IpAddr::V6(a) => [a.to_bits().checked_sub(1), a.to_bits().checked_add(1)]
                        .map(|n| n.map(|n| IpAddr::V6(n.into()))),
                }
                .into_iter()
                .flatten(),
            );
        }
    }
    all.into_iter().collect()
}

const KEYS: [u32; 22] = [
    6 << 16 | 21,
    6 << 16 | 22,
    6 << 16 | 23,
    6 << 16 | 442,
    6 << 16 | 443,
    6 << 16 | 444,
    6 << 16 | 7999,
    6 << 16 | 8000,
    6 << 16 | 8100,
    6 << 16 | 8101,
    17 << 16 | 22,
    17 << 16 | 52,
    17 << 16 | 53,
    17 << 16 | 54,
    17 << 16 | 443,
    17 << 16 | 8000,
    1 << 16 | 7 << 8,
    1 << 16 | 8 << 8,
    58 << 16 | 128 << 8,
    58 << 16 | 129 << 8,
    46 << 16,
    47 << 16,
];

fn packet(source: IpAddr, destination: IpAddr, key: u32) -> Packet {
    let (protocol, low) = ((key >> 16) as u8, key as u16);
    Packet {
        source,
        destination,
        protocol,
        source_port: 40_000,
        destination_port: low,
        icmp_type: (low >> 8) as u8,
        icmp_code: low as u8,
    }
}

/// The first second at which the only date of the policy is over: 2030-02-01.
const AFTER: i64 = 1_896_134_400;

/// What line-by-line evaluation says against the policy: `Some(true)` where some packet differs, `None` where something is
/// not known.
fn differs([live, over]: &mut [Policy; 2], read: &segc_backends::read::Read, mutant: &Mutant) -> Option<bool> {
    let addresses = addresses(&mutant.what);
    let mut doubt = false;
    // Before and behind the only date.
    for (policy, time) in [(over, AFTER), (live, AFTER - 1)] {
        for &source in &addresses {
            for &destination in addresses.iter().filter(|d| d.is_ipv4() == source.is_ipv4()) {
                for key in KEYS {
                    let Ok(ways) = trace(&read.program, &Key { source, destination, key, time }) else { return None };
                    let expected = policy.allows(source, destination, key);
                    match (ways.accepted.is_some(), ways.dropped.is_some()) {
                        (true, true) => doubt = true,
                        (passes, _) if passes != expected => return Some(true),
                        _ => {}
                    }
                }
            }
        }
    }
    if doubt { None } else { Some(false) }
}

#[derive(Default)]
struct Score {
    wrong: Mutex<Vec<String>>,
    mutants: AtomicUsize,
    changed: AtomicUsize,
    same: AtomicUsize,
    unreadable: AtomicUsize,
    unproved: AtomicUsize,
}

#[test]
fn every_mistake_is_found_and_none_is_invented() {
    let day = DAY;
    compiled(POLICY, |model, sources| {
        let rules = segc::lower::lower(model, sources, day);
        let backend = segc_backends::BACKENDS.iter().find(|b| b.name() == "nftables").expect("it is there");
        let text = backend.render(&rules).remove(0).text;
        let after = "2030-02-15".parse().expect("a day");
        let all = mutants(&text);
        println!("{} mutants of {} lines", all.len(), text.lines().count());
        let (next, score) = (AtomicUsize::new(0), Score::default());
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let mut policies =
                        [day, after].map(|day| Policy { naive: Naive::new(POLICY, day), known: HashMap::new() });
                    while let Some(mutant) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                        one(model, day, &mut policies, mutant, &score);
                    }
                });
            }
        });
        let of = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        println!(
            "{} mutants: {} change what passes, all found; {} do not, all called equal; {} cannot be read, {} not proved",
            of(&score.mutants),
            of(&score.changed),
            of(&score.same),
            of(&score.unreadable),
            of(&score.unproved)
        );
        let wrong = score.wrong.lock().expect("no thread panicked");
        assert!(wrong.is_empty(), "{} mutants are judged wrong:\n{}", wrong.len(), wrong.join("\n"));
        assert!(of(&score.changed) > 150 && of(&score.same) > 100, "the mutants are too few");
    });
}

fn one(
    model: &segc::model::Model<'_>,
    day: jiff::civil::Date,
    policies: &mut [Policy; 2],
    mutant: &Mutant,
    score: &Score,
) {
    let count = |which: &AtomicUsize| which.fetch_add(1, Ordering::Relaxed);
    count(&score.mutants);
    let sources = Sources::default();
    let source = sources.add("m".to_owned(), "m".to_owned(), mutant.text.clone()).expect("small");
    let judged = judge(model, &sources, day, source, Scope::Own, false);
    let Ok(mut read) = segc_backends::read::nft(mutant.text.as_bytes()) else {
        assert_eq!(judged.verdict, None, "{}", mutant.what);
        count(&score.unreadable);
        return;
    };
    let program = &mut read.program;
    let (chains, own) = (&program.chains, ["segc", "segc_alt", "segc_state"]);
    program.hooks.retain(|hook| own.contains(&chains[hook.chain.0 as usize].table.as_str()));
    let truth = differs(policies, &read, mutant);
    let wrong = |kind: &str| {
        let mut all = score.wrong.lock().expect("no thread panicked");
        all.push(format!("{kind}, {:?}: {}", judged.verdict, mutant.what));
    };
    match (truth, judged.verdict) {
        (Some(true), Some(Verdict::Proved)) => wrong("not found"),
        (Some(true), _) => _ = count(&score.changed),
        (Some(false), Some(Verdict::Proved)) => _ = count(&score.same),
        // First packets are the same; the rules for all others may not be.
        (Some(false), Some(Verdict::CannotProve)) if judged.found.iter().all(|d| d.code == "SEG0803") => {
            count(&score.unproved);
        }
        (Some(false), None) => _ = count(&score.unreadable),
        (Some(false), _) => wrong("invented"),
        (None, Some(Verdict::Proved)) => _ = count(&score.same),
        (None, _) => _ = count(&score.unproved),
    }
}
