//! Keeping and dropping side blocks while the chain stays as it is.

use bcoin_ledger::{BlockHash, CheckedBlock, Tip};
use redb::{ReadableTable as _, Table, WriteTransaction};

use super::{
    chain::index_record,
    error::StoreError,
    side::{SideTables, SourceKey},
    stale,
    tables::{BLOCK_INDEX, BLOCKS, IndexRecord},
};
use crate::limits::SideLimits;

/// How many side blocks one commit drops at most, so that none takes long.
pub(super) const MAX_DROPPED: usize = 10_000;

/// The side blocks and where they are stored, within one write transaction.
pub(super) struct Branches<'t> {
    write: &'t WriteTransaction,
    blocks: Table<'t, u64, &'static [u8]>,
    index: Table<'t, &'static [u8; 32], IndexRecord>,
    side: SideTables<'t>,
    /// The last blocks of the branches on the list, once they were looked for.
    listed: Option<Vec<BlockHash>>,
}

impl<'t> Branches<'t> {
    pub(super) fn open(write: &'t WriteTransaction) -> Result<Self, StoreError> {
        Ok(Self {
            write,
            blocks: write.open_table(BLOCKS)?,
            index: write.open_table(BLOCK_INDEX)?,
            side: SideTables::open(write)?,
            listed: None,
        })
    }

    /// Stores a block beside the chain. Its parent has to be stored.
    pub(super) fn store(&mut self, block: &impl CheckedBlock, source: SourceKey) -> Result<(), StoreError> {
        let (Tip { height, hash, work }, encoding) = (block.tip(), block.encoding());
        let number = self.blocks.last()?.map_or(1, |(last, _)| last.value() + 1);
        self.blocks.insert(number, encoding)?;
        self.index.insert(hash.as_bytes(), (number, *block.parent().as_bytes(), height, work.to_be_bytes()))?;
        self.side.put(&self.index, &hash, encoding.len() as u64, source)
    }

    /// Whether a block is stored.
    pub(super) fn has(&self, hash: &BlockHash) -> Result<bool, StoreError> {
        Ok(self.index.get(hash.as_bytes())?.is_some())
    }

    /// Drops side blocks of a source until it has no more than it may. Its latest block is one that can be dropped, and
    /// so it never has more.
    pub(super) fn shrink_source(&mut self, source: SourceKey, limits: &SideLimits) -> Result<(), StoreError> {
        while self.side.counts(Some(source))?.0 > limits.blocks_of_source {
            let Some(leaf) = self.side.first_leaf(Some(source))? else { break };
            self.drop_leaf(&leaf)?;
        }
        Ok(())
    }

    /// Drops side blocks while there are more than there may be, but not too many; returns whether there are no more now.
    pub(super) fn shrink(&mut self, limits: &SideLimits) -> Result<bool, StoreError> {
        for _ in 0..MAX_DROPPED {
            let (count, bytes) = self.side.counts(None)?;
            if count <= limits.blocks && bytes <= limits.bytes {
                return Ok(true);
            }
            let Some(leaf) = self.side.first_leaf(None)? else { return Ok(true) };
            self.drop_leaf(&leaf)?;
        }
        Ok(false)
    }

    /// Drops side blocks, the last one first: no other may follow one of them. A block of the chain stays.
    pub(super) fn drop_from_last(&mut self, hashes: &[BlockHash]) -> Result<(), StoreError> {
        hashes.iter().rev().try_for_each(|hash| self.drop_leaf(hash))
    }

    /// Drops the last block of a branch and those before it, as long as they are side blocks with more work than `tip` that
    /// nothing else follows.
    pub(super) fn drop_better_than(&mut self, tip: &Tip, hash: BlockHash) -> Result<(), StoreError> {
        let mut next = hash;
        while self.has(&next)? {
            let (_, parent, _, work) = index_record(&self.index, &next)?;
            if work <= tip.work.to_be_bytes() || !self.side.children(&next)?.is_empty() {
                break;
            }
            self.drop_leaf(&next)?;
            next = parent.into();
        }
        Ok(())
    }

    /// Takes the branches off the list that end with this block.
    fn forget_record(&mut self, tip: &BlockHash) -> Result<(), StoreError> {
        let listed = match &self.listed {
            Some(listed) => listed,
            None => self.listed.insert(stale::tips(self.write)?),
        };
        if listed.contains(tip) { stale::forget_record(self.write, tip) } else { Ok(()) }
    }

    /// Drops a side block that no other follows. Anything else stays.
    fn drop_leaf(&mut self, hash: &BlockHash) -> Result<(), StoreError> {
        if self.side.take(&self.index, hash)? {
            let number = self.index.remove(hash.as_bytes())?.map(|record| record.value().0);
            number.map(|number| self.blocks.remove(number).map(drop)).transpose()?;
            self.forget_record(hash)?;
        }
        Ok(())
    }
}
