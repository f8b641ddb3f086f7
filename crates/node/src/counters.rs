//! What a node has done since it started, in numbers for monitors.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Counted upwards from the start of the node.
#[derive(Debug, Default)]
pub struct Counters {
    /// Blocks mined here.
    pub blocks_mined: Counter,
    /// Trials that the searches for them took.
    pub trials: Counter,
    /// Nanoseconds spent on searching for them.
    pub search_nanos: Counter,
    /// Transactions that were let into the mempool.
    pub transactions: Counter,
    /// Transactions that were refused there.
    pub transactions_refused: Counter,
    /// Chains replaced by a better one.
    pub replacements: Counter,
    /// Changes saved.
    pub commits: Counter,
    /// Changes that could not be saved.
    pub commits_failed: Counter,
    /// Nanoseconds spent on saving changes.
    pub commit_nanos: Counter,
}

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// What it has come to.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// Adds a time in nanoseconds.
    pub(super) fn add_time(&self, time: Duration) {
        self.add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }
}
