//! `segc check`

use super::Status;
use super::args::Check;
use super::{output, policy};
use crate::coverage::coverage;
use crate::diagnostics::policy_tests::Tests;
use crate::mutants;

/// Prints what is wrong with a policy and, if asked, how much of it is tested; the exit status is that of the findings.
pub fn run(args: &Check) -> Status {
    policy::with(&args.policy, |policy, found, timings| {
        let asked = args.coverage || args.mutate;
        if asked && !policy.complete {
            output::warn("segc: coverage and mutation are not told of a policy that is not understood as a whole\n");
        }
        let tests = (asked && policy.complete).then(|| {
            let coverage = args.coverage.then(|| coverage(&policy.model, policy.day));
            timings.stage("coverage");
            let mutation = args.mutate.then(|| mutants::run(&policy.model, policy.day));
            timings.stage("mutation");
            Tests { model: &policy.model, sources: policy.sources, coverage, mutation }
        });
        output::checked(policy, &found, args.format, tests.as_ref());
        timings.stage("print");
        output::status(&found, args.deny_warnings)
    })
}
