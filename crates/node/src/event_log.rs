//! What happened in a node, one event after the other: a bounded ring that any number of listeners read at their own pace.
//!
//! The owner publishes after it has saved, so whoever hears of something finds it. Publishing never waits for a listener: one
//! that falls behind the ring is told so and has to begin anew.

use std::{
    collections::VecDeque,
    fmt,
    str::FromStr,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use bcoin_ledger::Size;
use bytes::Bytes;
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// How many events are kept.
const MAX_EVENTS: usize = 8192;
/// How many bytes the kept events have together, about.
const MAX_BYTES: usize = 16 << 20;
/// How many listeners there may be at a time.
pub const MAX_LISTENERS: usize = 512;
/// How many events a listener takes at a time.
const MAX_BATCH: usize = 256;

/// Names an event: the run of the node, a random number for each start, and a count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventId {
    run: u32,
    count: u64,
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}-{}", self.run, self.count)
    }
}

/// A text is no id of an event.
#[derive(Debug, Error)]
#[error("{0:?} is no id of an event, which looks like 1f2e3d4c-17")]
pub struct BadEventId(String);

impl FromStr for EventId {
    type Err = BadEventId;

    fn from_str(text: &str) -> Result<Self, BadEventId> {
        let read = |(run, count): (&str, &str)| {
            Some(Self { run: u32::from_str_radix(run, 16).ok()?, count: count.parse().ok()? })
        };
        text.split_once('-').and_then(read).ok_or_else(|| BadEventId(text.chars().take(40).collect()))
    }
}

/// Something that happened, with its id.
#[derive(Debug)]
pub struct Entry<E> {
    id: EventId,
    event: E,
    rendered: OnceLock<Bytes>,
}

impl<E> Entry<E> {
    /// Its id.
    pub fn id(&self) -> EventId {
        self.id
    }

    /// What happened.
    pub fn event(&self) -> &E {
        &self.event
    }

    /// The event in the form in which listeners send it on; made once, by the first of them, and shared by all.
    pub fn rendered(&self, render: impl FnOnce(EventId, &E) -> Bytes) -> Bytes {
        self.rendered.get_or_init(|| render(self.id, &self.event)).clone()
    }
}

/// The events of a node.
#[derive(Debug)]
pub struct EventLog<E> {
    run: u32,
    ring: Mutex<Ring<E>>,
    /// The count of the latest event; wakes the listeners.
    latest: watch::Sender<u64>,
    permits: Arc<Semaphore>,
}

#[derive(Debug)]
struct Ring<E> {
    events: VecDeque<Arc<Entry<E>>>,
    /// The count of the latest event.
    latest: u64,
    bytes: usize,
}

impl<E> Ring<E> {
    /// The count of the oldest event that is kept, or of the next one when none is.
    fn oldest(&self) -> u64 {
        self.latest + 1 - self.events.len() as u64
    }
}

/// There are as many listeners as there may be.
#[derive(Clone, Copy, Debug, Error)]
#[error("{MAX_LISTENERS} listeners hear this node's events already; close one, or ask again later")]
pub struct TooManyListeners;

/// A listener has fallen behind the events that are kept.
#[derive(Clone, Copy, Debug, Error)]
#[error("the listener is too slow: the next event it wants is not kept any more")]
pub struct Missed;

impl<E: Size> EventLog<E> {
    /// A log without events. `run` tells its ids from those of other runs.
    pub(crate) fn new(run: u32) -> Arc<Self> {
        Arc::new(Self {
            run,
            ring: Mutex::new(Ring { events: VecDeque::new(), latest: 0, bytes: 0 }),
            latest: watch::Sender::new(0),
            permits: Arc::new(Semaphore::new(MAX_LISTENERS)),
        })
    }

    /// Adds events and wakes the listeners once.
    pub(crate) fn publish(&self, events: impl IntoIterator<Item = E>) {
        let mut ring = self.ring();
        for event in events {
            ring.latest += 1;
            let id = EventId { run: self.run, count: ring.latest };
            ring.bytes += event.size();
            ring.events.push_back(Arc::new(Entry { id, event, rendered: OnceLock::new() }));
        }
        while ring.events.len() > MAX_EVENTS || ring.bytes > MAX_BYTES {
            let Some(oldest) = ring.events.pop_front() else { break };
            ring.bytes -= oldest.event.size();
        }
        let latest = ring.latest;
        drop(ring);
        self.latest.send_replace(latest);
    }
}

impl<E> EventLog<E> {
    /// The id of the latest event; its count is 0 when there is none yet.
    pub fn latest(&self) -> EventId {
        EventId { run: self.run, count: self.ring().latest }
    }

    /// How many listeners there are.
    pub fn listeners(&self) -> usize {
        MAX_LISTENERS - self.permits.available_permits()
    }

    /// Begins to listen after the event `after`, or to what comes from now on.
    ///
    /// # Errors
    /// When too many listen.
    pub fn subscribe(self: &Arc<Self>, after: Option<EventId>) -> Result<Subscription<E>, TooManyListeners> {
        let permit = self.permits.clone().try_acquire_owned().map_err(|_| TooManyListeners)?;
        let wake = self.latest.subscribe();
        let ring = self.ring();
        let kept = |id: &EventId| id.run == self.run && (ring.oldest()..=ring.latest + 1).contains(&(id.count + 1));
        let (next, has_gap) = match after {
            Some(id) if kept(&id) => (id.count + 1, false),
            after => (ring.latest + 1, after.is_some()),
        };
        drop(ring);
        Ok(Subscription { log: self.clone(), next, has_gap, wake, _permit: permit })
    }

