//! The kernel for the SHA instructions of x86-64: two nonces side by side.

#![allow(unsafe_code, reason = "instructions that not every processor has; see SAFETY")]

use std::{
    arch::x86_64::{
        __m128i, _mm_cvtsi128_si32, _mm_insert_epi32, _mm_shuffle_epi32, _mm_unpackhi_epi64, _mm_unpacklo_epi64,
    },
    ops::Range,
};

use super::prepared::{PADDING_OF_HASH, PADDING_OF_HEADER, Prepared};
use crate::sha256::{
    INITIAL,
    two_lanes::{
        Block, State, groups, is_available, schedule, state, sum, two_rounds, upper_half, with_constants, words,
    },
};

pub(super) fn first_in(prepared: &Prepared, nonces: Range<u64>) -> Option<u32> {
    assert!(is_available(), "this processor lacks the instructions of this kernel");
    // SAFETY: the processor has what the function is compiled for.
    unsafe { first_in_pairs(prepared, nonces) }
}

#[target_feature(enable = "sha,avx,bmi2")]
fn first_in_pairs(prepared: &Prepared, nonces: Range<u64>) -> Option<u32> {
    let headers = Headers::new(prepared);
    let most = prepared.target[0];
    // Below 2^32, but for those from the end on, whose hashes are not looked at.
    let pair = |first: u64| [first as u32, (first as u32).wrapping_add(1)];

    let mut next = nonces.start;
    let mut begun = headers.begin(pair(next));
    while next < nonces.end {
        let inner = headers.finish(begun);
        // Needs nothing of these hashes, so that the processor has work until they are complete.
        begun = headers.begin(pair(next + 2));
        let tops = top_words(inner);
        for (nonce, top) in (next..nonces.end).zip(tops) {
            // Nearly all hashes are refused by their first 32 bits. What is left is looked at in full.
            if top <= most && prepared.meets_target(nonce as u32) {
                return Some(nonce as u32);
            }
        }
        next += 2;
    }
    None
}

/// What the second blocks of all headers have in common.
struct Headers {
    midstate: State,
    /// The state after the first two rounds, whose words are the same for all nonces.
    after_two: State,
    /// The block with the nonce 0, which is the fourth word.
    block: Block,
}

impl Headers {
    #[inline]
    #[target_feature(enable = "sha,avx,bmi2")]
    fn new(prepared: &Prepared) -> Self {
        let [w0, w1, w2] = prepared.tail;
        let [p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11] = PADDING_OF_HEADER;
        let block =
            [words([w0, w1, w2, 0]), words([p0, p1, p2, p3]), words([p4, p5, p6, p7]), words([p8, p9, p10, p11])];
        let midstate = state(prepared.midstate);
        Self { midstate, after_two: two_rounds(midstate, with_constants::<0>(&block)), block }
    }

    /// The first groups of rounds of two headers.
    #[inline]
    #[target_feature(enable = "sha,avx,bmi2")]
    fn begin(&self, nonces: [u32; 2]) -> ([State; 2], [Block; 2]) {
        let (mut states, mut blocks) = ([self.after_two; 2], [self.block; 2]);
        for lane in 0..2 {
            blocks[lane][0] = _mm_insert_epi32::<3>(self.block[0], nonces[lane].swap_bytes() as i32);
            states[lane] = two_rounds(states[lane], upper_half(with_constants::<0>(&blocks[lane])));
        }
        groups!(states, blocks, 1 2);
        (states, blocks)
    }

    /// The other groups: the hashes of the headers.
    #[inline]
    #[target_feature(enable = "sha,avx,bmi2")]
    fn finish(&self, (mut states, mut blocks): ([State; 2], [Block; 2])) -> [State; 2] {
        groups!(states, blocks, 3 4 5 6 7 8 9 10 11 12 13 14 15);
        states.map(|after| sum(self.midstate, after))
    }
}

/// The most significant 32 bits of the hashes of two hashes, as little-endian numbers: their last words, bytes swapped.
#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
fn top_words(inner: [State; 2]) -> [u32; 2] {
    let [p0, p1, p2, p3, p4, p5, p6, p7] = PADDING_OF_HASH;
    let padding = [words([p0, p1, p2, p3]), words([p4, p5, p6, p7])];
    let mut states = [state(INITIAL); 2];
    let mut blocks = inner.map(|inner| {
        let [first, second] = in_order(inner);
        [first, second, padding[0], padding[1]]
    });
    groups!(states, blocks, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14);
    let mut tops = [0; 2];
    for lane in 0..2 {
        schedule::<15>(&mut blocks[lane]);
        let [abef, _] = two_rounds(states[lane], with_constants::<15>(&blocks[lane]));
        // Two rounds before the end, F is what will be H.
        let last = (_mm_cvtsi128_si32(abef) as u32).wrapping_add(INITIAL[7]);
        tops[lane] = last.swap_bytes();
    }
    tops
}

/// The words A to D and E to H of a state, as the words of a block.
#[inline]
#[target_feature(enable = "sha,avx,bmi2")]
fn in_order([abef, cdgh]: State) -> [__m128i; 2] {
    let (badc, fehg) = (_mm_unpackhi_epi64(abef, cdgh), _mm_unpacklo_epi64(abef, cdgh));
    [_mm_shuffle_epi32::<0b10_11_00_01>(badc), _mm_shuffle_epi32::<0b10_11_00_01>(fehg)]
}
