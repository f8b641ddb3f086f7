//! Writing: each method is one durable commit, or changes nothing.

use redb::{ReadableTable, Table, WriteTransaction};

use super::{
    Store,
    accounts::{Indexer, Sign},
    error::StoreError,
    given_up,
    read::text_of,
    tables::{BLOCKS, META, PEERS, PENDING, meta},
};
use crate::{
    ledger::{Block, BlockHash, CheckedBlock, Tip, Transaction},
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
            set_tip(write, &block.tip())?;
            let mut indexer = Indexer::open(write)?;
            indexer.change(block.block(), block.hash(), Sign::Add)?;
            indexer.finish(block.hash())
        })
    }

    /// Replaces everything after block `fork` by `blocks`, whose last one is `tip`, and what waits by `pending`. The blocks
    /// that are given up are kept among the last ten chains that were, as of the time `now`; returns their number there.
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
    ) -> Result<u64, StoreError> {
        self.commit(|write| {
            index_after(write, fork, Sign::Remove)?;
            let number = given_up::give_up(write, fork, now)?;
            set_tip(write, tip)?;
            let mut indexer = Indexer::open(write)?;
            {
                let mut table = write.open_table(BLOCKS)?;
                for (index, text) in (fork + 1..).zip(blocks) {
                    let text = text?;
                    table.insert(index, text.as_bytes())?;
                    indexer.change(&Block::from_json(&text)?, BlockHash::of(&text), Sign::Add)?;
                }
                let mut table = write.open_table(PENDING)?;
                table.retain(|_, _| false)?;
                push_all(&mut table, pending.iter().map(Transaction::canonical))?;
            }
            indexer.finish(tip.hash)?;
            Ok(number)
        })
    }

    /// Forgets all peers but these, which are kept in this order.
    ///
    /// # Errors
    /// When the database fails; nothing changes then.
    pub fn set_peers(&self, peers: &[PeerAddress]) -> Result<(), StoreError> {
        self.commit(|write| {
            let mut table = write.open_table(PEERS)?;
            table.retain(|_, _| false)?;
            push_all(&mut table, peers.iter().map(ToString::to_string))
        })
    }

    /// Keeps peers behind those that are known already.
    ///
    /// # Errors
    /// When the database fails; nothing is kept then.
    pub fn add_peers(&self, peers: &[PeerAddress]) -> Result<(), StoreError> {
        self.commit(|write| push_all(&mut write.open_table(PEERS)?, peers.iter().map(ToString::to_string)))
    }

    /// Takes back what a commit that was reported as failed has left all the same: the chain ends with `tip` again, and just
    /// `pending` waits and `peers` are known.
    ///
    /// # Errors
    /// When the database fails, or has never held a chain that ends with `tip`.
    pub fn take_back(&self, tip: &Tip, pending: &[Transaction], peers: &[PeerAddress]) -> Result<(), StoreError> {
        self.commit(|write| {
            if !holds(write, tip)? {
                let fork = given_up::fork_of_latest(write)?;
                index_after(write, fork, Sign::Remove)?;
                given_up::bring_back_latest(write)?;
                index_after(write, fork, Sign::Add)?;
            }
            if !holds(write, tip)? {
                return Err(StoreError::Damaged(format!("block {} is not the one that was written", tip.index)));
            }
            index_after(write, tip.index, Sign::Remove)?;
            write.open_table(BLOCKS)?.retain_in(tip.index + 1.., |_, _| false)?;
            {
                let mut table = write.open_table(PENDING)?;
                table.retain(|_, _| false)?;
                push_all(&mut table, pending.iter().map(Transaction::canonical))?;
                let mut table = write.open_table(PEERS)?;
                table.retain(|_, _| false)?;
                push_all(&mut table, peers.iter().map(ToString::to_string))?;
            }
            set_tip(write, tip)?;
            Indexer::open(write)?.finish(tip.hash)
        })
    }

    fn commit<T>(&self, change: impl FnOnce(&WriteTransaction) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if let Some(folder) = self.shared.folder() {
            folder.set_reserve_aside()?;
        }
        let mut write = self.shared.begin_write()?;
        // With one phase, damage to the last commit of a killed node looks like a commit that never ended, and would be
        // dropped without a word. The price is a second flush.
        write.set_two_phase_commit(true);
        let result = change(&write)?;
        write.commit()?;
        Ok(result)
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

/// Takes the blocks after `fork` into the index, or out of it.
fn index_after(write: &WriteTransaction, fork: u64, sign: Sign) -> Result<(), StoreError> {
    let blocks = write.open_table(BLOCKS)?;
    let mut indexer = Indexer::open(write)?;
    for entry in blocks.range(fork + 1..)? {
        let text = text_of(entry?.1.value())?;
        indexer.change(&Block::from_json(&text)?, BlockHash::of(&text), sign)?;
    }
    indexer.pause()
}

/// Whether the block at the tip's index is the tip.
fn holds(write: &WriteTransaction, tip: &Tip) -> Result<bool, StoreError> {
    let table = write.open_table(BLOCKS)?;
    let text = table.get(tip.index)?;
    Ok(text
        .and_then(|text| std::str::from_utf8(text.value()).map(BlockHash::of).ok())
        .is_some_and(|hash| hash == tip.hash))
}

fn set_tip(write: &WriteTransaction, tip: &Tip) -> Result<(), StoreError> {
    write.open_table(META)?.insert(meta::TIP_HASH, tip.hash.as_bytes().as_slice())?;
    Ok(())
}
