//! The ledger of B-Coin: what a block is, how it is hashed, which blocks are right, and what they do to accounts and mempool.
//!
//! Pure: no input or output, no clock, no randomness. Times and names are passed in; only a search measures how long it lasts.
//!
//! - [`Rules`]: what a node has to know of a set of rules, and nothing more
//! - [`chapter`]: the rules of the printed listing
//! - [`sound`]: the rules that the chapter describes and its listing does not have
//! - [`Blockchain`]: the end of a chain and what waits for it, under any rules

mod blockchain;
pub mod chapter;
mod hash;
mod rules;
mod search;
mod sha256;
mod single_blocks;
pub mod sound;
mod tip;

pub use blockchain::Blockchain;
pub use hash::{BadHash, BlockHash};
pub use rules::{
    Account, Accounts, Admission, AfterReorganisation, ChainCheck, CheckedBlock, Departure, Found, Mempool,
    MempoolLimits, ReadAccounts, Reorganisation, Rules, Size, StateError, Transaction,
};
pub use search::{BadPower, Power, Workers};
pub use sha256::{Kernel, compress_ready_made};
pub use single_blocks::{Invalidity, SingleBlocks};
pub use tip::{Tip, Work};
