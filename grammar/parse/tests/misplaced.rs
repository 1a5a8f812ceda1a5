//! Mistakes again: dates, numbers, and what stands in the wrong place.

use super::mistakes::mistake;

#[test]
fn dates_and_numbers() {
    mistake(
        "allow a -> b : ssh { until «2027-02-30» }",
        "SEG0107",
        "there is no `2027-02-30`",
        "write a day that exists; that month ends on `2027-02-28`",
    );
    mistake(
        "allow a -> b : ssh { until «2027-13-01» }",
        "SEG0107",
        "there is no `2027-13-01`",
        "write a day that exists, as YEAR-MONTH-DAY",
    );
    mistake("allow a -> b : ssh { until «2027-6-3» }", "SEG0107", "`2027-6-3` is not a date", "write `2027-06-03`");
    mistake(
        "allow a -> b : ssh { until «30.06.2027» }",
        "SEG0107",
        "`30.06.2027` is not a date",
        "write the date as YEAR-MONTH-DAY, such as `2027-06-30`",
    );
    mistake(
        "allow a -> b : ssh { until «tomorrow» }",
        "SEG0107",
        "`tomorrow` is not a date",
        "write the date as YEAR-MONTH-DAY, such as `2027-06-30`",
    );
    mistake(
        "allow a -> b : ssh { rate «100» }",
        "SEG0113",
        "`100` is not a rate",
        "write a number, `/`, and `second`, `minute`, `hour` or `day`, as in `100/second`",
    );
    mistake(
        "allow a -> b : ssh { rate «100/s» }",
        "SEG0113",
        "`100/s` is not a rate",
        "write a number, `/`, and `second`, `minute`, `hour` or `day`, as in `100/second`",
    );
    mistake(
        "allow a -> b : ssh { rate «0/second» }",
        "SEG0113",
        "`0/second` is not a rate",
        "write a number, `/`, and `second`, `minute`, `hour` or `day`, as in `100/second`",
    );
    mistake(
        "zone a { size «0» }",
        "SEG0113",
        "`0` is not a number of hosts",
        "write a whole number from 1 to 4294967295, in digits only",
    );
    mistake(
        "zone a { size «012» }",
        "SEG0113",
        "`012` is not a number of hosts",
        "write a whole number from 1 to 4294967295, in digits only",
    );
    mistake("zone a { size «many» }", "SEG0113", "`many` is not a number", "write a whole number, in digits only");
    mistake(
        "credential c { lifetime 2 «weeks» }",
        "SEG0113",
        "`weeks` is not a unit of time",
        "write `seconds`, `minutes`, `hours` or `days`",
    );
    mistake(
        "credential c { lifetime «0» days }",
        "SEG0113",
        "`0` is not a number",
        "write a whole number from 1 to 1000000, in digits only",
    );
    mistake(
        "zone a { process p { user «9-1» } }",
        "SEG0113",
        "`9-1` is not a user number",
        "write the lower number first: `1-9`",
    );
    mistake(
        "zone a { process p { user «4294967295» } }",
        "SEG0113",
        "`4294967295` is not a user number",
        "write a number from 0 to 4294967294, two of them as in `1000-1999`, or a name in double quotes",
    );
    mistake(
        "controls { every allow needs review within 3 «hours» }",
        "SEG0113",
        "`hours` is not a unit of time",
        "write `days`",
    );
}

#[test]
fn arrows() {
    mistake(
        "allow a «=>» b : ssh",
        "SEG0115",
        "`=>` is not the arrow that belongs here",
        "write `->`; only `forbid` speaks of paths over several hops, with `=>`",
    );
    mistake("allow a «→» b : ssh", "SEG0115", "`→` is not the arrow that belongs here", "write `->`");
    mistake(
        "forbid a «⇒» b",
        "SEG0115",
        "`⇒` is not the arrow that belongs here",
        "write `=>` for paths over any number of hops",
    );
    mistake(
        "allow a «<->» b : ssh",
        "SEG0115",
        "`<->` is not the arrow that belongs here",
        "write two statements, one for each direction, with `->`",
    );
    mistake(
        "allow a «<-» b : ssh",
        "SEG0115",
        "`<-` is not the arrow that belongs here",
        "write the source first: `SOURCE -> DESTINATION`",
    );
    mistake("allow a «-->» b : ssh", "SEG0115", "`-->` is not the arrow that belongs here", "write `->`");
    mistake(
        "forbid a «>» b",
        "SEG0115",
        "`>` is not the arrow that belongs here",
        "write `->` for direct connections, or `=>` for paths over any number of hops",
    );
}

#[test]
fn braces() {
    mistake(
        "zone a «{»\n  hosts ::1\nforbid a -> b",
        "SEG0103",
        "this block is not closed",
        "write `}` where the block ends",
    );
    mistake("zone a «{»", "SEG0103", "this block is not closed", "write `}` where the block ends");
    mistake(
        "zone a «hosts» ::1 }",
        "SEG0103",
        "`{` is missing before `hosts`",
        "put the clauses into a block: `{ … }`",
    );
    mistake(
        "forbid a -> b «}»",
        "SEG0103",
        "this `}` closes nothing",
        "remove it, or look for a `}` too many before it",
    );
    mistake(
        r#"zone a { hosts ::1 «{» owner "o" } }"#,
        "SEG0103",
        "a second `{` inside a block",
        "remove it; only `process` and `except via` have a block of their own",
    );
    mistake(
        "zone a {\n  process p «{» user 1\n  owner \"o\"\n}\nzone b {}",
        "SEG0103",
        "this block is not closed",
        "write `}` where the block ends",
    );
}

