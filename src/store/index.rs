//! Reading what stands beside the chain: blocks by their hash, accounts, and the payments that wait.

use std::{collections::HashMap, ops::Bound};

use redb::{ReadOnlyTable, ReadableTable as _, ReadableTableMetadata as _, WriteTransaction};

use super::{
    accounts::{Indexer, Record, Sign, Totals, for_each_entry},
    database::Shared,
    error::StoreError,
    read::{Progress, Reader, text_of},
    tables::{ACCOUNT_PAYMENTS, ACCOUNTS, BLOCK_HASHES, BLOCKS, META, PENDING, meta},
};
use crate::{
    ledger::{Block, BlockHash, Tip, Transaction},
    wire::v1::{Account, BookedTransaction},
};

/// The index as it was at one moment.
pub struct Index {
    blocks: ReadOnlyTable<u64, &'static [u8]>,
    hashes: ReadOnlyTable<[u8; 32], u64>,
    accounts: ReadOnlyTable<&'static [u8], &'static [u8]>,
    payments: ReadOnlyTable<(u64, u64, u32), ()>,
    pending: ReadOnlyTable<u64, &'static [u8]>,
}

/// Where a page of an account's payments ended: a block and a place in it.
pub type PaymentPlace = (u64, u32);

impl Reader {
    /// The index as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub fn index(&self) -> Result<Index, StoreError> {
        let read = self.begin_read()?;
        Ok(Index {
            blocks: read.open_table(BLOCKS)?,
            hashes: read.open_table(BLOCK_HASHES)?,
            accounts: read.open_table(ACCOUNTS)?,
            payments: read.open_table(ACCOUNT_PAYMENTS)?,
            pending: read.open_table(PENDING)?,
        })
    }
}

impl Index {
    /// The canonical text of the block with this hash.
    ///
    /// # Errors
    /// When the database fails.
    pub fn block_of_hash(&self, hash: &BlockHash) -> Result<Option<String>, StoreError> {
        match self.hashes.get(hash.as_bytes())? {
            Some(index) => self.block(index.value()),
            None => Ok(None),
        }
    }

    /// The canonical text of the block with this index.
    ///
    /// # Errors
    /// When the database fails.
    pub fn block(&self, index: u64) -> Result<Option<String>, StoreError> {
        self.blocks.get(index)?.map(|text| text_of(text.value())).transpose()
    }

    /// How many blocks the chain has.
    ///
    /// # Errors
    /// When the database fails.
    pub fn length(&self) -> Result<u64, StoreError> {
        Ok(self.blocks.last()?.map_or(0, |(index, _)| index.value()))
    }

    /// How many accounts there are.
    ///
    /// # Errors
    /// When the database fails.
    pub fn account_count(&self) -> Result<u64, StoreError> {
        Ok(self.accounts.len()?)
    }

    /// Up to `limit` accounts in the order of their names, those after the name `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn accounts(&self, after: Option<&str>, limit: usize) -> Result<Vec<Account>, StoreError> {
        let from = after.map_or(Bound::Unbounded, |name| Bound::Excluded(name.as_bytes()));
        let range = self.accounts.range::<&[u8]>((from, Bound::Unbounded))?;
        range
            .take(limit)
            .map(|entry| {
                let (name, record) = entry?;
                account(text_of(name.value())?, &Record::read(record.value())?)
            })
            .collect()
    }

    /// The account of this name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        self.record(name)?.map(|record| account(name.to_owned(), &record)).transpose()
    }

    fn record(&self, name: &str) -> Result<Option<Record>, StoreError> {
        self.accounts.get(name.as_bytes())?.map(|record| Record::read(record.value())).transpose()
    }

    /// Up to `limit` payments that name this account, the latest first, those before the place `before`; and where to go on, if
    /// there are more.
    ///
    /// # Errors
    /// When the database fails.
    pub fn account_payments(
        &self,
        name: &str,
        before: Option<PaymentPlace>,
        limit: usize,
    ) -> Result<(Vec<BookedTransaction>, Option<PaymentPlace>), StoreError> {
        let Some(Record { number, .. }) = self.record(name)? else { return Ok((Vec::new(), None)) };
        let (block, position) = before.unwrap_or((u64::MAX, u32::MAX));
        let mut places = self.payments.range((number, 0, 0)..(number, block, position))?.rev();
        let mut payments = Vec::new();
        let mut parsed: Option<Block> = None;
        for place in places.by_ref().take(limit) {
            let (_, index, position) = place?.0.value();
            let block = match parsed.take().filter(|block| block.index == index) {
                Some(block) => block,
                None => self.parsed(index)?,
            };
            let transaction = block.transactions.get(position as usize - 1).ok_or_else(|| missing(index, position))?;
            payments.push(BookedTransaction {
                block: index,
                position: position.into(),
                transaction: transaction.into(),
            });
            parsed = Some(block);
        }
        let last = payments.last().map(|last| (last.block, u32::try_from(last.position).unwrap_or(u32::MAX)));
        Ok((payments, if places.next().is_some() { last } else { None }))
    }

    fn parsed(&self, index: u64) -> Result<Block, StoreError> {
        let text = self.block(index)?.ok_or_else(|| missing(index, 0))?;
        Ok(Block::from_json(&text)?)
    }

    /// Up to `limit` of the payments that wait, from position `from` on, counted from 1; and how many wait in all.
    ///
    /// # Errors
    /// When the database fails.
    pub fn pending(&self, from: u64, limit: usize) -> Result<(Vec<Transaction>, usize), StoreError> {
        let total = usize::try_from(self.pending.len()?).unwrap_or(usize::MAX);
        let skipped = usize::try_from(from - 1).unwrap_or(usize::MAX);
        let page = self.pending.iter()?.skip(skipped).take(limit);
        let page: Result<_, StoreError> =
            page.map(|entry| Ok(Transaction::from_json(&text_of(entry?.1.value())?)?)).collect();
        Ok((page?, total))
    }
}

