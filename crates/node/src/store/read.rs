//! Reading: snapshots of the chain that stay as they are while the owner goes on writing.

use std::{
    cell::OnceCell,
    ops::{Bound, RangeBounds, RangeInclusive},
    sync::Arc,
};

use bcoin_ledger::{Account, BlockHash, ReadAccounts, Rules, Tip, Transaction, Work};
use redb::{
    Key, OwnedAccessGuard, OwnedRange, Range, ReadOnlyTable, ReadTransaction, ReadableTable,
    ReadableTableMetadata as _, TableDefinition, TableError, Value,
};

use super::{
    accounts::read_record,
    chain::{ancestors_at, index_record, stored_bytes},
    database::Shared,
    error::StoreError,
    tables::{ACCOUNT_TRANSACTIONS, ACCOUNTS, BLOCK_INDEX, BLOCKS, CHAIN, ChainEntry, IndexRecord, MEMPOOL},
};
use crate::address::PeerAddress;

/// Is told how many blocks of how many are done.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Makes snapshots; cheap to clone.
#[derive(Clone)]
pub struct Reader {
    shared: Arc<Shared>,
}

/// The data as it was at one moment.
pub struct Snapshot {
    read: ReadTransaction,
    chain: ReadOnlyTable<u64, ChainEntry>,
    blocks: ReadOnlyTable<u64, &'static [u8]>,
    index: ReadOnlyTable<&'static [u8; 32], IndexRecord>,
}

/// Where a page of an account's transactions ended: the height of a block and a position in it, from 1.
pub type TransactionCursor = (u64, u32);

impl Reader {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    pub(super) fn begin_read(&self) -> Result<ReadTransaction, StoreError> {
        self.shared.begin_read()
    }

    /// The accounts, for many questions at once.
    pub fn accounts(&self) -> AccountsReader {
        AccountsReader { reader: self.clone(), table: OnceCell::new() }
    }

    /// The data as it is now.
    ///
    /// # Errors
    /// When the database fails.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let read = self.begin_read()?;
        Ok(Snapshot {
            chain: read.open_table(CHAIN)?,
            blocks: read.open_table(BLOCKS)?,
            index: read.open_table(BLOCK_INDEX)?,
            read,
        })
    }
}

/// The accounts as they are when the first of them is read: opening their table takes longer than reading one.
pub struct AccountsReader {
    reader: Reader,
    table: OnceCell<ReadOnlyTable<&'static [u8], &'static [u8]>>,
}

impl<A: Account> ReadAccounts<A> for AccountsReader {
    type Error = StoreError;

    fn read(&self, name: &[u8]) -> Result<A, StoreError> {
        let table = match self.table.get() {
            Some(table) => table,
            None => {
                let opened = self.reader.begin_read()?.open_table(ACCOUNTS)?;
                self.table.get_or_init(|| opened)
            }
        };
        let account = table.get(name)?.map(|record| read_record(record.value())).transpose()?;
        Ok(account.map(|(_, account)| account).unwrap_or_default())
    }
}

impl Snapshot {
    pub(super) fn open<K: Key + 'static, V: Value + 'static>(
        &self,
        table: TableDefinition<'_, K, V>,
    ) -> Result<ReadOnlyTable<K, V>, StoreError> {
        Ok(self.read.open_table(table)?)
    }

    /// A table that other rules and earlier programs do not make.
    pub(super) fn open_if_made<K: Key + 'static, V: Value + 'static>(
        &self,
        table: TableDefinition<'_, K, V>,
    ) -> Result<Option<ReadOnlyTable<K, V>>, StoreError> {
        match self.read.open_table(table) {
            Ok(table) => Ok(Some(table)),
            Err(TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn chain(&self) -> &ReadOnlyTable<u64, ChainEntry> {
        &self.chain
    }

    pub(super) fn index(&self) -> &ReadOnlyTable<&'static [u8; 32], IndexRecord> {
        &self.index
    }

    pub(super) fn blocks_table(&self) -> &ReadOnlyTable<u64, &'static [u8]> {
        &self.blocks
    }

    /// The block at this height, which has to be there: the end of the chain that ends with it, and its encoding.
    pub(super) fn stored(&self, height: u64) -> Result<(Tip, Vec<u8>), StoreError> {
        let hash = self.hash(height)?.ok_or_else(|| StoreError::missing_block(height))?;
        stored_bytes(&self.index, &self.blocks, &hash)
    }

    /// How many blocks the chain has.
    ///
    /// # Errors
    /// When the database fails.
    pub fn length(&self) -> Result<u64, StoreError> {
        Ok(self.chain.last()?.map_or(0, |(height, _)| height.value()))
    }

    /// The end of the chain.
    ///
    /// # Errors
    /// When the database fails, or there is no block.
    pub fn tip(&self) -> Result<Tip, StoreError> {
        let last = self.chain.last()?.map(|(height, entry)| (height.value(), BlockHash::from(*entry.value().1)));
        let (height, hash) = last.ok_or_else(StoreError::no_block)?;
        let work = Work::from_be_bytes(index_record(&self.index, &hash)?.3);
        Ok(Tip { height, hash, work })
    }

    /// The hash of the block at this height; `None` when the chain has none there.
    ///
    /// # Errors
    /// When the database fails.
    pub fn hash(&self, height: u64) -> Result<Option<BlockHash>, StoreError> {
        Ok(self.chain.get(height)?.map(|entry| (*entry.value().1).into()))
    }

    /// The height of the block with this hash; `None` when the chain does not hold it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn height_of(&self, hash: &BlockHash) -> Result<Option<u64>, StoreError> {
        let Some(height) = self.index.get(hash.as_bytes())?.map(|record| record.value().2) else { return Ok(None) };
        Ok(self.hash(height)?.filter(|active| active == hash).map(|_| height))
    }