    fn ring(&self) -> MutexGuard<'_, Ring<E>> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A listener's cursor in the log.
pub struct Subscription<E> {
    log: Arc<EventLog<E>>,
    /// The count of the event it wants next.
    next: u64,
    has_gap: bool,
    wake: watch::Receiver<u64>,
    _permit: OwnedSemaphorePermit,
}

impl<E> Subscription<E> {
    /// Whether events between the one it was to begin after and the first one it will hear are not kept any more.
    pub fn has_gap(&self) -> bool {
        self.has_gap
    }

    /// The id after which it goes on.
    pub fn position(&self) -> EventId {
        EventId { run: self.log.run, count: self.next - 1 }
    }

    /// Waits for the next events, in their order and without a gap.
    ///
    /// # Errors
    /// When the next one is not kept any more.
    pub async fn next(&mut self) -> Result<Vec<Arc<Entry<E>>>, Missed> {
        loop {
            self.wake.mark_unchanged();
            let events = self.take()?;
            if !events.is_empty() {
                return Ok(events);
            }
            // The log lives as long as this does, so there is always somebody who could wake it.
            let _ = self.wake.changed().await;
        }
    }

    fn take(&mut self) -> Result<Vec<Arc<Entry<E>>>, Missed> {
        let ring = self.log.ring();
        let skipped = self.next.checked_sub(ring.oldest()).ok_or(Missed)?;
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        let events: Vec<_> = ring.events.iter().skip(skipped).take(MAX_BATCH).cloned().collect();
        drop(ring);
        self.next += events.len() as u64;
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An event that takes so many bytes.
    #[derive(Clone, Debug)]
    struct Sized(usize);

    impl Size for Sized {
        fn size(&self) -> usize {
            self.0
        }
    }

    fn heard(events: &[Arc<Entry<Sized>>]) -> Vec<u64> {
        events.iter().map(|event| event.id().count).collect()
    }

    #[tokio::test]
    async fn a_listener_hears_every_event_in_order_while_they_happen() {
        let log = EventLog::new(7);
        let mut listener = log.subscribe(None).unwrap();
        let publishing = {
            let log = log.clone();
            std::thread::spawn(move || {
                for group in 0..500 {
                    log.publish((0..3).map(|at| Sized(group * 3 + at)));
                }
            })
        };
        let mut all = Vec::new();
        while all.len() < 1500 {
            all.extend(heard(&listener.next().await.unwrap()));
        }
        publishing.join().unwrap();
        assert_eq!(all, (1..=1500).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_listener_that_comes_back_has_missed_nothing() {
        let log = EventLog::new(7);
        log.publish([Sized(1), Sized(2)]);
        let id = log.latest();
        log.publish([Sized(3)]);
        let mut listener = log.subscribe(Some(id.to_string().parse().unwrap())).unwrap();
        assert!(!listener.has_gap());
        assert_eq!(heard(&listener.next().await.unwrap()), [3]);
        let listener = log.subscribe(Some(log.latest())).unwrap();
        assert!(!listener.has_gap(), "nothing has happened since");
    }

    #[tokio::test]
    async fn what_is_not_kept_is_said() {
        let log = EventLog::new(7);
        log.publish([Sized(1)]);
        for id in ["00000008-1", "00000007-5", "00000007-18446744073709551614"] {
            assert!(log.subscribe(Some(id.parse().unwrap())).unwrap().has_gap(), "{id}");
        }
        let mut slow = log.subscribe(None).unwrap();
        log.publish((0..=MAX_EVENTS).map(|_| Sized(1)));
        assert!(slow.next().await.is_err());
        assert!(log.subscribe(Some("00000007-1".parse().unwrap())).unwrap().has_gap());
    }

    #[test]
    fn the_ring_is_bounded_by_bytes_too() {
        let log = EventLog::new(7);
        log.publish((0..5).map(|_| Sized(9 << 20)));
        let ring = log.ring();
        assert!(ring.events.len() == 1 && ring.bytes <= MAX_BYTES);
        assert_eq!(ring.oldest(), 5);
    }

    #[test]
    fn listeners_are_counted() {
        let log: Arc<EventLog<Sized>> = EventLog::new(7);
        let all: Vec<_> = (0..MAX_LISTENERS).map(|_| log.subscribe(None).unwrap()).collect();
        assert!(log.subscribe(None).is_err());
        drop(all);
        assert_eq!(log.listeners(), 0);
    }

    #[test]
    fn ids_read_back_and_others_are_refused() {
        let id = EventId { run: 0x1f2e_3d4c, count: 17 };
        assert_eq!(id.to_string(), "1f2e3d4c-17");
        assert_eq!(id.to_string().parse::<EventId>().unwrap(), id);
        for text in ["", "-", "17", "1f2e3d4c-", "-17", "x-1", "1f2e3d4c-17-1", "1-99999999999999999999"] {
            assert!(text.parse::<EventId>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_event_is_rendered_once() {
        let log = EventLog::new(7);
        log.publish([Sized(5)]);
        let entry = log.ring().events[0].clone();
        let render = |id: EventId, event: &Sized| format!("{id} {}", event.0).into();
        assert_eq!(entry.rendered(render), "00000007-1 5");
        assert_eq!(entry.rendered(|_, _| unreachable!("it is rendered already")), "00000007-1 5");
    }
}
