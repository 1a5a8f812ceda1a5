//! Judges that are not ours: programs that read a configuration and say whether it decides every connection as the policy
//! does. They are installed by `./tests/run` (`tests/judges/requirements.txt`), and run, never linked.

mod oracle;
mod site;

use std::path::Path;
use std::process::{Command, Output};

use oracle::{Asked, oracle};
use site::{EDGE, PLAIN, Site};

use crate::laws::compiled;
use crate::{segc, text};

/// A target that a judge reads.
struct Judged {
    target: &'static str,
    /// What the judge calls the dialect.
    format: &'static str,
    /// What is asked of it; of lists without state more than one thing.
    asked: &'static [Asked],
    /// The file.
    file: &'static str,
    /// The name of an interface, by its number and the zone behind it.
    interface: fn(usize, &str) -> String,
    /// The device's own name for the zone on an interface, as the configuration has it; `None` for the interface's.
    zone: fn(&str, &str) -> Option<String>,
    /// How many rules the judge is to see in the configuration, counted by its lines.
    rules: fn(&str, Asked) -> usize,
}

const STATELESS: &[Asked] = &[Asked::First, Asked::Every];

/// All of them. A target that is not here has no judge, and says `experimental`.
const JUDGED: &[Judged] = &[Judged {
    target: "cisco-ios",
    format: "ios",
    asked: STATELESS,
    file: "config.cfg",
    interface: |at, _| format!("GigabitEthernet0/0/{at}"),
    zone: |_, _| None,
    rules: access_lists,
}];

/// Entries of access lists, and one for the end of each list. The judge leaves out what asks for established connections.
fn access_lists(config: &str, asked: Asked) -> usize {
    let numbered = |line: &&str| {
        let line = line.trim_start().trim_start_matches("sequence ");
        line.starts_with(|c: char| c.is_ascii_digit()) && !(asked == Asked::First && line.ends_with(" established"))
    };
    let lists =
        config.lines().filter(|line| line.starts_with("ip access-list ") || line.starts_with("ipv6 access-list "));
    config.lines().filter(numbered).count() + lists.count()
}

#[test]
fn judges_agree_on_every_target() {
    if !installed("fwshift") {
        return;
    }
    let mut wrong = Vec::new();
    for judged in JUDGED {
        for (name, site) in [("plain", &PLAIN), ("edge", &EDGE)] {
            for &asked in judged.asked {
                if let Err(what) = judge(judged, site, asked) {
                    wrong.push(format!("{} on {name}, {asked:?}: {what}", judged.target));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The program is there; where it must be and is not, that is a failure.
fn installed(program: &str) -> bool {
    let there = Command::new(program).arg("--help").output().is_ok();
    assert!(there || std::env::var_os("CI").is_none(), "{program} is not installed: see tests/judges/requirements.txt");
    if !there {
        println!("skipped: {program} is not installed; ./tests/run installs it");
    }
    there
}

fn judge(judged: &Judged, site: &Site, asked: Asked) -> Result<(), String> {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = site.policy(judged.target, judged.interface);
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("zones.seg", &policy);
    let built = segc(folder.path(), &["build", "zones.seg", "-o", "out", "--at", "2026-11-22"]);
    if !built.status.success() {
        return Err(format!("not built: {}{}", text(&built.stdout), text(&built.stderr)));
    }
    let config = std::fs::read_to_string(folder.path().join("out/core").join(judged.file)).expect("the configuration");
    write("oracle.nft", &compiled(&policy, |model, _| oracle(site, model, asked)));
    write("config", &if asked == Asked::Every { config.replace(" established", "") } else { config.clone() });
    let mut arguments: Vec<String> =
        ["compare", "--from", "nftables", "--from-second", judged.format, "--fail-on", "low", "--json"]
            .map(str::to_owned)
            .to_vec();
    for (at, (zone, networks)) in site.links.iter().enumerate() {
        let interface = (judged.interface)(at, zone);
        let theirs = (judged.zone)(&config, &interface).unwrap_or(interface);
        arguments.extend(["--zone-map".to_owned(), format!("{zone}={theirs}")]);
        arguments.extend(["--zone-network".to_owned(), format!("{zone}={networks}")]);
    }
    arguments.extend(["oracle.nft", "config"].map(str::to_owned));
    let compared = run(folder.path(), "fwshift", &arguments);
    let said: serde_json::Value = serde_json::from_slice(&compared.stdout)
        .map_err(|_| format!("no answer: {}{}", text(&compared.stdout), text(&compared.stderr)))?;
    let empty = |name: &str| said[name].as_array().is_some_and(Vec::is_empty);
    let alike = compared.status.success() && said["equivalent"] == true;
    if !(alike && empty("not_followed_in_detail") && empty("compared_by_name_only")) {
        return Err(format!("{said:#}\n{config}"));
    }
    // A line that the judge does not understand it skips; so it must have seen as many rules as there are.
    let inspected = run(folder.path(), "fwshift", &["inspect", "--from", judged.format, "config"].map(str::to_owned));
    let seen = text(&inspected.stdout);
    let seen = seen.lines().find_map(|line| line.strip_prefix("security rules:")?.split_whitespace().next());
    let (seen, ours) = (seen.and_then(|n| n.parse::<usize>().ok()), (judged.rules)(&config, asked));
    if seen != Some(ours) || ours == 0 {
        return Err(format!("the judge saw {seen:?} rules of {ours}\n{config}"));
    }
    Ok(())
}

fn run(folder: &Path, program: &str, arguments: &[String]) -> Output {
    Command::new(program).args(arguments).current_dir(folder).output().expect("it was there a moment ago")
}
