//! Follows a peer: hears its events where there is a place, and asks it again and again otherwise.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{
    super::event_stream::{Event, EventStream, Message},
    Observation, Observed, Observer, Report,
    look::{follows, last_block},
};
use crate::wire::v1::{BlockEvent, MinedPoint, MiningEvent, event};

/// How long to wait before a peer is asked again.
const PAUSE: Duration = Duration::from_secs(2);
/// How long to wait before a node of the listing is asked again. It makes its whole chain anew to say how long that is.
const LISTING_PAUSE: Duration = Duration::from_secs(10);
/// How many events a peer may send in a second. One that sends more is asked instead.
const MAX_EVENT_RATE: u32 = 2000;
/// How long a peer that has sent too many events is asked instead.
const EVENTS_PAUSE: Duration = Duration::from_secs(60);

/// Follows a peer for ever.
pub(super) async fn follow(observer: &Observer, observed: &Observed) {
    let mut hear_from = Instant::now();
    loop {
        let seen = observer.look_at(observed).await;
        let (answers, is_listing) =
            (matches!(seen.outcome, Some(Ok(()))), matches!(seen.report, Some(Report::Listing(_))));
        if answers && !is_listing && Instant::now() >= hear_from && hear(observer, observed).await == Heard::TooMuch {
            tracing::debug!(peer = %observed.peer, "sends too many events");
            hear_from = Instant::now() + EVENTS_PAUSE;
        }
        sleep(if answers && is_listing { LISTING_PAUSE } else { PAUSE }).await;
    }
}

/// Why the events of a peer are not heard any more.
#[derive(PartialEq, Eq)]
enum Heard {
    /// There is no place, it has no stream, or the stream has ended.
    NoMore,
    /// It sends too many.
    TooMuch,
}

/// Hears a peer's events until its stream ends.
async fn hear(observer: &Observer, observed: &Observed) -> Heard {
    let Ok(_place) = observer.0.streams.try_acquire() else { return Heard::NoMore };
    let Ok(Some(mut stream)) = observer.0.client.events(&observed.peer).await else { return Heard::NoMore };
    // What happened before the stream began.
    observer.look_at(observed).await;
    let (mut second, mut count) = (Instant::now(), 0);
    while let Some(events) = next_events(&mut stream).await {
        if second.elapsed() >= Duration::from_secs(1) {
            (second, count) = (Instant::now(), 0);
        }
        count += u32::try_from(events.len()).unwrap_or(u32::MAX);
        if count > MAX_EVENT_RATE {
            return Heard::TooMuch;
        }
        if !events.is_empty() {
            take(observer, observed, &events).await;
        }
    }
    // It may be gone.
    observer.look_at(observed).await;
    Heard::NoMore
}

/// The next events: none at all when only comments came, and none for one that was too long, but then the peer is to be asked.
async fn next_events(stream: &mut EventStream) -> Option<Vec<Option<Event>>> {
    let messages = stream.next().await.ok()?;
    let events = messages.into_iter().filter_map(|message| match message {
        Message::Event(event) => Some(Some(event)),
        Message::TooLong => Some(None),
        Message::Comment | Message::Retry(_) => None,
    });
    Some(events.collect())
}

/// Takes in events. What does not follow from what is known is asked for.
async fn take(observer: &Observer, observed: &Observed, events: &[Option<Event>]) {
    let mut observation = (*observed.latest()).clone();
    let all_follow = events.iter().all(|event| event.as_ref().is_some_and(|event| apply(&mut observation, event)));
    if all_follow {
        observer.publish(observed, observation);
    } else {
        observer.look_at(observed).await;
    }
}

/// Changes what is known as the event says; false when the event does not say enough.
fn apply(observation: &mut Observation, event: &Event) -> bool {
    let Some(Report::BCoin(report)) = &mut observation.report else { return false };
    match event.name.as_str() {
        event::BLOCK => {
            let Ok(BlockEvent { header, time, .. }) = serde_json::from_str(&event.data) else { return false };
            let Some(hash) = follows(&report.trail, &header) else { return false };
            report.trail.push(hash);
            report.last_block = Some(last_block(&header));
            report.last_mined = Some(MinedPoint { index: header.index, hash: header.hash, time });
            observation.seen_at = Some(time);
            true
        }
        event::MINING => {
            let Ok(MiningEvent { mining, time }) = serde_json::from_str(&event.data) else { return false };
            report.mining = Some(mining);
            observation.seen_at = Some(time);
            true
        }
        _ => false,
    }
}
