//! What hashing the headers of one range has in common.

use super::super::{
    header::{HEADER_BYTES, Header},
    target::Target,
};
use crate::sha256::{INITIAL, compress};

/// The ends of a header that differ in their nonces, and the target.
pub(super) struct Prepared {
    /// The state of SHA-256 after the first 64 of the 80 bytes.
    pub(super) midstate: [u32; 8],
    /// The last four words without the last one, the nonce.
    pub(super) tail: [u32; 3],
    /// The target as a number, its most significant word first.
    pub(super) target: [u32; 8],
}

/// What a block ends with after 16 bytes of an 80-byte message: padding, and the length in bits.
pub(super) const PADDING_OF_HEADER: [u32; 12] = [0x8000_0000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8 * HEADER_BYTES as u32];
/// The same after a hash of 32 bytes.
pub(super) const PADDING_OF_HASH: [u32; 8] = [0x8000_0000, 0, 0, 0, 0, 0, 0, 8 * 32];

impl Prepared {
    pub(super) fn new(header: &Header, target: Target) -> Self {
        let target = target.to_le_bytes();
        let bytes = header.encode();
        let word = |at: usize| u32::from_be_bytes(std::array::from_fn(|byte| bytes[4 * at + byte]));
        Self {
            midstate: compress(INITIAL, std::array::from_fn(word)),
            tail: std::array::from_fn(|at| word(16 + at)),
            target: std::array::from_fn(|at| {
                let end = 32 - 4 * at;
                u32::from_be_bytes(std::array::from_fn(|byte| target[end - 1 - byte]))
            }),
        }
    }

    /// The words of the hash with this nonce, in the order in which they are hashed.
    fn hash(&self, nonce: u32) -> [u32; 8] {
        let mut block = [0; 16];
        block[..3].copy_from_slice(&self.tail);
        block[3] = nonce.swap_bytes();
        block[4..].copy_from_slice(&PADDING_OF_HEADER);
        let inner = compress(self.midstate, block);
        block[..8].copy_from_slice(&inner);
        block[8..].copy_from_slice(&PADDING_OF_HASH);
        compress(INITIAL, block)
    }

    /// Whether the hash with this nonce, as a little-endian number, is at most the target.
    pub(super) fn meets_target(&self, nonce: u32) -> bool {
        let mut number = self.hash(nonce).map(u32::swap_bytes);
        number.reverse();
        number <= self.target
    }
}
