//! Where a block that comes alone belongs: behind the chain, on a branch beside it, or on one that is the chain from then on.

use std::iter;

use bcoin_ledger::{BlockHash, Blockchain, CheckedBlock as _, Rules, Tip, Work};
use chrono::{DateTime, Local};

use super::{
    branches::{Branches, MAX_DROPPED},
    error::{ReorganiseError, StoreError},
    read::Snapshot,
    side::SourceKey,
    write::ReplacedOf,
    writer::Store,
};
use crate::{limits::SideLimits, source::Source};

/// Where a block belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// It is stored already.
    Known,
    /// Its parent is not stored.
    NoParent,
    /// Behind the last block of the chain.
    Follows,
    /// On a branch that has more work than the chain with it.
    Wins(Branch),
    /// On a branch beside the chain.
    Beside,
    /// On a branch that has too little work to be kept, or less than all that is kept where no more can be.
    TooLittleWork,
}

/// The stored blocks between the chain and a block that is not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Branch {
    /// Height of the last block that the chain has too.
    fork: u64,
    /// The hashes of the blocks after it, the first one first.
    blocks: Vec<BlockHash>,
}

impl Branch {
    /// Height of the last block that the chain has too.
    pub(crate) fn fork(&self) -> u64 {
        self.fork
    }
}

/// What decides whether a block that is not stored is kept: known as soon as its header was judged.
pub(crate) struct Newcomer<'a> {
    /// The end of the chain that ends with the block.
    pub(crate) tip: Tip,
    /// The hash of the block before, which is stored.
    pub(crate) parent: BlockHash,
    /// How many bytes its encoding has.
    pub(crate) length: u64,
    /// Who has sent it.
    pub(crate) source: &'a Source,
}

impl Newcomer<'_> {
    /// Whether the chain that ends with `tip` would grow by the block, or lose to it.
    fn changes_chain(&self, tip: &Tip) -> bool {
        self.parent == tip.hash || self.tip.has_more_work_than(tip)
    }
}

impl Snapshot {
    /// Whether a block would be kept when the chain ends with `tip`: in it, or beside it.
    ///
    /// # Errors
    /// When the database fails or is damaged.
    pub(crate) fn keeps(&self, newcomer: &Newcomer<'_>, tip: &Tip, limits: &SideLimits) -> Result<bool, StoreError> {
        Ok(newcomer.changes_chain(tip) || self.keeps_beside(newcomer, tip, limits)?)
    }

    /// Whether the branch of a block has enough work to be kept beside the chain that ends with `tip`, and the block would not be the
    /// first one to be dropped.
    fn keeps_beside(&self, newcomer: &Newcomer<'_>, tip: &Tip, limits: &SideLimits) -> Result<bool, StoreError> {
        let before_tip = match tip.height {
            0 | 1 => Work::default(),
            _ => self.work_before(&tip.hash)?,
        };
        let allowed = tip.work.saturating_sub(before_tip).saturating_mul(limits.work_behind);
        let Newcomer { tip: Tip { work, .. }, parent, length, source } = newcomer;
        let has_enough_work = work.saturating_add(allowed) >= tip.work;
        Ok(has_enough_work && self.has_room_beside(parent, *work, *length, SourceKey::of(source), limits)?)
    }
}

impl<R: Rules> Store<R> {
    /// How much is kept of blocks beside the chain, if not as much as usual.
    #[cfg(test)]
    pub(crate) fn set_side_limits(&mut self, limits: SideLimits) {
        self.side_limits = limits;
    }

    /// How much that is.
    pub(crate) fn side_limits(&self) -> SideLimits {
        self.side_limits
    }

