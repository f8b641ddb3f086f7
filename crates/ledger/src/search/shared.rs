//! One search, as its workers share it.

use std::{
    ops::Range,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Instant,
};

use super::{Trials, helpers::Help, power::Power, rest::Rest};

pub(super) struct Shared<T: Trials> {
    trials: T,
    power: Power,
    /// The first trial that nobody has taken.
    next: AtomicU64,
    end: u64,
    /// Whether a solution was found: all smaller trials are taken then.
    solved: AtomicBool,
    /// The smallest solution that was found.
    solution: Mutex<Option<(u64, T::Found)>>,
    /// Whether nobody wants the solution any more.
    cancelled: AtomicBool,
    /// How many helpers are at work.
    helping: AtomicUsize,
    most_helpers: usize,
    /// Held while a worker finds out whether it may rest, so that it cannot miss the end.
    resting: Mutex<()>,
    /// Tells the workers that rest of the end.
    over: Condvar,
}

impl<T: Trials> Shared<T> {
    pub(super) fn new(trials: T, range: Range<u64>, power: Power, most_helpers: usize) -> Self {
        Self {
            trials,
            power,
            next: AtomicU64::new(range.start),
            end: range.end,
            solved: AtomicBool::new(false),
            solution: Mutex::new(None),
            cancelled: AtomicBool::new(false),
            helping: AtomicUsize::new(0),
            most_helpers,
            resting: Mutex::new(()),
            over: Condvar::new(),
        }
    }

    /// Takes ranges in their order until there is a solution. Whoever has taken a range tries all of it, so when every worker is
    /// done, no smaller solution can be left.
    pub(super) fn work(&self, cancelled: impl Fn() -> bool) {
        let mut rest = Rest::new(self.power);
        loop {
            if cancelled() {
                self.cancelled.store(true, Ordering::Relaxed);
            }
            let first = self.next.load(Ordering::Relaxed);
            if self.is_over(first) {
                break;
            }
            if rest.nap().is_some() {
                self.nap(&mut rest);
                continue;
            }
            let end = first.saturating_add(T::RANGE).min(self.end);
            if self.next.compare_exchange(first, end, Ordering::Relaxed, Ordering::Relaxed).is_err() {
                continue;
            }
            if self.power == Power::FULL {
                self.try_all(first..end);
            } else {
                let began = Instant::now();
                self.try_all(first..end);
                rest.worked(began.elapsed());
            }
        }
        if self.power != Power::FULL {
            drop(lock(&self.resting));
            self.over.notify_all();
        }
    }

    fn try_all(&self, range: Range<u64>) {
        let Some((trial, found)) = self.trials.first_in(range) else { return };
        let mut solution = lock(&self.solution);
        if solution.as_ref().is_none_or(|(smallest, _)| trial < *smallest) {
            *solution = Some((trial, found));
        }
        self.solved.store(true, Ordering::Relaxed);
    }

    /// Sleeps for one nap, or until the search is over.
    fn nap(&self, rest: &mut Rest) {
        let resting = lock(&self.resting);
        let Some(nap) = rest.nap().filter(|_| !self.is_over(self.next.load(Ordering::Relaxed))) else { return };
        let began = Instant::now();
        drop(self.over.wait_timeout(resting, nap));
        rest.rested(began.elapsed());
    }

    fn is_over(&self, next: u64) -> bool {
        next >= self.end || self.solved.load(Ordering::Relaxed) || self.cancelled.load(Ordering::Relaxed)
    }

    /// The solution, once nobody works on it any more. One that was found before the search was cancelled may not be the
    /// smallest.
    pub(super) fn found(&self) -> Option<(u64, T::Found)> {
        let solution = lock(&self.solution).take();
        solution.filter(|_| !self.cancelled.load(Ordering::Relaxed))
    }
}

impl<T: Trials> Help for Shared<T> {
    fn is_wanted(&self) -> bool {
        !self.is_over(self.next.load(Ordering::Relaxed)) && self.helping.load(Ordering::Relaxed) < self.most_helpers
    }

    fn helping(&self) -> &AtomicUsize {
        &self.helping
    }

    fn help(&self) {
        self.work(|| false);
    }

    fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every trial is a solution.
    struct Any;

    impl Trials for Any {
        const RANGE: u64 = 10;
        type Found = ();

        fn first_in(&self, range: Range<u64>) -> Option<(u64, ())> {
            Some((range.start, ()))
        }
    }

    #[test]
    fn of_several_solutions_the_smallest_is_kept_in_whatever_order_they_are_found() {
        for order in [[0, 10, 20], [20, 0, 10], [10, 20, 0]] {
            let search = Shared::new(Any, 0..100, Power::FULL, 0);
            for start in order {
                search.try_all(start..start + 10);
            }
            assert_eq!(search.found(), Some((0, ())), "{order:?}");
        }
    }
}