#[test]
fn clauses() {
    mistake(
        "allow a -> b : ssh { «hosts» ::1 }",
        "SEG0109",
        "`hosts` is not a clause of `allow`",
        "move it to a `zone` block; `allow` takes `reason`, `owner`, `ticket`, `approved-by`, `review`, `from`, `until`, `log`, `needs`, `pulls`, `vetted`, `inert`, `emergency` and `rate`",
    );
    mistake(
        r#"allow a -> b : ssh { reason "r"  «reason» "s" }"#,
        "SEG0112",
        "`reason` is given twice",
        "keep the one that is meant",
    );
    mistake(r#"allow a -> b : ssh { «raeson» "r" }"#, "SEG0109", "unknown clause `raeson`", "did you mean `reason`?");
    mistake(r#"allow a -> b : ssh { «REASON» "r" }"#, "SEG0109", "unknown clause `REASON`", "did you mean `reason`?");
    mistake(
        r#"zone a { «colour» "red" }"#,
        "SEG0109",
        "unknown clause `colour`",
        "`zone` takes `hosts`, `domains`, `is`, `about`, `owner`, `barrier`, `shares cache with`, `size` and `process`",
    );
    mistake(
        "zone a { process p { «hosts» ::1 } }",
        "SEG0109",
        "`hosts` is not a clause of `process`",
        "move it to a `zone` block; `process` takes `user`, `cgroup`, `is` and `contained`",
    );
    mistake(
        "allow a -> b : ssh { pulls code  «pulls» content }",
        "SEG0112",
        "`pulls` is given twice",
        "keep one: `pulls code` is the stronger of the two, since code is also read",
    );
    mistake(
        "forbid a => b { except via c { «over» ssh } }",
        "SEG0109",
        "`over` is not a clause of `except via`",
        "move it to a `forbid` block; `except via` takes `reason`, `owner`, `ticket`, `approved-by` and `review`",
    );
    mistake(
        r#"allow a -> b : ssh { log«;» reason "r" }"#,
        "SEG0101",
        "`;` ends nothing here",
        "remove it; clauses are set apart by spaces or lines, and the items of a list by commas",
    );
}

#[test]
fn lists() {
    mistake("allow a «b» -> c : ssh", "SEG0116", "a comma is missing between `a` and `b`", "write `a, b`");
    mistake(
        "zone a { hosts ::1 «10.0.0.1» }",
        "SEG0116",
        "a comma is missing between `::1` and `10.0.0.1`",
        "write `::1, 10.0.0.1`",
    );
    mistake(
        "allow a«,» -> b : ssh",
        "SEG0116",
        "nothing follows this comma",
        "remove the comma, or write what follows it",
    );
    mistake(
        "allow a -> b : ssh«,» { log }",
        "SEG0116",
        "nothing follows this comma",
        "remove the comma, or write what follows it",
    );
    mistake("group g = a«,»", "SEG0116", "nothing follows this comma", "remove the comma, or write what follows it");
    mistake(
        r#"zone a { hosts ::1«,» owner "o" }"#,
        "SEG0116",
        "nothing follows this comma",
        "remove the comma, or write what follows it",
    );
    mistake(
        "zone a { hosts ::1«,» , ::2 }",
        "SEG0116",
        "nothing follows this comma",
        "remove the comma, or write what follows it",
    );
    mistake(
        r#"zone a { hosts ::1  owner "o"«,» about "x" }"#,
        "SEG0116",
        "this comma separates nothing",
        "remove the comma; clauses are set apart by spaces or lines",
    );
    mistake(
        "group g = a«,» except b",
        "SEG0116",
        "nothing follows this comma",
        "remove the comma, or write what follows it",
    );
}

#[test]
fn statements() {
    mistake("«alow» a -> b : ssh", "SEG0114", "unknown statement `alow`", "did you mean `allow`?");
    mistake("«ALLOW» a -> b : ssh", "SEG0114", "unknown statement `ALLOW`", "did you mean `allow`?");
    mistake("«permit» a -> b : ssh", "SEG0114", "`permit` is not a statement of this language", "write `allow`");
    mistake(
        "«deny» a -> b",
        "SEG0114",
        "`deny` is not a statement of this language",
        "leave it out: what is not allowed is denied; write `forbid` to have that checked",
    );
    mistake(
        "«drop» a -> b",
        "SEG0114",
        "`drop` is not a statement of this language",
        "leave it out: what is not allowed is denied; write `forbid` to have that checked",
    );
    mistake(
        "«frobnicate» a",
        "SEG0114",
        "unknown statement `frobnicate`",
        "start a statement with one of `allow`, `controls`, `credential`, `firewall`, `forbid`, `group`, `require`, `router`, `service`, `use`, `watch` and `zone`",
    );
    mistake("forbid a -> b\n«zoen» c {}", "SEG0114", "unknown statement `zoen`", "did you mean `zone`?");
    mistake("zone a «=» 10.0.0.0/8", "SEG0101", "a zone is not declared with `=`", "write `zone a { hosts … }`");
    mistake("forbid «a»", "SEG0101", "this `forbid` is not finished", "go on with `except`, `->`, `=>` or `,`");
    mistake("allow «->» b : ssh", "SEG0101", "something is missing before `->`", "write a zone here");
    mistake("allow a -> «:» ssh", "SEG0101", "something is missing before `:`", "write a zone here");
    mistake("«}»", "SEG0103", "this `}` closes nothing", "remove it, or look for a `}` too many before it");
    mistake(
        r#"«"x"»"#,
        "SEG0101",
        r#"`"x"` does not fit here"#,
        "write `allow`, `controls`, `credential`, `firewall`, `forbid`, `group`, `require`, `router`, `service`, `use`, `watch` or `zone` here",
    );
    mistake("controls «a» {}", "SEG0101", "`a` does not fit here", "write `{` here");
}
