//! The sound rules: signed and covered payments, work over the block, difficulty that follows the power, rewards that halve, and
//! fees (docs/sound-rules.md; the chapter's text, sections 16.7 and 16.9 to 16.10.1).
//!
//! All integers are little-endian. Hashes are the SHA-256 of the SHA-256, and are shown with their bytes reversed, as in Bitcoin.

mod address;
mod amount;
pub mod difficulty;
mod hash;
mod header;
mod header_chain;
mod height;
mod key;
mod merkle;
mod profile;
mod target;
mod words;

pub use address::{Address, BadAddress};
pub use amount::{Amount, COIN, MAX_MONEY};
pub use hash::{MerkleRoot, TaggedHash, Txid, double_sha256};
pub use header::{HEADER_BYTES, Header};
pub use header_chain::{CheckedHeader, HeaderChain, HeaderError, Heals};
pub use height::Height;
pub use key::{BadKey, BadSecretKey, PublicKey, SecretKey, Signature, XOnlyKey};
pub use merkle::{BadProof, Merkle, MerkleProof};
pub use profile::{BadProfile, Profile, TimeRule};
pub use target::{BadBits, BadTarget, CompactTarget, Target};
pub use words::{BadWords, Language, Mnemonic};
