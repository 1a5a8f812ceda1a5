//! `segc explain`: an error code, or what the policy says of connections.

mod answer;
mod code;
mod json;
mod log_line;
mod question;

use super::Status;
use super::args::Explain;
use super::output::warn;

/// Tells the two by what stands there.
pub fn run(args: &Explain) -> Status {
    match args.what.as_slice() {
        [] => code::list(),
        [code] => code::page(code),
        [file, minus] if minus == "-" => question::of_log(args, file),
        [file, source, destination, service] => question::of_words(args, file, [source, destination, service]),
        _ => {
            warn(
                "segc: `explain` takes an error code (`segc explain SEG1101`), or a policy and a connection (`segc \
                 explain zones.seg dev gpu ssh`), or a policy and log lines on standard input (`segc explain zones.seg \
                 -`)\n",
            );
            Status::Unreadable
        }
    }
}
