//! The puzzle of the chapter: the smallest `new` for which the SHA-256 of the decimal text of
//! `new*new - previous*previous` begins with `0000` (docs/contract.md section 4; listing section 16.8.1, `proof_of_work`).
//!
//! [`search`] lets all cores work on one puzzle. Each core tries ranges of trials with the fastest [`Kernel`](crate::Kernel)
//! that its processor has; all kernels find the same.

mod kernel;
mod parallel;
mod portable;
#[cfg(target_arch = "x86_64")]
mod sha_ni;
#[cfg(target_arch = "x86_64")]
mod text;
mod work;

pub use kernel::{first_in, hash_ready_made};
pub use parallel::{search, search_on};
pub use work::solves;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chapter::MAX_INTEGER;

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
