//! The chain, the transactions that wait and the peers on disk; the only code that knows tables and keys.
//!
//! One redb file, `chain.redb`, in a folder that one process at a time may use. Writers commit durably before they return;
//! readers work on snapshots and disturb nobody. docs/disk-format.md describes the files.

mod accounts;
mod any_block;
mod branches;
mod chain;
mod compact;
mod contents;
mod database;
mod departures;
mod error;
mod fill;
mod folder;
mod identity;
mod ids;
mod integrity;
mod judge;
mod open;
mod position;
mod read;
mod read_only_file;
mod side;
mod sorted;
mod stale;
mod stale_bytes;
mod tables;
mod upgrade;
mod verify;
mod verify_branches;
mod waiting;
mod write;
mod writer;

pub use contents::{Contents, ContentsOf};
#[cfg(test)]
pub(crate) use departures::DepartureLimits;
pub use departures::{Departed, MAX_DEPARTURES};
pub use error::{OpenError, ReorganiseError, StoreError};
#[cfg(test)]
pub(crate) use fill::remove_later_tables;
pub use integrity::IntactChain;
pub use open::{FirstContent, Opened};
pub(crate) use position::{Branch, Newcomer, Position};
pub use read::{AccountsReader, Progress, Reader, Snapshot, StoredBlocks, TransactionCursor};
pub use stale::{KeptBranch, StaleBranch};
pub use verify::{Verdict, verify};
pub use write::{Reorganised, ReorganisedOf, ReplacedOf};
pub use writer::{Location, NewData, Store};
