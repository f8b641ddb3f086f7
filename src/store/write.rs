//! Writing: each method is one durable commit, or changes nothing.

use redb::{ReadableTable, Table, WriteTransaction};

use super::{
    Store,
    error::StoreError,
    given_up,
    tables::{BLOCKS, META, PEERS, PENDING, meta},
};
use crate::{
    ledger::{CheckedBlock, Tip, Transaction},
    wire::PeerAddress,
};

impl Store {
    /// Keeps payments behind those that wait already.
    ///
    /// # Errors
    /// When the database fails; nothing is kept then.
    pub fn add_pending(&self, transactions: &[Transaction]) -> Result<(), StoreError> {
        self.commit(|write| {
            let mut table = write.open_table(PENDING)?;
            push_all(&mut table, transactions.iter().map(Transaction::canonical))
        })
    }

    /// Keeps a new last block, which takes all payments that wait.
    ///
    /// # Errors
    /// When the database fails; nothing changes then.
    pub fn append(&self, block: &CheckedBlock) -> Result<(), StoreError> {
        self.commit(|write| {
            write.open_table(BLOCKS)?.insert(block.block().index, block.text().as_bytes())?;
            write.open_table(PENDING)?.retain(|_, _| false)?;
            set_tip(write, &block.tip())
        })
    }

    /// Replaces everything after block `fork` by `blocks`, whose last one is `tip`, and what waits by `pending`. The blocks
    /// that are given up are kept among the last ten chains that were, as of the time `now`.
    ///
    /// # Errors
    /// When the database fails or `blocks` does; nothing changes then.
    pub fn replace(
        &self,
        fork: u64,
        blocks: impl Iterator<Item = std::io::Result<String>>,
        tip: &Tip,
        pending: &[Transaction],
        now: String,
    ) -> Result<(), StoreError> {
        self.commit(|write| {
            given_up::give_up(write, fork, now)?;
            {
                let mut table = write.open_table(BLOCKS)?;
                for (index, text) in (fork + 1..).zip(blocks) {
                    table.insert(index, text?.as_bytes())?;
                }
                let mut table = write.open_table(PENDING)?;
                table.retain(|_, _| false)?;
                push_all(&mut table, pending.iter().map(Transaction::canonical))?;
            }
            set_tip(write, tip)
        })
    }

    /// Keeps peers behind those that are known already.
    ///
    /// # Errors
    /// When the database fails; nothing is kept then.
    pub fn add_peers(&self, peers: &[PeerAddress]) -> Result<(), StoreError> {
        self.commit(|write| push_all(&mut write.open_table(PEERS)?, peers.iter().map(ToString::to_string)))
    }

    fn commit(&self, change: impl FnOnce(&WriteTransaction) -> Result<(), StoreError>) -> Result<(), StoreError> {
        if let Some(folder) = self.shared.folder() {
            folder.set_reserve_aside()?;
        }
        let write = self.shared.begin_write()?;
        change(&write)?;
        Ok(write.commit()?)
    }
}

/// Puts values behind the last one of a table that is ordered by arrival.
fn push_all(table: &mut Table<'_, u64, &'static [u8]>, values: impl Iterator<Item = String>) -> Result<(), StoreError> {
    let next = table.last()?.map_or(1, |(key, _)| key.value() + 1);
    for (key, value) in (next..).zip(values) {
        table.insert(key, value.as_bytes())?;
    }
    Ok(())
}

fn set_tip(write: &WriteTransaction, tip: &Tip) -> Result<(), StoreError> {
    write.open_table(META)?.insert(meta::TIP_HASH, tip.hash.as_bytes().as_slice())?;
    Ok(())
}
