//! The chain, the pending transactions and the peers on disk; the only code that knows tables and keys.
//!
//! One redb file, `chain.redb`, in a folder that one process at a time may use. Writers commit durably before they return;
//! readers work on snapshots and disturb nobody.

mod check;
mod error;
mod folder;
mod open;
mod read;
mod tables;
mod write;

use std::sync::Arc;

pub use error::{OpenError, StoreError};
pub use open::{FirstContent, Opened, open};
pub use read::{BlockTexts, Reader, Snapshot};

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
    database: Arc<redb::Database>,
    /// Held for as long as the store is open.
    _folder: Option<folder::LockedFolder>,
}

impl Store {
    /// A handle for reading, for as many threads as want one.
    pub fn reader(&self) -> Reader {
        Reader::new(self.database.clone())
    }
}
