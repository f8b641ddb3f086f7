//! The puzzle of the chapter: the smallest `new` for which the SHA-256 of the decimal text of
//! `new*new - previous*previous` begins with `0000` (contract section 4; listing section 16.8.1, `proof_of_work`).

use sha2::{Digest, Sha256};

use super::block::LARGEST_INTEGER;

/// How many candidates are tried between two looks at whether the search is still wanted: well under a millisecond.
const TRIES_BETWEEN_LOOKS: u64 = 1 << 12;

/// Whether `proof` solves the puzzle that the proof `previous` of the block before sets.
///
/// Both are at most 2^63-1, so that the difference of their squares fits 128 bits.
pub fn solves(previous: u64, proof: u64) -> bool {
    debug_assert!(previous <= LARGEST_INTEGER && proof <= LARGEST_INTEGER);
    let (previous, proof) = (i128::from(previous), i128::from(proof));
    let mut decimal = itoa::Buffer::new();
    let text = decimal.format(proof * proof - previous * previous);
    // Four hexadecimal zeros are two bytes of zeros.
    Sha256::digest(text.as_bytes()).starts_with(&[0, 0])
}

/// The smallest proof that solves the puzzle that `previous` sets; `None` when `cancelled` says so before it is found.
pub fn search(previous: u64, cancelled: impl Fn() -> bool) -> Option<u64> {
    let mut first = 1;
    while first <= LARGEST_INTEGER && !cancelled() {
        let end = (first + TRIES_BETWEEN_LOOKS).min(LARGEST_INTEGER + 1);
        if let Some(proof) = (first..end).find(|&proof| solves(previous, proof)) {
            return Some(proof);
        }
        first = end;
    }
    None
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
    fn a_cancelled_search_finds_nothing() {
        assert_eq!(search(1, || true), None);
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        assert!(!solves(LARGEST_INTEGER, 1));
        assert!(!solves(1, LARGEST_INTEGER));
    }
}
