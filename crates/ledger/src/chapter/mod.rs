//! The rules of the printed listing (sections 16.8.1 to 16.8.4; docs/contract.md sections 2 to 4).
//!
//! A block is kept, served and hashed as one text, its canonical JSON. The longest chain is the best one. Accounts are an index:
//! no rule asks them anything. A block takes what waits at the moment it is sealed.

mod account;
mod amount;
mod block;
mod canonical;
mod check;
mod header;
mod json;
mod mempool;
mod mining;
pub mod puzzle;
mod reorganisation;
mod rules;
mod scalar;
mod timestamp;
mod transaction;

pub use account::Account;
pub use amount::Sum;
pub use block::{Block, DecodeError, MAX_INTEGER};
pub use canonical::{ITEM_SEPARATOR, json_string};
pub use check::{Ancestors, BlockError, CheckedBlock, CheckedHeader, RuleError};
pub use header::Header;
pub use json::Object;
pub use mempool::{Admission, Mempool, MempoolFull};
pub use mining::{Job, Proof, Receiver};
pub use reorganisation::Reorganisation;
pub use rules::{BlockSummary, ChainCheck, Chapter};
pub use scalar::{Number, Scalar, ScalarError};
pub use timestamp::python_timestamp;
pub use transaction::{Transaction, TransactionError};
