//! What can go wrong with the data.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::ledger::{BlockError, RuleError, TransactionError};

/// Reading or writing failed.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database reports a failure of the disk or of its file.
    #[error("the data file: {0}")]
    Database(#[from] redb::Error),
    /// What was read is not what was written.
    #[error("the data file is damaged: {0}")]
    Damaged(String),
    /// A file beside the database failed.
    #[error("reading an adopted chain: {0}")]
    Io(#[from] io::Error),
}

/// The data of a node cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has the folder.
    #[error("the folder {} is in use by another node; stop that node, or name another folder with --data-dir", .0.display())]
    InUse(PathBuf),
    /// The folder cannot be made, or a file in it cannot be used.
    #[error("the folder {} cannot be used: {source}; name another one with --data-dir, or run with --in-memory", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds data that this program cannot have written, or that has changed since.
    #[error("the data in {} cannot be used: {source}; move the file away to start with a new chain", .file.display())]
    Data {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: StoreError,
    },
}

macro_rules! from_redb {
    ($($error:ident),*) => {
        $(impl From<redb::$error> for StoreError {
            fn from(error: redb::$error) -> Self {
                Self::Database(error.into())
            }
        })*
    };
}

from_redb!(CommitError, DatabaseError, StorageError, TableError, TransactionError);

impl From<BlockError> for StoreError {
    fn from(error: BlockError) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<TransactionError> for StoreError {
    fn from(error: TransactionError) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<RuleError> for StoreError {
    fn from(error: RuleError) -> Self {
        Self::Damaged(error.to_string())
    }
}
