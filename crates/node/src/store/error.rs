//! What can go wrong with the data.

use std::{
    fmt::Display,
    io,
    path::{Path, PathBuf},
};

use bcoin_ledger::BlockHash;
use thiserror::Error;

/// How much room a new node needs on its disk, in MiB, with the room that is set aside.
const NEW_DATA_MIB: u64 = 3;

/// Reading or writing failed.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The disk has no room left; nothing was tried.
    #[error("the disk is full")]
    NoRoom,
    /// The disk became full while something was written.
    #[error("the disk is full")]
    DiskFull,
    /// The database reports a failure of the disk or of its file.
    #[error("the data file: {0}")]
    Database(redb::Error),
    /// What was read is not what was written.
    #[error("the data file is damaged: {0}")]
    Damaged(String),
    /// The database has failed, and could not be opened again yet.
    #[error("the data file cannot be opened at the moment")]
    Closed,
    /// A file beside the database failed.
    #[error("a file beside the database: {0}")]
    Io(io::Error),
}

impl StoreError {
    /// A block that the chain lists is not stored.
    pub(super) fn missing_block(height: u64) -> Self {
        Self::Damaged(format!("block {height} is missing"))
    }

    /// A block that another one names is not stored.
    pub(super) fn missing_hash(hash: &BlockHash) -> Self {
        Self::Damaged(format!("the block with the hash {hash} is missing"))
    }

    /// The chain is empty, which it never is.
    pub(crate) fn no_block() -> Self {
        Self::Damaged("it holds no block".into())
    }

    /// A stored block is not what was written.
    pub(super) fn damaged_block(height: u64, reason: &dyn Display) -> Self {
        Self::Damaged(format!("block {height}: {reason}"))
    }

    /// Whether room on the disk is what is missing.
    pub fn is_full_disk(&self) -> bool {
        matches!(self, Self::NoRoom | Self::DiskFull)
    }

    /// Whether opening the database again may help.
    pub fn is_failure_of_the_database(&self) -> bool {
        matches!(self, Self::DiskFull | Self::Database(_) | Self::Closed)
    }
}

/// Blocks could not be changed; nothing has changed then.
#[derive(Debug, Error)]
pub enum ReorganiseError<B> {
    /// A block breaks a rule about accounts.
    #[error("block {height} is refused: {reason}")]
    Refused {
        /// The height of the block.
        height: u64,
        /// Its hash.
        hash: BlockHash,
        /// The rule.
        reason: B,
    },
    /// The change could not be saved.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OpenError {
    /// Why a folder cannot be used.
    pub(super) fn of_folder(folder: PathBuf, data_file: &Path, source: io::Error) -> Self {
        match is_full_disk(&source) {
            true if data_file.exists() => Self::NoRoom { file: data_file.to_owned() },
            true => Self::NoRoomForNew { folder },
            false => Self::Folder { folder, source },
        }
    }

    /// Why no data can be made in a folder that holds none.
    pub(super) fn of_new(folder: PathBuf, source: StoreError) -> Self {
        if source.is_full_disk() { Self::NoRoomForNew { folder } } else { Self::NotMade { folder, source } }
    }

    /// What is wrong with the data in `file`.
    pub(super) fn of_data(file: PathBuf, source: StoreError) -> Self {
        if source.is_full_disk() { Self::NoRoom { file } } else { Self::Data { file, source } }
    }
}

impl<B: Display> ReorganiseError<B> {
    /// The same where no rule can refuse a block that is right: what was read is not what was written.
    pub(super) fn into_damage(self) -> StoreError {
        match self {
            Self::Refused { height, reason, .. } => StoreError::damaged_block(height, &reason),
            Self::Store(error) => error,
        }
    }
}

/// The data of a node cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has the folder.
    #[error("the folder {} is in use by another node; stop that node, or name another folder with --data-dir", .0.display())]
    InUse(PathBuf),
    /// There is nothing to open.
    #[error("there is no chain in {}; name the folder of a node with --data-dir, or its port with --port", .0.display())]
    Nothing(PathBuf),
    /// The folder cannot be made, or a file in it cannot be used.
    #[error("the folder {} cannot be used: {source}; name another one with --data-dir, or run with --in-memory", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The data is not in the format that this program writes.
    #[error(
        "{} is in another format ({}) and is not touched; use the program that wrote it, or name another folder with --data-dir",
        .file.display(),
        if .found.is_empty() { "unknown".into() } else { format!("{:?}", .found.trim()) }
    )]
    Format {
        /// The data file.
        file: PathBuf,
        /// What stands in the file `format` beside it.
        found: String,
    },
    /// The data is in an earlier format, and the folder cannot be written.
    #[error(
        "the data in {} is of an earlier program and has to be brought into a new format, and the folder cannot be written; copy the folder, and name the copy with --data-dir",
        .folder.display()
    )]
    NotUpgraded {
        /// The folder.
        folder: PathBuf,
    },
    /// The blocks follow other rules.
    #[error("the chain in {} follows the rules {found:?} and not {wanted:?}; add --rules {found}, or name another folder with --data-dir", .file.display())]
    OtherRules {
        /// The data file.
        file: PathBuf,
        /// The rules that were asked for.
        wanted: &'static str,
        /// The rules of the data.
        found: String,
    },
    /// The blocks belong to another network of the same rules.
    #[error("the chain in {} begins with the block {found} and not with {wanted}: it belongs to another network; \
             start it with the --room and --profile that it was made with, or name another folder with --data-dir", .file.display())]
    OtherNetwork {
        /// The data file.
        file: PathBuf,
        /// The first block of the network that was asked for.
        wanted: BlockHash,
        /// The first block of the data.
        found: BlockHash,
    },
    /// The disk is full, and opening needs room.
    #[error("the disk is full, so the data in {} cannot be opened; make room, and start again: nothing was changed", .file.display())]
    NoRoom {
        /// The file.
        file: PathBuf,
    },
    /// There is no data yet, and the disk is full.
    #[error(
        "the disk is full: a new node needs {NEW_DATA_MIB} MiB in the folder {}; make room, name a folder on another disk with --data-dir, or run with --in-memory",
        .folder.display()
    )]
    NoRoomForNew {
        /// The folder.
        folder: PathBuf,
    },
    /// There is no data yet, and it cannot be made.
    #[error(
        "no new chain can be made in the folder {}: {source}; name another folder with --data-dir, or run with --in-memory",
        .folder.display()
    )]
    NotMade {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: StoreError,
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

/// A full disk is told apart wherever it shows.
impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        if is_full_disk(&error) { Self::DiskFull } else { Self::Io(error) }
    }
}

impl From<redb::Error> for StoreError {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::Io(error) if is_full_disk(&error) => Self::DiskFull,
            redb::Error::Corrupted(what) => Self::Damaged(what),
            error => Self::Database(error),
        }
    }
}

fn is_full_disk(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

macro_rules! from_redb {
    ($($error:ident),*) => {
        $(impl From<redb::$error> for StoreError {
            fn from(error: redb::$error) -> Self {
                redb::Error::from(error).into()
            }
        })*
    };
}

from_redb!(CommitError, CursorError, DatabaseError, StorageError, TableError, TransactionError);

/// What every redb error becomes where blocks are changed.
macro_rules! reorganise_from_redb {
    ($($error:ident),*) => {
        $(impl<B> From<redb::$error> for ReorganiseError<B> {
            fn from(error: redb::$error) -> Self {
                Self::Store(error.into())
            }
        })*
    };
}

reorganise_from_redb!(StorageError, TableError);
