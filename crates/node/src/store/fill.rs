//! Filling the tables that an earlier program has not made, under rules that use them.

use bcoin_ledger::{BlockHash, CheckedBlock as _, Mempool as _, Rules};
use redb::ReadableTable as _;

use super::{
    contents::ContentsOf,
    error::StoreError,
    ids::IdTable,
    side::{SideTables, SourceKey},
    tables::{BLOCK_INDEX, BLOCKS, SIDE},
    waiting,
    writer::Store,
};

impl<R: Rules> Store<R> {
    /// Fills the tables of side blocks and of ids, when there are none yet. `contents` is what else the store holds.
    pub(super) fn fill_missing(&self, contents: &ContentsOf<R>) -> Result<(), StoreError> {
        let snapshot = self.reader().snapshot()?;
        if !R::GROWS_BRANCHES || snapshot.open_if_made(SIDE)?.is_some() {
            return Ok(());
        }
        self.commit(|write| {
            let (index, blocks) = (write.open_table(BLOCK_INDEX)?, write.open_table(BLOCKS)?);
            let (mut side, mut ids) = (SideTables::open(write)?, IdTable::new(write));
            for entry in index.iter()? {
                let (hash, record) = entry?;
                let (hash, (number, _, height, _)) = (BlockHash::from(*hash.value()), record.value());
                if snapshot.hash(height)? != Some(hash) {
                    let length = blocks.get(number)?.map_or(0, |bytes| bytes.value().len() as u64);
                    side.put(&index, &hash, length, SourceKey::OWN_CHAIN)?;
                }
            }
            for height in 1..=snapshot.length()? {
                let (tip, bytes) = snapshot.stored(height)?;
                let block = self.rules.restore(tip, bytes);
                let block = block.map_err(|error| StoreError::damaged_block(height, &error))?;
                ids.connect(height, block.transaction_ids())?;
            }
            ids.finish()?;
            waiting::set(write, contents.mempool.transactions())
        })
    }
}

/// Makes a data file one of a program that knows neither side blocks nor ids.
#[cfg(test)]
pub(crate) fn remove_later_tables(file: &std::path::Path) {
    use super::tables::{MEMPOOL_IDS, SIDE_CHILDREN, SIDE_COUNTS, SIDE_LEAVES, SIDE_LEAVES_BY_SOURCE, TRANSACTION_IDS};
    let write = super::database::builder().open(file).unwrap().begin_write().unwrap();
    let removed = [
        write.delete_table(SIDE),
        write.delete_table(SIDE_CHILDREN),
        write.delete_table(SIDE_COUNTS),
        write.delete_table(SIDE_LEAVES),
        write.delete_table(SIDE_LEAVES_BY_SOURCE),
        write.delete_table(TRANSACTION_IDS),
        write.delete_table(MEMPOOL_IDS),
    ];
    assert!(removed.into_iter().all(Result::unwrap));
    write.commit().unwrap();
}
