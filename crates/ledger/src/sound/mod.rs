//! The sound rules: signed and covered payments, work over the block, difficulty that follows the power, rewards that halve, and
//! fees (docs/sound-rules.md; the chapter's text, sections 16.7 and 16.9 to 16.10.1).
//!
//! All integers are little-endian. Hashes are the SHA-256 of the SHA-256, and are shown with their bytes reversed, as in Bitcoin.

mod amount;
mod hash;
mod header;
mod height;
pub mod search;
mod target;

pub use amount::{Amount, COIN, MAX_MONEY};
pub use hash::{MerkleRoot, TaggedHash, Txid, double_sha256};
pub use header::{HEADER_BYTES, Header};
pub use height::Height;
pub use target::CompactTarget;
