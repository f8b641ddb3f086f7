//! Stale branches: chains that a better one has replaced. The last ten are kept, so that no forged chain destroys anybody's work,
//! but not more bytes than fit a bound.
//!
//! The blocks of a branch stay where they were stored. A branch that is forgotten takes those of its blocks along that
//! neither the chain nor another kept branch has.
//!
//! Under rules under which blocks come one by one the list tells what was replaced, and owns no blocks: those are side blocks. A
//! branch is taken off the list when its last block is dropped.

use std::ops::RangeInclusive;

use bcoin_ledger::BlockHash;
use chrono::{DateTime, Local};
use redb::{ReadableTable, ReadableTableMetadata as _, WriteTransaction};

use super::{
    chain::index_record,
    error::StoreError,
    read::{Snapshot, StoredBlocks, text_of},
    stale_bytes,
    tables::{BLOCK_INDEX, BLOCKS, CHAIN, ChainEntry, IndexRecord, META, STALE, STALE_OWN, meta},
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

/// The blocks that a replacement has taken off the chain.
pub(super) struct Left {
    /// The hash of the last one.
    pub(super) tip: BlockHash,
    /// Height of the last block that stayed; 0 when none did.
    pub(super) fork: u64,
    /// How many bytes their encodings have together.
    pub(super) bytes: u64,
    /// Whether this node has mined one of them.
    pub(super) is_own: bool,
}

/// A branch that was put on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptBranch {
    /// Its number.
    pub number: u64,
    /// Whether it may stay. What a commit takes off the chain stays stored until a later one, so that the commit can be rolled
    /// back.
    pub fits: bool,
}

/// Puts a branch on the list, and forgets those that have to go before it.
pub(super) fn keep(
    write: &WriteTransaction,
    left: &Left,
    max_bytes: u64,
    now: DateTime<Local>,
) -> Result<KeptBranch, StoreError> {
    let number = list(write, left, now)?;
    write.open_table(STALE_OWN)?.insert(number, left.is_own)?;
    let (_, chain_tip) = chain_end(write)?;
    if stale_bytes::read(&write.open_table(META)?, &chain_tip)?.is_none() {
        let (index, blocks) = (write.open_table(BLOCK_INDEX)?, write.open_table(BLOCKS)?);
        let count = count_bytes(&tips(write)?, &index, &blocks, &write.open_table(CHAIN)?)?;
        stale_bytes::write(write, count, &chain_tip)?;
    }
    if left.bytes > max_bytes {
        // Others would go for nothing.
        return Ok(KeptBranch { number, fits: false });
    }
    while let Some(first) = first_too_many(write, max_bytes, &chain_tip)? {
        if first == number {
            return Ok(KeptBranch { number, fits: false });
        }
        remove(write, first)?;
    }
    Ok(KeptBranch { number, fits: true })
}

/// Puts a branch on the list that owns no blocks, and takes the oldest off it when there are more than ten.
pub(super) fn keep_record(
    write: &WriteTransaction,
    left: &Left,
    now: DateTime<Local>,
) -> Result<KeptBranch, StoreError> {
    let number = list(write, left, now)?;
    let mut stale = write.open_table(STALE)?;
    while stale.len()? > MAX_KEPT {
        stale.pop_first()?;
    }
    Ok(KeptBranch { number, fits: true })
}

/// Takes the branches off the list that end with a block that is dropped.
pub(super) fn forget_record(write: &WriteTransaction, tip: &BlockHash) -> Result<(), StoreError> {
    write.open_table(STALE)?.retain(|_, (_, hash, _)| hash != *tip.as_bytes())?;
    Ok(())
}

