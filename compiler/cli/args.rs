//! What may be written on the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as Group, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

/// A declarative segmentation compiler: zones and flows in, checked firewall rule sets out.
#[derive(Parser)]
#[command(name = "segc", version = env!("SEGC_VERSION"), max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Read a policy and say what is wrong with it
    Check(Check),
    /// Check a policy and write the firewall's rules
    Build(Build),
    /// Compare a rule set, from a box or a file, with a policy
    Verify(Verify),
    /// Say what becomes possible and impossible from one version of a policy to the next
    Diff(Diff),
    /// Draw the zones and the flows between them
    Graph(Graph),
    /// Say what a policy does with a connection, or what an error code means
    Explain(Explain),
    /// Say what a compromise of one zone or process reaches, and how
    Reach(Reach),
    /// Put the rules of this box in force, and back unless somebody confirms
    Apply(Apply),
    /// Keep what `apply` put in force
    Confirm(Confirm),
    /// Put back what was there before `apply`
    Rollback(Rollback),
    /// Put policy files into their canonical form
    Fmt(Fmt),
    /// List the services that are built in
    Services,
    /// List the targets that `build` can write
    Targets,
    /// Print a completion script for a shell
    Completions(Completions),
    /// Write a manual page for each command into a folder
    Man(Man),
}

/// A policy, and the day that its dates are judged on.
#[derive(Group)]
pub struct Policy {
    /// Policy files; `-` is standard input. Several are one policy
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Judge dates as on this day (ISO, UTC); today if not given
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub at: Option<Date>,
    /// Print to standard error how long each stage took
    #[arg(long)]
    pub timings: bool,
}

/// Where roll-outs are remembered, one folder for each firewall.
const STATE: &str = "/var/lib/segc";

#[derive(Group)]
pub struct Apply {
    /// The folder that `segc build` wrote, with its manifest
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// The firewall that this box is
    #[arg(long, value_name = "NAME")]
    pub firewall: String,
    /// Put back what was there if nobody confirms in this time: `60s`, `5m`
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = super::apply::duration)]
    pub confirm: Duration,
    /// Where roll-outs are remembered
    #[arg(long, value_name = "DIR", default_value = STATE)]
    pub state: PathBuf,
}

#[derive(Group)]
pub struct Confirm {
    /// The firewall that this box is
    #[arg(long, value_name = "NAME")]
    pub firewall: String,
    /// Where roll-outs are remembered
    #[arg(long, value_name = "DIR", default_value = STATE)]
    pub state: PathBuf,
}

#[derive(Group)]
pub struct Rollback {
    /// The firewall that this box is
    #[arg(long, value_name = "NAME")]
    pub firewall: String,
    /// Where roll-outs are remembered
    #[arg(long, value_name = "DIR", default_value = STATE)]
    pub state: PathBuf,
    /// Wait so long first
    #[arg(long, hide = true, value_parser = super::apply::duration)]
    pub after: Option<Duration>,
    /// Only this roll-out, and nothing if it is over
    #[arg(long, hide = true)]
    pub token: Option<String>,
}

#[derive(Group)]
pub struct Man {
    /// The folder; it is made if it is not there
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
}

#[derive(Group)]
pub struct Check {
    #[command(flatten)]
    pub policy: Policy,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Exit with 1 on warnings too
    #[arg(long)]
    pub deny_warnings: bool,
    /// Say which live allows no forbid or require speaks about
    #[arg(long)]
    pub coverage: bool,
    /// Take each statement away and widen it, one at a time, and say which changes no forbid or require notices
    #[arg(long)]
    pub mutate: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    Human,
    Json,
}

