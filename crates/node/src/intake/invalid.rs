//! Which blocks are known to be invalid.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use bcoin_ledger::BlockHash;

/// The most hashes that are remembered as those of invalid blocks.
pub(super) const MAX_INVALID: usize = 10_000;

/// Why a block is invalid for ever.
#[derive(Debug)]
pub(super) struct Verdict<E> {
    /// The block that breaks a rule: the judged one, or one before it.
    pub(super) block: BlockHash,
    /// The rule.
    pub(super) reason: Arc<E>,
}

impl<E> Clone for Verdict<E> {
    fn clone(&self) -> Self {
        Self { block: self.block, reason: self.reason.clone() }
    }
}

/// The hashes of invalid blocks, the oldest first. When there are too many, the oldest are forgotten: such a block is judged again.
#[derive(Debug)]
pub(super) struct Invalid<E> {
    verdicts: HashMap<BlockHash, Verdict<E>>,
    order: VecDeque<BlockHash>,
}

impl<E> Default for Invalid<E> {
    fn default() -> Self {
        Self { verdicts: HashMap::new(), order: VecDeque::new() }
    }
}

impl<E> Invalid<E> {
    pub(super) fn get(&self, hash: &BlockHash) -> Option<&Verdict<E>> {
        self.verdicts.get(hash)
    }

    /// Remembers a hash; of several verdicts on it the first one stays.
    pub(super) fn remember(&mut self, hash: BlockHash, verdict: Verdict<E>) {
        if self.verdicts.contains_key(&hash) {
            return;
        }
        if self.order.len() >= MAX_INVALID
            && let Some(oldest) = self.order.pop_front()
        {
            self.verdicts.remove(&oldest);
        }
        self.order.push_back(hash);
        self.verdicts.insert(hash, verdict);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(number: usize) -> BlockHash {
        BlockHash::sha256(number.to_string())
    }

    fn verdict(reason: usize) -> Verdict<usize> {
        Verdict { block: hash(reason), reason: reason.into() }
    }

    #[test]
    fn the_first_verdict_on_a_block_stays() {
        let mut invalid = Invalid::default();
        assert!(invalid.get(&hash(1)).is_none());
        invalid.remember(hash(1), verdict(1));
        invalid.remember(hash(1), verdict(2));
        assert_eq!(invalid.get(&hash(1)).map(|verdict| *verdict.reason), Some(1));
        assert_eq!(invalid.order.len(), 1);
    }

    #[test]
    fn the_oldest_are_forgotten_when_there_are_too_many() {
        let mut invalid = Invalid::default();
        for number in 0..MAX_INVALID + 2 {
            invalid.remember(hash(number), verdict(number));
        }
        assert_eq!((invalid.order.len(), invalid.verdicts.len()), (MAX_INVALID, MAX_INVALID));
        for (number, is_known) in [(0, false), (1, false), (2, true), (MAX_INVALID + 1, true)] {
            assert_eq!(invalid.get(&hash(number)).is_some(), is_known, "{number}");
        }
    }
}
