//! The puzzle of the chapter: the smallest `new` for which the SHA-256 of the decimal text of
//! `new*new - previous*previous` begins with `0000` (docs/contract.md section 4; listing section 16.8.1, `proof_of_work`).
//!
//! [`search`] lets all cores work on one puzzle. Each core tries ranges of trials with the fastest [`Kernel`] that its
//! processor has; all kernels find the same.

mod parallel;
mod portable;
#[cfg(target_arch = "x86_64")]
mod sha_ni;
#[cfg(target_arch = "x86_64")]
mod text;

use std::ops::Range;

use sha2::{Digest, Sha256};

pub use parallel::{search, search_on};

use super::block::MAX_INTEGER;

/// A way to try trials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// Plain Rust; works everywhere.
    Portable,
    /// The SHA instructions of x86-64 processors, two trials at a time.
    #[cfg(target_arch = "x86_64")]
    ShaNi,
}

impl Kernel {
    /// The fastest one that this processor has.
    pub fn fastest() -> Self {
        #[cfg(target_arch = "x86_64")]
        if sha_ni::is_available() {
            return Self::ShaNi;
        }
        Self::Portable
    }

    /// The smallest trial in `range` that solves the puzzle that `previous` sets. All numbers are at most 2^63-1.
    ///
    /// # Panics
    /// When the processor lacks what the kernel needs: take [`Kernel::fastest`].
    pub fn first_in(self, previous: u64, range: Range<u64>) -> Option<u64> {
        match self {
            Self::Portable => portable::first_in(previous, range),
            #[cfg(target_arch = "x86_64")]
            Self::ShaNi => sha_ni::first_in(previous, range),
        }
    }
}

/// Hashes so many pairs of ready-made blocks as [`Kernel::fastest`] does, and nothing else: the ceiling that benchmarks hold
/// the kernel against. `None` where the processor has no SHA instructions.
pub fn hash_ready_made(pairs: u64) -> Option<u64> {
    #[cfg(target_arch = "x86_64")]
    if sha_ni::is_available() {
        return Some(sha_ni::hash_ready_made(pairs));
    }
    let _ = pairs;
    None
}

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
fn difference(previous: u64, proof: u64) -> i128 {
    debug_assert!(previous <= MAX_INTEGER && proof <= MAX_INTEGER);
    let (previous, proof) = (i128::from(previous), i128::from(proof));
    proof * proof - previous * previous
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_proofs_are_the_chapters() {
        let mut proof = 1;
        for expected in [533, 45293, 21391, 8018, 48191] {
            proof = search(proof, || false).unwrap();
            assert_eq!(proof, expected);
        }
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        assert!(!solves(MAX_INTEGER, 1));
        assert!(!solves(1, MAX_INTEGER));
    }
}