    /// The encoding of the block at this height; `None` when the chain has none there.
    ///
    /// # Errors
    /// When the database fails.
    pub fn block(&self, height: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(number) = self.chain.get(height)?.map(|entry| entry.value().0) else { return Ok(None) };
        Ok(self.blocks.get(number)?.map(|bytes| bytes.value().to_vec()))
    }

    /// The blocks at these heights.
    ///
    /// # Errors
    /// When the database fails.
    pub fn blocks(&self, heights: impl RangeBounds<u64>) -> Result<StoredBlocks, StoreError> {
        let blocks = self.open(BLOCKS)?;
        Ok(StoredBlocks {
            numbers: Numbers::Chain(Box::new(self.chain.range_owned(heights)?)),
            blocks,
            following: None,
        })
    }

    /// Calls `visit` with height, encoding and hash of each block at these heights. Nothing is copied.
    pub(super) fn visit_blocks(
        &self,
        heights: RangeInclusive<u64>,
        mut visit: impl FnMut(u64, &[u8], BlockHash) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // The blocks after the one that was visited last, by number: mostly the next ones of the chain too.
        let mut following: Option<Range<'_, u64, &'static [u8]>> = None;
        for entry in ReadableTable::range(&self.chain, heights)? {
            let (height, entry) = entry?;
            let (number, hash) = entry.value();
            let next = following.as_mut().and_then(Iterator::next).transpose()?;
            let bytes = match next.filter(|(found, _)| found.value() == number) {
                Some((_, bytes)) => bytes,
                None => {
                    let run = following.insert(ReadableTable::range(&self.blocks, number..)?);
                    let first = run.next().transpose()?.filter(|(found, _)| found.value() == number);
                    first.ok_or_else(|| missing_number(number))?.1
                }
            };
            visit(height.value(), bytes.value(), (*hash).into())?;
        }
        Ok(())
    }

    /// How many bytes the encodings of the blocks above this height have together.
    pub(crate) fn bytes_above(&self, height: u64) -> Result<u64, StoreError> {
        let mut bytes = 0;
        self.visit_blocks(height + 1..=u64::MAX, |_, encoding, _| {
            bytes += encoding.len() as u64;
            Ok(())
        })?;
        Ok(bytes)
    }

    /// What the successor of the block at this height is judged against; `None` at height 0.
    ///
    /// # Errors
    /// When the database fails, or the chain has no block there.
    pub fn ancestors<R: Rules>(&self, rules: &R, height: u64) -> Result<Option<R::Ancestors>, StoreError> {
        if height == 0 {
            return Ok(None);
        }
        let hash = self.hash(height)?.ok_or_else(|| StoreError::missing_block(height))?;
        ancestors_at(rules, &self.index, &self.blocks, &hash).map(Some)
    }

    /// How many accounts there are.
    ///
    /// # Errors
    /// When the database fails.
    pub fn account_count(&self) -> Result<u64, StoreError> {
        Ok(self.open(ACCOUNTS)?.len()?)
    }

