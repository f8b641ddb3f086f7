//! What the intake of a node remembers: blocks that are kept aside, and invalid ones.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bcoin_ledger::BlockHash;
use chrono::{DateTime, Utc};
use tokio::sync::{Notify, Semaphore};

use super::{
    early::EarlyBlocks,
    invalid::{Invalid, Verdict},
    kept::KeptBlock,
    orphans::Orphans,
};
use crate::{limits::SideLimits, reading::ReadingThreads};

/// How many blocks are judged and placed at a time; further ones wait.
const MAX_SUBMISSIONS: usize = 2;
/// How long to wait at most before looking at the clock again, which may be set meanwhile.
const MAX_CLOCK_PAUSE: Duration = Duration::from_secs(10);

/// The intake of a node: who offers a block takes a turn. Blocks that break a rule do so with an `E`.
pub(crate) struct Intake<E> {
    memory: Mutex<Memory<E>>,
    /// Who has one may offer a block, and all that waits for it.
    pub(super) turns: Arc<Semaphore>,
    /// How much is kept beside the chain.
    pub(super) side_limits: SideLimits,
    /// Where blocks are judged.
    pub(super) judging: ReadingThreads,
    /// Tells who waits for early blocks that another one is kept.
    pub(super) early_came: Notify,
}

/// What is remembered.
#[derive(Debug)]
pub(super) struct Memory<E> {
    pub(super) invalid: Invalid<E>,
    pub(super) orphans: Orphans,
    pub(super) early: EarlyBlocks,
}

impl<E> Default for Memory<E> {
    fn default() -> Self {
        Self { invalid: Invalid::default(), orphans: Orphans::default(), early: EarlyBlocks::default() }
    }
}

impl<E> Intake<E> {
    /// The one of a node that keeps so much beside its chain.
    pub(crate) fn new(side_limits: SideLimits) -> Self {
        Self {
            memory: Mutex::default(),
            turns: Semaphore::new(MAX_SUBMISSIONS).into(),
            side_limits,
            judging: ReadingThreads::new(MAX_SUBMISSIONS),
            early_came: Notify::new(),
        }
    }

    /// What is remembered, for a moment: nobody waits for anything else with it.
    pub(super) fn memory(&self) -> MutexGuard<'_, Memory<E>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a block until its time has come; returns whether there is a place for it.
    pub(super) fn keep_early(&self, block: KeptBlock, due: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let is_kept = self.memory().early.insert(block, due, now);
        if is_kept {
            self.early_came.notify_one();
        }
        is_kept
    }

    /// How long it takes until an early block is due, or the clock has to be looked at again.
    pub(super) fn pause(&self, now: DateTime<Utc>) -> Duration {
        let due = self.memory().early.next_due();
        let left = due.map(|due| due.signed_duration_since(now).to_std().unwrap_or_default());
        left.map_or(MAX_CLOCK_PAUSE, |left| left.min(MAX_CLOCK_PAUSE))
    }
}

impl<E> Memory<E> {
    /// Whether a block with this hash is kept aside.
    pub(super) fn keeps(&self, hash: &BlockHash) -> bool {
        self.orphans.contains(hash) || self.early.contains(hash)
    }

    /// Remembers that a block is invalid, and so are the orphans that follow it.
    pub(super) fn remember_invalid(&mut self, hash: BlockHash, verdict: &Verdict<E>) {
        let mut following = vec![hash];
        while let Some(hash) = following.pop() {
            self.invalid.remember(hash, verdict.clone());
            following.extend(self.orphans.take_children(&hash).into_iter().map(|orphan| orphan.hash));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::kept::testing::{block, hash},
        *,
    };

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_305_600 + seconds, 0).unwrap()
    }

    #[test]
    fn what_follows_an_invalid_block_is_invalid_for_the_same_reason() {
        let mut memory = Memory::<&str>::default();
        for number in [3, 2, 4, 8] {
            memory.orphans.insert(block(number, "one", 100));
        }
        memory.remember_invalid(hash(1), &Verdict { block: hash(1), reason: Arc::new("a rule") });
        let verdicts = [1, 2, 3, 4].map(|number| memory.invalid.get(&hash(number)).map(|verdict| verdict.block));
        assert_eq!(verdicts, [Some(hash(1)); 4]);
        assert!(memory.invalid.get(&hash(8)).is_none() && memory.keeps(&hash(8)) && !memory.keeps(&hash(3)));
    }

    #[test]
    fn the_clock_is_looked_at_again_when_a_block_is_due_and_every_ten_seconds() {
        let intake = Intake::<&str>::new(SideLimits::default());
        assert_eq!(intake.pause(at(0)), MAX_CLOCK_PAUSE);
        assert!(intake.keep_early(block(1, "one", 100), at(100), at(0)));
        for (now, pause) in [(0, 10), (90, 10), (97, 3), (100, 0), (1000, 0), (-400, 10)] {
            assert_eq!(intake.pause(at(now)), Duration::from_secs(pause), "{now}");
        }
    }
}