#[derive(Group)]
pub struct Build {
    #[command(flatten)]
    pub policy: Policy,
    /// Pass over `firewall` statements and render one firewall that sees everything, for this target; `segc targets` lists
    /// them
    #[arg(long, value_name = "TARGET", conflicts_with = "firewall")]
    pub target: Option<String>,
    /// Build this firewall alone
    #[arg(long, value_name = "NAME")]
    pub firewall: Option<String>,
    /// Folder to write into; `-` prints the rules to standard output
    #[arg(short, long, value_name = "DIR|-")]
    pub output: PathBuf,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

#[derive(Group)]
pub struct Verify {
    /// The policy
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What `nft -s list ruleset`, `nft -j list ruleset`, `iptables-save` or `ip6tables-save` printed, or a device's
    /// configuration; `-` is standard input
    #[arg(value_name = "RULESET")]
    pub ruleset: PathBuf,
    /// RULESET is in this target's words. Of a firewall that the policy declares, they are known
    #[arg(long, value_name = "TARGET", conflicts_with = "firewall")]
    pub target: Option<String>,
    /// Compare with this firewall's part of the policy, by whichever interface packets come in; without it with the whole
    /// policy
    #[arg(long, value_name = "NAME")]
    pub firewall: Option<String>,
    /// Ask every chain that sees forwarded packets, whoever wrote it, not only the tables that segc writes
    #[arg(long)]
    pub effective: bool,
    /// Dates that are written out in RULESET are in UTC: it was saved by `TZ=UTC0 nft -s list ruleset`. Without this they
    /// are not understood, since a listing does not say in whose time zone they are
    #[arg(long)]
    pub utc: bool,
    /// Judge dates as on this day (ISO, UTC); today if not given
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub at: Option<Date>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

#[derive(Group)]
pub struct Diff {
    /// The version compared with: a file, a folder (its `zones.seg`), `-`, or `git:REV:PATH`
    pub old: String,
    /// The version that is to be
    pub new: String,
    /// Judge dates as on this day (ISO, UTC); today if not given
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub at: Option<Date>,
    /// How the comparison is printed
    #[arg(long, value_enum, default_value_t = DiffFormat::Human)]
    pub format: DiffFormat,
    /// Exit with 0 if nothing changes on the wire, 1 if it becomes narrower, 3 if it becomes wider
    #[arg(long)]
    pub exit_code: bool,
    /// Print to standard error how long each stage took
    #[arg(long)]
    pub timings: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    Human,
    Json,
    Markdown,
}

#[derive(Group)]
pub struct Graph {
    #[command(flatten)]
    pub policy: Policy,
    /// What is printed
    #[arg(long, value_enum, default_value_t = Drawing::Dot)]
    pub format: Drawing,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Drawing {
    Dot,
    Mermaid,
    Json,
}

#[derive(Group)]
pub struct Explain {
    /// An error code, such as SEG0302; without one, all are listed. Or a policy, a source, a destination and a service:
    /// zones, groups, `any`, `internet` or addresses, and services as in a policy. Or a policy and `-`: the firewall's log
    /// lines on standard input
    #[arg(value_name = "CODE | FILE SRC DST SERVICE | FILE -", num_args = 0..=4)]
    pub what: Vec<String>,
    /// Judge dates as on this day (ISO, UTC); today if not given
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub at: Option<Date>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

#[derive(Group)]
pub struct Reach {
    /// Policy files; `-` is standard input. Several are one policy
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Where the compromise starts: a zone, a process such as `dev.agent`, or `internet`
    #[arg(required = true, value_name = "ZONE")]
    pub zone: String,
    /// Judge dates as on this day (ISO, UTC); today if not given
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub at: Option<Date>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = ReachFormat::Human)]
    pub format: ReachFormat,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum ReachFormat {
    Human,
    Json,
    Dot,
    Svg,
}

#[derive(Group)]
pub struct Fmt {
    /// Policy files to rewrite; `-` reads standard input and prints
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Change nothing; name the files that would change, and exit with 1 if there are any
    #[arg(long)]
    pub check: bool,
}

#[derive(Group)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "a date is written like 2027-06-30".to_owned())
}
