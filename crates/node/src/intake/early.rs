//! Blocks whose time is ahead of this node's clock (docs/sound-rules.md section 5).

use bcoin_ledger::BlockHash;
use chrono::{DateTime, TimeDelta, Utc};

use super::kept::{KeptBlock, count_of};

/// The most early blocks that are kept.
pub(super) const MAX_EARLY: usize = 64;
/// The most early blocks that are kept of one source.
pub(super) const MAX_EARLY_OF_SOURCE: usize = 4;
/// The most bytes that all early blocks have together.
pub(super) const MAX_EARLY_BYTES: usize = 8 << 20;
/// How far the time of a block may lie after the latest one that is taken now.
pub(super) const MAX_EARLY_SECONDS: TimeDelta = TimeDelta::seconds(600);

/// The early blocks, in the order in which they came, each with the time from which on it is not early. They are few, so they are
/// looked through.
#[derive(Debug, Default)]
pub(super) struct EarlyBlocks(Vec<(DateTime<Utc>, KeptBlock)>);

impl EarlyBlocks {
    pub(super) fn contains(&self, hash: &BlockHash) -> bool {
        self.blocks().any(|block| block.hash == *hash)
    }

    /// Keeps a block that is not early any more from `due` on; returns whether there is a place for it. Nothing leaves for it.
    pub(super) fn insert(&mut self, block: KeptBlock, due: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        self.forget_too_early(now);
        let bytes: usize = self.blocks().map(|kept| kept.encoding.len()).sum();
        let fits = !is_too_early(due, now)
            && count_of(self.blocks(), &block.source) < MAX_EARLY_OF_SOURCE
            && self.0.len() < MAX_EARLY
            && bytes + block.encoding.len() <= MAX_EARLY_BYTES;
        if fits {
            self.0.push((due, block));
        }
        fits
    }

    /// Takes out those that are not early any more, the first that became so first.
    pub(super) fn take_due(&mut self, now: DateTime<Utc>) -> Vec<KeptBlock> {
        self.forget_too_early(now);
        let mut due: Vec<_> = self.0.extract_if(.., |(due, _)| *due <= now).collect();
        due.sort_by_key(|(due, _)| *due);
        due.into_iter().map(|(_, block)| block).collect()
    }

    /// When the next one is not early any more.
    pub(super) fn next_due(&self) -> Option<DateTime<Utc>> {
        self.0.iter().map(|(due, _)| *due).min()
    }

    /// After a clock was set back, none keeps a place that it would not get now.
    fn forget_too_early(&mut self, now: DateTime<Utc>) {
        self.0.retain(|(due, _)| !is_too_early(*due, now));
    }

    fn blocks(&self) -> impl Iterator<Item = &KeptBlock> {
        self.0.iter().map(|(_, block)| block)
    }
}

fn is_too_early(due: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    due.signed_duration_since(now) > MAX_EARLY_SECONDS
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
    fn an_early_block_is_taken_out_when_its_time_has_come() {
        let mut early = EarlyBlocks::default();
        for (number, due) in [(1, 30), (2, 10), (3, 10), (4, 20)] {
            assert!(early.insert(block(number, "one", 100), at(due), at(0)));
        }
        assert_eq!(early.next_due(), Some(at(10)));
        assert!(early.take_due(at(9)).is_empty());
        let due: Vec<_> = early.take_due(at(20)).into_iter().map(|block| block.hash).collect();
        assert_eq!(due, [hash(2), hash(3), hash(4)]);
        assert_eq!((early.next_due(), early.contains(&hash(1)), early.contains(&hash(2))), (Some(at(30)), true, false));
    }

    #[test]
    fn each_bound_leaves_the_next_one_without_a_place() {
        let mut early = EarlyBlocks::default();
        assert!(!early.insert(block(0, "one", 100), at(601), at(0)));
        for source in 0..MAX_EARLY / MAX_EARLY_OF_SOURCE {
            for number in 0..MAX_EARLY_OF_SOURCE {
                let number = source * MAX_EARLY_OF_SOURCE + number;
                assert!(early.insert(block(number, &source.to_string(), 100), at(600), at(0)));
            }
            assert!(!early.insert(block(900, &source.to_string(), 100), at(600), at(0)));
        }
        assert!(!early.insert(block(1000, "new", 100), at(1), at(0)));
        assert_eq!(early.0.len(), MAX_EARLY);
        let mut early = EarlyBlocks::default();
        for number in 0..8 {
            assert!(early.insert(block(number, &number.to_string(), 1 << 20), at(1), at(0)));
        }
        assert!(!early.insert(block(9, "new", 1), at(1), at(0)));
    }

    #[test]
    fn a_clock_that_is_set_back_frees_the_places_of_what_it_would_not_keep_now() {
        let mut early = EarlyBlocks::default();
        assert!(
            early.insert(block(1, "one", 100), at(600), at(0)) && early.insert(block(2, "one", 100), at(10), at(0))
        );
        assert!(early.take_due(at(-500)).is_empty());
        assert_eq!((early.contains(&hash(1)), early.contains(&hash(2))), (false, true));
        assert_eq!(early.take_due(at(1000)).len(), 1, "a clock that is set forward lets all others be tried");
    }
}
