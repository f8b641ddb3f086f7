//! All cores on one puzzle.

use std::ops::Range;

use super::kernel::first_in;
use crate::{
    chapter::block::MAX_INTEGER,
    search::{Power, Trials, Workers, first_solution},
    sha256::Kernel,
};

/// The smallest proof that solves the puzzle that `previous` sets; `None` when `cancelled` says so before it is found.
pub fn search(previous: u64, cancelled: impl Fn() -> bool) -> Option<u64> {
    search_on(Workers::all(Power::FULL), previous, cancelled)
}

/// As [`search`], with these workers.
pub fn search_on(workers: Workers, previous: u64, cancelled: impl Fn() -> bool) -> Option<u64> {
    let puzzle = Puzzle { previous, kernel: Kernel::fastest() };
    first_solution(puzzle, 1..MAX_INTEGER + 1, workers, cancelled).map(|(proof, ())| proof)
}

struct Puzzle {
    previous: u64,
    kernel: Kernel,
}

impl Trials for Puzzle {
    const RANGE: u64 = 1 << 11;
    type Found = ();

    fn first_in(&self, range: Range<u64>) -> Option<(u64, ())> {
        first_in(self.kernel, self.previous, range).map(|proof| (proof, ()))
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        thread,
    };

    use super::*;

    #[test]
    fn every_number_of_cores_finds_the_same() {
        let mut proof = 1;
        for _ in 0..20 {
            let alone = search_on(Workers::on(1), proof, || false).unwrap();
            for cores in 2..5 {
                assert_eq!(search_on(Workers::on(cores), proof, || false), Some(alone), "{cores} cores after {proof}");
            }
            proof = alone;
        }
    }

    #[test]
    fn searches_that_run_side_by_side_do_not_mix() {
        let expected: Vec<_> = (1..9).map(|previous| search_on(Workers::on(1), previous, || false)).collect();
        thread::scope(|scope| {
            let all: Vec<_> =
                (1..9).map(|previous| scope.spawn(move || search_on(Workers::on(4), previous, || false))).collect();
            let found: Vec<_> = all.into_iter().map(|search| search.join().unwrap()).collect();
            assert_eq!(found, expected);
        });
    }

    #[test]
    fn a_search_that_is_cancelled_on_the_way_ends() {
        let calls = AtomicUsize::new(0);
        // The proof after this one is 346464: the search is still under way after the first range.
        let cancelled = || calls.fetch_add(1, Ordering::Relaxed) >= 1;
        assert_eq!(search_on(Workers::on(2), 23939, cancelled), None);
    }

    #[test]
    fn a_cancelled_search_finds_nothing() {
        assert_eq!(search(1, || true), None);
        assert_eq!(search_on(Workers::on(1), 1, || true), None);
    }
}