    /// Where a block from this source belongs when the chain ends with `tip`.
    ///
    /// # Errors
    /// When the database fails or is damaged.
    pub(crate) fn position_of(
        &self,
        tip: &Tip,
        block: &R::CheckedBlock,
        source: &Source,
    ) -> Result<Position, StoreError> {
        let snapshot = self.reader().snapshot()?;
        let (own, parent) = (block.tip(), block.parent());
        if snapshot.is_stored(&own.hash)? {
            return Ok(Position::Known);
        }
        if parent == tip.hash {
            return Ok(Position::Follows);
        }
        if !snapshot.is_stored(&parent)? {
            return Ok(Position::NoParent);
        }
        if own.has_more_work_than(tip) {
            let (fork, blocks) = snapshot.branch_of(parent)?;
            return Ok(Position::Wins(Branch { fork, blocks }));
        }
        let newcomer = Newcomer { tip: own, parent, length: block.encoding().len() as u64, source };
        let is_kept = snapshot.keeps_beside(&newcomer, tip, &self.side_limits)?;
        Ok(if is_kept { Position::Beside } else { Position::TooLittleWork })
    }

    /// Keeps a block beside the chain, and drops others when they are too many; returns whether the block itself has stayed. That
    /// is no durable commit: such blocks cost their maker little, and would keep the disk busy. A block that is lost in a crash
    /// comes again.
    ///
    /// # Errors
    /// When the database fails; nothing changes then.
    pub(crate) fn keep_beside(&self, block: &R::CheckedBlock, source: &Source) -> Result<bool, StoreError> {
        let source = SourceKey::of(source);
        self.commit_lightly(|write| {
            let mut branches = Branches::open(write)?;
            branches.store(block, source)?;
            branches.shrink_source(source, &self.side_limits)?;
            branches.shrink(&self.side_limits)?;
            branches.has(&block.tip().hash)
        })
    }

    /// Makes a branch the chain, with `block` at its end. The chain as it was is noted as replaced at the time `now`.
    ///
    /// # Errors
    /// When a block is refused, or the database fails; nothing changes then.
    pub(crate) fn replace_by_branch(
        &self,
        blockchain: &Blockchain<R>,
        branch: &Branch,
        block: &R::CheckedBlock,
        now: DateTime<Local>,
    ) -> Result<ReplacedOf<R>, ReorganiseError<R::BlockError>> {
        let snapshot = self.reader().snapshot()?;
        let stored = branch.blocks.iter().map(|hash| {
            let (tip, bytes) = snapshot.any_block(hash)?.ok_or_else(|| StoreError::missing_hash(hash))?;
            self.rules.restore(tip, bytes).map_err(|error| StoreError::damaged_block(tip.height, &error))
        });
        let blocks = stored.chain(iter::once_with(|| Ok(block.clone())));
        self.replace(blockchain, branch.fork, blocks, None, 0, now)
    }

    /// Whether a block is stored, in the chain or beside it.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn is_stored(&self, hash: &BlockHash) -> Result<bool, StoreError> {
        self.reader().snapshot()?.is_stored(hash)
    }

    /// Whether more is kept beside the chain than may be.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) fn has_too_much_beside(&self) -> Result<bool, StoreError> {
        let (count, bytes) = self.reader().snapshot()?.side_counts()?;
        Ok(count > self.side_limits.blocks || bytes > self.side_limits.bytes)
    }

    /// Drops a block beside the chain that was found to be invalid, and all that follow it, not too many with one commit.
    ///
    /// # Errors
    /// When the database fails. What was dropped before stays dropped.
    pub(crate) fn drop_invalid(&self, hash: &BlockHash) -> Result<(), StoreError> {
        self.drop_in_parts(hash, MAX_DROPPED)
    }

    fn drop_in_parts(&self, hash: &BlockHash, at_once: usize) -> Result<(), StoreError> {
        let found = self.reader().snapshot()?.with_descendants(hash)?;
        found.rchunks(at_once).try_for_each(|part| self.commit(|write| Branches::open(write)?.drop_from_last(part)))
    }

    /// As [`Store::drop_invalid`], with fewer at once.
    #[cfg(test)]
    pub(crate) fn drop_few_at_once(&self, hash: &BlockHash) -> Result<(), StoreError> {
        self.drop_in_parts(hash, 2)
    }

    /// Drops blocks beside the chain while there are more than there may be: what a change of the chain has taken off it stays
    /// until this is called.
    ///
    /// # Errors
    /// When the database fails. What was dropped before stays dropped.
    pub(crate) fn shrink_side(&self) -> Result<(), StoreError> {
        while !self.commit(|write| Branches::open(write)?.shrink(&self.side_limits))? {}
        Ok(())
    }
}
