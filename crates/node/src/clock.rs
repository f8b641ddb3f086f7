//! The time of day, whatever the clock says: chrono's own `now` panics before 1970.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Local, TimeDelta};

/// The local time now.
pub fn now() -> DateTime<Local> {
    at(SystemTime::now())
}

fn at(time: SystemTime) -> DateTime<Local> {
    let epoch = DateTime::UNIX_EPOCH;
    let since = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => TimeDelta::from_std(after).ok(),
        Err(error) => TimeDelta::from_std(error.duration()).ok().map(|before| -before),
    };
    // A clock beyond what the calendar can say is taken for one that was never set.
    since.and_then(|since| epoch.checked_add_signed(since)).unwrap_or(epoch).with_timezone(&Local)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_clock_has_a_time_of_day() {
        let day = Duration::from_secs(86_400);
        assert_eq!(at(UNIX_EPOCH + day).timestamp(), 86_400);
        assert_eq!(at(UNIX_EPOCH - day).timestamp(), -86_400);
        assert_eq!(at(UNIX_EPOCH + 60_000 * day).timestamp(), 60_000 * 86_400);
        assert_eq!(at(UNIX_EPOCH - Duration::from_micros(1)).timestamp_micros(), -1);
    }
}
