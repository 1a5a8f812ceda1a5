//! SEG18xx: putting rules in force on a box. None has a place in a policy.

use super::{Diagnostic, list, nearest};

/// A folder that `build` did not write, or not so.
pub fn not_built(what: &str, why: &str) -> Diagnostic {
    Diagnostic::error("SEG1801", format!("`{what}` is not what `segc build` writes: {why}"))
        .help("give the folder that `segc build FILE -o DIR` wrote, whole")
}

/// A file that is not what was proved.
pub fn changed(file: &str) -> Diagnostic {
    Diagnostic::error("SEG1801", format!("`{file}` is not the file that was proved: its digest is another"))
        .help("build anew, and copy the whole folder; what was changed by hand belongs into the policy")
}

/// Rules that were not proved.
pub fn not_proved(name: &str) -> Diagnostic {
    Diagnostic::error("SEG1801", format!("the rules of `{name}` were not proved, as the manifest says"))
        .help("`segc build` proves what it writes for its own targets; the output of a template it cannot")
}

/// A firewall that the folder does not hold.
pub fn no_firewall<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Diagnostic {
    let all = list(known.clone(), 12);
    let near = nearest(name, known).map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    Diagnostic::error("SEG1801", format!("the folder holds no rules for `{name}`"))
        .help(format!("{near}the manifest names {all}"))
}

/// A dialect that `apply` does not put in force.
pub fn target(name: &str, target: &str) -> Diagnostic {
    Diagnostic::error("SEG1802", format!("`{name}` speaks `{target}`, and `segc apply` puts nftables in force alone"))
        .help("do what `APPLY.md` in its folder says")
}

/// A roll-out that waits.
pub fn pending(name: &str, seconds: u64) -> Diagnostic {
    Diagnostic::error("SEG1803", format!("a roll-out of `{name}` waits for its confirmation for {seconds} s more"))
        .help(format!("end it first: `segc confirm --firewall {name}` or `segc rollback --firewall {name}`"))
}

/// Somebody else is at it.
pub fn busy(name: &str) -> Diagnostic {
    Diagnostic::error("SEG1803", format!("somebody else is rolling out `{name}` at this moment"))
        .help("wait until they are done, and look at what they did before you go on")
}

/// Something that the kernel or its programs did not do.
pub fn refused(what: &str, why: &str) -> Diagnostic {
    Diagnostic::error("SEG1804", format!("{what} failed: {why}"))
        .help("what was in force before still is; run this as root, with nftables and util-linux installed")
}

/// Nobody would put it back.
pub fn no_clock(why: &str) -> Diagnostic {
    Diagnostic::error("SEG1804", format!("the process that would put the rules back could not be started: {why}"))
        .help("nothing was changed; install util-linux (`setsid`)")
}

/// Nothing to confirm or to put back.
pub fn nothing_pending(name: &str) -> Diagnostic {
    Diagnostic::error("SEG1805", format!("no roll-out of `{name}` waits for a confirmation"))
        .help("it was confirmed or put back already, or was made with another `--state`; to go back to an older version, apply its folder")
}

/// Too late to confirm.
pub fn too_late(name: &str) -> Diagnostic {
    Diagnostic::error(
        "SEG1805",
        format!("the time to confirm `{name}` is over; what was there before is in force again"),
    )
    .help("apply it anew with a longer `--confirm`")
}

/// What is in force is not what waits for a confirmation.
pub fn not_in_force(name: &str) -> Diagnostic {
    Diagnostic::error("SEG1805", format!("what is in force is not what `apply` put there for `{name}`"))
        .help("`apply` was broken off, or somebody changed the table since; `segc rollback` puts back what was there, then apply anew")
}
