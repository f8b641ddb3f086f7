//! Connect and disconnect: the only ways to change which blocks the chain has. Everything happens within one write transaction;
//! the first block that fails lets all of it be as it was.

use bcoin_ledger::{BlockHash, CheckedBlock as _, Rules, StateError, Tip, Work};
use redb::{ReadableTable, Table, WriteTransaction};

use super::{
    accounts::{AccountTables, Direction},
    error::{ReorganiseError, StoreError},
    tables::{BLOCK_INDEX, BLOCKS, CHAIN, IndexRecord},
};

/// The parent of the first block.
const NO_PARENT: [u8; 32] = [0; 32];

/// The chain within one write transaction. Accounts are written down by [`ChainWriter::finish`].
pub(super) struct ChainWriter<'t, R: Rules> {
    rules: &'t R,
    blocks: Table<'t, u64, &'static [u8]>,
    index: Table<'t, [u8; 32], IndexRecord>,
    chain: Table<'t, u64, (u64, [u8; 32])>,
    accounts: AccountTables<'t, R::Account>,
}

impl<'t, R: Rules> ChainWriter<'t, R> {
    pub(super) fn open(write: &'t WriteTransaction, rules: &'t R) -> Result<Self, StoreError> {
        Ok(Self {
            rules,
            blocks: write.open_table(BLOCKS)?,
            index: write.open_table(BLOCK_INDEX)?,
            chain: write.open_table(CHAIN)?,
            accounts: AccountTables::open(write)?,
        })
    }

    /// Height and hash of the last block; height 0 when there is none.
    pub(super) fn end(&self) -> Result<(u64, BlockHash), StoreError> {
        let last = self.chain.last()?;
        Ok(last.map_or((0, NO_PARENT.into()), |(height, entry)| (height.value(), entry.value().1.into())))
    }

    /// Puts a block behind the last one. A block that is stored already, on a branch, is not stored again.
    pub(super) fn connect(&mut self, block: &R::CheckedBlock) -> Result<(), ReorganiseError<R::BlockError>> {
        let Tip { height, hash, work } = block.tip();
        let mut accounts = self.accounts.at(height, Direction::Connect);
        self.rules.connect(&mut accounts, block).map_err(|error| match error {
            StateError::Refused(reason) => ReorganiseError::Refused { height, reason },
            StateError::Accounts(error) => ReorganiseError::Store(error),
        })?;
        self.put(height, hash, work, block.encoding())?;
        Ok(self.accounts.make_room()?)
    }

    fn put(&mut self, height: u64, hash: BlockHash, work: Work, encoding: &[u8]) -> Result<(), StoreError> {
        let (before, parent) = self.end()?;
        if before + 1 != height {
            return Err(StoreError::Damaged(format!("block {height} was to follow block {before}")));
        }
        let stored = self.index.get(hash.as_bytes())?.map(|record| record.value().0);
        let number = match stored {
            Some(number) => number,
            None => {
                let number = self.blocks.last()?.map_or(1, |(last, _)| last.value() + 1);
                self.blocks.insert(number, encoding)?;
                self.index.insert(hash.as_bytes(), (number, *parent.as_bytes(), height, work.to_be_bytes()))?;
                number
            }
        };
        self.chain.insert(height, (number, *hash.as_bytes()))?;
        Ok(())
    }

    /// Takes the last block off the chain. It stays stored.
    pub(super) fn disconnect(&mut self) -> Result<R::CheckedBlock, StoreError> {
        let last = self.chain.pop_last()?.map(|(height, entry)| (height.value(), entry.value().1));
        let (height, hash) = last.ok_or_else(|| StoreError::Damaged("there is no block to disconnect".into()))?;
        let block = self.stored(&hash.into())?;
        self.rules.disconnect(&mut self.accounts.at(height, Direction::Disconnect), &block)?;
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
            if self.chain.get(height)?.is_some_and(|entry| entry.value().1 == *next.as_bytes()) {
                break height;
            }
            branch.push(next);
            if height <= 1 {
                break 0;
            }
            next = parent.into();
        };
        while self.end()?.0 > fork {
            self.disconnect()?;
        }
        for hash in branch.into_iter().rev() {
            let block = self.stored(&hash)?;
            // It was part of the chain before, so no rule can refuse it now.
            self.connect(&block).map_err(|error| match error {
                ReorganiseError::Refused { height, reason } => StoreError::damaged_block(height, &reason),
                ReorganiseError::Store(error) => error,
            })?;
        }
        Ok(())
    }

    fn record(&self, hash: &BlockHash) -> Result<IndexRecord, StoreError> {
        index_record(&self.index, hash)
    }

    fn stored(&self, hash: &BlockHash) -> Result<R::CheckedBlock, StoreError> {
        stored_block(self.rules, &self.index, &self.blocks, hash)
    }

    /// Writes the accounts down.
    pub(super) fn finish(self) -> Result<(), StoreError> {
        self.accounts.finish()
    }
}

/// What is known of a block that has to be stored.
pub(super) fn index_record(
    index: &impl ReadableTable<[u8; 32], IndexRecord>,
    hash: &BlockHash,
) -> Result<IndexRecord, StoreError> {
    let record = index.get(hash.as_bytes())?.map(|record| record.value());
    record.ok_or_else(|| StoreError::Damaged(format!("the block with the hash {hash} is missing")))
}

/// A block that has to be stored.
pub(super) fn stored_block<R: Rules>(
    rules: &R,
    index: &impl ReadableTable<[u8; 32], IndexRecord>,
    blocks: &impl ReadableTable<u64, &'static [u8]>,
    hash: &BlockHash,
) -> Result<R::CheckedBlock, StoreError> {
    let (number, _, height, work) = index_record(index, hash)?;
    let bytes = blocks.get(number)?.map(|bytes| bytes.value().to_vec());
    let bytes = bytes.ok_or_else(|| StoreError::Damaged(format!("block {height} is missing")))?;
    let tip = Tip { height, hash: *hash, work: Work::from_be_bytes(work) };
    rules.restore(tip, bytes).map_err(|error| StoreError::damaged_block(height, &error))
}

/// What the successor of a stored block is judged against.
pub(super) fn ancestors_at<R: Rules>(
    rules: &R,
    index: &impl ReadableTable<[u8; 32], IndexRecord>,
    blocks: &impl ReadableTable<u64, &'static [u8]>,
    hash: &BlockHash,
) -> Result<R::Ancestors, StoreError> {
    let mut block = stored_block(rules, index, blocks, hash)?;
    let mut window = Vec::new();
    while (window.len() as u64) + 1 < R::WINDOW && block.tip().height > 1 {
        let (_, parent, ..) = index_record(index, &block.tip().hash)?;
        let before = stored_block(rules, index, blocks, &parent.into())?;
        window.push(std::mem::replace(&mut block, before));
    }
    let first = rules.extend(None, &block);
    Ok(window.iter().rev().fold(first, |ancestors, block| rules.extend(Some(&ancestors), block)))
}
