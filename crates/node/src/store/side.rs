//! Side blocks: all that are stored and not in the chain, under rules under which blocks come one by one. They change in the same
//! commit as the chain does, and nothing of them is held in memory.

use bcoin_ledger::{BlockHash, Work};
use redb::{ReadableTable, StorageError, Table, WriteTransaction};

use super::{
    chain::index_record,
    error::StoreError,
    read::Snapshot,
    tables::{IndexRecord, SIDE, SIDE_CHILDREN, SIDE_COUNTS, SIDE_LEAVES, SIDE_LEAVES_BY_SOURCE},
};
use crate::{limits::SideLimits, source::Source};

/// Who has sent a side block, in the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SourceKey(u64);

impl SourceKey {
    /// The blocks that this node's own chain had.
    pub(super) const OWN_CHAIN: Self = Self(0);

    /// The first 8 bytes of a hash of the name, which is of any length.
    pub(super) fn of(source: &Source) -> Self {
        let hash = BlockHash::sha256(source.to_string());
        Self(hash.as_bytes().first_chunk().map_or(1, |first| u64::from_be_bytes(*first).max(1)))
    }
}

/// The side blocks within one write transaction.
pub(super) struct SideTables<'t> {
    side: Table<'t, &'static [u8; 32], (u64, u64)>,
    children: Table<'t, (&'static [u8; 32], &'static [u8; 32]), ()>,
    leaves: Table<'t, (&'static [u8; 32], u64), &'static [u8; 32]>,
    leaves_by_source: Table<'t, (u64, &'static [u8; 32], u64), &'static [u8; 32]>,
    counts: Table<'t, Option<u64>, (u64, u64)>,
}

/// What [`BLOCK_INDEX`](super::tables::BLOCK_INDEX) looks like here.
type Index<'t> = Table<'t, &'static [u8; 32], IndexRecord>;

impl<'t> SideTables<'t> {
    pub(super) fn open(write: &'t WriteTransaction) -> Result<Self, StoreError> {
        Ok(Self {
            side: write.open_table(SIDE)?,
            children: write.open_table(SIDE_CHILDREN)?,
            leaves: write.open_table(SIDE_LEAVES)?,
            leaves_by_source: write.open_table(SIDE_LEAVES_BY_SOURCE)?,
            counts: write.open_table(SIDE_COUNTS)?,
        })
    }

    /// How many side blocks there are, and how many bytes their encodings have: those of one source, or all.
    pub(super) fn counts(&self, of: Option<SourceKey>) -> Result<(u64, u64), StoreError> {
        Ok(self.counts.get(of.map(|SourceKey(key)| key))?.map_or((0, 0), |counts| counts.value()))
    }

    /// Makes a block, which is in the index, a side block. Its encoding has `length` bytes.
    pub(super) fn put(
        &mut self,
        index: &Index<'_>,
        hash: &BlockHash,
        length: u64,
        source: SourceKey,
    ) -> Result<(), StoreError> {
        let (number, parent, _, work) = index_record(index, hash)?;
        self.side.insert(hash.as_bytes(), (length, source.0))?;
        self.children.insert((&parent, hash.as_bytes()), ())?;
        self.count(source, |counts| (counts.0 + 1, counts.1 + length))?;
        if !self.has_child(hash.as_bytes())? {
            self.put_leaf(&work, number, source, hash)?;
        }
        if let Some(parent_source) = self.source_of(&parent)? {
            let (number, _, _, work) = index_record(index, &parent.into())?;
            self.take_leaf(&work, number, parent_source)?;
        }
        Ok(())
    }

    /// Makes a block, which is in the index, no side block any more: it is part of the chain now, or dropped. Returns whether
    /// it was one.
    pub(super) fn take(&mut self, index: &Index<'_>, hash: &BlockHash) -> Result<bool, StoreError> {
        let Some((length, source)) = self.side.remove(hash.as_bytes())?.map(|record| record.value()) else {
            return Ok(false);
        };
        let source = SourceKey(source);
        let (number, parent, _, work) = index_record(index, hash)?;
        self.children.remove((&parent, hash.as_bytes()))?;
        self.count(source, |counts| (counts.0.saturating_sub(1), counts.1.saturating_sub(length)))?;
        self.take_leaf(&work, number, source)?;
        if let Some(parent_source) = self.source_of(&parent)?
            && !self.has_child(&parent)?
        {
            let (number, _, _, work) = index_record(index, &parent.into())?;
            self.put_leaf(&work, number, parent_source, &parent.into())?;
        }
        Ok(true)
    }

    /// The side block that has to go first, of one source or of all: of those that no other follows, the one with the least
    /// work, and of several with as little the one that came last.
    pub(super) fn first_leaf(&self, of: Option<SourceKey>) -> Result<Option<BlockHash>, StoreError> {
        let Some(SourceKey(source)) = of else {
            let Some(least) = self.leaves.first()?.map(|(key, _)| *key.value().0) else { return Ok(None) };
            let mut equal = self.leaves.range((&least, 0)..=(&least, u64::MAX))?;
            return Ok(equal.next_back().transpose()?.map(|(_, hash)| (*hash.value()).into()));
        };
        let least = self.leaves_by_source.range(leaves_of(source))?.next().transpose()?;
        let Some(least) = least.map(|(key, _)| *key.value().1) else { return Ok(None) };
        let mut equal = self.leaves_by_source.range((source, &least, 0)..=(source, &least, u64::MAX))?;
        Ok(equal.next_back().transpose()?.map(|(_, hash)| (*hash.value()).into()))
    }

