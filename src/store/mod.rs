//! The chain, the pending transactions and the peers on disk; the only code that knows tables and keys.
//!
//! One redb file, `chain.redb`, in a folder that one process at a time may use. Writers commit durably before they return;
//! readers work on snapshots and disturb nobody. docs/disk-format.md describes the files.

mod accounts;
mod check;
mod contents;
mod database;
mod error;
mod folder;
mod given_up;
mod index;
mod open;
mod read;
mod tables;
mod verify;
mod write;

use std::sync::Arc;

pub use contents::Contents;
pub use error::{OpenError, StoreError};
pub use given_up::GivenUp;
pub use index::{Index, PaymentPlace};
pub use open::{FirstContent, Opened, open, open_existing};
pub use read::{BlockTexts, Progress, Reader, Snapshot};
pub use verify::{Verdict, verify};

/// Where a node keeps its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// In this folder.
    Folder(std::path::PathBuf),
    /// Nowhere: in memory, until the node stops.
    Memory,
}

/// The one writer of a node's data. See [`open`].
pub struct Store {
    shared: Arc<database::Shared>,
}

impl Store {
    /// A handle for reading, for as many threads as want one.
    pub fn reader(&self) -> Reader {
        Reader::new(self.shared.clone())
    }

    /// Opens the database again after a failure, and reads the state that it is in: a commit that failed may have
    /// reached the disk all the same, see [`Store::take_back`].
    ///
    /// # Errors
    /// When it still cannot be opened; then it stays closed. Data in memory cannot be opened again.
    pub fn reopen(&self) -> Result<Contents, StoreError> {
        self.shared.reopen()?;
        contents::read(&self.reader())
    }
}
