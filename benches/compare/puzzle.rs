//! Trying proofs, compared with the limit of the processor, plain Rust and CPython, and on two cores.

use std::{hint::black_box, ops::Range};

use bcoin_ledger::{Kernel, Workers, chapter::puzzle};
use sha2::{Digest as _, Sha256};

use crate::{
    python,
    rounds::{medians, rate},
    table::{Rate, Row},
};

const ROUNDS: usize = 9;
/// A proof of the sequence, and nonces of a usual size.
const PREVIOUS: u64 = 45_293;
const NONCES: Range<u64> = 1..131_073;
/// A puzzle that takes long, so that starting the second core costs little in comparison: the previous proof, and its solution.
const LONG: (u64, u64) = (124, 589_976);

pub fn rows() -> Vec<Row> {
    let kernel = Kernel::fastest();
    let has_ceiling = puzzle::hash_ready_made(1).is_some();
    let [fastest, ceiling, plain, cpython] = medians(
        ROUNDS,
        [
            Some(Box::new(|| rate(40, || try_all(kernel)))),
            has_ceiling.then_some(Box::new(|| rate(40, ready_made))),
            Some(Box::new(|| rate(10, plain_rust))),
            python::listing(vec!["proofs".into()]).map(|run| Box::new(run) as Box<dyn FnMut() -> f64>),
        ],
    );
    let [one, two] = medians(ROUNDS, [1, 2].map(|cores| Some(Box::new(move || rate(12, || search_on(cores))) as _)));

    let proofs = |rate: f64| Rate::new(rate, "proofs");
    let fastest = proofs(fastest.unwrap_or_default());
    vec![
        Row::rates("proofs on one core", fastest, "SHA-256 over ready-made blocks", ceiling.map(proofs), 0.8),
        Row::rates("the same", fastest, "plain Rust, `sha2` over `to_string()`", plain.map(proofs), 3.0),
        Row::rates("the same", fastest, "the listing in CPython", cpython.map(proofs), 50.0),
        Row::rates("proofs on two cores", proofs(two.unwrap_or_default()), "on one core", one.map(proofs), 1.8),
    ]
}

/// Tries every nonce, those after a solution too.
fn try_all(kernel: Kernel) -> u64 {
    let mut rest = black_box(NONCES);
    while let Some(found) = puzzle::first_in(kernel, black_box(PREVIOUS), rest.clone()) {
        rest.start = found + 1;
    }
    NONCES.end - NONCES.start
}

fn ready_made() -> u64 {
    let count = NONCES.end - NONCES.start;
    black_box(puzzle::hash_ready_made(black_box(count / 2)));
    count
}

fn plain_rust() -> u64 {
    let solves = |new: u64| {
        let difference = new as i64 * new as i64 - PREVIOUS as i64 * PREVIOUS as i64;
        Sha256::digest(difference.to_string().as_bytes()).starts_with(&[0, 0])
    };
    black_box(black_box(NONCES).filter(|&new| solves(new)).count());
    NONCES.end - NONCES.start
}

fn search_on(cores: usize) -> u64 {
    let (previous, solution) = black_box(LONG);
    let found = puzzle::search_on(Workers::on(cores), previous, || false);
    assert_eq!(found, Some(solution), "the smallest proof");
    solution
}
