//! Connect and disconnect: the only ways to change which blocks the chain has. Everything happens within one write transaction;
//! the first block that fails lets all of it be as it was.

use bcoin_ledger::{BlockHash, CheckedBlock as _, Rules, StateError, Tip, Work};
use redb::{ReadableTable, Table, WriteTransaction};

use super::{
    accounts::{AccountTables, Direction},
    error::{ReorganiseError, StoreError},
    ids::IdTable,
    side::{SideTables, SourceKey},
    sorted::insert_sorted,
    stale_bytes,
    tables::{BLOCK_INDEX, BLOCKS, CHAIN, ChainEntry, IndexRecord, META},
};

/// How many bytes the new records of the index take in memory before they are written down. An import of a million blocks
/// does that four times.
const MAX_INDEXED_BYTES: usize = 32 << 20;

/// The chain within one write transaction. Accounts are written down by [`ChainWriter::finish`].
pub(super) struct ChainWriter<'t, R: Rules> {
    write: &'t WriteTransaction,
    rules: &'t R,
    blocks: Table<'t, u64, &'static [u8]>,
    index: Table<'t, &'static [u8; 32], IndexRecord>,
    chain: Table<'t, u64, ChainEntry>,
    accounts: AccountTables<'t, R::Account>,
    /// Height and hash of the last block; height 0 when there is none.
    end: (u64, BlockHash),
    /// Whether the next block that is connected may be stored already, on a branch. A block is stored after its parent, so none
    /// is that follows one that was not.
    may_be_stored: bool,
    /// The number of the next block that is stored.
    next_number: u64,
    /// How many bytes the encodings of the blocks have that were connected, without those that were disconnected.
    growth: i64,
    /// What the index will tell of new blocks: hashes come in no order, and a table takes many of them faster in its own.
    indexed: Vec<([u8; 32], IndexRecord)>,
    /// How many bytes the blocks have that are stored and not in the chain, if that is known.
    stale_bytes: Option<u64>,
    /// The blocks that are stored and not in the chain, under rules under which blocks come one by one.
    side: Option<SideTables<'t>>,
    ids: IdTable<'t>,
}

impl<'t, R: Rules> ChainWriter<'t, R> {
    pub(super) fn open(write: &'t WriteTransaction, rules: &'t R) -> Result<Self, StoreError> {
        let (blocks, chain) = (write.open_table(BLOCKS)?, write.open_table(CHAIN)?);
        let end = chain.last()?.map(|(height, entry)| (height.value(), (*entry.value().1).into()));
        let next_number = blocks.last()?.map_or(1, |(last, _)| last.value() + 1);
        let index = write.open_table(BLOCK_INDEX)?;
        let end = end.unwrap_or((0, BlockHash::ZERO));
        let stale_bytes = stale_bytes::read(&write.open_table(META)?, &end.1)?;
        Ok(Self {
            write,
            rules,
            index,
            may_be_stored: true,
            accounts: AccountTables::open(write)?,
            end,
            next_number,
            growth: 0,
            indexed: Vec::new(),
            stale_bytes,
            side: if R::GROWS_BRANCHES { Some(SideTables::open(write)?) } else { None },
            ids: IdTable::new(write),
            blocks,
            chain,
        })
    }

    /// Height and hash of the last block; height 0 when there is none.
    pub(super) fn end(&self) -> (u64, BlockHash) {
        self.end
    }

