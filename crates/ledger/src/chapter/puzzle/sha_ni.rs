//! The kernel for the SHA instructions of x86-64: two trials side by side.

#![allow(unsafe_code, reason = "instructions that not every processor has; see SAFETY")]

use std::{
    arch::x86_64::{_mm_add_epi32, _mm_set_epi32, _mm_set_epi64x, _mm_setzero_si128, _mm_shuffle_epi32},
    ops::Range,
};

use super::{text::Text, work::solves};
use crate::sha256::two_lanes::{Block, first_words, is_available, words};

pub(super) fn first_in(previous: u64, range: Range<u64>) -> Option<u64> {
    assert!(is_available(), "this processor lacks the instructions of this kernel");
    // SAFETY: the processor has what the function is compiled for.
    unsafe { first_in_pairs(previous, range) }
}

#[target_feature(enable = "sha,avx,bmi2")]
fn first_in_pairs(previous: u64, range: Range<u64>) -> Option<u64> {
    let mut trial = range.start;
    while trial < range.end {
        let Some((mut first, mut second)) = print_pair(previous, trial, range.end) else {
            if solves(previous, trial) {
                return Some(trial);
            }
            trial += 1;
            continue;
        };
        let mut blocks = [block(&first), block(&second)];
        let mut whole = true;
        while whole && trial + 1 < range.end {
            // The next texts are made while these hashes are on their way.
            first.advance();
            second.advance();
            let next = [block(&first), block(&second)];
            whole = first.fits() && second.fits();
            let (one, two) = first_words(blocks);
            // Four hexadecimal zeros are two bytes of zeros.
            if one >> 16 == 0 {
                return Some(trial);
            }
            if two >> 16 == 0 {
                return Some(trial + 1);
            }
            blocks = next;
            trial += 2;
        }
    }
    None
}

/// Hashes `pairs` pairs of blocks that are ready made, and counts those whose first word is 0: what the instructions
/// allow at most, to measure the kernel against.
pub(super) fn hash_ready_made(pairs: u64) -> u64 {
    assert!(is_available(), "this processor lacks the instructions of this kernel");
    // SAFETY: the processor has what the function is compiled for.
    unsafe { hash_ready_made_pairs(pairs) }
}

#[target_feature(enable = "sha,avx,bmi2")]
fn hash_ready_made_pairs(pairs: u64) -> u64 {
    let zero = _mm_setzero_si128();
    // The lanes differ, and each block from the one before: the compiler would hash equal ones once.
    let mut firsts = [words([0x3132_3334, 0x3536_3780, 0, 0]), words([0x3132_3335, 0x3536_3780, 0, 0])];
    let mut zeros = 0;
    for _ in 0..pairs {
        let (one, two) = first_words(firsts.map(|first| [first, zero, zero, words([0, 0, 0, 56])]));
        zeros += u64::from(one == 0) + u64::from(two == 0);
        firsts = firsts.map(|first| _mm_add_epi32(first, words([2, 0, 0, 0])));
    }
    zeros
}

/// The texts of a trial and of the next one, when both are in range and can be advanced.
fn print_pair(previous: u64, trial: u64, end: u64) -> Option<(Text, Text)> {
    if trial + 1 >= end {
        return None;
    }
    Some((Text::print(previous, trial)?, Text::print(previous, trial + 1)?))
}

/// The block that holds a text.
#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
fn block(text: &Text) -> Block {
    let first = text.first_bytes();
    let first = _mm_shuffle_epi32::<0b00_01_10_11>(_mm_set_epi64x((first >> 64) as i64, first as i64));
    let zeros = _mm_setzero_si128();
    [first, zeros, zeros, _mm_set_epi32(text.length_in_bits() as i32, 0, 0, 0)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chapter::{MAX_INTEGER, puzzle::portable};

    #[test]
    fn it_finds_what_the_portable_kernel_finds() {
        if !is_available() {
            return;
        }
        let mut state = 7_u64;
        let mut random = |bits: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 1) >> (63 - bits)
        };
        let mut found = 0;
        for bits in [1, 4, 8, 12, 16, 20, 24, 26, 32, 48, 62, 63] {
            for _ in 0..12 {
                let (previous, first) = (random(bits).max(1), random(bits).max(1));
                let end = first.saturating_add(20_000).min(MAX_INTEGER + 1);
                let range = first.min(end - 1)..end;
                let expected = portable::first_in(previous, range.clone());
                assert_eq!(first_in(previous, range.clone()), expected, "{previous} {range:?}");
                found += usize::from(expected.is_some());
            }
        }
        assert!(found > 10, "only {found} proofs were found at all");
    }
}
