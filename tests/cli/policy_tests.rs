//! `segc check --coverage` and `--mutate`.

use super::{DAY, folder_with};
use crate::{root, segc, text};

const POLICY: &str = "zone office { hosts 10.1.0.0/24 }\nzone print { hosts 10.2.0.0/24 }\nzone jump { hosts 10.3.0.1 }\n\
                      zone prod { hosts 10.4.0.0/24 }\nzone lab { hosts 10.5.0.0/24 }\nzone guest { hosts 10.6.0.0/24 }\n\
                      allow office -> print : tcp/631 { reason \"r\"  owner \"o\" }\n\
                      allow office -> jump : ssh { reason \"r\"  owner \"o\" }\n\
                      allow jump -> prod : ssh { reason \"r\"  owner \"o\" }\n\
                      allow lab -> print : tcp/631 { reason \"r\"  owner \"o\" }\n\
                      allow guest -> internet : https { reason \"r\"  owner \"o\" }\n\
                      allow lab -> guest : ping { from 2027-01-01  reason \"r\"  owner \"o\" }\n\
                      require office -> jump : ssh\n\
                      forbid any except jump -> prod\n\
                      forbid guest -> any except internet : tcp/1-65535\n";

fn asked(policy: &str, args: &[&str]) -> (Option<i32>, String, String) {
    let folder = folder_with(&[("zones.seg", policy)]);
    let all = [&["check", "zones.seg", "--at", DAY], args].concat();
    let done = segc(folder.path(), &all);
    (done.status.code(), text(&done.stdout), text(&done.stderr))
}

fn json(policy: &str, args: &[&str]) -> serde_json::Value {
    let (_, said, _) = asked(policy, &[args, &["--format", "json"]].concat());
    serde_json::from_str(&said).expect("JSON")
}

/// Lines of the policy with what is said of each allow.
fn voices(policy: &str) -> Vec<(u64, String)> {
    let said = json(policy, &["--coverage"]);
    let each = said["coverage"]["each"].as_array().expect("a list").iter();
    let word = |e: &serde_json::Value, key: &str| if e[key] == true { key.to_owned() + " " } else { String::new() };
    each.map(|e| {
        let words = ["require", "forbid_direct", "forbid_path"].map(|key| word(e, key)).concat();
        (e["place"]["line"].as_u64().expect("a line"), words.trim().to_owned())
    })
    .collect()
}

#[test]
fn coverage_says_who_speaks_about_each_live_allow() {
    let said = |more: &str| -> Vec<(u64, String)> { voices(&format!("{POLICY}{more}")) };
    let of = |list: &[(u64, &str)]| list.iter().map(|(line, words)| (*line, (*words).to_owned())).collect::<Vec<_>>();
    let base = [(7, ""), (8, "require"), (9, "forbid_direct"), (10, ""), (11, "forbid_direct")];
    assert_eq!(said(""), of(&base));
    // On other services a forbid speaks about nothing here.
    assert_eq!(said("forbid lab -> prod : udp/any\n"), of(&base));
    let lab = [base[0], base[1], base[2], (10, "forbid_direct"), base[4]];
    assert_eq!(said("forbid lab -> prod\n"), of(&lab));
    // Forwards from the office, and backwards from where prod is: over the jump host.
    let paths = [(7, "forbid_path"), (8, "require forbid_path"), (9, "forbid_direct forbid_path"), base[3], base[4]];
    assert_eq!(said("forbid office => lab\n"), of(&paths));
    let back = [base[0], (8, "require forbid_path"), (9, "forbid_direct forbid_path"), base[3], base[4]];
    assert_eq!(said("forbid any except office, jump => prod\n"), of(&back));
    // `over` leaves printing out.
    assert_eq!(said("forbid office => lab { over ssh }\n"), of(&back));
}

#[test]
fn the_exit_status_stays_that_of_check() {
    for (more, status) in
        [("", Some(0)), ("forbid office -> print\n", Some(1)), ("allow office -> nowhere : ssh\n", Some(1))]
    {
        let policy = format!("{POLICY}{more}");
        for args in [&["--coverage", "--mutate"][..], &[]] {
            let (code, said, warned) = asked(&policy, args);
            assert_eq!(code, status, "{said}{warned}");
            let told = said.contains("coverage: ") && said.contains("mutation: ");
            assert_eq!(told, !args.is_empty() && !more.contains("nowhere"), "{said}");
            assert_eq!(warned.contains("not understood as a whole"), !args.is_empty() && more.contains("nowhere"));
        }
    }
}

#[test]
fn each_change_is_listed_with_its_fate() {
    let said = json(POLICY, &["--mutate"]);
    let mutation = &said["mutation"];
    let changes = mutation["changes"].as_array().expect("a list");
    let of = |line: u64, change: &str| {
        changes.iter().find(|c| c["place"]["line"] == line && c["change"] == change).expect("it is there")
    };
    assert_eq!(of(8, "deleted")["fate"], "noticed");
    assert_eq!(of(8, "deleted")["noticed_by"]["line"], 13);
    assert_eq!(of(9, "also from any")["noticed_by"]["line"], 14);
    let silent = of(10, "also on any service");
    assert_eq!(silent["fate"], "unnoticed");
    let statement = "allow lab -> print : tcp/631 { reason \"r\"  owner \"o\" }";
    assert_eq!(silent["instead"], format!("{statement}\n{}", statement.replace("tcp/631", "any")));
    assert_eq!(of(12, "on any day")["fate"], "unnoticed");
    let counts = ["noticed", "unnoticed", "left_out"].map(|key| mutation[key].as_u64().expect("a number"));
    assert_eq!(counts.iter().sum::<u64>(), changes.len() as u64);
    assert_eq!((counts[2], mutation["invariants"].as_u64()), (0, Some(3)));
}

/// What the manual shows is what segc prints, and the change that its text is about is noticed in the second policy only.
#[test]
fn the_manual_shows_what_is_printed() {
    let manual = std::fs::read_to_string(root().join("docs/policy-tests.md")).expect("a page");
    let blocks = |fence: &str| -> Vec<String> {
        manual
            .split(fence)
            .skip(1)
            .map(|part| part.split("\n```").next().unwrap_or_default().to_owned() + "\n")
            .collect()
    };
    let (policies, shown) = (blocks("```seg\n"), blocks("```text\n"));
    assert_eq!((policies.len(), shown.len()), (2, 2));
    for (number, (policy, shown)) in policies.iter().zip(&shown).enumerate() {
        let (status, said, _) = asked(policy, &["--mutate"]);
        assert_eq!((status, said.as_str()), (Some(0), shown.as_str()));
        assert!(said.contains("without `needs`\n"), "{said}");
        let line =
            said.lines().skip_while(|line| !line.contains("`allow jump -> prod : ssh`")).nth(1).unwrap_or_default();
        assert_eq!(line.contains("without `needs`"), number == 0, "{said}");
    }
}
