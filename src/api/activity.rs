//! What a connection does: whether a request is under way, or since when it is idle. It costs a request a few atomic writes.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Instant,
};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A request is under way.
const BUSY: u64 = 0;
/// The answer is given to the connection, and is not yet sent to its end.
const SENDING: u64 = 1;
/// The connection is being ended, and begins no further request.
const ENDED: u64 = 2;
/// The smallest number that says since when a connection is idle, in nanoseconds.
const IDLE: u64 = 3;

/// What a connection does.
#[derive(Debug)]
pub(super) struct Activity {
    state: AtomicU64,
    /// From when on nanoseconds are counted; the same for all connections of a server.
    epoch: Instant,
}

/// A request is under way until this is dropped.
#[derive(Debug)]
pub(super) struct Request(Arc<Activity>);

/// A request came on a connection whose place was given to another one.
#[derive(Debug, Error)]
#[error("the connection was idle, and made room for another one")]
pub(super) struct Displaced;

impl Activity {
    /// A connection without a request, idle from now on.
    pub(super) fn new(epoch: Instant) -> Arc<Self> {
        let activity = Self { state: AtomicU64::new(BUSY), epoch };
        activity.state.store(activity.now(), Ordering::Relaxed);
        Arc::new(activity)
    }

    fn now(&self) -> u64 {
        IDLE + u64::try_from(self.epoch.elapsed().as_nanos()).unwrap_or(u64::MAX - IDLE)
    }

    /// Begins a request.
    ///
    /// # Errors
    /// When the connection is being ended. The request must not be carried out then: its answer could not be sent.
    pub(super) fn begin(self: &Arc<Self>) -> Result<Request, Displaced> {
        if self.state.swap(BUSY, Ordering::AcqRel) == ENDED {
            self.state.store(ENDED, Ordering::Release);
            return Err(Displaced);
        }
        Ok(Request(self.clone()))
    }

    /// Everything that was to be sent is with the system.
    pub(super) fn flushed(&self) {
        // Only the connection itself changes this state, so nothing comes in between.
        if self.state.load(Ordering::Acquire) == SENDING {
            self.state.store(self.now(), Ordering::Release);
        }
    }

    /// Since when the connection is idle; none when it is not.
    pub(super) fn idle_since(&self) -> Option<u64> {
        Some(self.state.load(Ordering::Acquire)).filter(|state| *state >= IDLE)
    }

    /// Forbids further requests, if none has begun since the connection was seen idle.
    pub(super) fn end(&self, idle_since: u64) -> bool {
        self.state.compare_exchange(idle_since, ENDED, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.0.state.store(SENDING, Ordering::Release);
    }
}

/// The body of an answer. The request is under way until the connection has taken all of it.
pub(super) struct AnswerBody {
    body: Body,
    _request: Request,
}

impl AnswerBody {
    pub(super) fn new(body: Body, request: Request) -> Self {
        Self { body, _request: request }
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that tells its connection's activity when everything is written. hyper flushes it each time it has nothing more to
/// write.
pub(super) struct WatchedStream<S> {
    pub(super) stream: S,
    pub(super) activity: Arc<Activity>,
}

impl<S: AsyncRead + Unpin> AsyncRead for WatchedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WatchedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        self.activity.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_idle_until_a_request_and_again_when_its_answer_is_sent() {
        let activity = Activity::new(Instant::now());
        let at_first = activity.idle_since().unwrap();
        activity.flushed();
        assert_eq!(activity.idle_since(), Some(at_first), "an idle connection stays idle since the same time");
        let request = activity.begin().unwrap();
        activity.flushed();
        assert_eq!(activity.idle_since(), None, "a part of an answer is sent");
        drop(request);
        assert_eq!(activity.idle_since(), None, "the answer is not sent to its end");
        activity.flushed();
        assert!(activity.idle_since().unwrap() > at_first);
    }

    #[test]
    fn a_connection_that_is_ended_begins_no_request() {
        let activity = Activity::new(Instant::now());
        let since = activity.idle_since().unwrap();
        assert!(activity.end(since));
        assert!(activity.begin().is_err() && activity.begin().is_err());
        assert_eq!(activity.idle_since(), None);
    }

    #[test]
    fn a_connection_that_has_begun_a_request_since_is_not_ended() {
        let activity = Activity::new(Instant::now());
        let since = activity.idle_since().unwrap();
        let request = activity.begin().unwrap();
        assert!(!activity.end(since));
        drop(request);
        activity.flushed();
        assert!(!activity.end(since));
    }
}
