//! Every example does what its README says.

use crate::{root, segc, text};

const DAY: &str = "2026-11-22";

#[test]
fn examples_check_as_they_should() {
    for (story, status) in [("branch-office", 0), ("dev-workstation", 0), ("home-lab", 0), ("flat-office", 1)] {
        let folder = root().join("examples").join(story);
        let checked = segc(&folder, &["check", "zones.seg", "--at", DAY]);
        let said = text(&checked.stdout);
        assert_eq!(checked.status.code(), Some(status), "{story}: {said}");
        assert_eq!(said.contains("no findings"), status == 0, "{story}: {said}");
    }
}

#[test]
fn the_flat_office_names_its_path() {
    let checked = segc(&root(), &["check", "examples/flat-office/zones.seg", "--at", DAY]);
    let said = text(&checked.stdout);
    assert!(said.contains("`desks` → `files` → `build` → `prod`"), "{said}");
}

/// A README shows what segc prints about its example: each ```text block that begins with a code is in the output.
#[test]
fn readmes_show_real_output() {
    for (story, files, least) in
        [("flat-office", &["zones.seg"][..], 3), ("branch-office", &["zones.seg", "second-uplink.seg"], 1)]
    {
        let folder = root().join("examples").join(story);
        let readme = std::fs::read_to_string(folder.join("README.md")).expect("a README");
        let checked = segc(&folder, &[&["check"], files, &["--at", DAY]].concat());
        assert_eq!(checked.status.code(), Some(1), "{story} is a bad example");
        let said = text(&checked.stdout);
        let mut shown = 0;
        for block in readme.split("```text\nSEG").skip(1).map(|b| b.split("```").next().unwrap_or_default()) {
            let block = format!("SEG{}", block.trim_end());
            assert!(said.contains(&block), "segc does not print this:\n{block}\nbut this:\n{said}");
            shown += 1;
        }
        assert!(shown >= least, "the README of {story} walks through the findings");
    }
}

/// And what it prints of building and verifying.
#[test]
fn the_branch_office_is_built_and_verified_as_its_readme_says() {
    let folder = root().join("examples/branch-office");
    let readme = std::fs::read_to_string(folder.join("README.md")).expect("a README");
    for firewall in ["branch", "hq"] {
        let rules = format!("out/{firewall}/rules.nft");
        let verified = segc(&folder, &["verify", "zones.seg", "--firewall", firewall, &rules, "--at", DAY]);
        let said = text(&verified.stdout);
        assert_eq!(verified.status.code(), Some(0), "{said}");
        assert!(readme.contains(&format!("out/hq/rules.nft --at {DAY}\n{said}```")), "{said}");
    }
    // The rules of one are not those of the other.
    let swapped = ["verify", "zones.seg", "--firewall", "hq", "out/branch/rules.nft", "--at", DAY];
    assert_eq!(segc(&folder, &swapped).status.code(), Some(1));
}

/// Built outputs are checked in: a change of the renderer is seen in review.
#[test]
fn outputs_are_as_checked_in() {
    let target = ["--target", "nftables"];
    for (story, target, firewalls) in [
        ("branch-office", &[][..], &["branch", "hq"][..]),
        ("dev-workstation", &target, &["policy"]),
        ("home-lab", &target, &["policy"]),
    ] {
        let folder = root().join("examples").join(story);
        let out = tempfile::tempdir().expect("a folder");
        let place = out.path().to_str().expect("a path");
        let built = segc(&folder, &[&["build", "zones.seg", "-o", place, "--at", DAY], target].concat());
        assert!(built.status.success(), "{story}: {}", text(&built.stdout));
        let files = firewalls.iter().flat_map(|name| [format!("{name}/rules.nft"), format!("{name}/APPLY.md")]);
        for file in files.chain(["manifest.json".to_owned()]) {
            let new = std::fs::read_to_string(out.path().join(&file)).expect("an output");
            let kept = std::fs::read_to_string(folder.join("out").join(&file)).unwrap_or_default();
            assert_eq!(
                new, kept,
                "{story}/out/{file}: build it again with `segc build … --at {DAY}` and look at the diff"
            );
        }
    }
}

#[test]
fn examples_are_formatted() {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root().join("examples")).expect("examples").map(|e| e.expect("an entry").path()) {
        // A pull request is two versions.
        let versions = [entry.join("zones.seg"), entry.join("before/zones.seg"), entry.join("after/zones.seg")];
        let twin = entry.join("second-uplink.seg");
        files
            .extend(versions.iter().chain([&twin]).filter(|file| file.exists()).map(|file| file.display().to_string()));
    }
    files.extend(["ml", "release"].map(|t| format!("examples/dev-workstation/teams/{t}.seg")));
    let mut args = vec!["fmt", "--check"];
    args.extend(files.iter().map(String::as_str));
    let formatted = segc(&root(), &args);
    assert!(formatted.status.success(), "{}{}", text(&formatted.stdout), text(&formatted.stderr));
}

/// The comparison of the pull request, for the terminal and for the comment, is as checked in.
#[test]
fn the_pull_request_is_told_as_checked_in() {
    let folder = root().join("examples/pull-request");
    for (format, file) in [("human", "out/diff.txt"), ("markdown", "out/comment.md"), ("json", "out/diff.json")] {
        let told = segc(&folder, &["diff", "before", "after", "--at", DAY, "--format", format, "--exit-code"]);
        assert_eq!(told.status.code(), Some(3), "{}", text(&told.stderr));
        let kept = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
        assert_eq!(text(&told.stdout), kept, "{file}: write it again and look at the difference");
    }
}

/// The manual shows what is checked in: the comment as a whole, and parts of what the terminal shows.
#[test]
fn the_manual_shows_the_pull_request() {
    let read = |file: &str| std::fs::read_to_string(root().join(file)).expect("a page");
    let (manual, said) = (read("docs/diff.md"), read("examples/pull-request/out/diff.txt"));
    let blocks = |fence: &str| -> Vec<String> {
        let parts = manual.split(fence).skip(1);
        parts.map(|part| part.split("\n```").next().unwrap_or_default().to_owned()).collect()
    };
    let comment = read("examples/pull-request/out/comment.md");
    assert_eq!(blocks("```markdown\n"), [comment.trim_end()]);
    let shown = blocks("```text\n");
    assert_eq!(shown.len(), 3);
    for block in shown {
        assert!(said.contains(&block), "segc does not print this:\n{block}\nbut this:\n{said}");
    }
}

/// The manual's chapter on `reach` shows one answer as a whole and parts of another one, and the picture.
#[test]
fn the_manual_shows_what_is_reached() {
    let manual = std::fs::read_to_string(root().join("docs/reach.md")).expect("a page");
    let reach = |args: &[&str]| {
        let folder = root().join("examples/dev-workstation");
        text(&segc(&folder, &[&["reach", "zones.seg"], args, &["--at", DAY]].concat()).stdout)
    };
    let (agent, mirror) = (reach(&["dev.agent"]), reach(&["mirror"]));
    let blocks: Vec<&str> =
        manual.split("```text\n").skip(1).map(|part| part.split("\n```").next().unwrap_or_default()).collect();
    assert_eq!(blocks.len(), 3);
    assert_eq!(blocks[0], agent.trim_end());
    for block in &blocks[1..] {
        assert!(mirror.contains(block), "segc does not print this:\n{block}\nbut this:\n{mirror}");
    }
    let kept = std::fs::read_to_string(root().join("docs/reach.svg")).expect("a picture");
    assert_eq!(kept, reach(&["mirror", "--format", "svg"]), "draw docs/reach.svg again and look at it");
}
