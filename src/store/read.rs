//! Reading: snapshots of the chain that stay as they are while the owner goes on writing.

use std::{ops::RangeFrom, sync::Arc};

use redb::{Database, OwnedRange, ReadOnlyTable, ReadableDatabase, ReadableTable};

use super::{
    error::StoreError,
    tables::{BLOCKS, META, meta},
};
use crate::ledger::BlockHash;

/// Makes snapshots; cheap to clone.
#[derive(Clone)]
pub struct Reader {
    database: Arc<Database>,
}

/// The chain as it was at one moment.
pub struct Snapshot {
    blocks: ReadOnlyTable<u64, &'static [u8]>,
    meta: ReadOnlyTable<&'static str, &'static [u8]>,
}

/// The canonical texts of consecutive blocks, read one at a time.
pub struct BlockTexts {
    range: OwnedRange<u64, &'static [u8]>,
}

impl Reader {
    pub(super) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }

    /// The chain as it is now.
    ///
    /// # Errors
    /// When the database fails.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let read = self.database.begin_read()?;
        Ok(Snapshot { blocks: read.open_table(BLOCKS)?, meta: read.open_table(META)? })
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

    /// The hash that was kept for the last block.
    pub(super) fn tip_hash(&self) -> Result<BlockHash, StoreError> {
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

    /// The canonical texts of the blocks from index `first` on.
    ///
    /// # Errors
    /// When the database fails.
    pub fn blocks(&self, first: u64) -> Result<BlockTexts, StoreError> {
        let range: RangeFrom<u64> = first..;
        Ok(BlockTexts { range: self.blocks.range_owned(range)? })
    }
}

impl Iterator for BlockTexts {
    type Item = Result<String, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.range.next()?;
        Some(entry.map_err(StoreError::from).and_then(|(_, text)| text_of(text.value())))
    }
}

fn text_of(bytes: &[u8]) -> Result<String, StoreError> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| StoreError::Damaged("a block is not UTF-8".into()))
}
