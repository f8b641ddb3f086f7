//! Stale branches: chains that a better one has replaced. The last ten are kept, so that no forged chain destroys anybody's work.
//!
//! The blocks of a branch stay where they were stored. A branch that is forgotten takes those of its blocks along that
//! neither the chain nor another kept branch has.

use std::ops::RangeInclusive;

use bcoin_ledger::BlockHash;
use chrono::{DateTime, Local};
use redb::{ReadableTable, ReadableTableMetadata as _, Table, WriteTransaction};

use super::{
    chain::index_record,
    error::StoreError,
    read::{Snapshot, StoredBlocks, text_of},
    tables::{BLOCK_INDEX, BLOCKS, CHAIN, ChainEntry, IndexRecord, STALE},
};

/// How many stale branches are kept.
const MAX_KEPT: u64 = 10;

/// A chain that was replaced by a better one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleBranch {
    /// Counted upwards from 1 over the life of the data.
    pub number: u64,
    /// When it was replaced, by the node's clock: local time, such as `2026-11-22 19:41:17.215595`.
    pub replaced_at: String,
    /// How many blocks it had.
    pub length: u64,
    /// Height of the last block that it shares with the chain that replaced it; 0 when there is none.
    pub fork: u64,
    /// Hash of its last block.
    pub tip: BlockHash,
}

/// Keeps the branch that ends with `tip`, and forgets the oldest of those that are kept. Returns its number.
pub(super) fn keep(
    write: &WriteTransaction,
    fork: u64,
    tip: BlockHash,
    now: DateTime<Local>,
) -> Result<u64, StoreError> {
    let format = if now.timestamp_subsec_micros() == 0 { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S%.6f" };
    let now = now.format(format).to_string();
    let mut stale = write.open_table(STALE)?;
    let number = stale.last()?.map_or(1, |(number, _)| number.value() + 1);
    stale.insert(number, (fork, *tip.as_bytes(), now.as_bytes()))?;
    let mut forgotten = Vec::new();
    while stale.len()? > MAX_KEPT {
        let Some((_, oldest)) = stale.pop_first()? else { break };
        forgotten.push(BlockHash::from(oldest.value().1));
    }
    drop(stale);
    forgotten.iter().try_for_each(|tip| forget(write, tip))?;
    Ok(number)
}

/// Puts a branch on the list, without forgetting others.
pub(super) fn insert(
    write: &WriteTransaction,
    number: u64,
    fork: u64,
    tip: BlockHash,
    replaced_at: &str,
) -> Result<(), StoreError> {
    write.open_table(STALE)?.insert(number, (fork, *tip.as_bytes(), replaced_at.as_bytes()))?;
    Ok(())
}

/// Takes the latest branch off the list, if it ends with `tip`; its blocks stay.
pub(super) fn take_back(write: &WriteTransaction, tip: BlockHash) -> Result<(), StoreError> {
    let mut stale = write.open_table(STALE)?;
    let is_latest = stale.last()?.is_some_and(|(_, branch)| branch.value().1 == *tip.as_bytes());
    if is_latest {
        stale.pop_last()?;
    }
    Ok(())
}

/// Removes the blocks of a branch from its last one down to the first that somebody else has.
pub(super) fn forget(write: &WriteTransaction, tip: &BlockHash) -> Result<(), StoreError> {
    let mut index = write.open_table(BLOCK_INDEX)?;
    let mut blocks = write.open_table(BLOCKS)?;
    let chain = write.open_table(CHAIN)?;
    let mut others = write
        .open_table(STALE)?
        .iter()?
        .map(|branch| Cursor::at(&index, branch?.1.value().1.into()))
        .collect::<Result<Vec<_>, StoreError>>()?;
    let mut next = *tip;
    loop {
        let (number, parent, height, _) = index_record(&index, &next)?;
        let mut is_shared = is_active(&chain, height, &next)?;
        for other in &mut others {
            other.descend(&index, &chain, height)?;
            is_shared |= other.hash == next;
        }
        if is_shared {
            return Ok(());
        }
        index.remove(next.as_bytes())?;
        blocks.remove(number)?;
        if height == 1 {
            return Ok(());
        }
        next = parent.into();
    }
}

/// A cursor on a branch, from its last block downwards.
struct Cursor {
    hash: BlockHash,
    height: u64,
}

impl Cursor {
    fn at(index: &Table<'_, &'static [u8; 32], IndexRecord>, hash: BlockHash) -> Result<Self, StoreError> {
        Ok(Self { hash, height: index_record(index, &hash)?.2 })
    }

    /// Goes down to this height, but not into the active chain: what is there is kept anyway.
    fn descend(
        &mut self,
        index: &Table<'_, &'static [u8; 32], IndexRecord>,
        chain: &Table<'_, u64, ChainEntry>,
        height: u64,
    ) -> Result<(), StoreError> {
        while self.height > height && !is_active(chain, self.height, &self.hash)? {
            self.hash = index_record(index, &self.hash)?.1.into();
            self.height -= 1;
        }
        Ok(())
    }
}

fn is_active(chain: &impl ReadableTable<u64, ChainEntry>, height: u64, hash: &BlockHash) -> Result<bool, StoreError> {
    Ok(chain.get(height)?.is_some_and(|entry| entry.value().1 == hash.as_bytes()))
}

impl Snapshot {
    /// The stale branches, the latest first.
    ///
    /// # Errors
    /// When the database fails or is damaged.
    pub fn stale_branches(&self) -> Result<Vec<StaleBranch>, StoreError> {
        let stale = self.open(STALE)?;
        let branches = stale.iter()?.rev().map(|entry| {
            let (number, branch) = entry?;
            let (fork, tip, replaced_at) = branch.value();
            let tip = BlockHash::from(tip);
            let length = index_record(self.index(), &tip)?.2;
            Ok(StaleBranch { number: number.value(), replaced_at: text_of(replaced_at)?, length, fork, tip })
        });
        branches.collect()
    }

    /// The blocks of a chain that was replaced, from its first one on.
    ///
    /// # Errors
    /// When the database fails or is damaged.
    pub fn stale_blocks(
        &self,
        branch: &StaleBranch,
    ) -> Result<impl Iterator<Item = Result<Vec<u8>, StoreError>> + use<>, StoreError> {
        let mut numbers = Vec::new();
        let (mut hash, mut height) = (branch.tip, branch.length);
        while height > 0 && !is_active(self.chain(), height, &hash)? {
            let (number, parent, ..) = index_record(self.index(), &hash)?;
            numbers.push(number);
            hash = parent.into();
            height -= 1;
        }
        let shared: RangeInclusive<u64> = 1..=height;
        let own = StoredBlocks::of_numbers(self.open(BLOCKS)?, numbers.into_iter().rev());
        Ok(self.blocks(shared)?.chain(own))
    }
}