    /// Up to `limit` accounts in the order of their names' bytes, those after the name `after`.
    ///
    /// # Errors
    /// When the database fails or is damaged.
    pub fn accounts<A: Account>(&self, after: Option<&[u8]>, limit: usize) -> Result<Vec<(Vec<u8>, A)>, StoreError> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let accounts = self.open(ACCOUNTS)?;
        let range = accounts.range::<&[u8]>((from, Bound::Unbounded))?.take(limit);
        let entries = range.map(|entry| {
            let (name, record) = entry?;
            Ok((name.value().to_vec(), read_record(record.value())?.1))
        });
        entries.collect()
    }

    /// The account of this name; `None` when no block names it.
    ///
    /// # Errors
    /// When the database fails or is damaged.
    pub fn account<A: Account>(&self, name: &[u8]) -> Result<Option<A>, StoreError> {
        Ok(self.account_record(name)?.map(|(_, account)| account))
    }

    fn account_record<A: Account>(&self, name: &[u8]) -> Result<Option<(u64, A)>, StoreError> {
        self.open(ACCOUNTS)?.get(name)?.map(|record| read_record(record.value())).transpose()
    }

    /// Where up to `limit` transactions stand that name this account, the latest first, those before the position `before`; and
    /// whether there are more.
    ///
    /// # Errors
    /// When the database fails or is damaged.
    pub fn account_transactions<A: Account>(
        &self,
        name: &[u8],
        before: Option<TransactionCursor>,
        limit: usize,
    ) -> Result<(Vec<TransactionCursor>, bool), StoreError> {
        let Some((number, _)) = self.account_record::<A>(name)? else { return Ok((Vec::new(), false)) };
        let (height, position) = before.unwrap_or((u64::MAX, u32::MAX));
        let transactions = self.open(ACCOUNT_TRANSACTIONS)?;
        let mut found = transactions.range((number, 0, 0)..(number, height, position))?.rev();
        let page = found.by_ref().take(limit).map(|entry| {
            let (_, height, position) = entry?.0.value();
            Ok((height, position))
        });
        let page = page.collect::<Result<Vec<_>, StoreError>>()?;
        Ok((page, found.next().is_some()))
    }

    /// Up to `limit` of the transactions that wait, from position `from` on, counted from 1; and how many wait in all.
    ///
    /// # Errors
    /// When the database fails or is damaged.
    pub fn mempool<T: Transaction>(&self, from: u64, limit: usize) -> Result<(Vec<T>, usize), StoreError> {
        let mempool = self.open(MEMPOOL)?;
        let total = usize::try_from(mempool.len()?).unwrap_or(usize::MAX);
        let skipped = usize::try_from(from.saturating_sub(1)).unwrap_or(usize::MAX);
        let page = mempool.iter()?.skip(skipped).take(limit).map(|entry| read_transaction(entry?.1.value()));
        Ok((page.collect::<Result<_, StoreError>>()?, total))
    }
}

fn missing_number(number: u64) -> StoreError {
    StoreError::Damaged(format!("the block with the number {number} is missing"))
}

/// Reads a transaction that waits.
pub(super) fn read_transaction<T: Transaction>(bytes: &[u8]) -> Result<T, StoreError> {
    T::decode(bytes).map_err(|error| StoreError::Damaged(format!("a transaction that waits: {error}")))
}

/// Reads the address of a peer; `None` when it is refused: an earlier program may have taken what this one does not ask.
pub(super) fn read_address(bytes: &[u8]) -> Result<Option<PeerAddress>, StoreError> {
    let address = text_of(bytes)?;
    let refused = |error| tracing::warn!("the stored peer {address:?} is left out: {error}");
    Ok(address.parse().map_err(refused).ok())
}

/// The encodings of consecutive blocks, read one at a time.
pub struct StoredBlocks {
    numbers: Numbers,
    blocks: ReadOnlyTable<u64, &'static [u8]>,
    /// The blocks after the one that was read last, by number: mostly the next ones of the chain too.
    following: Option<OwnedRange<u64, &'static [u8]>>,
}

/// The numbers of the blocks to read.
enum Numbers {
    Chain(Box<OwnedRange<u64, ChainEntry>>),
    List(Box<dyn Iterator<Item = u64> + Send>),
}

/// The encoding of a block, within the page that holds it.
type StoredBytes = OwnedAccessGuard<&'static [u8]>;

impl StoredBlocks {
    /// The blocks with these numbers.
    pub(super) fn of_numbers(
        blocks: ReadOnlyTable<u64, &'static [u8]>,
        numbers: impl Iterator<Item = u64> + Send + 'static,
    ) -> Self {
        Self { numbers: Numbers::List(Box::new(numbers)), blocks, following: None }
    }

    fn next_number(&mut self) -> Option<Result<u64, StoreError>> {
        match &mut self.numbers {
            Numbers::Chain(range) => Some(range.next()?.map_err(Into::into).map(|(_, entry)| entry.value().0)),
            Numbers::List(numbers) => numbers.next().map(Ok),
        }
    }

    fn next_bytes(&mut self) -> Option<Result<StoredBytes, StoreError>> {
        Some(self.next_number()?.and_then(|number| self.bytes_of(number)))
    }

    fn bytes_of(&mut self, number: u64) -> Result<StoredBytes, StoreError> {
        if let Some((found, bytes)) = self.following.as_mut().and_then(Iterator::next).transpose()?
            && found.value() == number
        {
            return Ok(bytes);
        }
        let following = self.following.insert(self.blocks.range_owned(number..)?);
        match following.next().transpose()? {
            Some((found, bytes)) if found.value() == number => Ok(bytes),
            _ => Err(missing_number(number)),
        }
    }

    /// Appends `before` and the next block to `out`; returns whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn append_next(&mut self, before: &str, out: &mut Vec<u8>) -> Result<bool, StoreError> {
        let Some(bytes) = self.next_bytes().transpose()? else { return Ok(false) };
        out.extend_from_slice(before.as_bytes());
        out.extend_from_slice(bytes.value());
        Ok(true)
    }
}

impl Iterator for StoredBlocks {
    type Item = Result<Vec<u8>, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.next_bytes()?.map(|bytes| bytes.value().to_vec()))
    }
}

pub(super) fn text_of(bytes: &[u8]) -> Result<String, StoreError> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| StoreError::Damaged("a text is not UTF-8".into()))
}
