//! What a number has to fulfil.

use sha2::{Digest, Sha256};

use crate::chapter::block::MAX_INTEGER;

/// Whether `proof` solves the puzzle that the proof `previous` of the block before sets.
///
/// Both are at most 2^63-1, so that the difference of their squares fits 128 bits.
pub fn solves(previous: u64, proof: u64) -> bool {
    let mut decimal = itoa::Buffer::new();
    let text = decimal.format(difference(previous, proof));
    // Four hexadecimal zeros are two bytes of zeros.
    Sha256::digest(text.as_bytes()).starts_with(&[0, 0])
}

/// `proof*proof - previous*previous`
pub(super) fn difference(previous: u64, proof: u64) -> i128 {
    debug_assert!(previous <= MAX_INTEGER && proof <= MAX_INTEGER);
    let (previous, proof) = (i128::from(previous), i128::from(proof));
    proof * proof - previous * previous
}
