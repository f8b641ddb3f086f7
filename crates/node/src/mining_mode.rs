//! The setting of automatic mining.

use std::{ops::RangeInclusive, time::Duration};

/// When a node mines without being asked for each block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MiningMode {
    /// Never.
    Off,
    /// A block in each interval, which is one of [`MINING_INTERVALS`].
    Interval(Duration),
    /// Whenever transactions wait.
    OnTransaction,
    /// One block after the other.
    Continuous,
}

/// The shortest and the longest time between two blocks.
pub const MINING_INTERVALS: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_secs(3600);