fn account(name: String, record: &Record) -> Result<Account, StoreError> {
    let totals = Totals::of(record)?;
    Ok(Account {
        name,
        received: totals.received.to_string(),
        sent: totals.sent.to_string(),
        balance: totals.received.less(&totals.sent).to_string(),
        payments: totals.payments,
        uncounted: totals.uncounted,
    })
}

fn missing(index: u64, position: u32) -> StoreError {
    StoreError::Damaged(format!("payment {position} of block {index}, which an account names, is missing"))
}

/// Makes the index when there is none, or when it belongs to another tip: a program that does not know it has written then.
pub(super) fn ensure(shared: &Shared, tip: &Tip, progress: Progress<'_>) -> Result<(), StoreError> {
    if belongs_to(shared, tip)? {
        return Ok(());
    }
    tracing::info!(blocks = tip.index, "making the index of accounts and hashes");
    let mut write = shared.begin_write()?;
    write.set_two_phase_commit(true);
    write.delete_table(BLOCK_HASHES)?;
    write.delete_table(ACCOUNTS)?;
    write.delete_table(ACCOUNT_PAYMENTS)?;
    build(&write, tip, progress)?;
    Ok(write.commit()?)
}

fn belongs_to(shared: &Shared, tip: &Tip) -> Result<bool, StoreError> {
    let meta = shared.begin_read()?.open_table(META)?;
    Ok(meta.get(meta::INDEX_TIP)?.is_some_and(|kept| kept.value() == tip.hash.as_bytes()))
}

fn build(write: &WriteTransaction, tip: &Tip, progress: Progress<'_>) -> Result<(), StoreError> {
    let mut indexer = Indexer::open(write)?;
    let blocks = write.open_table(BLOCKS)?;
    for entry in blocks.iter()? {
        let (index, text) = entry?;
        let text = text_of(text.value())?;
        indexer.change(&Block::from_json(&text)?, BlockHash::of(&text), Sign::Add)?;
        progress(index.value(), tip.index);
    }
    indexer.finish(tip.hash)
}

/// Compares the index with a scan of the chain, and tells every difference.
pub(super) fn differences(reader: &Reader, mut tell: impl FnMut(String)) -> Result<(), StoreError> {
    let index = reader.index()?;
    let mut expected = HashMap::<String, Totals>::new();
    let (mut blocks, mut entries) = (0, 0);
    for text in reader.snapshot()?.blocks(1)? {
        let text = text?;
        // What cannot be read is told where the blocks are judged.
        let Ok(block) = Block::from_json(&text) else { continue };
        blocks += 1;
        if index.hashes.get(BlockHash::of(&text).as_bytes())?.is_none_or(|kept| kept.value() != block.index) {
            tell(format!("the index does not know the hash of block {}", block.index));
        }
        for transaction in &block.transactions {
            for_each_entry(transaction, |entry| -> Result<(), StoreError> {
                expected.entry(entry.name.clone()).or_default().book(&entry, Sign::Add);
                entries += 1;
                Ok(())
            })?;
        }
    }
    for (name, totals) in &expected {
        let kept = index.record(name)?.map(|record| Totals::of(&record)).transpose()?;
        if kept.as_ref() != Some(totals) {
            tell(format!("the index has another account of {name:?} than the blocks"));
        }
    }
    let found = [index.hashes.len()?, index.payments.len()?];
    let accounts = index.accounts.len()?;
    if found != [blocks, entries] || accounts > expected.len() as u64 {
        tell("the index holds what the blocks do not".into());
    }
    Ok(())
}
