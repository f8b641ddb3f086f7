//! All cores on one puzzle: they take ranges of trials in turn, and the smallest proof wins.
//!
//! The thread that asks works itself. The other cores belong to helpers, threads that live as long as the program: most
//! puzzles are solved in a millisecond or two, and a thread made for each would come late to half of them.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::kernel::Kernel;
use crate::chapter::block::MAX_INTEGER;

/// How many trials a core takes at a time: tried in far less than 5 ms everywhere, after which a search that is not wanted
/// any more ends, and so few that no core waits long for the others at the end.
const RANGE: u64 = 1 << 11;
/// How long a helper looks out for the next puzzle before it sleeps: waking up takes about as long.
const LOOK_OUT: Duration = Duration::from_micros(100);

/// The smallest proof that solves the puzzle that `previous` sets; `None` when `cancelled` says so before it is found.
pub fn search(previous: u64, cancelled: impl Fn() -> bool) -> Option<u64> {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    search_on(cores, previous, cancelled)
}

/// As [`search`], on at most so many cores.
pub fn search_on(cores: usize, previous: u64, cancelled: impl Fn() -> bool) -> Option<u64> {
    let search = Search::new(previous, cores.saturating_sub(1));
    if cores <= 1 {
        search.work(&cancelled);
        return search.proof();
    }
    let search = Arc::new(search);
    HELPERS.call(search.clone());
    search.work(&cancelled);
    HELPERS.dismiss(&search);
    search.proof()
}

/// Above every proof.
const NOTHING: u64 = u64::MAX;

struct Search {
    previous: u64,
    kernel: Kernel,
    /// The first trial that nobody has taken.
    next: AtomicU64,
    /// The smallest proof that was found.
    found: AtomicU64,
    /// Whether nobody wants the proof any more.
    cancelled: AtomicBool,
    /// How many helpers are at work.
    helping: AtomicUsize,
    most_helpers: usize,
}

impl Search {
    fn new(previous: u64, most_helpers: usize) -> Self {
        Self {
            previous,
            kernel: Kernel::fastest(),
            next: AtomicU64::new(1),
            found: AtomicU64::new(NOTHING),
            cancelled: AtomicBool::new(false),
            helping: AtomicUsize::new(0),
            most_helpers,
        }
    }

    /// Takes ranges until all trials up to a proof that was found are taken. Whoever has taken a range tries all of it, so
    /// when every worker is done, no smaller proof can be left.
    fn work(&self, cancelled: &impl Fn() -> bool) {
        loop {
            if cancelled() {
                self.cancelled.store(true, Ordering::Relaxed);
            }
            let first = self.next.load(Ordering::Relaxed);
            if self.is_over(first) {
                return;
            }
            let end = (first + RANGE).min(MAX_INTEGER + 1);
            if self.next.compare_exchange(first, end, Ordering::Relaxed, Ordering::Relaxed).is_err() {
                continue;
            }
            if let Some(proof) = self.kernel.first_in(self.previous, first..end) {
                self.found.fetch_min(proof, Ordering::Relaxed);
            }
        }
    }

    fn is_over(&self, next: u64) -> bool {
        next > MAX_INTEGER || next > self.found.load(Ordering::Relaxed) || self.cancelled.load(Ordering::Relaxed)
    }

    fn wants_help(&self) -> bool {
        !self.is_over(self.next.load(Ordering::Relaxed)) && self.helping.load(Ordering::Relaxed) < self.most_helpers
    }

    /// The proof, once nobody works on it any more. One that was found before the search was cancelled may not be the smallest.
    fn proof(&self) -> Option<u64> {
        match self.found.load(Ordering::Relaxed) {
            NOTHING => None,
            _ if self.cancelled.load(Ordering::Relaxed) => None,
            proof => Some(proof),
        }
    }
}

/// One for each core but the first, shared by all searches of the program.
static HELPERS: LazyLock<Helpers> = LazyLock::new(|| {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    for _ in 1..cores {
        // Where the system refuses a thread, fewer cores work.
        let _ = thread::Builder::new().name("puzzle".into()).spawn(|| HELPERS.help());
    }
    Helpers { searches: Mutex::default(), calls: AtomicUsize::new(0), called: Condvar::new() }
});

struct Helpers {
    /// The searches that are under way.
    searches: Mutex<Vec<Arc<Search>>>,
    /// How often they were called.
    calls: AtomicUsize,
    called: Condvar,
}

impl Helpers {
    fn call(&self, search: Arc<Search>) {
        self.searches().push(search);
        self.calls.fetch_add(1, Ordering::Release);
        self.called.notify_all();
    }

    /// Ends the help for a search, and waits for the ranges that are still being tried.
    fn dismiss(&self, search: &Arc<Search>) {
        self.searches().retain(|other| !Arc::ptr_eq(other, search));
        // Nobody joins any more; what is left takes well below a millisecond.
        while search.helping.load(Ordering::Acquire) > 0 {
            thread::yield_now();
        }
    }

    /// Helps whoever calls, for ever.
    fn help(&self) {
        loop {
            let search = self.join();
            search.work(&|| false);
            search.helping.fetch_sub(1, Ordering::Release);
        }
    }

    /// Waits for a search that wants help.
    fn join(&self) -> Arc<Search> {
        let heard = self.calls.load(Ordering::Acquire);
        let mut searches = self.searches();
        if let Some(search) = joined(&searches) {
            return search;
        }
        drop(searches);
        let began = Instant::now();
        while self.calls.load(Ordering::Acquire) == heard && began.elapsed() < LOOK_OUT {
            std::hint::spin_loop();
        }
        searches = self.searches();
        loop {
            if let Some(search) = joined(&searches) {
                return search;
            }
            searches = self.called.wait(searches).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn searches(&self) -> MutexGuard<'_, Vec<Arc<Search>>> {
        self.searches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The first search that wants help, joined. Joining happens under the lock, so that nobody joins a search that was dismissed.
fn joined(searches: &[Arc<Search>]) -> Option<Arc<Search>> {
    let search = searches.iter().find(|search| search.wants_help())?;
    search.helping.fetch_add(1, Ordering::Relaxed);
    Some(search.clone())
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
    fn searches_that_run_side_by_side_do_not_mix() {
        let expected: Vec<_> = (1..9).map(|previous| search_on(1, previous, || false)).collect();
        thread::scope(|scope| {
            let all: Vec<_> = (1..9).map(|previous| scope.spawn(move || search_on(4, previous, || false))).collect();
            let found: Vec<_> = all.into_iter().map(|search| search.join().unwrap()).collect();
            assert_eq!(found, expected);
        });
    }

    #[test]
    fn a_search_that_is_cancelled_on_the_way_ends() {
        let calls = AtomicUsize::new(0);
        // The proof after this one is 346464: the search is still under way after the first range.
        let cancelled = || calls.fetch_add(1, Ordering::Relaxed) >= 1;
        assert_eq!(search_on(2, 23939, cancelled), None);
    }

    #[test]
    fn a_cancelled_search_finds_nothing() {
        assert_eq!(search(1, || true), None);
        assert_eq!(search_on(1, 1, || true), None);
    }
}