fn list(write: &WriteTransaction, left: &Left, now: DateTime<Local>) -> Result<u64, StoreError> {
    let format = if now.timestamp_subsec_micros() == 0 { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S%.6f" };
    let number = take_number(write)?;
    insert(write, number, left.fork, left.tip, &now.format(format).to_string())?;
    Ok(number)
}

/// Forgets a branch, and those that are too much without it.
pub(super) fn forget_branch(write: &WriteTransaction, number: u64, max_bytes: u64) -> Result<(), StoreError> {
    remove(write, number)?;
    let (_, chain_tip) = chain_end(write)?;
    while let Some(first) = first_too_many(write, max_bytes, &chain_tip)? {
        remove(write, first)?;
    }
    Ok(())
}

/// The next number, which no branch has had before.
fn take_number(write: &WriteTransaction) -> Result<u64, StoreError> {
    let after_last = write.open_table(STALE)?.last()?.map_or(1, |(number, _)| number.value() + 1);
    let mut table = write.open_table(META)?;
    let kept = table.get(meta::NEXT_STALE)?.and_then(|bytes| <[u8; 8]>::try_from(bytes.value()).ok());
    let number = kept.map_or(after_last, |kept| after_last.max(u64::from_le_bytes(kept)));
    table.insert(meta::NEXT_STALE, (number + 1).to_le_bytes().as_slice())?;
    Ok(number)
}

/// The branch that has to go first, if one has to: the oldest beyond ten; while the blocks of all branches have more than
/// `max_bytes`, the oldest that holds no block of this node, or else the oldest.
fn first_too_many(write: &WriteTransaction, max_bytes: u64, tip: &BlockHash) -> Result<Option<u64>, StoreError> {
    let (stale, own) = (write.open_table(STALE)?, write.open_table(STALE_OWN)?);
    if stale.len()? > MAX_KEPT {
        return Ok(stale.first()?.map(|(number, _)| number.value()));
    }
    if stale_bytes::read(&write.open_table(META)?, tip)?.is_none_or(|bytes| bytes <= max_bytes) {
        return Ok(None);
    }
    let mut first = None;
    for entry in stale.iter()? {
        let number = entry?.0.value();
        // What an earlier program has kept may be this node's work.
        let is_own = own.get(number)?.is_none_or(|is_own| is_own.value());
        if !is_own {
            return Ok(Some(number));
        }
        first = first.or(Some(number));
    }
    Ok(first)
}

/// Takes a branch off the list, and forgets it.
fn remove(write: &WriteTransaction, number: u64) -> Result<(), StoreError> {
    let tip = write.open_table(STALE)?.remove(number)?.map(|branch| BlockHash::from(branch.value().1));
    write.open_table(STALE_OWN)?.remove(number)?;
    tip.map_or(Ok(()), |tip| forget(write, &tip))
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
    let latest = stale.last()?.map(|(number, branch)| (number.value(), branch.value().1));
    if let Some((number, hash)) = latest
        && hash == *tip.as_bytes()
    {
        stale.remove(number)?;
        write.open_table(STALE_OWN)?.remove(number)?;
    }
    Ok(())
}

/// Removes the blocks of a branch from its last one down to the first that somebody else has.
pub(super) fn forget(write: &WriteTransaction, tip: &BlockHash) -> Result<(), StoreError> {
    let (_, chain_tip) = chain_end(write)?;
    let mut forgotten = 0;
    {
        let mut index = write.open_table(BLOCK_INDEX)?;
        let mut blocks = write.open_table(BLOCKS)?;
        let chain = write.open_table(CHAIN)?;
        let mut own = OwnBlocks::new(&index, tip, &tips(write)?)?;
        while let Some((hash, number)) = own.next(&index, &chain)? {
            index.remove(hash.as_bytes())?;
            forgotten += blocks.remove(number)?.map_or(0, |bytes| bytes.value().len() as u64);
        }
    }
    let counted = stale_bytes::read(&write.open_table(META)?, &chain_tip)?;
    counted.map_or(Ok(()), |bytes| stale_bytes::write(write, bytes.saturating_sub(forgotten), &chain_tip))
}

/// How many bytes the blocks of the branches with these last blocks have together, each block counted once.
fn count_bytes(
    tips: &[BlockHash],
    index: &impl ReadableTable<&'static [u8; 32], IndexRecord>,
    blocks: &impl ReadableTable<u64, &'static [u8]>,
    chain: &impl ReadableTable<u64, ChainEntry>,
) -> Result<u64, StoreError> {
    let mut count = 0;
    for (at, tip) in tips.iter().enumerate() {
        let mut own = OwnBlocks::new(index, tip, &tips[at + 1..])?;
        while let Some((_, number)) = own.next(index, chain)? {
            count += blocks.get(number)?.map_or(0, |bytes| bytes.value().len() as u64);
        }
    }
    Ok(count)
}

/// The last blocks of all branches, the oldest first.
pub(super) fn tips(write: &WriteTransaction) -> Result<Vec<BlockHash>, StoreError> {
    write.open_table(STALE)?.iter()?.map(|branch| Ok(branch?.1.value().1.into())).collect()
}

/// Height and hash of the last block of the chain.
fn chain_end(write: &WriteTransaction) -> Result<(u64, BlockHash), StoreError> {
    let chain = write.open_table(CHAIN)?;
    let last = chain.last()?.map(|(height, entry)| (height.value(), BlockHash::from(*entry.value().1)));
    last.ok_or_else(StoreError::no_block)
}

/// The blocks of a branch from its last one down to the first that the chain or another branch has.
struct OwnBlocks {
    next: Option<BlockHash>,
    others: Vec<Cursor>,
}

impl OwnBlocks {
    fn new(
        index: &impl ReadableTable<&'static [u8; 32], IndexRecord>,
        tip: &BlockHash,
        others: &[BlockHash],
    ) -> Result<Self, StoreError> {
        let others = others.iter().map(|other| Cursor::at(index, *other)).collect::<Result<_, _>>()?;
        Ok(Self { next: Some(*tip), others })
    }

    /// Hash and number of the next one.
    fn next(
        &mut self,
        index: &impl ReadableTable<&'static [u8; 32], IndexRecord>,
        chain: &impl ReadableTable<u64, ChainEntry>,
    ) -> Result<Option<(BlockHash, u64)>, StoreError> {
        let Some(hash) = self.next.take() else { return Ok(None) };
        let (number, parent, height, _) = index_record(index, &hash)?;
        let mut is_shared = is_active(chain, height, &hash)?;
        for other in &mut self.others {
            other.descend(index, chain, height)?;
            is_shared |= other.hash == hash;
        }
        if is_shared {
            return Ok(None);
        }
        self.next = (height > 1).then(|| parent.into());
        Ok(Some((hash, number)))
    }
}

/// A cursor on a branch, from its last block downwards.
struct Cursor {
    hash: BlockHash,
    height: u64,
}

impl Cursor {
    fn at(index: &impl ReadableTable<&'static [u8; 32], IndexRecord>, hash: BlockHash) -> Result<Self, StoreError> {
        Ok(Self { hash, height: index_record(index, &hash)?.2 })
    }

    /// Goes down to this height, but not into the active chain: what is there is kept anyway.
    fn descend(
        &mut self,
        index: &impl ReadableTable<&'static [u8; 32], IndexRecord>,
        chain: &impl ReadableTable<u64, ChainEntry>,
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

    /// How many bytes the blocks of all stale branches have together, as it was counted when they came and went, and as they are
    /// now. `None` before the first one, and when an earlier program has changed the chain since.
    pub(super) fn stale_bytes(&self) -> Result<Option<(u64, u64)>, StoreError> {
        let Some(counted) = stale_bytes::read(&self.open(META)?, &self.tip()?.hash)? else { return Ok(None) };
        let tips: Vec<_> = self.stale_branches()?.into_iter().rev().map(|branch| branch.tip).collect();
        Ok(Some((counted, count_bytes(&tips, self.index(), self.blocks_table(), self.chain())?)))
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
