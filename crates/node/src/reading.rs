//! The threads that read: each kind of reading has a few.

use std::{io, sync::Arc};

use tokio::{sync::Semaphore, task::spawn_blocking};

/// Lets readings of one kind run on a few threads at a time, in the order in which they were asked for; cheap to clone.
///
/// The system's allocator keeps for each thread about what its largest work has taken, and lets go of it late or never. With as
/// many threads as there are requests, the memory of a node would grow for hours.
#[derive(Clone, Debug)]
pub struct ReadingThreads(Arc<Semaphore>);

impl ReadingThreads {
    /// Lets `count` readings run at a time.
    pub fn new(count: usize) -> Self {
        Self(Arc::new(Semaphore::new(count)))
    }

    /// Runs a reading on a thread that may block, once it is its turn.
    ///
    /// # Errors
    /// When the reading panics.
    pub async fn run<T: Send + 'static>(&self, reading: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
        let permit = self.0.clone().acquire_owned().await.map_err(io::Error::other)?;
        let reading = spawn_blocking(move || {
            // The reading goes on when nobody waits for it any more, and its turn ends with it.
            let _permit = permit;
            reading()
        });
        reading.await.map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Barrier,
            atomic::{AtomicUsize, Ordering},
        },
        thread,
    };

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn no_more_run_at_a_time_than_there_are_threads() {
        let (threads, running) = (ReadingThreads::new(2), Arc::new(AtomicUsize::new(0)));
        let readings: Vec<_> = (0..50)
            .map(|_| {
                let (threads, running) = (threads.clone(), running.clone());
                let read = move || {
                    let at_once = running.fetch_add(1, Ordering::SeqCst) + 1;
                    thread::yield_now();
                    running.fetch_sub(1, Ordering::SeqCst);
                    at_once
                };
                tokio::spawn(async move { threads.run(read).await.unwrap() })
            })
            .collect();
        for reading in readings {
            assert!(reading.await.unwrap() <= 2);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_reading_that_nobody_waits_for_keeps_its_turn() {
        let (threads, both) = (ReadingThreads::new(1), Arc::new(Barrier::new(2)));
        let blocked = {
            let (threads, both) = (threads.clone(), both.clone());
            tokio::spawn(async move { threads.run(move || both.wait()).await })
        };
        while threads.0.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        blocked.abort();
        assert!(blocked.await.unwrap_err().is_cancelled());
        assert_eq!(threads.0.available_permits(), 0);
        both.wait();
        threads.run(|| ()).await.unwrap();
    }
}
