//! The SHA instructions of x86-64 (FIPS 180-4 section 6.2): two hashes side by side, so that one works while the other waits
//! for its result.

#![allow(unsafe_code, reason = "instructions that not every processor has; see SAFETY")]

use std::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_extract_epi32, _mm_set_epi32, _mm_setzero_si128, _mm_sha256msg1_epu32,
    _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi32, _mm_xor_si128,
};

use super::INITIAL;

/// The sixteen words of a block, four to a register, the first one lowest.
pub(crate) type Block = [__m128i; 4];
/// A state as the instructions want it: the words A, B, E, F and C, D, G, H, the last ones lowest.
pub(crate) type State = [__m128i; 2];

/// Whether the processor has what all functions here are compiled for.
pub(crate) fn is_available() -> bool {
    is_x86_feature_detected!("sha") && is_x86_feature_detected!("avx") && is_x86_feature_detected!("bmi2")
}

/// Runs groups of four rounds, named by their numbers, in both lanes. Each call of a group needs the one before.
macro_rules! groups {
    ($states:ident, $blocks:ident, $($group:literal)*) => {
        $($crate::sha256::two_lanes::four_rounds::<$group>(&mut $states, &mut $blocks);)*
    };
}
pub(crate) use groups;

/// The first words of the hashes of two blocks.
#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
pub(crate) fn first_words(mut blocks: [Block; 2]) -> (u32, u32) {
    let mut states = [state(INITIAL); 2];
    groups!(states, blocks, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    let first = |state: State| (_mm_extract_epi32::<3>(state[0]) as u32).wrapping_add(INITIAL[0]);
    (first(states[0]), first(states[1]))
}

/// Four rounds in both lanes, with their part of the message schedule: from group 4 on, the words of a group replace those of
/// the group four before.
#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
pub(crate) fn four_rounds<const GROUP: usize>(states: &mut [State; 2], blocks: &mut [Block; 2]) {
    for lane in 0..2 {
        if GROUP >= 4 {
            schedule::<GROUP>(&mut blocks[lane]);
        }
        let words = with_constants::<GROUP>(&blocks[lane]);
        states[lane] = two_rounds(two_rounds(states[lane], words), upper_half(words));
    }
}

/// Two rounds, with the lower two words and constants.
#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
pub(crate) fn two_rounds([abef, cdgh]: State, words_and_constants: __m128i) -> State {
    [_mm_sha256rnds2_epu32(cdgh, abef, words_and_constants), abef]
}

/// The upper two words, moved to where [`two_rounds`] takes them from.
#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
pub(crate) fn upper_half(words: __m128i) -> __m128i {
    _mm_shuffle_epi32::<0b00_00_11_10>(words)
}

/// The words of a group plus the constants of their rounds.
#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
pub(crate) fn with_constants<const GROUP: usize>(block: &Block) -> __m128i {
    let constants = words([K[4 * GROUP], K[4 * GROUP + 1], K[4 * GROUP + 2], K[4 * GROUP + 3]]);
    _mm_add_epi32(block[GROUP % 4], constants)
}

/// Replaces the four words of a group by those of the group four further on.
#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
pub(crate) fn schedule<const GROUP: usize>(block: &mut Block) {
    let (a, b) = (block[GROUP % 4], block[(GROUP + 1) % 4]);
    let (c, d) = (block[(GROUP + 2) % 4], block[(GROUP + 3) % 4]);
    let sum = _mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_alignr_epi8::<4>(d, c));
    block[GROUP % 4] = _mm_sha256msg2_epu32(sum, d);
}

/// What a block makes of a state: the sum of the state before and the state after all rounds.
#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
pub(crate) fn sum(before: State, after: State) -> State {
    [_mm_add_epi32(before[0], after[0]), _mm_add_epi32(before[1], after[1])]
}

/// A state from its words A to H.
#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
pub(crate) fn state([a, b, c, d, e, f, g, h]: [u32; 8]) -> State {
    [words([f, e, b, a]), words([h, g, d, c])]
}

/// Four words in a register, the first one lowest.
#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
pub(crate) fn words([w0, w1, w2, w3]: [u32; 4]) -> __m128i {
    _mm_set_epi32(w3 as i32, w2 as i32, w1 as i32, w0 as i32)
}

/// See [`super::compress_ready_made`].
pub(super) fn compress_ready_made(pairs: u64) -> u64 {
    assert!(is_available(), "this processor lacks the instructions of this kernel");
    // SAFETY: the processor has what the function is compiled for.
    unsafe { compress_pairs(pairs) }
}

#[target_feature(enable = "sha,avx,bmi2")]
fn compress_pairs(pairs: u64) -> u64 {
    let initial = state(INITIAL);
    let rest = [words([5, 6, 7, 8]), words([9, 10, 11, 12]), words([13, 14, 15, 16])];
    // The lanes differ, and each block from the one before: the compiler would hash equal ones once.
    let mut firsts = [words([0, 2, 3, 4]), words([1, 2, 3, 4])];
    let mut all = [_mm_setzero_si128(); 2];
    for _ in 0..pairs {
        let mut states = [initial; 2];
        let mut blocks = firsts.map(|first| [first, rest[0], rest[1], rest[2]]);
        groups!(states, blocks, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        for lane in 0..2 {
            let hashed = sum(initial, states[lane]);
            all = [_mm_xor_si128(all[0], hashed[0]), _mm_xor_si128(all[1], hashed[1])];
            firsts[lane] = _mm_add_epi32(firsts[lane], words([2, 0, 0, 0]));
        }
    }
    u64::from(_mm_extract_epi32::<0>(_mm_xor_si128(all[0], all[1])) as u32)
}

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
