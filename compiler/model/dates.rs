//! When a statement holds. Days are UTC; a last day is included.

use jiff::civil::Date;

/// From the start of one day to the end of another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// First day; open at this side if `None`.
    pub from: Option<Date>,
    /// Last day; open at this side if `None`.
    pub until: Option<Date>,
}

impl Window {
    /// Does it hold on that day?
    pub fn holds(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && !self.is_over(day)
    }

    /// Has it ended before that day?
    pub fn is_over(&self, day: Date) -> bool {
        self.until.is_some_and(|until| until < day)
    }

    /// Does it hold whenever `other` does?
    pub fn covers(&self, other: &Self) -> bool {
        let starts = self.from.is_none_or(|a| other.from.is_some_and(|b| a <= b));
        let ends = self.until.is_none_or(|a| other.until.is_some_and(|b| a >= b));
        starts && ends
    }

    /// First second that it holds, counted from 1970-01-01T00:00:00Z.
    pub fn since(&self) -> Option<i64> {
        self.from.map(epoch)
    }

    /// First second that it no longer holds, counted from 1970-01-01T00:00:00Z.
    pub fn before(&self) -> Option<i64> {
        self.until.map(|day| epoch(day) + 86_400)
    }

    /// The first day it no longer holds.
    pub fn end(&self) -> Option<Date> {
        self.until.and_then(|day| day.tomorrow().ok())
    }
}

/// Seconds from 1970-01-01T00:00:00Z to the start of a day in UTC, which knows no leap seconds.
fn epoch(day: Date) -> i64 {
    let zero = jiff::civil::date(1970, 1, 1);
    i64::from((day - zero).get_days()) * 86_400
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn p46_the_day_before_the_day_and_the_day_after() {
        let window = Window { from: Some(date(2027, 1, 10)), until: Some(date(2027, 1, 12)) };
        let held: Vec<bool> = (9..=13).map(|d| window.holds(date(2027, 1, d))).collect();
        assert_eq!(held, [false, true, true, true, false]);
        assert_eq!(window.before().unwrap() - window.since().unwrap(), 3 * 86_400);
        assert_eq!(window.since(), Some(1_799_539_200));
    }
}
