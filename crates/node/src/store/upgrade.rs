//! From format 1, in which the chain was stored by height alone, to this one: one transaction.
//!
//! The file `format` is written before that is committed, so that from there on a program that knows format 1 alone refuses the
//! folder. Killed at any point, the upgrade is repeated at the next start: what counts is what the database says of itself.

use bcoin_ledger::{BlockHash, Rules};
use redb::{ReadableTable as _, ReadableTableMetadata as _, TableDefinition, WriteTransaction};

use super::{
    chain::{ChainWriter, ancestors_at},
    database::Shared,
    error::{ReorganiseError, StoreError},
    folder::FORMAT,
    identity,
    read::{Progress, read_transaction, text_of},
    stale,
    tables::{BLOCK_INDEX, BLOCKS, MEMPOOL, META, PEERS, STALE, meta},
};

/// Tables of format 1.
mod old {
    use super::TableDefinition;

    /// Index of a block to its text. The name is in use in format 2.
    pub(super) const BLOCKS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("blocks_of_format_1");
    pub(super) const PENDING: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("pending");
    /// Number of a stale branch to time, length, fork and hash of the fork, as JSON.
    pub(super) const GIVEN_UP: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("given_up");
    pub(super) const GIVEN_UP_BLOCKS: TableDefinition<'_, (u64, u64), &[u8]> = TableDefinition::new("given_up_blocks");
    pub(super) const BLOCK_HASHES: TableDefinition<'_, [u8; 32], u64> = TableDefinition::new("block_hashes");
    pub(super) const ACCOUNTS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("accounts");
    pub(super) const ACCOUNT_PAYMENTS: TableDefinition<'_, (u64, u64, u32), ()> =
        TableDefinition::new("account_payments");
    pub(super) const TIP_HASH: &str = "tip_hash";
    pub(super) const INDEX_TIP: &str = "index_tip";
}

/// The upgrade within its transaction.
pub(super) struct Upgrade<'a, R> {
    write: &'a WriteTransaction,
    rules: &'a R,
}

