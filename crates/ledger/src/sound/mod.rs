//! The sound rules: signed and covered payments, work over the block, difficulty that follows the power, rewards that halve, and
//! fees (docs/sound-rules.md; the chapter's text, sections 16.7 and 16.9 to 16.10.1).
//!
//! All integers are little-endian, but for the number of a key that is made from words. Hashes are the SHA-256 of the SHA-256, and
//! are shown with their bytes reversed, as in Bitcoin, but for tagged hashes: what is signed and what keys are made from (BIP 340).

mod account;
mod address;
mod amount;
mod block;
mod block_error;
mod check;
mod check_transfers;
mod checked_block;
mod checked_transfer;
mod coinbase;
pub mod difficulty;
mod encoding;
mod hash;
mod header;
mod header_chain;
mod height;
mod key;
pub mod mempool;
mod merkle;
mod network;
mod note;
mod parameters;
mod profile;
mod rules;
pub mod search;
mod single_blocks;
mod stored;
mod target;
mod template;
#[cfg(test)]
mod testing;
mod transaction;
mod transfer;
mod words;

pub use account::{Account, MATURITY, Reward};
pub use address::{Address, BadAddress};
pub use amount::{Amount, BadCoins, COIN, MAX_MONEY};
pub use block::{Block, DecodeError, MAX_BLOCK_BYTES};
pub use block_error::BlockError;
pub use check_transfers::check_transfers;
pub use checked_block::CheckedBlock;
pub use checked_transfer::{CheckedTransfer, TransferError};
pub use coinbase::Coinbase;
pub use encoding::EncodingError;
pub use hash::{MerkleRoot, TaggedHash, Txid, double_sha256};
pub use header::{HEADER_BYTES, Header};
pub use header_chain::{CheckedHeader, HeaderChain, HeaderError};
pub use height::Height;
pub use key::{BadKey, BadSecretKey, PublicKey, SecretKey, Signature, XOnlyKey};
pub use merkle::{BadProof, Merkle, MerkleProof};
pub use network::{GenesisError, Network};
pub use note::Note;
pub use parameters::{ParameterError, Parameters};
pub use profile::{BadProfile, Profile, TimeRule};
pub use rules::{BlockSummary, ChainCheck, Sound, unix_time};
pub use target::{BadBits, BadTarget, CompactTarget, Target};
pub use template::{Receiver, Template};
pub use transaction::Transaction;
pub use transfer::{SighashEngine, Transfer};
pub use words::{BadWords, Language, Mnemonic};

pub use crate::single_blocks::Invalidity;
