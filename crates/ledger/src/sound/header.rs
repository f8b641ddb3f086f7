//! The header of a block: Bitcoin's 80 bytes.

use super::{
    hash::{MerkleRoot, double_sha256},
    target::CompactTarget,
};
use crate::hash::BlockHash;

/// How many bytes a header has.
pub const HEADER_BYTES: usize = 80;

/// The header of a block. Nothing in it has been judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Any value; B-Coin writes [`Header::VERSION`].
    pub version: i32,
    /// Hash of the block before; [`BlockHash::ZERO`] in the genesis block.
    pub previous: BlockHash,
    /// Root of the Merkle tree over the ids of the transactions.
    pub merkle_root: MerkleRoot,
    /// When the block was made, by its miner's clock: Unix time in seconds.
    pub time: u32,
    /// The target that the hash has to meet.
    pub bits: CompactTarget,
    /// What the miner has searched for.
    pub nonce: u32,
}

impl Header {
    /// The version that B-Coin writes (BIP 9: no proposal is signalled).
    pub const VERSION: i32 = 0x2000_0000;

    /// The 80 bytes that are hashed.
    pub fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..4].copy_from_slice(&self.version.to_le_bytes());
        bytes[4..36].copy_from_slice(&self.previous.to_hashed());
        bytes[36..68].copy_from_slice(&self.merkle_root.to_hashed());
        bytes[68..72].copy_from_slice(&self.time.to_le_bytes());
        bytes[72..76].copy_from_slice(&self.bits.to_consensus().to_le_bytes());
        bytes[76..].copy_from_slice(&self.nonce.to_le_bytes());
        bytes
    }

    /// Reads a header: any 80 bytes are one.
    pub fn decode(bytes: &[u8; HEADER_BYTES]) -> Self {
        fn field<const N: usize>(bytes: &[u8; HEADER_BYTES], start: usize) -> [u8; N] {
            std::array::from_fn(|at| bytes[start + at])
        }
        Self {
            version: i32::from_le_bytes(field(bytes, 0)),
            previous: BlockHash::from_hashed(field(bytes, 4)),
            merkle_root: MerkleRoot::from_hashed(field(bytes, 36)),
            time: u32::from_le_bytes(field(bytes, 68)),
            bits: CompactTarget::from_consensus(u32::from_le_bytes(field(bytes, 72))),
            nonce: u32::from_le_bytes(field(bytes, 76)),
        }
    }

    /// The hash of the block.
    pub fn hash(&self) -> BlockHash {
        BlockHash::from_hashed(double_sha256(self.encode()))
    }
}
