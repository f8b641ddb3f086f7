//! Reading blocks whether they are in the chain or beside it.

use bcoin_ledger::{BlockHash, Rules, Tip, Work};

use super::{
    chain::{ancestors_at, index_record, stored_bytes},
    error::StoreError,
    read::Snapshot,
    tables::SIDE_COUNTS,
};

impl Snapshot {
    /// Whether the block with this hash is stored, in the chain or beside it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_stored(&self, hash: &BlockHash) -> Result<bool, StoreError> {
        Ok(self.index().get(hash.as_bytes())?.is_some())
    }

    /// A block of the chain or beside it: the end of the chain that ends with it, and its encoding; `None` when it is not
    /// stored.
    ///
    /// # Errors
    /// When the database fails or is damaged.
    pub fn any_block(&self, hash: &BlockHash) -> Result<Option<(Tip, Vec<u8>)>, StoreError> {
        if self.is_stored(hash)? { stored_bytes(self.index(), self.blocks_table(), hash).map(Some) } else { Ok(None) }
    }

    /// What the successor of a block of the chain or beside it is judged against; `None` when it is not stored.
    ///
    /// # Errors
    /// When the database fails or is damaged.
    pub fn ancestors_of<R: Rules>(&self, rules: &R, hash: &BlockHash) -> Result<Option<R::Ancestors>, StoreError> {
        if !self.is_stored(hash)? {
            return Ok(None);
        }
        ancestors_at(rules, self.index(), self.blocks_table(), hash).map(Some)
    }

    /// How many blocks are kept beside the chain, and how many bytes their encodings have, under rules under which blocks come
    /// one by one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn side_counts(&self) -> Result<(u64, u64), StoreError> {
        let Some(counts) = self.open_if_made(SIDE_COUNTS)? else { return Ok((0, 0)) };
        Ok(counts.get(None)?.map_or((0, 0), |counts| counts.value()))
    }

    /// The branch that ends with a stored block: height of the last block that the chain has too, 0 when there is none, and the
    /// hashes of the blocks after it, the first one first.
    pub(super) fn branch_of(&self, hash: BlockHash) -> Result<(u64, Vec<BlockHash>), StoreError> {
        let (mut branch, mut next) = (Vec::new(), hash);
        let fork = loop {
            let (_, parent, height, _) = index_record(self.index(), &next)?;
            if self.hash(height)? == Some(next) {
                break height;
            }
            branch.push(next);
            if height <= 1 {
                break 0;
            }
            next = parent.into();
        };
        branch.reverse();
        Ok((fork, branch))
    }

    /// The work of the chain that ends with the parent of a stored block.
    pub(super) fn work_before(&self, hash: &BlockHash) -> Result<Work, StoreError> {
        let (_, parent, ..) = index_record(self.index(), hash)?;
        Ok(Work::from_be_bytes(index_record(self.index(), &parent.into())?.3))
    }
}
