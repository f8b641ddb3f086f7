//! Follows a peer: hears its events where there is a place, and asks it again and again otherwise.

use std::time::Duration;

use bcoin_node::now;
use tokio::time::{Instant, sleep};

use super::{
    super::{
        event_stream::{Event, Message},
        seen_block::SeenBlock,
    },
    Observation, Observed, Observer, Report,
    look::follows,
};
use crate::wire::v1::{MinedPoint, MiningEvent, event};

/// How long to wait before a peer is asked again.
const PAUSE: Duration = Duration::from_secs(2);
/// How long to wait before a node of the listing is asked again. It makes its whole chain anew to say how long that is.
const LISTING_PAUSE: Duration = Duration::from_secs(10);
/// How many events and comments a peer may send in a second, and how many bytes. One that sends more is asked instead.
const MAX_MESSAGES: usize = 2000;
const MAX_BYTES: u64 = 2 << 20;
/// How long to wait at least between two looks that events are the cause of.
const LOOK_PAUSE: Duration = Duration::from_millis(200);
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
    if !matches!(observer.look_at(observed).await.outcome, Some(Ok(()))) {
        return Heard::NoMore;
    }
    let (mut second, mut count, mut bytes) = (Instant::now(), 0, 0);
    while let Ok(messages) = stream.next().await {
        if second.elapsed() >= Duration::from_secs(1) {
            (second, count, bytes) = (Instant::now(), 0, stream.received());
        }
        count += messages.len();
        if count > MAX_MESSAGES || stream.received() - bytes > MAX_BYTES {
            return Heard::TooMuch;
        }
        take(observer, observed, messages).await;
    }
    // It may be gone.
    observer.look_at(observed).await;
    Heard::NoMore
}

/// Takes in what a peer has sent. What does not follow from what is known is asked for.
async fn take(observer: &Observer, observed: &Observed, messages: Vec<Message>) {
    let events = messages.into_iter().filter_map(|message| match message {
        Message::Event(event) => Some(Some(event)),
        Message::TooLong => Some(None),
        Message::Comment | Message::Retry(_) => None,
    });
    let events: Vec<_> = events.collect();
    if events.is_empty() {
        return;
    }
    let apply_all = |observation: &mut Observation| {
        events.iter().all(|event| event.as_ref().is_some_and(|event| apply(observation, event)))
    };
    if !observer.change(observed, apply_all).await {
        observer.look_at(observed).await;
        sleep(LOOK_PAUSE).await;
    }
}

/// Changes what is known as the event says; false when the event does not say enough.
fn apply(observation: &mut Observation, event: &Event) -> bool {
    let Some(Report::BCoin(report)) = &mut observation.report else { return false };
    match event.name.as_str() {
        event::BLOCK => {
            let Ok(SeenBlock { header, mined_here, time }) = serde_json::from_str(&event.data) else { return false };
            let Some(hash) = follows(&report.trail, &header) else { return false };
            let work = header.work();
            if work.is_some() != report.work.is_some() {
                return false;
            }
            report.trail.push(hash);
            report.work = work;
            report.last_block = Some(header.last_block());
            if mined_here {
                report.last_mined = Some(MinedPoint { index: header.index, hash: header.hash, time });
            }
            answers_now(observation)
        }
        event::MINING => {
            let Ok(MiningEvent { mining, .. }) = serde_json::from_str(&event.data) else { return false };
            report.mining = Some(mining);
            answers_now(observation)
        }
        _ => false,
    }
}

/// A peer that is heard answers, whatever the last look has shown.
fn answers_now(observation: &mut Observation) -> bool {
    observation.outcome = Some(Ok(()));
    observation.seen_at = Some(now().to_utc());
    true
}
