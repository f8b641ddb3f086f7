//! The ledger: what a block is, how it is hashed, which blocks are right, and what changes the chain.
//!
//! Pure: no input or output, no clock, no randomness. Times and names are passed in.

mod amount;
mod block;
mod blockchain;
mod canonical;
mod hash;
mod header;
mod json;
mod pending;
pub mod puzzle;
mod rules;
mod scalar;
mod timestamp;
mod transaction;

pub use amount::Sum;
pub use block::{Block, BlockError, LARGEST_INTEGER};
pub use blockchain::{AfterReplacement, Blockchain, pending_after_replacement};
pub use canonical::{ITEM_SEPARATOR, json_string};
pub use hash::BlockHash;
pub use header::Header;
pub use pending::{Pending, PendingFull, PendingLimits, Room};
pub use rules::{ChainCheck, CheckedBlock, RuleError, Tip, check_block, check_header};
pub use scalar::{Number, Scalar, ScalarError};
pub use timestamp::python_timestamp;
pub use transaction::{Transaction, TransactionError};
