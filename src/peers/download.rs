//! Receives the body of an answer, as fast as the peer sends it, into a spool: who reads the spool afterwards waits for no peer.

use std::{
    io::Write as _,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use bcoin_node::{ChainLimit, Spool, SpoolContent, SpoolSpace, SpoolsFull};
use reqwest::Response;
use tokio::{
    task::spawn_blocking,
    time::{Instant, timeout, timeout_at},
};

use super::{error::PeerError, limits::ClientLimits};

/// How many bytes are written to a spool at a time.
const WRITE_BYTES: usize = 128 << 10;
/// In how many parts the window is divided over which the rate is averaged.
const WINDOW_PARTS: usize = 10;

/// A body that was received.
pub(super) struct Received {
    /// The body, from its beginning.
    pub(super) spool: Spool,
    /// Whether it is longer than it may be: the rest was not received.
    pub(super) is_cut: bool,
}

/// Receives up to `max` bytes of the body of `response`. Sets `delivering` when the first of them arrives.
///
/// # Errors
/// When the body breaks off or is too slow, or there is no room for it.
pub(super) async fn receive(
    mut response: Response,
    max: u64,
    spools: &SpoolSpace,
    limits: &ClientLimits,
    first_byte: Duration,
    delivering: &AtomicBool,
) -> Result<Received, PeerError> {
    let too_slow = |_| PeerError::TooSlow(format!("no byte within {} s", first_byte.as_secs_f64()));
    let first = timeout(first_byte, response.chunk()).await.map_err(too_slow)?;
    let mut next = first.map_err(|error| PeerError::from_http(&error))?;
    delivering.store(next.is_some(), Ordering::Relaxed);
    let mut rate = Rate::begin(limits);
    let mut spool = spools.spool(SpoolContent::Received);
    let cut_off = spool.cut_off();
    let (mut buffer, mut total) = (Vec::new(), 0);
    while let Some(chunk) = next {
        rate.received(chunk.len());
        total += chunk.len() as u64;
        buffer.extend_from_slice(&chunk);
        if total > max {
            break;
        }
        if buffer.len() >= WRITE_BYTES {
            (spool, buffer) = write(spool, buffer).await?;
        }
        next = tokio::select! {
            () = cut_off.cancelled() => return Err(PeerError::CutOff),
            next = rate.watch(response.chunk()) => next?.map_err(|error| PeerError::from_http(&error))?,
        };
    }
    let (mut spool, _) = write(spool, buffer).await?;
    spool.complete().map_err(failed)?;
    Ok(Received { spool, is_cut: total > max })
}

/// Writes on a thread that may block: disks are slow, and a full spool waits for others to be cut off.
async fn write(mut spool: Spool, mut buffer: Vec<u8>) -> Result<(Spool, Vec<u8>), PeerError> {
    let work = spawn_blocking(move || {
        spool.write_all(&buffer)?;
        buffer.clear();
        Ok((spool, buffer))
    });
    work.await.map_err(|_| PeerError::Interrupted)?.map_err(failed)
}

fn failed(error: std::io::Error) -> PeerError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<SpoolsFull>()) {
        Some(full) => PeerError::BeyondLimit { length: None, limit: ChainLimit::TemporaryFiles(full.limit) },
        None => PeerError::Store(error.into()),
    }
}

/// The rate at which a body arrives, averaged over the last parts of a window.
struct Rate {
    part: Duration,
    /// How many bytes have to arrive in a window.
    min_bytes: u64,
    /// Bytes received in the current part and those before it, in a ring.
    parts: [u64; WINDOW_PARTS],
    /// How many parts have ended.
    ended: usize,
    part_ends_at: Instant,
}

impl Rate {
    fn begin(limits: &ClientLimits) -> Self {
        let part = limits.rate_window / WINDOW_PARTS as u32;
        let min_bytes = (limits.min_rate as f64 * limits.rate_window.as_secs_f64()) as u64;
        Self { part, min_bytes, parts: [0; WINDOW_PARTS], ended: 0, part_ends_at: Instant::now() + part }
    }

    fn received(&mut self, bytes: usize) {
        self.parts[self.ended % WINDOW_PARTS] += bytes as u64;
    }

    /// Ends the current part. Fails when a whole window has passed, and too little arrived in the last one.
    fn end_part(&mut self) -> Result<(), PeerError> {
        self.ended += 1;
        self.part_ends_at += self.part;
        let received: u64 = self.parts.iter().sum();
        if self.ended >= WINDOW_PARTS && received < self.min_bytes {
            let window = (self.part * WINDOW_PARTS as u32).as_secs_f64();
            return Err(PeerError::TooSlow(format!("{received} bytes in {window} s, less than {}", self.min_bytes)));
        }
        self.parts[self.ended % WINDOW_PARTS] = 0;
        Ok(())
    }

    /// Waits for what arrives next, as long as the rate is kept.
    async fn watch<T>(&mut self, next: impl Future<Output = T>) -> Result<T, PeerError> {
        let mut next = std::pin::pin!(next);
        loop {
            match timeout_at(self.part_ends_at, next.as_mut()).await {
                Ok(next) => {
                    // Parts also end for a peer that always has something ready.
                    while self.part_ends_at <= Instant::now() {
                        self.end_part()?;
                    }
                    return Ok(next);
                }
                Err(_) => self.end_part()?,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::sleep;

    use super::*;

    fn limits() -> ClientLimits {
        ClientLimits { min_rate: 1000, rate_window: Duration::from_secs(10), ..ClientLimits::default() }
    }

    /// Whether a peer is cut off that sends `bytes` every `pause` for a minute.
    async fn is_cut_off(bytes: usize, pause: Duration) -> bool {
        let mut rate = Rate::begin(&limits());
        rate.received(bytes);
        let end = Instant::now() + Duration::from_secs(60);
        while Instant::now() < end {
            if rate.watch(sleep(pause)).await.is_err() {
                return true;
            }
            rate.received(bytes);
        }
        false
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_is_cut_off_when_the_average_is_too_low() {
        assert!(is_cut_off(100, Duration::from_millis(200)).await);
        assert!(is_cut_off(990, Duration::from_secs(1)).await);
        assert!(is_cut_off(100_000, Duration::from_secs(40)).await);
        assert!(!is_cut_off(1100, Duration::from_secs(1)).await);
        assert!(!is_cut_off(11_000, Duration::from_secs(8)).await, "pauses within the window");
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_stops_is_cut_off_after_the_window() {
        let mut rate = Rate::begin(&limits());
        rate.received(5000);
        let began = Instant::now();
        assert!(rate.watch(pending::<()>()).await.is_err());
        assert_eq!(began.elapsed(), Duration::from_secs(10));
    }
}
