//! Which transactions of the chain have which ids, under rules under which transactions have ids. The table changes in the same
//! commit as the chain does.

use redb::{Table, WriteTransaction};

use super::{
    error::StoreError,
    read::{Snapshot, TransactionCursor},
    sorted::insert_sorted,
    tables::{MEMPOOL, MEMPOOL_IDS, TRANSACTION_IDS},
};

/// How many bytes the new entries take in memory before they are written down.
const MAX_LISTED_BYTES: usize = 32 << 20;

/// First bytes of an id, height of a block and position in it, from 1.
pub(super) type IdKey = (u64, u64, u32);

/// The first 8 bytes of an id, which stand for it in tables.
pub(super) fn prefix_of(id: &[u8; 32]) -> u64 {
    id.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

/// The ids within one write transaction. The table is made with its first entry, so that rules without ids have none.
pub(super) struct IdTable<'t> {
    write: &'t WriteTransaction,
    table: Option<Table<'t, IdKey, ()>>,
    /// New entries: ids come in no order, and a table takes many of them faster in its own.
    listed: Vec<IdKey>,
}

impl<'t> IdTable<'t> {
    pub(super) fn new(write: &'t WriteTransaction) -> Self {
        Self { write, table: None, listed: Vec::new() }
    }

    /// Adds the transactions of the block at this height.
    pub(super) fn connect(&mut self, height: u64, ids: impl Iterator<Item = [u8; 32]>) -> Result<(), StoreError> {
        self.listed.extend((1..).zip(ids).map(|(position, id)| (prefix_of(&id), height, position)));
        if size_of_val(self.listed.as_slice()) >= MAX_LISTED_BYTES { self.finish() } else { Ok(()) }
    }

    /// Takes them out again.
    pub(super) fn disconnect(&mut self, height: u64, ids: impl Iterator<Item = [u8; 32]>) -> Result<(), StoreError> {
        self.finish()?;
        for (position, id) in (1..).zip(ids) {
            self.table()?.remove((prefix_of(&id), height, position))?;
        }
        Ok(())
    }

    /// Writes everything down.
    pub(super) fn finish(&mut self) -> Result<(), StoreError> {
        if self.listed.is_empty() {
            return Ok(());
        }
        let mut listed = std::mem::take(&mut self.listed);
        listed.sort_unstable();
        insert_sorted(self.table()?, listed.into_iter().map(|key| (key, ())))
    }

    fn table(&mut self) -> Result<&mut Table<'t, IdKey, ()>, StoreError> {
        let table = match self.table.take() {
            Some(table) => table,
            None => self.write.open_table(TRANSACTION_IDS)?,
        };
        Ok(self.table.insert(table))
    }
}

impl Snapshot {
    /// Where transactions of the chain stand, as height of the block and position in it from 1, whose ids begin as this one does:
    /// the one with this id is among them if the chain holds it, and mostly nothing else.
    ///
    /// # Errors
    /// When the database fails.
    pub fn positions_of(&self, id: &[u8; 32]) -> Result<Vec<TransactionCursor>, StoreError> {
        let Some(table) = self.open_if_made(TRANSACTION_IDS)? else { return Ok(Vec::new()) };
        let prefix = prefix_of(id);
        let found = table.range((prefix, 0, 0)..=(prefix, u64::MAX, u32::MAX))?;
        let positions = found.map(|entry| {
            let (_, height, position) = entry?.0.value();
            Ok((height, position))
        });
        positions.collect()
    }

    /// The encoding of the transaction with this id that waits; `None` when none does. `is` tells whether an encoding is its.
    ///
    /// # Errors
    /// When the database fails.
    pub fn waiting(&self, id: &[u8; 32], is: impl Fn(&[u8]) -> bool) -> Result<Option<Vec<u8>>, StoreError> {
        let (Some(ids), mempool) = (self.open_if_made(MEMPOOL_IDS)?, self.open(MEMPOOL)?) else { return Ok(None) };
        let prefix = prefix_of(id);
        for entry in ids.range((prefix, 0)..=(prefix, u64::MAX))? {
            let found = mempool.get(entry?.0.value().1)?;
            if let Some(encoding) = found.filter(|encoding| is(encoding.value())) {
                return Ok(Some(encoding.value().to_vec()));
            }
        }
        Ok(None)
    }
}
