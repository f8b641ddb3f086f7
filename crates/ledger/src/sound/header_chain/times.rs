//! The times of the last blocks.

/// How many of the last times the median is taken of, as in Bitcoin.
const KEPT: usize = 11;

/// The times of the last blocks, one at least, the latest block's first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    times: [u32; KEPT],
    len: usize,
}

impl Times {
    /// The time of a first block.
    pub(super) fn first(time: u32) -> Self {
        let mut times = [0; KEPT];
        times[0] = time;
        Self { times, len: 1 }
    }

    /// With the time of one more block.
    pub(super) fn with(mut self, time: u32) -> Self {
        self.times.rotate_right(1);
        self.times[0] = time;
        self.len = KEPT.min(self.len + 1);
        self
    }

    /// The time of the last block.
    pub(super) fn last(&self) -> u32 {
        self.times[0]
    }

    /// How many seconds the last block came after the one before, 0 when its time is lower; `None` after a first block.
    pub(super) fn last_interval(&self) -> Option<u32> {
        let [last, before, ..] = self.times;
        (self.len > 1).then(|| last.saturating_sub(before))
    }

    /// The median of the times; of an even number of them, the upper one of the two in the middle.
    pub(super) fn median(&self) -> u32 {
        let mut times = self.times;
        let (kept, _) = times.split_at_mut(self.len);
        kept.sort_unstable();
        kept[self.len / 2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_that_of_the_last_eleven_times() {
        let mut times = Times::first(50);
        assert_eq!((times.median(), times.last(), times.last_interval()), (50, 50, None));
        times = times.with(40);
        assert_eq!((times.median(), times.last(), times.last_interval()), (50, 40, Some(0)));
        times = times.with(43);
        assert_eq!((times.median(), times.last(), times.last_interval()), (43, 43, Some(3)));
        times = times.with(900);
        for time in 101..=111 {
            times = times.with(time);
        }
        assert_eq!((times.median(), times.last(), times.last_interval()), (106, 111, Some(1)), "without the 900");
        times = times.with(7);
        assert_eq!((times.median(), times.last()), (106, 7));
        times = times.with(8);
        assert_eq!((times.median(), times.last()), (106, 8));
    }
}
