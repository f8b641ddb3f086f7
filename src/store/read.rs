//! Reading: snapshots of the chain that stay as they are while the owner goes on writing.

use std::{ops::RangeInclusive, sync::Arc};

use redb::{AccessGuard, OwnedAccessGuard, OwnedRange, ReadOnlyTable, ReadTransaction, ReadableTable};

use super::{
    database::Shared,
    error::StoreError,
    tables::{BLOCKS, GIVEN_UP, GIVEN_UP_BLOCKS, META, meta},
};
use crate::ledger::{BlockHash, Header};

/// Is told how many blocks of how many are done.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Makes snapshots; cheap to clone.
#[derive(Clone)]
pub struct Reader {
    shared: Arc<Shared>,
}

/// The chain as it was at one moment.
pub struct Snapshot {
    blocks: ReadOnlyTable<u64, &'static [u8]>,
    meta: ReadOnlyTable<&'static str, &'static [u8]>,
    pub(super) given_up: ReadOnlyTable<u64, &'static [u8]>,
    given_up_blocks: ReadOnlyTable<(u64, u64), &'static [u8]>,
}

/// The canonical texts of consecutive blocks, read one at a time.
pub struct BlockTexts(Source);

enum Source {
    Chain(OwnedRange<u64, &'static [u8]>),
    GivenUp(OwnedRange<(u64, u64), &'static [u8]>),
}

impl Reader {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    pub(super) fn begin_read(&self) -> Result<ReadTransaction, StoreError> {
        self.shared.begin_read()
    }

    /// The chain as it is now.
    ///
    /// # Errors
    /// When the database fails.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let read = self.begin_read()?;
        Ok(Snapshot {
            blocks: read.open_table(BLOCKS)?,
            meta: read.open_table(META)?,
            given_up: read.open_table(GIVEN_UP)?,
            given_up_blocks: read.open_table(GIVEN_UP_BLOCKS)?,
        })
    }
}

impl Snapshot {
    /// How many blocks the chain has.
    ///
    /// # Errors
    /// When the database fails.
    pub fn length(&self) -> Result<u64, StoreError> {
        Ok(self.blocks.last()?.map_or(0, |(index, _)| index.value()))
    }

    /// The hash of the last block.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tip_hash(&self) -> Result<BlockHash, StoreError> {
        let kept = self.meta.get(meta::TIP_HASH)?;
        let bytes = kept.and_then(|bytes| <[u8; 32]>::try_from(bytes.value()).ok());
        bytes.map(BlockHash::from).ok_or_else(|| StoreError::Damaged("the hash of the last block is missing".into()))
    }

    /// The canonical text of one block; `None` when the chain has none of this index.
    ///
    /// # Errors
    /// When the database fails.
    pub fn block(&self, index: u64) -> Result<Option<String>, StoreError> {
        self.blocks.get(index)?.map(|text| text_of(text.value())).transpose()
    }

    /// The hash of the block before the one of this index, as that one tells it; `None` when the chain has no such block.
    ///
    /// # Errors
    /// When the database fails, or the block cannot be read.
    pub fn link(&self, index: u64) -> Result<Option<String>, StoreError> {
        let Some(text) = self.blocks.get(index)? else { return Ok(None) };
        let header = Header::of_canonical(text.value());
        let link = header.map(|header| header.previous_hash.to_owned());
        link.map(Some).ok_or_else(|| StoreError::Damaged(format!("block {index} cannot be read")))
    }

    pub(super) fn given_up_block(&self, number: u64, index: u64) -> Result<Option<String>, StoreError> {
        self.given_up_blocks.get((number, index))?.map(|text| text_of(text.value())).transpose()
    }

    /// The canonical texts of the blocks from index `first` on.
    ///
    /// # Errors
    /// When the database fails.
    pub fn blocks(&self, first: u64) -> Result<BlockTexts, StoreError> {
        self.block_range(first..=u64::MAX)
    }

    /// The same as bytes, where they lie.
    pub(super) fn block_bytes(
        &self,
        range: RangeInclusive<u64>,
    ) -> Result<impl Iterator<Item = Result<AccessGuard<'_, &'static [u8]>, StoreError>>, StoreError> {
        Ok(ReadableTable::range(&self.blocks, range)?.map(|entry| Ok(entry?.1)))
    }

    pub(super) fn block_range(&self, range: RangeInclusive<u64>) -> Result<BlockTexts, StoreError> {
        Ok(BlockTexts(Source::Chain(self.blocks.range_owned(range)?)))
    }

    pub(super) fn given_up_range(&self, number: u64, range: RangeInclusive<u64>) -> Result<BlockTexts, StoreError> {
        let range = (number, *range.start())..=(number, *range.end());
        Ok(BlockTexts(Source::GivenUp(self.given_up_blocks.range_owned(range)?)))
    }
}

impl BlockTexts {
    fn next_bytes(&mut self) -> Option<Result<OwnedAccessGuard<&'static [u8]>, StoreError>> {
        Some(match &mut self.0 {
            Source::Chain(range) => range.next()?.map(|(_, text)| text).map_err(Into::into),
            Source::GivenUp(range) => range.next()?.map(|(_, text)| text).map_err(Into::into),
        })
    }

    /// Appends `before` and the next text to `out`; returns whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn append_next(&mut self, before: &str, out: &mut Vec<u8>) -> Result<bool, StoreError> {
        let Some(text) = self.next_bytes().transpose()? else { return Ok(false) };
        out.extend_from_slice(before.as_bytes());
        out.extend_from_slice(text.value());
        Ok(true)
    }
}

impl Iterator for BlockTexts {
    type Item = Result<String, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.next_bytes()?.and_then(|text| text_of(text.value())))
    }
}

pub(super) fn text_of(bytes: &[u8]) -> Result<String, StoreError> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| StoreError::Damaged("a block is not UTF-8".into()))
}
