//! `segc check`

use super::Status;
use super::args::Check;
use super::{output, policy};

/// Prints what is wrong with a policy.
pub fn run(args: &Check) -> Status {
    policy::with(&args.policy, |policy, found, timings| {
        output::findings(policy, &found, args.format, false);
        timings.stage("print");
        output::status(&found, args.deny_warnings)
    })
}
