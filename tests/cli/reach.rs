//! `segc reach`: three levels, four formats, and names that do not exist.

use super::{DAY, folder_with};
use crate::{segc, text};

/// What anybody can write steers an agent that is not contained; its host holds a key.
const POLICY: &str = "zone dev { hosts 10.1.0.0/24  owner \"w\"  process agent { user \"agent\"  is agentic } }\n\
                      zone docs { domains \"docs.example.com\"  is public-writable }\n\
                      zone prod { hosts 10.2.0.0/24, 2001:db8::/48  owner \"<o&\\\"'>\"  is critical }\n\
                      zone logs { hosts 10.3.0.0/24 }\n\
                      credential key { held by dev  opens prod }\n\
                      allow dev.agent -> docs : https { reason \"r\"  owner \"o\" }\n\
                      allow dev -> prod : ssh { needs key  reason \"r\"  owner \"o\" }\n\
                      allow dev -> logs : tcp/514 { inert \"it only writes\"  reason \"r\"  owner \"o\" }\n\
                      group all = dev, prod\n";

fn reach(args: &[&str]) -> (Option<i32>, String, String) {
    let folder = folder_with(&[("zones.seg", POLICY)]);
    let asked = segc(folder.path(), &[&["reach", "zones.seg"], args, &["--at", DAY]].concat());
    (asked.status.code(), text(&asked.stdout), text(&asked.stderr))
}

fn json(start: &str) -> serde_json::Value {
    let (code, said, _) = reach(&[start, "--format", "json"]);
    assert_eq!(code, Some(0), "{said}");
    serde_json::from_str(&said).expect("JSON")
}

#[test]
fn people_read_how_far_and_how() {
    let (code, said, _) = reach(&["dev.agent"]);
    assert_eq!(code, Some(0));
    for part in [
        "In the worst case it reaches 3 of 5 other places, among them 1 critical zone: `prod`.",
        "It captures 1 credential: `key`.",
        "The public alone gets into `dev.agent`",
        "to `prod` (critical): `dev.agent` → `dev` → `key` → `prod`",
        "1. `dev.agent` runs on `dev` and is not contained  zones.seg:1",
        "2. `dev` holds `key`                               zones.seg:5",
        "3. `dev` may open ssh to `prod`, with `key`        zones.seg:7",
        "`prod`  reached from 5 of 5 places (100 %)",
        "inert      `dev -> logs` compromises nothing (zones.seg:8, no end)\n             \"it only writes\"",
    ] {
        assert!(said.contains(part), "it does not say {part:?}:\n{said}");
    }
}

/// What packets allow at once is no part of the worst case where it is believed to be harmless.
#[test]
fn three_levels_stand_side_by_side() {
    let told = json("dev");
    let hops = |name: &str| {
        let places = told["places"].as_array().expect("places");
        let place = places.iter().find(|place| place["name"] == name).expect("it is told");
        ["packets", "credentials", "worst"].map(|level| place["hops"][level].as_u64())
    };
    assert_eq!(hops("prod"), [Some(1), Some(2), Some(2)]);
    assert_eq!(hops("logs"), [Some(1), None, None]);
    assert_eq!(told["places"][0]["name"], "prod");
    assert_eq!(told["places"][0]["addresses"], 256);
    assert_eq!(told["start"]["places"], serde_json::json!(["dev", "dev.agent"]));
    assert_eq!(told["credentials"][0]["standing"], true);
    assert_eq!(told["choke_points_proved"], true);
    let steps = told["ways"][0]["steps"].as_array().expect("steps");
    assert_eq!(steps[0]["line"], 5);
    assert_eq!(steps[0]["statement"], "held by dev");
}

#[test]
fn names_that_do_not_exist_are_said() {
    for (name, wanted) in [
        ("dve", "`dve` is no zone or process of this policy; did you mean `dev`?"),
        ("dev.agnet", "did you mean `dev.agent`?"),
        ("all", "`all` is a group; ask about one of its zones: `dev` and `prod`"),
        ("\u{1b}[31m", "`\\u{1b}[31m` is no zone"),
    ] {
        let (code, said, wrong) = reach(&[name]);
        assert_eq!((code, said.as_str()), (Some(2), ""), "{name}");
        assert!(wrong.contains(wanted), "{name}: {wrong}");
    }
    let folder = folder_with(&[("zones.seg", "zone a { hosts 10.0.0.0/24 } allow a -> b : ssh\n")]);
    let asked = segc(folder.path(), &["reach", "zones.seg", "a"]);
    assert_eq!(asked.status.code(), Some(2), "a policy with errors is not asked");
}

