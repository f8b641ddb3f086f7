//! How long a worker rests, so that it takes no more of its core than it may.

use std::time::Duration;

use super::power::Power;

/// A shorter rest is put off, because a system's timers are not that exact.
const LEAST: i64 = 1_000_000;
/// The longest time without a look at whether the search is still wanted.
const NAP: i64 = 5_000_000;
/// The most rest that a worker can owe. A computer that was asleep makes a range look very long.
const MOST_OWED: i64 = 1_000_000_000;
/// The most rest that a worker can have taken in advance. Some systems let a thread sleep several milliseconds too long.
const MOST_IN_ADVANCE: i64 = 20_000_000;

/// What one worker owes for its work. All times are in nanoseconds.
pub(super) struct Rest {
    power: Power,
    /// Negative when the worker has rested too long.
    owed: i64,
}

impl Rest {
    pub(super) fn new(power: Power) -> Self {
        Self { power, owed: 0 }
    }

    /// The worker has worked for so long.
    pub(super) fn worked(&mut self, took: Duration) {
        let percent = i64::from(self.power.percent());
        let due = nanoseconds(took).saturating_mul(100 - percent) / percent;
        self.owed = self.owed.saturating_add(due).min(MOST_OWED);
    }

    /// The worker has rested for so long.
    pub(super) fn rested(&mut self, took: Duration) {
        self.owed = self.owed.saturating_sub(nanoseconds(took)).max(-MOST_IN_ADVANCE);
    }

    /// How long the worker has to sleep now before it looks around; `None` when it may work.
    pub(super) fn nap(&self) -> Option<Duration> {
        (self.owed >= LEAST).then(|| Duration::from_nanos(self.owed.min(NAP).unsigned_abs()))
    }
}

fn nanoseconds(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn rest(percent: &str) -> Rest {
        Rest::new(percent.parse().unwrap())
    }

    /// Rests until nothing is owed, with naps that take exactly as long as they should: how many, and how long in all.
    fn naps(rest: &mut Rest) -> (usize, Duration) {
        let mut naps = Vec::new();
        while let Some(nap) = rest.nap() {
            rest.rested(nap);
            naps.push(nap);
        }
        (naps.len(), naps.iter().sum())
    }

    #[test]
    fn rest_is_in_proportion_to_work() {
        for (percent, worked, expected) in [
            ("50", 4, (1, 4)),
            ("50", 12, (3, 12)),
            ("25", 4, (3, 12)),
            ("80", 8, (1, 2)),
            ("1", 1, (20, 99)),
            ("100", 9, (0, 0)),
        ] {
            let mut rest = rest(percent);
            rest.worked(MS(worked));
            let (count, long) = expected;
            assert_eq!(naps(&mut rest), (count, MS(long)), "{percent} % after {worked} ms");
        }
    }

    #[test]
    fn short_times_of_work_add_up_before_a_rest() {
        let mut rest = rest("50");
        for _ in 0..9 {
            rest.worked(Duration::from_micros(100));
            assert_eq!(rest.nap(), None);
        }
        rest.worked(Duration::from_micros(100));
        assert_eq!(rest.nap(), Some(MS(1)));
    }

    #[test]
    fn a_rest_that_took_too_long_counts_for_later_work() {
        let mut rest = rest("50");
        rest.worked(MS(2));
        rest.rested(MS(10));
        rest.worked(MS(8));
        assert_eq!(rest.nap(), None);
        rest.worked(MS(1));
        assert_eq!(rest.nap(), Some(MS(1)));
    }

    #[test]
    fn a_computer_that_was_asleep_neither_stops_the_search_nor_frees_it() {
        let day = Duration::from_secs(86_400);
        let mut rest = rest("1");
        rest.worked(Duration::MAX);
        assert_eq!(naps(&mut rest), (200, MS(1000)));
        rest.rested(day);
        rest.worked(MS(1));
        assert!(rest.nap().is_some());
    }
}