    /// Puts a block behind the last one. A block that is stored already, on a branch, is not stored again.
    pub(super) fn connect(&mut self, block: &R::CheckedBlock) -> Result<(), ReorganiseError<R::BlockError>> {
        let height = block.tip().height;
        if (height, block.parent()) != (self.end.0 + 1, self.end.1) {
            return Err(StoreError::Damaged(format!("block {height} does not follow block {}", self.end.0)).into());
        }
        let delayed = self.delayed(height)?;
        let mut accounts = self.accounts.at(height, Direction::Connect)?;
        self.rules.connect(&mut accounts, block, delayed.as_ref()).map_err(|error| match error {
            StateError::Refused(reason) => ReorganiseError::Refused { height, hash: block.tip().hash, reason },
            StateError::Accounts(error) => ReorganiseError::Store(error),
        })?;
        self.put(block.tip(), block.encoding())?;
        self.ids.connect(height, block.transaction_ids())?;
        self.growth += block.encoding().len() as i64;
        if size_of_val(self.indexed.as_slice()) >= MAX_INDEXED_BYTES {
            self.write_index()?;
        }
        Ok(self.accounts.make_room()?)
    }

    /// What an earlier block of the chain does to accounts when the block at this height is connected.
    fn delayed(&self, height: u64) -> Result<Option<R::Delayed>, StoreError> {
        let Some(earlier) = R::delayed_height(height) else { return Ok(None) };
        let number = self.chain.get(earlier)?.map(|entry| entry.value().0);
        let bytes = number.map(|number| self.blocks.get(number)).transpose()?.flatten();
        let bytes = bytes.ok_or_else(|| StoreError::missing_block(earlier))?;
        let delayed = self.rules.delayed(bytes.value());
        delayed.map(Some).map_err(|error| StoreError::damaged_block(earlier, &error))
    }

    fn put(&mut self, Tip { height, hash, work }: Tip, encoding: &[u8]) -> Result<(), StoreError> {
        let (_, parent) = self.end;
        let stored = match self.may_be_stored {
            true => self.index.get(hash.as_bytes())?.map(|record| record.value().0),
            false => None,
        };
        self.may_be_stored = stored.is_some();
        let number = match stored {
            Some(number) => {
                self.stale_bytes = self.stale_bytes.map(|bytes| bytes.saturating_sub(encoding.len() as u64));
                self.side.as_mut().map_or(Ok(true), |side| side.take(&self.index, &hash))?;
                number
            }
            None => {
                let number = self.next_number;
                self.next_number += 1;
                self.blocks.insert(number, encoding)?;
                self.indexed.push((*hash.as_bytes(), (number, *parent.as_bytes(), height, work.to_be_bytes())));
                number
            }
        };
        self.chain.insert(height, (number, hash.as_bytes()))?;
        self.end = (height, hash);
        Ok(())
    }

    fn write_index(&mut self) -> Result<(), StoreError> {
        self.indexed.sort_unstable_by_key(|(hash, _)| *hash);
        insert_sorted(&mut self.index, self.indexed.iter().map(|(hash, record)| (hash, *record)))?;
        self.indexed.clear();
        Ok(())
    }

    /// Takes the last block off the chain. It stays stored, beside it.
    pub(super) fn disconnect(&mut self) -> Result<R::CheckedBlock, StoreError> {
        self.write_index()?;
        let last = self.chain.pop_last()?.map(|(height, entry)| (height.value(), *entry.value().1));
        let (height, hash) = last.ok_or_else(|| StoreError::Damaged("there is no block to disconnect".into()))?;
        let (_, parent, ..) = self.record(&hash.into())?;
        let block = self.stored(&hash.into())?;
        self.end = (height - 1, parent.into());
        self.growth -= block.encoding().len() as i64;
        self.may_be_stored = true;
        let length = block.encoding().len() as u64;
        self.stale_bytes = self.stale_bytes.map(|bytes| bytes + length);
        if let Some(side) = &mut self.side {
            side.put(&self.index, &hash.into(), length, SourceKey::OWN_CHAIN)?;
        }
        self.ids.disconnect(height, block.transaction_ids())?;
        let delayed = self.delayed(height)?;
        self.rules.disconnect(&mut self.accounts.at(height, Direction::Disconnect)?, &block, delayed.as_ref())?;
        self.accounts.make_room()?;
        Ok(block)
    }

