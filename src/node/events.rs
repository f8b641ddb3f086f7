//! What happened in a node, one event after the other: a bounded ring that any number of listeners read at their own pace.
//!
//! The owner publishes after it has saved, so whoever hears of something finds it. Publishing never waits for a listener: one
//! that falls behind the ring is told so and has to begin anew.

use std::{
    collections::VecDeque,
    fmt::{self, Write as _},
    str::FromStr,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::{
    ledger::Transaction,
    wire::v1::{self, event},
};

/// How many events are kept.
const MOST_EVENTS: usize = 8192;
/// How many bytes the kept events have together, about.
const MOST_BYTES: usize = 16 << 20;
/// How many listeners there may be at a time.
const MOST_LISTENERS: usize = 512;
/// How many events a listener takes at a time.
const LARGEST_BATCH: usize = 256;
/// What an event takes beside the texts in it, in bytes, about.
const EVENT_BYTES: usize = 512;

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

/// What happened.
#[derive(Clone, Debug)]
pub enum EventKind {
    /// A block was mined here.
    Block(v1::BlockEvent),
    /// A payment waits.
    Payment {
        /// The payment.
        transaction: Transaction,
        /// Index of the block that will hold it.
        block: u64,
        /// How many payments wait with it.
        pending: usize,
        /// When.
        time: DateTime<Utc>,
    },
    /// The chain was replaced.
    Replacement(v1::ReplacementEvent),
    /// Peers were added or removed.
    Peers(v1::PeersEvent),
    /// The node mines by itself in another way.
    Mining(v1::MiningEvent),
}

/// Something that happened, with its id.
#[derive(Debug)]
pub struct Event {
    id: EventId,
    kind: EventKind,
    frame: OnceLock<Bytes>,
}

impl Event {
    /// Its id.
    pub fn id(&self) -> EventId {
        self.id
    }

    /// What happened.
    pub fn kind(&self) -> &EventKind {
        &self.kind
    }

    /// The event as it stands in a stream of server-sent events; written once and shared by all listeners.
    pub fn frame(&self) -> Bytes {
        self.frame.get_or_init(|| self.write_frame()).clone()
    }

    fn write_frame(&self) -> Bytes {
        match &self.kind {
            EventKind::Block(data) => frame(self.id, event::BLOCK, data),
            EventKind::Payment { transaction, block, pending, time } => {
                let transaction = transaction.into();
                let data = v1::PaymentEvent { transaction, block: *block, pending: *pending, time: *time };
                frame(self.id, event::PAYMENT, &data)
            }
            EventKind::Replacement(data) => frame(self.id, event::REPLACEMENT, data),
            EventKind::Peers(data) => frame(self.id, event::PEERS, data),
            EventKind::Mining(data) => frame(self.id, event::MINING, data),
        }
    }

    /// About how many bytes it takes.
    fn bytes(&self) -> usize {
        let texts = match &self.kind {
            EventKind::Payment { transaction, .. } => 2 * transaction.canonical_len(),
            EventKind::Replacement(data) => {
                let returned = data.replacement.returned.transactions.iter();
                let returned: usize = returned.map(v1::Transaction::json_bytes).sum();
                let given_up = data.replacement.given_up.blocks.iter();
                let given_up: usize = given_up.map(|header| EVENT_BYTES + header.timestamp.len()).sum();
                2 * (returned + given_up)
            }
            EventKind::Peers(data) => (data.added.len() + data.removed.len()) * EVENT_BYTES,
            EventKind::Block(_) | EventKind::Mining(_) => 0,
        };
        EVENT_BYTES + texts
    }
}

/// One event of a stream (WHATWG HTML, section 9.2.5). JSON holds no line breaks, so the data is one line.
pub fn frame(id: EventId, name: &str, data: &impl Serialize) -> Bytes {
    let json = serde_json::to_string(data).unwrap_or_default();
    let mut text = String::with_capacity(json.len() + 64);
    // Writing to a text cannot fail.
    let _ = write!(text, "id: {id}\nevent: {name}\ndata: {json}\n\n");
    text.into()
}

/// The events of a node.
#[derive(Debug)]
pub struct EventLog {
    run: u32,
    ring: Mutex<Ring>,
    /// The count of the latest event; wakes the listeners.
    latest: watch::Sender<u64>,
    places: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Ring {
    events: VecDeque<Arc<Event>>,
    /// The count of the latest event.
    latest: u64,
    bytes: usize,
}

impl Ring {
    /// The count of the oldest event that is kept, or of the next one when none is.
    fn oldest(&self) -> u64 {
        self.latest + 1 - self.events.len() as u64
    }
}

/// There are as many listeners as there may be.
#[derive(Clone, Copy, Debug, Error)]
#[error("{MOST_LISTENERS} listeners hear this node's events already; close one, or ask again later")]
pub struct TooManyListeners;

/// A listener has fallen behind the events that are kept.
#[derive(Clone, Copy, Debug, Error)]
#[error("the listener is too slow: the next event it wants is not kept any more")]
pub struct Missed;

impl EventLog {
    /// A log without events. `run` tells its ids from those of other runs.
    pub(super) fn new(run: u32) -> Arc<Self> {
        Arc::new(Self {
            run,
            ring: Mutex::default(),
            latest: watch::Sender::new(0),
            places: Arc::new(Semaphore::new(MOST_LISTENERS)),
        })
    }

    /// Adds events and wakes the listeners once.
    pub(super) fn publish(&self, kinds: impl IntoIterator<Item = EventKind>) {
        let mut ring = self.ring();
        for kind in kinds {
            ring.latest += 1;
            let id = EventId { run: self.run, count: ring.latest };
            let event = Event { id, kind, frame: OnceLock::new() };
            ring.bytes += event.bytes();
            ring.events.push_back(Arc::new(event));
        }
        while ring.events.len() > MOST_EVENTS || ring.bytes > MOST_BYTES {
            let Some(oldest) = ring.events.pop_front() else { break };
            ring.bytes -= oldest.bytes();
        }
        let latest = ring.latest;
        drop(ring);
        self.latest.send_replace(latest);
    }

    /// The id of the latest event; its count is 0 when there is none yet.
    pub fn latest(&self) -> EventId {
        EventId { run: self.run, count: self.ring().latest }
    }

    /// How many listeners there are.
    pub fn listeners(&self) -> usize {
        MOST_LISTENERS - self.places.available_permits()
    }

    /// Begins to listen after the event `after`, or to what comes from now on.
    ///
    /// # Errors
    /// When too many listen.
    pub fn subscribe(self: &Arc<Self>, after: Option<EventId>) -> Result<Subscription, TooManyListeners> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| TooManyListeners)?;
        let wake = self.latest.subscribe();
        let ring = self.ring();
        let kept = |id: &EventId| id.run == self.run && (ring.oldest()..=ring.latest + 1).contains(&(id.count + 1));
        let (next, has_gap) = match after {
            Some(id) if kept(&id) => (id.count + 1, false),
            after => (ring.latest + 1, after.is_some()),
        };
        drop(ring);
        Ok(Subscription { log: self.clone(), next, has_gap, wake, _place: place })
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A listener's place in the log.
pub struct Subscription {
    log: Arc<EventLog>,
    /// The count of the event it wants next.
    next: u64,
    has_gap: bool,
    wake: watch::Receiver<u64>,
    _place: OwnedSemaphorePermit,
}

impl Subscription {
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
    pub async fn next(&mut self) -> Result<Vec<Arc<Event>>, Missed> {
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

    fn take(&mut self) -> Result<Vec<Arc<Event>>, Missed> {
        let ring = self.log.ring();
        let skipped = self.next.checked_sub(ring.oldest()).ok_or(Missed)?;
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        let events: Vec<_> = ring.events.iter().skip(skipped).take(LARGEST_BATCH).cloned().collect();
        drop(ring);
        self.next += events.len() as u64;
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peers(count: usize) -> EventKind {
        EventKind::Peers(v1::PeersEvent { added: vec![], removed: vec![], peers: count, time: DateTime::UNIX_EPOCH })
    }

    fn heard(events: &[Arc<Event>]) -> Vec<u64> {
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
                    log.publish((0..3).map(|at| peers(group * 3 + at)));
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
        log.publish([peers(1), peers(2)]);
        let id = log.latest();
        log.publish([peers(3)]);
        let mut listener = log.subscribe(Some(id.to_string().parse().unwrap())).unwrap();
        assert!(!listener.has_gap());
        assert_eq!(heard(&listener.next().await.unwrap()), [3]);
        let listener = log.subscribe(Some(log.latest())).unwrap();
        assert!(!listener.has_gap(), "nothing has happened since");
    }

    #[tokio::test]
    async fn what_is_not_kept_is_said() {
        let log = EventLog::new(7);
        log.publish([peers(1)]);
        for id in ["00000008-1", "00000007-5", "00000007-18446744073709551614"] {
            assert!(log.subscribe(Some(id.parse().unwrap())).unwrap().has_gap(), "{id}");
        }
        let mut slow = log.subscribe(None).unwrap();
        log.publish((0..=MOST_EVENTS).map(peers));
        assert!(slow.next().await.is_err());
        assert!(log.subscribe(Some("00000007-1".parse().unwrap())).unwrap().has_gap());
    }

    #[test]
    fn the_ring_is_bounded_by_bytes_too() {
        let log = EventLog::new(7);
        let long = "x".repeat(4 << 20);
        let transaction = Transaction::reward(&long, "b");
        let payment = EventKind::Payment { transaction, block: 2, pending: 1, time: DateTime::UNIX_EPOCH };
        log.publish((0..5).map(|_| payment.clone()));
        let ring = log.ring();
        assert!(ring.events.len() == 1 && ring.bytes <= MOST_BYTES);
        assert_eq!(ring.oldest(), 5);
    }

    #[test]
    fn listeners_are_counted() {
        let log = EventLog::new(7);
        let all: Vec<_> = (0..MOST_LISTENERS).map(|_| log.subscribe(None).unwrap()).collect();
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
    fn an_event_is_one_frame_whatever_its_texts() {
        let log = EventLog::new(7);
        let transaction = Transaction::reward("a\nid: 9\r\n\ndata: x", "b");
        log.publish([EventKind::Payment { transaction, block: 2, pending: 1, time: DateTime::UNIX_EPOCH }]);
        let frame = log.ring().events[0].frame();
        let text = std::str::from_utf8(&frame).unwrap();
        assert_eq!(text.lines().count(), 4, "{text}");
        assert!(text.starts_with("id: 00000007-1\nevent: payment\ndata: {\"transaction\":"), "{text}");
        assert!(text.ends_with("}\n\n"));
    }
}