    /// The side blocks that follow a block.
    pub(super) fn children(&self, hash: &BlockHash) -> Result<Vec<BlockHash>, StoreError> {
        children_in(&self.children, hash)
    }

    fn has_child(&self, hash: &[u8; 32]) -> Result<bool, StoreError> {
        Ok(self.children.range(all_children(hash))?.next().transpose()?.is_some())
    }

    /// Who has sent a side block; `None` when the block is none.
    fn source_of(&self, hash: &[u8; 32]) -> Result<Option<SourceKey>, StoreError> {
        Ok(self.side.get(hash)?.map(|record| SourceKey(record.value().1)))
    }

    fn put_leaf(
        &mut self,
        work: &[u8; 32],
        number: u64,
        SourceKey(source): SourceKey,
        hash: &BlockHash,
    ) -> Result<(), StoreError> {
        self.leaves.insert((work, number), hash.as_bytes())?;
        self.leaves_by_source.insert((source, work, number), hash.as_bytes())?;
        Ok(())
    }

    fn take_leaf(&mut self, work: &[u8; 32], number: u64, SourceKey(source): SourceKey) -> Result<(), StoreError> {
        if self.leaves.remove((work, number))?.is_some() {
            self.leaves_by_source.remove((source, work, number))?;
        }
        Ok(())
    }

    fn count(
        &mut self,
        SourceKey(source): SourceKey,
        change: impl Fn((u64, u64)) -> (u64, u64),
    ) -> Result<(), StoreError> {
        for key in [None, Some(source)] {
            let counts = change(self.counts.get(key)?.map_or((0, 0), |counts| counts.value()));
            match counts {
                (0, _) => drop(self.counts.remove(key)?),
                counts => drop(self.counts.insert(key, counts)?),
            }
        }
        Ok(())
    }
}

impl Snapshot {
    /// A block and all side blocks that follow it, each after its parent.
    pub(super) fn with_descendants(&self, hash: &BlockHash) -> Result<Vec<BlockHash>, StoreError> {
        let (children, mut found, mut next) = (self.open(SIDE_CHILDREN)?, vec![*hash], 0);
        while let Some(hash) = found.get(next) {
            found.extend(children_in(&children, hash)?);
            next += 1;
        }
        Ok(found)
    }

    /// Whether a side block of this source that follows `parent`, ends a chain with this work and has an encoding of `length` bytes
    /// would stay: there is room for it, or one that no other follows has less work and leaves for it.
    pub(super) fn has_room_beside(
        &self,
        parent: &BlockHash,
        work: Work,
        length: u64,
        source: SourceKey,
        limits: &SideLimits,
    ) -> Result<bool, StoreError> {
        let Some(counts) = self.open_if_made(SIDE_COUNTS)? else { return Ok(true) };
        let counts = |of| Ok::<_, StoreError>(counts.get(of)?.map_or((0, 0), |counts| counts.value()));
        let SourceKey(key) = source;
        if counts(Some(key))?.0 >= limits.blocks_of_source {
            let leaves = self.open(SIDE_LEAVES_BY_SOURCE)?;
            let leaves = ReadableTable::range(&leaves, leaves_of(key))?;
            let leaves = leaves.map(|entry| entry.map(|(leaf, hash)| (*leaf.value().1, *hash.value())));
            if !has_less_work(leaves, parent, work)? {
                return Ok(false);
            }
        }
        let (count, bytes) = counts(None)?;
        if count < limits.blocks && bytes.saturating_add(length) <= limits.bytes {
            return Ok(true);
        }
        let leaves = self.open(SIDE_LEAVES)?;
        let leaves = leaves.iter()?.map(|entry| entry.map(|(leaf, hash)| (*leaf.value().0, *hash.value())));
        has_less_work(leaves, parent, work)
    }
}

/// Whether the first of these leaves, given by work and hash, that is not `parent` has less work than this.
fn has_less_work(
    leaves: impl Iterator<Item = Result<([u8; 32], [u8; 32]), StorageError>>,
    parent: &BlockHash,
    work: Work,
) -> Result<bool, StoreError> {
    for leaf in leaves {
        let (least, hash) = leaf?;
        if hash != *parent.as_bytes() {
            return Ok(Work::from_be_bytes(least) < work);
        }
    }
    Ok(false)
}

/// The keys of all leaves of this source.
fn leaves_of(source: u64) -> std::ops::RangeInclusive<(u64, &'static [u8; 32], u64)> {
    (source, &[0; 32], 0)..=(source, &[u8::MAX; 32], u64::MAX)
}

/// The side blocks that follow a block.
fn children_in(
    children: &impl ReadableTable<(&'static [u8; 32], &'static [u8; 32]), ()>,
    hash: &BlockHash,
) -> Result<Vec<BlockHash>, StoreError> {
    let range = children.range(all_children(hash.as_bytes()))?;
    range.map(|entry| Ok((*entry?.0.value().1).into())).collect()
}

/// The keys of all blocks that follow this one.
fn all_children(hash: &[u8; 32]) -> std::ops::RangeInclusive<(&[u8; 32], &[u8; 32])> {
    (hash, &[0; 32])..=(hash, &[u8::MAX; 32])
}
