//! `segc graph`

use super::args::{Drawing, Format, Graph};
use super::{Status, output, policy};
use crate::diagnostics::Severity;
use crate::draw;

/// Draws a policy. What is wrong with it is said, but a policy that breaks its forbids can be looked at all the same.
pub fn run(args: &Graph) -> Status {
    policy::with(&args.policy, |policy, found, _| {
        let broken = found.iter().any(|d| d.severity == Severity::Error && d.code < "SEG10");
        if broken {
            output::findings(policy, &found, Format::Human, true);
            return output::status(&found, false);
        }
        let picture = draw::picture(&policy.model, policy.day);
        output::print(&match args.format {
            Drawing::Dot => draw::dot(&picture),
            Drawing::Mermaid => draw::mermaid(&picture),
            Drawing::Json => draw::json(&picture),
        });
        Status::Clean
    })
}
