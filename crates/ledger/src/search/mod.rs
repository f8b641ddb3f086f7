//! Searching by trial, on all cores: what the searches of all rules share.
//!
//! Trials are numbered. Workers take ranges of them in turn, and the smallest solution wins. The thread that asks works itself;
//! the others are helpers, threads that live as long as the program.

mod helpers;
mod power;
mod rest;
mod shared;

use std::{num::NonZeroUsize, ops::Range, sync::Arc, thread};

pub use power::{BadPower, Power};

use self::{helpers::HELPERS, shared::Shared};

/// What is tried.
pub(crate) trait Trials: Send + Sync + 'static {
    /// How many trials a worker takes at a time: tried in far less than 5 ms everywhere, after which a search that is not wanted
    /// any more ends, and so few that no worker waits long for the others at the end.
    const RANGE: u64;

    /// What is known of a solution beside its number.
    type Found: Send + 'static;

    /// The smallest trial in `range` that is a solution.
    fn first_in(&self, range: Range<u64>) -> Option<(u64, Self::Found)>;
}

/// How many cores a search may use, and how much of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workers {
    cores: usize,
    power: Power,
}

impl Workers {
    /// All cores, each with this power.
    pub fn all(power: Power) -> Self {
        Self { cores: all_cores(), power }
    }

    /// At most so many cores with full power; at least one.
    pub fn on(cores: usize) -> Self {
        Self { cores: cores.max(1), power: Power::FULL }
    }
}

/// The smallest solution in `range`, whose end is not tried; `None` when there is none, or when `cancelled` says so before it is
/// found. `cancelled` is asked every 5 ms or so, also while the workers rest.
pub(crate) fn first_solution<T: Trials>(
    trials: T,
    range: Range<u64>,
    workers: Workers,
    cancelled: impl Fn() -> bool,
) -> Option<(u64, T::Found)> {
    let search = Shared::new(trials, range, workers.power, workers.cores - 1);
    if workers.cores == 1 {
        search.work(cancelled);
        return search.found();
    }
    let search = Arc::new(search);
    let called = HELPERS.call(&search);
    search.work(cancelled);
    drop(called);
    search.found()
}

fn all_cores() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use super::*;

    /// Solved by every multiple of a number from the first one on. It counts the ranges that are tried.
    struct Multiples {
        of: u64,
        took: Duration,
        ranges: Arc<AtomicUsize>,
    }

    impl Multiples {
        fn of(of: u64) -> Self {
            Self { of, took: Duration::ZERO, ranges: Arc::default() }
        }
    }

    impl Trials for Multiples {
        const RANGE: u64 = 10;
        type Found = u64;

        fn first_in(&self, mut range: Range<u64>) -> Option<(u64, u64)> {
            self.ranges.fetch_add(1, Ordering::Relaxed);
            thread::sleep(self.took);
            range.find(|trial| trial % self.of == 0).map(|trial| (trial, trial / self.of))
        }
    }

    const NEVER: fn() -> bool = || false;

    #[test]
    fn every_number_of_workers_finds_the_smallest_solution() {
        for cores in [0, 1, 2, 4] {
            for of in 1..300 {
                let found = first_solution(Multiples::of(of), 1..1000, Workers::on(cores), NEVER);
                assert_eq!(found, Some((of, 1)), "{cores} cores");
            }
        }
    }

    #[test]
    fn the_end_is_not_tried() {
        for (range, found) in
            [(1..50, None), (1..51, Some((50, 1))), (51..51, None), (50..50, None), (50..51, Some((50, 1)))]
        {
            assert_eq!(first_solution(Multiples::of(50), range.clone(), Workers::on(2), NEVER), found, "{range:?}");
        }
        let last = u64::MAX - 1;
        let found = first_solution(Multiples::of(last), last - 3..u64::MAX, Workers::on(2), NEVER);
        assert_eq!(found, Some((last, 1)));
    }

    #[test]
    fn searches_that_run_side_by_side_do_not_mix() {
        thread::scope(|scope| {
            let all: Vec<_> = (1000..1016)
                .map(|of| scope.spawn(move || first_solution(Multiples::of(of), 1..u64::MAX, Workers::on(4), NEVER)))
                .collect();
            let found: Vec<_> = all.into_iter().map(|search| search.join().unwrap()).collect();
            assert_eq!(found, (1000..1016).map(|of| Some((of, 1))).collect::<Vec<_>>());
        });
    }

    #[test]
    fn a_cancelled_search_finds_nothing() {
        for cores in [1, 2] {
            assert_eq!(first_solution(Multiples::of(1), 1..u64::MAX, Workers::on(cores), || true), None);
            let asked = AtomicUsize::new(0);
            let later = || asked.fetch_add(1, Ordering::Relaxed) >= 100;
            assert_eq!(first_solution(Multiples::of(u64::MAX), 1..u64::MAX, Workers::on(cores), later), None);
        }
    }

    /// Every trial panics, on whichever thread.
    struct Broken;

    impl Trials for Broken {
        const RANGE: u64 = 10;
        type Found = ();

        fn first_in(&self, _: Range<u64>) -> Option<(u64, ())> {
            panic!("as the test wants it");
        }
    }

    #[test]
    fn a_search_that_panics_ends_and_holds_nobody() {
        for _ in 0..20 {
            let search = || first_solution(Broken, 0..u64::MAX, Workers::on(4), NEVER);
            // The thread that asks panics itself, or finds that a helper has.
            assert!(matches!(std::panic::catch_unwind(search), Err(_) | Ok(None)));
            assert_eq!(first_solution(Multiples::of(50), 1..1000, Workers::on(4), NEVER), Some((50, 1)));
        }
    }

    /// How many ranges one worker tries, each of which takes a while, before it has asked twenty times whether it is cancelled.
    fn ranges_while_asked_twenty_times(power: Power) -> usize {
        let trials = Multiples { took: Duration::from_millis(2), ..Multiples::of(u64::MAX) };
        let (ranges, asked) = (trials.ranges.clone(), AtomicUsize::new(0));
        let cancelled = || asked.fetch_add(1, Ordering::Relaxed) >= 20;
        let workers = Workers { cores: 1, power };
        assert_eq!(first_solution(trials, 1..u64::MAX, workers, cancelled), None);
        ranges.load(Ordering::Relaxed)
    }

    #[test]
    fn a_worker_with_less_power_rests_between_ranges_and_goes_on_asking() {
        assert_eq!(ranges_while_asked_twenty_times(Power::FULL), 20);
        // The first range is followed by a rest, which asks. Later ones may be paid for by a rest that took too long.
        assert!(ranges_while_asked_twenty_times("50".parse().unwrap()) < 20);
        // Here every range is followed by a rest.
        assert!(ranges_while_asked_twenty_times("1".parse().unwrap()) <= 10);
    }
}