impl<R: Rules> Upgrade<'_, R> {
    /// Brings a database into the format of this program, unless it is in it already.
    pub(super) fn run(shared: &Shared, rules: &R, progress: Progress<'_>) -> Result<(), StoreError> {
        if identity::is_current(shared)? {
            return Ok(());
        }
        tracing::info!("bringing the data into format 2");
        let write = shared.begin_durable_write()?;
        Upgrade { write: &write, rules }.upgrade(progress)?;
        if let Some(folder) = shared.folder() {
            // Not taken back when the commit fails: it may have reached the disk all the same.
            folder.write_format(FORMAT)?;
        }
        Ok(write.commit()?)
    }

    fn upgrade(&self, progress: Progress<'_>) -> Result<(), StoreError> {
        let write = self.write;
        // The accounts are made anew by connecting the blocks.
        write.delete_table(old::BLOCK_HASHES)?;
        write.delete_table(old::ACCOUNTS)?;
        write.delete_table(old::ACCOUNT_PAYMENTS)?;
        write.open_table(META)?.remove(old::INDEX_TIP)?;
        write.open_table(META)?.remove(meta::NEXT_ACCOUNT)?;
        write.rename_table(BLOCKS, old::BLOCKS)?;
        let end = self.connect_chain(progress)?;
        let kept = write.open_table(META)?.remove(old::TIP_HASH)?.map(|hash| hash.value().to_vec());
        if kept.as_deref() != Some(end.as_bytes()) {
            return Err(StoreError::Damaged("the last block is not the one that was written".into()));
        }
        write.delete_table(old::BLOCKS)?;
        self.store_stale_branches()?;
        write.rename_table(old::PENDING, MEMPOOL)?;
        self.read_the_rest()?;
        identity::write(write, R::NAME)
    }

    /// Reads what stays as it is: data that cannot be used later stays in format 1.
    fn read_the_rest(&self) -> Result<(), StoreError> {
        for entry in self.write.open_table(MEMPOOL)?.iter()? {
            read_transaction::<R::Transaction>(entry?.1.value())?;
        }
        for entry in self.write.open_table(PEERS)?.iter()? {
            text_of(entry?.1.value())?;
        }
        Ok(())
    }

    /// Connects the blocks of the chain; returns the hash of the last one.
    fn connect_chain(&self, progress: Progress<'_>) -> Result<BlockHash, StoreError> {
        let blocks = self.write.open_table(old::BLOCKS)?;
        let length = blocks.len()?;
        let mut chain = ChainWriter::open(self.write, self.rules)?;
        let mut ancestors = None;
        for entry in blocks.iter()? {
            let (height, bytes) = entry?;
            let (height, bytes) = (height.value(), bytes.value());
            let damaged = |error| StoreError::damaged_block(height, &error);
            let next = self.rules.recheck(ancestors.as_ref(), bytes).map_err(damaged)?;
            let block = self.rules.restore(*next.as_ref(), bytes.to_vec()).map_err(damaged)?;
            chain.connect(&block).map_err(ReorganiseError::into_damage)?;
            ancestors = Some(next);
            progress(height, length);
        }
        let (_, hash) = chain.end();
        chain.finish()?;
        Ok(hash)
    }

    /// Stores the blocks of the stale branches, the latest first: the ones before a branch stand in the chain or in a later
    /// branch.
    fn store_stale_branches(&self) -> Result<(), StoreError> {
        let mut branches = Vec::new();
        for entry in self.write.open_table(old::GIVEN_UP)?.iter()? {
            let (number, record) = entry?;
            branches.push(OldBranch::read(number.value(), record.value())?);
        }
        // A folder without a stale branch has the table all the same.
        self.write.open_table(STALE)?;
        for branch in branches.into_iter().rev() {
            match self.store_branch(&branch) {
                Ok(tip) => stale::insert(self.write, branch.number, branch.fork, tip, &branch.replaced_at)?,
                // The chain is whole all the same.
                Err(StoreError::Damaged(reason)) => {
                    tracing::warn!(number = branch.number, reason, "a stale branch is damaged, and not kept");
                }
                Err(error) => return Err(error),
            }
        }
        self.write.delete_table(old::GIVEN_UP)?;
        self.write.delete_table(old::GIVEN_UP_BLOCKS)?;
        Ok(())
    }

    /// Stores the blocks of a branch; returns the hash of its last one.
    fn store_branch(&self, branch: &OldBranch) -> Result<BlockHash, StoreError> {
        let number = branch.number;
        let mut index = self.write.open_table(BLOCK_INDEX)?;
        let mut blocks = self.write.open_table(BLOCKS)?;
        let fork = branch.fork_hash.as_ref();
        let mut ancestors = fork.map(|fork| ancestors_at(self.rules, &index, &blocks, fork)).transpose()?;
        let mut parent = fork.map_or([0; 32], |fork| *fork.as_bytes());
        for entry in self.write.open_table(old::GIVEN_UP_BLOCKS)?.range((number, 0)..=(number, u64::MAX))? {
            let bytes = entry?.1;
            let next = self
                .rules
                .recheck(ancestors.as_ref(), bytes.value())
                .map_err(|error| StoreError::Damaged(format!("a block of the stale branch {number}: {error}")))?;
            let tip = *next.as_ref();
            if index.get(tip.hash.as_bytes())?.is_none() {
                let new_number = blocks.last()?.map_or(1, |(last, _)| last.value() + 1);
                blocks.insert(new_number, bytes.value())?;
                index.insert(tip.hash.as_bytes(), (new_number, parent, tip.height, tip.work.to_be_bytes()))?;
            }
            parent = *tip.hash.as_bytes();
            ancestors = Some(next);
        }
        let end = ancestors.ok_or_else(|| StoreError::Damaged(format!("the stale branch {number} has no block")))?;
        Ok(end.as_ref().hash)
    }
}

/// A stale branch as format 1 knows it.
struct OldBranch {
    number: u64,
    replaced_at: String,
    fork: u64,
    fork_hash: Option<BlockHash>,
}

impl OldBranch {
    fn read(number: u64, record: &[u8]) -> Result<Self, StoreError> {
        let record = text_of(record)?;
        let fork: u64 = field(&record, "fork")?.parse().map_err(|_| unreadable())?;
        let fork_hash = match fork {
            0 => None,
            _ => Some(field(&record, "fork_hash")?.parse().map_err(|_| unreadable())?),
        };
        Ok(Self { number, replaced_at: field(&record, "given_up_at")?.to_owned(), fork, fork_hash })
    }
}

fn unreadable() -> StoreError {
    StoreError::Damaged("what is known of a stale branch cannot be read".into())
}

/// A field of a flat JSON object whose texts hold nothing that is escaped. This is the one place where the node meets JSON: what
/// format 1 has written.
fn field<'a>(json: &'a str, name: &str) -> Result<&'a str, StoreError> {
    let (_, rest) = json.split_once(&format!("\"{name}\":")).ok_or_else(unreadable)?;
    let value = match rest.strip_prefix('"') {
        Some(text) => text.split('"').next(),
        None => rest.split([',', '}']).next(),
    };
    Ok(value.ok_or_else(unreadable)?.trim())
}
