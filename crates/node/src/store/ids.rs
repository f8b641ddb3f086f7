//! Transactions by their ids.

use bcoin_ledger::Departure;

use super::{
    error::StoreError,
    read::{Snapshot, TransactionCursor},
};

/// A transaction that has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departed {
    /// Why.
    pub why: Departure,
}

impl Snapshot {
    /// Where transactions of the chain stand whose ids begin as this one does.
    ///
    /// # Errors
    /// When the database fails.
    pub fn positions_of(&self, _: &[u8; 32]) -> Result<Vec<TransactionCursor>, StoreError> {
        Ok(Vec::new())
    }

    /// The encoding of the transaction with this id that waits.
    ///
    /// # Errors
    /// When the database fails.
    pub fn waiting(&self, _: &[u8; 32], _: impl Fn(&[u8]) -> bool) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(None)
    }

    /// Why the transaction with this id has left.
    ///
    /// # Errors
    /// When the database fails.
    pub fn departure(&self, _: &[u8; 32]) -> Result<Option<Departed>, StoreError> {
        Ok(None)
    }
}
