//! Making the data file smaller when a node stops. Pages of blocks that were forgotten are used again while it runs; the file
//! only becomes shorter by itself when they happen to lie at its end.

use std::fs;

use redb::{CompactionError, ReadableTable as _};

use super::{error::StoreError, tables::BLOCKS, writer::Store};

/// A shorter file stays as it is.
const MIN_FILE_BYTES: u64 = 32 << 20;
/// With more bytes in its blocks, or with more blocks, a file stays as it is: moving 1 GiB in a million blocks took 40 s, and
/// nobody waits that long for a stop.
const MAX_MOVED_BYTES: u64 = 768 << 20;
const MAX_MOVED_BLOCKS: usize = 100_000;

impl<R> Store<R> {
    /// Moves the blocks together and cuts the file off behind them, if chains were replaced since it was opened, a third of it
    /// is free, and it does not take long.
    ///
    /// # Errors
    /// When the database fails. Somebody who still reads is no failure; the file stays as it is then.
    pub fn compact_if_sparse(&self) -> Result<(), StoreError> {
        let Some(folder) = self.shared.folder() else { return Ok(()) };
        if !self.shared.was_replaced() {
            return Ok(());
        }
        let file_bytes = fs::metadata(folder.data_file())?.len();
        if file_bytes < MIN_FILE_BYTES || !self.is_sparse(file_bytes)? {
            return Ok(());
        }
        match self.shared.compact() {
            Ok(()) => {
                let now = fs::metadata(folder.data_file())?.len();
                tracing::info!(before = file_bytes, now, "much of the data file was free, and it is shorter now");
                Ok(())
            }
            Err(CompactionError::TransactionInProgress) => Ok(()),
            Err(CompactionError::Storage(error)) => Err(error.into()),
            Err(error) => {
                tracing::debug!(%error, "the data file stays as long as it is");
                Ok(())
            }
        }
    }

    /// Whether less than two thirds of a file of this length are blocks, and few enough to move them.
    fn is_sparse(&self, file_bytes: u64) -> Result<bool, StoreError> {
        let most = MAX_MOVED_BYTES.min(file_bytes / 3 * 2);
        let blocks = self.reader().begin_read()?.open_table(BLOCKS)?;
        let mut bytes = 0;
        for (count, block) in blocks.iter()?.enumerate() {
            bytes += block?.1.value().len() as u64;
            if bytes > most || count >= MAX_MOVED_BLOCKS {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
