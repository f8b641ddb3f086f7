//! Searching headers, on one core and on all of them.

use std::ops::Range;

use bcoin_ledger::{
    Kernel, compress_ready_made,
    sound::{
        CompactTarget, HEADER_BYTES, Header, Target,
        search::{first_in, first_nonce},
    },
};
use divan::{Bencher, black_box, counter::ItemsCount};

/// How many are tried.
const NONCES: Range<u64> = 0..1 << 17;
/// The lowest target.
const IMPOSSIBLE: u32 = 0x0300_0001;
/// Twenty bits of zeros.
const ONE_IN_A_MILLION: u32 = 0x1e0f_ffff;

fn target(bits: u32) -> Target {
    CompactTarget::from_consensus(bits).decode().expect("a target")
}

fn header() -> Header {
    Header::decode(&[7; HEADER_BYTES])
}

#[divan::bench]
fn one_core_fastest(bencher: Bencher<'_, '_>) {
    try_all(bencher, Kernel::fastest());
}

#[divan::bench]
fn one_core_portable(bencher: Bencher<'_, '_>) {
    try_all(bencher, Kernel::Portable);
}

fn try_all(bencher: Bencher<'_, '_>, kernel: Kernel) {
    let header = header();
    bencher
        .counter(ItemsCount::new(NONCES.end))
        .bench(|| assert_eq!(first_in(kernel, black_box(&header), target(IMPOSSIBLE), black_box(NONCES)), None));
}

/// Two for each header, in pairs, and nothing else. Nothing is measured where the processor lacks the instructions.
#[divan::bench]
fn bare_compressions(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(2 * NONCES.end)).bench(|| compress_ready_made(black_box(NONCES.end)));
}

/// A search for the smallest nonce, with its preparations.
#[divan::bench]
fn all_cores(bencher: Bencher<'_, '_>) {
    let header = header();
    let found = || first_nonce(black_box(&header), target(ONE_IN_A_MILLION), || false).expect("a nonce");
    bencher.counter(ItemsCount::new(found())).bench(found);
}
