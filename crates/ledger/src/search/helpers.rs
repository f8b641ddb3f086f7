//! The threads that help with all searches of the program. Most puzzles of the chapter are solved in a millisecond or two, and a
//! thread made for each would come late to half of them.

use std::{
    panic::{self, AssertUnwindSafe},
    ptr,
    sync::{
        Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::all_cores;

/// How long a helper looks out for the next search before it sleeps: waking up takes about as long.
const LOOK_OUT: Duration = Duration::from_micros(100);

/// A search that can be helped.
pub(super) trait Help: Send + Sync {
    /// Whether one more helper is of use.
    fn is_wanted(&self) -> bool;

    /// How many helpers are at work.
    fn helping(&self) -> &AtomicUsize;

    /// Works until the search is over.
    fn help(&self);

    /// Lets whoever works on it stop.
    fn cancel(&self);
}

/// A search that was called out. Its end dismisses the helpers, also when the searching thread panics.
pub(super) struct Called<'a>(&'a dyn Help);

impl Drop for Called<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.cancel();
        }
        HELPERS.dismiss(self.0);
    }
}

/// One for each core but the first.
pub(super) static HELPERS: LazyLock<Helpers> = LazyLock::new(|| {
    for _ in 1..all_cores() {
        // Where the system refuses a thread, fewer cores work.
        let _ = thread::Builder::new().name("search".into()).spawn(|| HELPERS.help());
    }
    Helpers { searches: Mutex::default(), calls: AtomicUsize::new(0), called: Condvar::new() }
});

pub(super) struct Helpers {
    /// The searches that are under way.
    searches: Mutex<Vec<Arc<dyn Help>>>,
    /// How often they were called.
    calls: AtomicUsize,
    called: Condvar,
}

impl Helpers {
    /// Calls the helpers to a search until what is returned is dropped.
    pub(super) fn call<'a, S: Help + 'static>(&self, search: &'a Arc<S>) -> Called<'a> {
        self.searches().push(search.clone());
        self.calls.fetch_add(1, Ordering::Release);
        self.called.notify_all();
        Called(search.as_ref())
    }

    /// Ends the help for a search, and waits for the ranges that are still being tried.
    fn dismiss(&self, search: &dyn Help) {
        self.searches().retain(|other| !ptr::addr_eq(Arc::as_ptr(other), search));
        // Nobody joins any more; what is left takes well below a millisecond.
        while search.helping().load(Ordering::Acquire) > 0 {
            thread::yield_now();
        }
    }

    /// Helps whoever calls, for ever.
    fn help(&self) {
        loop {
            let search = self.join();
            // What panics here ends the search, and neither this thread nor the wait for it.
            if panic::catch_unwind(AssertUnwindSafe(|| search.help())).is_err() {
                search.cancel();
            }
            search.helping().fetch_sub(1, Ordering::Release);
        }
    }

    /// Waits for a search that wants help.
    fn join(&self) -> Arc<dyn Help> {
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

    fn searches(&self) -> MutexGuard<'_, Vec<Arc<dyn Help>>> {
        self.searches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The first search that wants help, joined. Joining happens under the lock, so that nobody joins a search that was dismissed.
fn joined(searches: &[Arc<dyn Help>]) -> Option<Arc<dyn Help>> {
    let search = searches.iter().find(|search| search.is_wanted())?;
    search.helping().fetch_add(1, Ordering::Relaxed);
    Some(search.clone())
}
