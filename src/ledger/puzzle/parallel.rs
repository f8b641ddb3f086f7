//! All cores on one puzzle: they take ranges of candidates in turn, and the smallest proof wins.

use std::{
    num::NonZeroUsize,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use super::Kernel;
use crate::ledger::block::LARGEST_INTEGER;

/// How many candidates a core takes at a time: tried in well under 5 ms everywhere, after which a search that is not wanted
/// any more ends.
const RANGE: u64 = 1 << 12;
/// How many candidates one core tries before the others are called: some puzzles are solved by then.
const ALONE: u64 = RANGE;

/// The smallest proof that solves the puzzle that `previous` sets; `None` when `cancelled` says so before it is found.
pub fn search(previous: u64, cancelled: impl Fn() -> bool + Sync) -> Option<u64> {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    search_on(cores, previous, cancelled)
}

/// As [`search`], on so many cores.
pub fn search_on(cores: usize, previous: u64, cancelled: impl Fn() -> bool + Sync) -> Option<u64> {
    let search =
        Search { previous, kernel: Kernel::fastest(), next: AtomicU64::new(1), found: AtomicU64::new(NOTHING) };
    if cores <= 1 {
        search.work_up_to(LARGEST_INTEGER, &cancelled);
    } else {
        search.work_up_to(ALONE, &cancelled);
        if search.found.load(Ordering::Relaxed) == NOTHING {
            thread::scope(|scope| {
                for _ in 1..cores {
                    scope.spawn(|| search.work_up_to(LARGEST_INTEGER, &cancelled));
                }
                search.work_up_to(LARGEST_INTEGER, &cancelled);
            });
        }
    }
    match search.found.into_inner() {
        NOTHING => None,
        proof => Some(proof),
    }
}

/// Above every proof.
const NOTHING: u64 = u64::MAX;

struct Search {
    previous: u64,
    kernel: Kernel,
    /// The first candidate that nobody has taken.
    next: AtomicU64,
    /// The smallest proof that was found.
    found: AtomicU64,
}

impl Search {
    /// Takes ranges until all candidates up to `last`, or up to a proof that was found, are taken. Whoever has taken a range
    /// tries all of it, so when every worker is done, no smaller proof can be left.
    fn work_up_to(&self, last: u64, cancelled: &impl Fn() -> bool) {
        loop {
            let first = self.next.load(Ordering::Relaxed);
            if first > last || first > self.found.load(Ordering::Relaxed) || cancelled() {
                return;
            }
            let end = (first + RANGE).min(LARGEST_INTEGER + 1);
            if self.next.compare_exchange(first, end, Ordering::Relaxed, Ordering::Relaxed).is_err() {
                continue;
            }
            if let Some(proof) = self.kernel.first_in(self.previous, first..end) {
                self.found.fetch_min(proof, Ordering::Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_cores_finds_the_same() {
        let mut proof = 1;
        for _ in 0..20 {
            let alone = search_on(1, proof, || false).unwrap();
            for cores in 2..5 {
                assert_eq!(search_on(cores, proof, || false), Some(alone), "{cores} cores after {proof}");
            }
            proof = alone;
        }
    }

    #[test]
    fn a_cancelled_search_finds_nothing() {
        assert_eq!(search(1, || true), None);
        assert_eq!(search_on(1, 1, || true), None);
    }
}