    /// Takes blocks off the chain until it ends with the block `hash`, which is stored, or with an ancestor of it, and then
    /// puts the rest of that one's branch behind it.
    pub(super) fn switch_to(&mut self, hash: BlockHash) -> Result<(), StoreError> {
        let mut branch = Vec::new();
        let mut next = hash;
        let fork = loop {
            let (_, parent, height, _) = self.record(&next)?;
            if self.chain.get(height)?.is_some_and(|entry| entry.value().1 == next.as_bytes()) {
                break height;
            }
            branch.push(next);
            if height <= 1 {
                break 0;
            }
            next = parent.into();
        };
        while self.end.0 > fork {
            self.disconnect()?;
        }
        for hash in branch.into_iter().rev() {
            let block = self.stored(&hash)?;
            // It was part of the chain before, so no rule can refuse it now.
            self.connect(&block).map_err(ReorganiseError::into_damage)?;
        }
        Ok(())
    }

    fn record(&self, hash: &BlockHash) -> Result<IndexRecord, StoreError> {
        index_record(&self.index, hash)
    }

    fn stored(&self, hash: &BlockHash) -> Result<R::CheckedBlock, StoreError> {
        let (tip, bytes) = stored_bytes(&self.index, &self.blocks, hash)?;
        self.rules.restore(tip, bytes).map_err(|error| StoreError::damaged_block(tip.height, &error))
    }

    /// By how many bytes the encodings of the chain's blocks have grown.
    pub(super) fn growth(&self) -> i64 {
        self.growth
    }

    /// The accounts as the blocks that were connected so far leave them.
    pub(super) fn accounts(&self) -> &AccountTables<'t, R::Account> {
        &self.accounts
    }

    /// Writes down what is held in memory.
    pub(super) fn finish(mut self) -> Result<(), StoreError> {
        self.write_index()?;
        self.ids.finish()?;
        self.accounts.finish()?;
        match self.stale_bytes {
            Some(bytes) => stale_bytes::write(self.write, bytes, &self.end.1),
            None => Ok(()),
        }
    }
}

/// What is known of a block that has to be stored.
pub(super) fn index_record(
    index: &impl ReadableTable<&'static [u8; 32], IndexRecord>,
    hash: &BlockHash,
) -> Result<IndexRecord, StoreError> {
    let record = index.get(hash.as_bytes())?.map(|record| record.value());
    record.ok_or_else(|| StoreError::missing_hash(hash))
}

/// A block that has to be stored: the end of the chain that ends with it, and its encoding.
pub(super) fn stored_bytes(
    index: &impl ReadableTable<&'static [u8; 32], IndexRecord>,
    blocks: &impl ReadableTable<u64, &'static [u8]>,
    hash: &BlockHash,
) -> Result<(Tip, Vec<u8>), StoreError> {
    let (number, _, height, work) = index_record(index, hash)?;
    let bytes = blocks.get(number)?.map(|bytes| bytes.value().to_vec());
    let bytes = bytes.ok_or_else(|| StoreError::missing_block(height))?;
    Ok((Tip { height, hash: *hash, work: Work::from_be_bytes(work) }, bytes))
}

/// What the successor of a stored block is judged against.
pub(super) fn ancestors_at<R: Rules>(
    rules: &R,
    index: &impl ReadableTable<&'static [u8; 32], IndexRecord>,
    blocks: &impl ReadableTable<u64, &'static [u8]>,
    hash: &BlockHash,
) -> Result<R::Ancestors, StoreError> {
    let mut window = Vec::new();
    let mut next = *hash;
    loop {
        let (tip, bytes) = stored_bytes(index, blocks, &next)?;
        let block = rules.restore(tip, bytes).map_err(|error| StoreError::damaged_block(tip.height, &error))?;
        window.push(block);
        if window.len() as u64 >= R::WINDOW || tip.height == 1 {
            break;
        }
        next = index_record(index, &next)?.1.into();
    }
    let extended = window.iter().rev().fold(None, |ancestors, block| Some(rules.extend(ancestors.as_ref(), block)));
    extended.ok_or_else(StoreError::no_block)
}
