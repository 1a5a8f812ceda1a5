//! Break-glass allows, as rendered and as a change is told.

use super::{DAY, folder_with};
use crate::{segc, text};

const ZONES: &str = "zone oncall { hosts 10.60.0.0/28 }\nzone db { hosts 10.30.0.0/24 }\nzone web { hosts 10.31.0.0/24 }\n\
                     allow web -> db : postgres { reason \"r\"  owner \"o\" }\n";
const OPEN: &str = "allow oncall -> db : ssh { emergency \"INC-42\"  from 2026-11-22  until 2026-11-23  review 2026-11-27  \
                    reason \"r\"  owner \"database\" }\n";

/// The first second of 2026-11-22 and of 2026-11-24, in UTC.
const WINDOW: [&str; 2] = ["1795305600", "1795478400"];

#[test]
fn a_break_glass_allow_is_rendered_with_its_window() {
    let folder = folder_with(&[("zones.seg", &format!("{ZONES}{OPEN}"))]);
    let built = |day: &str| {
        let done = segc(folder.path(), &["build", "zones.seg", "--target", "nftables", "-o", "-", "--at", day]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        (text(&done.stdout), text(&done.stderr))
    };
    let (rules, said) = built(DAY);
    for second in WINDOW {
        assert!(rules.contains(second), "{second} is not in\n{rules}");
    }
    assert!(said.contains("SEG1606") && said.contains("ends on 2026-11-23, and `database` owns it"), "{said}");
    let (rules, _) = built("2026-11-24");
    assert!(!rules.contains("zones.seg:5"), "still rendered:\n{rules}");
}

#[test]
fn a_change_tells_of_break_glass_first() {
    let later = OPEN.replace("INC-42", "INC-43").replace("2026-11-23", "2026-11-22");
    let folder = folder_with(&[
        ("calm.seg", ZONES),
        ("open.seg", &format!("{ZONES}{OPEN}")),
        ("later.seg", &format!("{ZONES}{later}")),
    ]);
    let told = |old: &str, new: &str, format: &str| {
        let done = segc(folder.path(), &["diff", old, new, "--at", DAY, "--format", format]);
        text(&done.stdout) + &text(&done.stderr)
    };
    let words = "for `INC-42` at `open.seg:5`: from 2026-11-22 until 2026-11-23, to be reviewed by 2026-11-27; `database` owns it";
    for (old, new, done, asked) in [
        ("calm.seg", "open.seg", "opened", "breaks the glass for `INC-42`, until 2026-11-23: who has agreed"),
        ("open.seg", "calm.seg", "closed", "is closed, its review due on 2026-11-27: has somebody looked"),
    ] {
        let human = told(old, new, "human");
        let second = human.lines().nth(2).unwrap_or_default();
        assert_eq!(second, "break-glass", "{human}");
        assert!(human.contains(&format!("  {done} {words}\n")), "{human}");
        let json: serde_json::Value = serde_json::from_str(&told(old, new, "json")).expect("JSON");
        assert_eq!(json["break_glass"][0], format!("{done} {words}"));
        assert!(json["questions"][0].as_str().expect("a question").contains(asked), "{json:#}");
        let comment = told(old, new, "markdown");
        assert!(comment.find("Break-glass").expect("told") < comment.find("What ").expect("told"), "{comment}");
    }
    let edited = told("open.seg", "later.seg", "json");
    assert!(edited.contains("edited for `INC-43`"), "{edited}");
    assert!(edited.contains("for `INC-43` until 2026-11-22 (before: for `INC-42` until 2026-11-23)"), "{edited}");
    assert!(!told("calm.seg", "calm.seg", "human").contains("break-glass"));
}
