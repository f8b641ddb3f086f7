//! Reading blocks whether they are in the chain or beside it.

use bcoin_ledger::{BlockHash, Rules, Tip};

use super::{
    chain::{ancestors_at, stored_bytes},
    error::StoreError,
    read::Snapshot,
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
}
