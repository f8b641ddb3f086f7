//! The puzzle, on one core and on all of them.

use std::{ops::Range, thread};

use bcoin_ledger::{
    Kernel, Workers,
    chapter::puzzle::{first_in, search_on},
};
use divan::{Bencher, black_box, counter::ItemsCount};

/// A proof of the sequence, and nonces of a usual size.
const PREVIOUS: u64 = 45_293;
const NONCES: Range<u64> = 1..131_073;
/// A puzzle that takes long: the previous proof, and its solution.
const LONG: (u64, u64) = (124, 589_976);

#[divan::bench]
fn one_core_fastest(bencher: Bencher<'_, '_>) {
    try_all(bencher, Kernel::fastest());
}

#[divan::bench]
fn one_core_portable(bencher: Bencher<'_, '_>) {
    try_all(bencher, Kernel::Portable);
}

/// Tries every nonce, those after a solution too.
fn try_all(bencher: Bencher<'_, '_>, kernel: Kernel) {
    bencher.counter(ItemsCount::new(NONCES.end - NONCES.start)).bench(|| {
        let mut rest = black_box(NONCES);
        while let Some(found) = first_in(kernel, black_box(PREVIOUS), rest.clone()) {
            rest.start = found + 1;
        }
    });
}

#[divan::bench(args = cores())]
fn search(bencher: Bencher<'_, '_>, cores: usize) {
    let (previous, solution) = LONG;
    bencher.counter(ItemsCount::new(solution)).bench(|| {
        assert_eq!(search_on(Workers::on(cores), black_box(previous), || false), Some(solution));
    });
}

/// One core, and all of them.
fn cores() -> Vec<usize> {
    let mut cores = vec![1, thread::available_parallelism().map_or(1, Into::into)];
    cores.dedup();
    cores
}
