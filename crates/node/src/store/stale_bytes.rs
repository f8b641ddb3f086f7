//! How many bytes the blocks have together that are stored and not in the chain. The count is kept, so that no body has to be
//! read for it.

use bcoin_ledger::BlockHash;
use redb::{ReadableTable, WriteTransaction};

use super::{
    error::StoreError,
    tables::{META, meta},
};

/// How many bytes the count takes in its record; the hash follows.
const COUNT_BYTES: usize = 8;

/// The count, if it was made for the chain that ends with `tip`.
pub(super) fn read(
    table: &impl ReadableTable<&'static str, &'static [u8]>,
    tip: &BlockHash,
) -> Result<Option<u64>, StoreError> {
    let record = table.get(meta::STALE_BYTES)?.map(|record| record.value().to_vec());
    Ok(record.and_then(|record| {
        let (count, hash) = record.split_first_chunk::<COUNT_BYTES>()?;
        (hash == tip.as_bytes()).then(|| u64::from_le_bytes(*count))
    }))
}

/// Keeps the count for the chain that ends with `tip`.
pub(super) fn write(write: &WriteTransaction, bytes: u64, tip: &BlockHash) -> Result<(), StoreError> {
    let record = [bytes.to_le_bytes().as_slice(), tip.as_bytes()].concat();
    write.open_table(META)?.insert(meta::STALE_BYTES, record.as_slice())?;
    Ok(())
}