#[test]
fn several_files_are_one_policy() {
    let parts: Vec<&str> = POLICY.split_inclusive('\n').collect();
    let folder = folder_with(&[("a.seg", &parts[..4].concat()), ("b.seg", &parts[4..].concat())]);
    let asked = segc(folder.path(), &["reach", "a.seg", "b.seg", "internet", "--at", DAY]);
    assert_eq!(asked.status.code(), Some(0), "{}", text(&asked.stderr));
    assert!(text(&asked.stdout).starts_with("What a compromise of `internet` reaches"));
}

/// Every element is closed, every attribute quoted, and no text ends one.
fn well_formed(xml: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = xml;
    while let Some(at) = rest.find('<') {
        assert!(!rest[..at].contains('>') || open.last() == Some(&"style"), "{}", &rest[..at]);
        for entity in rest[..at].split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;", "quot;"].iter().any(|name| entity.starts_with(name));
            assert!(known, "&{entity}");
        }
        let end = at + rest[at..].find('>').expect("a tag ends");
        let tag = &rest[at + 1..end];
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        assert!(!tag.contains('<'), "{tag}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None if tag.ends_with('/') => {}
            None => open.push(tag.split(' ').next().unwrap_or_default()),
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?}");
}

#[test]
fn pictures_are_well_formed_whatever_is_written() {
    let (code, svg, _) = reach(&["dev.agent", "--format", "svg"]);
    assert_eq!(code, Some(0));
    well_formed(&svg);
    for part in
        [">dev.agent</text>", ">key</text>", ">critical zone</text>", "holds · zones.seg:5", "class=\"step besides\""]
    {
        assert!(svg.contains(part), "no {part} in\n{svg}");
    }
    // A file may be called anything.
    let folder = folder_with(&[("<b>&\"'.seg", POLICY)]);
    let asked = segc(folder.path(), &["reach", "<b>&\"'.seg", "dev.agent", "--format", "svg", "--at", DAY]);
    let svg = text(&asked.stdout);
    well_formed(&svg);
    assert!(svg.contains("holds · &lt;b&gt;&amp;&quot;'.seg:5"), "{svg}");
    let (_, dot, _) = reach(&["dev.agent", "--format", "dot"]);
    assert!(dot.contains("n0 -> n") && dot.contains("label=\"key\\nstanding credential\", shape=hexagon"), "{dot}");
}

/// What is much alike becomes one box where there are many.
#[test]
fn many_places_are_folded() {
    let mut policy = POLICY.to_owned();
    for n in 0..60 {
        policy += &format!("zone n{n} {{ hosts 10.9.{n}.0/24 }}\nallow dev -> n{n} : ssh {{ reason \"r\" }}\n");
    }
    let folder = folder_with(&[("zones.seg", &policy)]);
    let asked = segc(folder.path(), &["reach", "zones.seg", "dev.agent", "--format", "svg", "--at", DAY]);
    let svg = text(&asked.stdout);
    well_formed(&svg);
    assert!(svg.contains(">60 more places</text>") && svg.contains(">prod</text>"), "{svg}");
    let human = text(&segc(folder.path(), &["reach", "zones.seg", "dev.agent", "--at", DAY]).stdout);
    assert!(human.lines().count() < 70, "{human}");
    assert!(human.contains("more places; `--format json` has all"), "{human}");
}

#[test]
fn a_small_picture_is_as_wide_as_what_is_written_around_it() {
    let folder = folder_with(&[("zones.seg", "zone a { hosts 192.0.2.1 }\nzone b { hosts 192.0.2.2 }\n")]);
    let svg = text(&segc(folder.path(), &["reach", "zones.seg", "a", "--format", "svg", "--at", DAY]).stdout);
    let width = svg.split("width=\"").nth(1).and_then(|rest| rest.split('"').next()?.parse::<f64>().ok());
    let legend = svg.lines().find(|line| line.contains("round box")).unwrap_or_default();
    let letters = legend.split('>').nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default().chars().count();
    // 10 px of a fixed-pitch font are 6 px a letter.
    assert!(letters > 80 && width > Some(20.0 + 6.0 * letters as f64), "{width:?} {letters}\n{svg}");
}
