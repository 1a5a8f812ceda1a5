//! Runs nft in a network namespace of its own.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// Runs a script of `sh` with `input` as its standard input in a new network namespace. `None`, with a word on standard
/// error, where this machine has no nft or no right to a namespace.
pub(super) fn run(script: &str, input: &str) -> Option<Result<String, String>> {
    if !able() {
        let _ = writeln!(std::io::stderr(), "SKIPPED: no nft, or no right to a network namespace: nothing was loaded");
        return None;
    }
    let mut child = unshare().args(["sh", "-ec", script]).stdin(Stdio::piped()).spawn().expect("unshare");
    let mut pipe = child.stdin.take().expect("a pipe");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || pipe.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("unshare");
    let _ = writer.join();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Some(if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) })
}

/// [`run`], where failure is the test's.
pub(super) fn done(script: &str, input: &str) -> Option<String> {
    run(script, input).map(|result| result.unwrap_or_else(|error| panic!("{script}\n{error}\n{input}")))
}

/// Loads `rules` twice, lists them, and loads the listing.
pub(super) fn loads(rules: &str) {
    done(
        "rules=$(mktemp); list=$(mktemp); again=$(mktemp); cat > $rules; nft -f $rules; nft -f $rules
        nft -s list ruleset > $list; nft flush ruleset; nft -f $list; nft -s list ruleset > $again
        cmp $list $again; rm $rules $list $again",
        rules,
    );
}

fn unshare() -> Command {
    let mut command = Command::new("unshare");
    command.arg("-n").stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn able() -> bool {
    unshare().args(["nft", "list", "ruleset"]).output().is_ok_and(|output| output.status.success())
}
