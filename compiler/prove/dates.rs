//! Dates in listings. The kernel keeps seconds; nft (1.0.6 at least, with whatever option) lists them as a date in the
//! time zone of whoever lists, and does not say which zone that is.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// A date behind `meta time`, in a text or in JSON.
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    let date = r#""(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)""#;
    Regex::new(&format!(r#"(\bmeta time (?:[<>=!]+ )?|"key": "time"\}}\}}, "right": ){date}"#))
        .expect("it is a pattern")
});

/// The listing with its dates as seconds since 1970-01-01T00:00:00Z, if it was made in UTC. Lines stay where they are; what
/// is no date stays as it is, and is not understood later.
pub fn as_seconds(listing: &str) -> Cow<'_, str> {
    DATE.replace_all(listing, |found: &Captures<'_>| {
        let date = found[2].parse::<jiff::civil::DateTime>().ok();
        let moment = date.and_then(|date| date.to_zoned(jiff::tz::TimeZone::UTC).ok());
        moment.map_or_else(|| found[0].to_owned(), |at| format!("{}{}", &found[1], at.timestamp().as_second()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p46_dates_of_a_listing_in_utc() {
        let text = "\t\tmeta time < \"2027-07-01 00:00:00\" tcp dport 3128 accept comment \"zones.seg:39\"\n";
        assert_eq!(as_seconds(text), "\t\tmeta time < 1814400000 tcp dport 3128 accept comment \"zones.seg:39\"\n");
        assert_eq!(as_seconds("meta time \"2027-07-01 00:00:01\" drop"), "meta time 1814400001 drop");
        let json = r#"{"match": {"op": "<", "left": {"meta": {"key": "time"}}, "right": "2027-07-01 00:00:00"}}"#;
        assert_eq!(
            as_seconds(json),
            r#"{"match": {"op": "<", "left": {"meta": {"key": "time"}}, "right": 1814400000}}"#
        );
        for other in ["meta time \"2027-13-01 00:00:00\"", "comment \"2027-07-01 00:00:00\"", "meta hour \"12:00\""] {
            assert_eq!(as_seconds(other), other);
        }
    }
}
