//! The kernel for the SHA instructions of x86-64 (FIPS 180-4 section 6.2): two trials side by side, so that one works
//! while the other waits for its result.

#![allow(unsafe_code, reason = "instructions that not every processor has; see SAFETY")]

use std::{
    arch::x86_64::{
        __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_extract_epi32, _mm_set_epi32, _mm_set_epi64x, _mm_setzero_si128,
        _mm_sha256msg1_epu32, _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi32,
    },
    ops::Range,
};

use super::{text::Text, work::solves};

pub(super) fn is_available() -> bool {
    is_x86_feature_detected!("sha") && is_x86_feature_detected!("avx") && is_x86_feature_detected!("bmi2")
}

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
    let mut block =
        [words([0x3132_3334, 0x3536_3780, 0, 0]), _mm_setzero_si128(), _mm_setzero_si128(), words([0, 0, 0, 56])];
    let mut zeros = 0;
    for _ in 0..pairs {
        let (one, two) = first_words([block, block]);
        zeros += u64::from(one == 0) + u64::from(two == 0);
        // Without a difference the compiler would hash once.
        block[0] = _mm_add_epi32(block[0], words([1, 0, 0, 0]));
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

/// The sixteen words of a block, four to a register, the first one lowest.
#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
fn block(text: &Text) -> [__m128i; 4] {
    let first = text.first_bytes();
    let first = _mm_shuffle_epi32::<0b00_01_10_11>(_mm_set_epi64x((first >> 64) as i64, first as i64));
    let zeros = _mm_setzero_si128();
    [first, zeros, zeros, _mm_set_epi32(text.length_in_bits() as i32, 0, 0, 0)]
}

/// The first words of the hashes of two blocks.
#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
pub(super) fn first_words(mut blocks: [[__m128i; 4]; 2]) -> (u32, u32) {
    // The instructions want the state as the words A, B, E, F and C, D, G, H.
    let abef = words([INITIAL[5], INITIAL[4], INITIAL[1], INITIAL[0]]);
    let cdgh = words([INITIAL[7], INITIAL[6], INITIAL[3], INITIAL[2]]);
    let mut states = [[abef, cdgh]; 2];
    macro_rules! four_rounds {
        ($($group:literal)*) => {
            $(
                let constants = words([K[4 * $group], K[4 * $group + 1], K[4 * $group + 2], K[4 * $group + 3]]);
                for lane in 0..2 {
                    if $group >= 4 {
                        schedule::<$group>(&mut blocks[lane]);
                    }
                    rounds(&mut states[lane], _mm_add_epi32(blocks[lane][$group % 4], constants));
                }
            )*
        };
    }
    four_rounds!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    let first = |state: [__m128i; 2]| (_mm_extract_epi32::<3>(state[0]) as u32).wrapping_add(INITIAL[0]);
    (first(states[0]), first(states[1]))
}

#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
fn rounds(state: &mut [__m128i; 2], words_and_constants: __m128i) {
    let [abef, cdgh] = *state;
    let half = _mm_sha256rnds2_epu32(cdgh, abef, words_and_constants);
    let other_words = _mm_shuffle_epi32::<0b00_00_11_10>(words_and_constants);
    *state = [_mm_sha256rnds2_epu32(abef, half, other_words), half];
}

/// Replaces the four words of a group by those of the group four further on.
#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
fn schedule<const GROUP: usize>(block: &mut [__m128i; 4]) {
    let (a, b) = (block[GROUP % 4], block[(GROUP + 1) % 4]);
    let (c, d) = (block[(GROUP + 2) % 4], block[(GROUP + 3) % 4]);
    let sum = _mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_alignr_epi8::<4>(d, c));
    block[GROUP % 4] = _mm_sha256msg2_epu32(sum, d);
}

#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
fn words([w0, w1, w2, w3]: [u32; 4]) -> __m128i {
    _mm_set_epi32(w3 as i32, w2 as i32, w1 as i32, w0 as i32)
}

/// The initial hash value (FIPS 180-4 section 5.3.3).
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The constants of the rounds (FIPS 180-4 section 4.2.2).
const K: [u32; 64] = [
    0x428a_2f98,
    0x7137_4491,
    0xb5c0_fbcf,
    0xe9b5_dba5,
    0x3956_c25b,
    0x59f1_11f1,
    0x923f_82a4,
    0xab1c_5ed5,
    0xd807_aa98,
    0x1283_5b01,
    0x2431_85be,
    0x550c_7dc3,
    0x72be_5d74,
    0x80de_b1fe,
    0x9bdc_06a7,
    0xc19b_f174,
    0xe49b_69c1,
    0xefbe_4786,
    0x0fc1_9dc6,
    0x240c_a1cc,
    0x2de9_2c6f,
    0x4a74_84aa,
    0x5cb0_a9dc,
    0x76f9_88da,
    0x983e_5152,
    0xa831_c66d,
    0xb003_27c8,
    0xbf59_7fc7,
    0xc6e0_0bf3,
    0xd5a7_9147,
    0x06ca_6351,
    0x1429_2967,
    0x27b7_0a85,
    0x2e1b_2138,
    0x4d2c_6dfc,
    0x5338_0d13,
    0x650a_7354,
    0x766a_0abb,
    0x81c2_c92e,
    0x9272_2c85,
    0xa2bf_e8a1,
    0xa81a_664b,
    0xc24b_8b70,
    0xc76c_51a3,
    0xd192_e819,
    0xd699_0624,
    0xf40e_3585,
    0x106a_a070,
    0x19a4_c116,
    0x1e37_6c08,
    0x2748_774c,
    0x34b0_bcb5,
    0x391c_0cb3,
    0x4ed8_aa4a,
    0x5b9c_ca4f,
    0x682e_6ff3,
    0x748f_82ee,
    0x78a5_636f,
    0x84c8_7814,
    0x8cc7_0208,
    0x90be_fffa,
    0xa450_6ceb,
    0xbef9_a3f7,
    0xc671_78f2,
];

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
