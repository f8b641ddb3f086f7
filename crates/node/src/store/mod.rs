//! The chain, the transactions that wait and the peers on disk; the only code that knows tables and keys.
//!
//! One redb file, `chain.redb`, in a folder that one process at a time may use. Writers commit durably before they return;
//! readers work on snapshots and disturb nobody. docs/disk-format.md describes the files.

mod accounts;
mod chain;
mod contents;
mod database;
mod error;
mod folder;
mod integrity;
mod marks;
mod open;
mod read;
mod stale;
mod tables;
mod upgrade;
mod verify;
mod write;

use std::sync::Arc;

pub use contents::{Contents, ContentsOf};
pub use error::{OpenError, ReorganiseError, StoreError};
pub use open::{FirstContent, Opened};
pub use read::{Progress, Reader, Snapshot, StoredBlocks, TransactionCursor};
pub use stale::StaleBranch;
pub use verify::{Verdict, verify};
pub(crate) use write::MAX_TOLD;
pub use write::{Reorganised, ReorganisedOf};

/// Where a node keeps its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// In this folder.
    Folder(std::path::PathBuf),
    /// Nowhere: in memory, until the node stops.
    Memory,
}

/// The one writer of a node's data. See [`Opened`].
pub struct Store<R> {
    shared: Arc<database::Shared>,
    rules: R,
}

impl<R> Store<R> {
    /// A handle for reading, for as many threads as want one.
    pub fn reader(&self) -> Reader {
        Reader::new(self.shared.clone())
    }

    /// The rules that the blocks follow.
    pub fn rules(&self) -> &R {
        &self.rules
    }
}
