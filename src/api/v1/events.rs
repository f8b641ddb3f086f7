//! `GET /api/v1/events`: what happens, as server-sent events (WHATWG HTML, section 9.2).

use std::{convert::Infallible, fmt::Write as _, time::Duration};

use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};
use bcoin_ledger::chapter::Chapter;
use bcoin_node::{BadEventId, Event, EventId, EventOf, Subscription, now};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;

use super::{
    super::{
        error::ApiError,
        shares::{ClientAddress, Holder, Place},
        state::ApiState,
    },
    params::Params,
};
use crate::{
    format::milliseconds,
    wire::v1::{
        BeyondLimitEvent, BlockEvent, MiningEvent, PaymentEvent, PeersEvent, Problem, ReplacementEvent, ResetEvent,
        event,
    },
};

/// After how much time without events a comment is sent.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(10);
/// The comment that keeps a stream alive.
const COMMENT: Bytes = Bytes::from_static(b":\n\n");
/// The beginning of a stream: after how many milliseconds a browser reconnects.
const OPENING: Bytes = Bytes::from_static(b"retry: 1000\n\n");

/// After which event the stream begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EventParams {
    /// Id of the last event that was heard, for clients that cannot send the header.
    #[param(pattern = "^[0-9a-f]{8}-[0-9]{1,18}$")]
    last_event_id: Option<String>,
}

/// What happens from now on, or after an event that was heard before.
#[utoipa::path(
    get, path = "/events", tag = "node", operation_id = "events",
    description = "A stream of server-sent events: `block`, `payment`, `replacement`, `peers`, `mining`, `beyond_limit`. With `Last-Event-ID` it goes \
                   on after that event; when not all events since are kept, it begins with `reset`: read the status again. A \
                   listener that is too slow is cut off, and may come back with the last id it has seen.",
    params(
        EventParams,
        ("Last-Event-ID" = Option<String>, Header, description = "Id of the last event that was heard", pattern = "^[0-9a-f]{8}-[0-9]{1,18}$"),
    ),
    responses(
        (status = 200, description = "The stream", body = String, content_type = "text/event-stream"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many listen", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn events(
    State(state): State<ApiState>,
    Extension(client): Extension<ClientAddress>,
    headers: HeaderMap,
    Params(params): Params<EventParams>,
) -> Result<Response, ApiError> {
    let after = last_event_id(&headers, params)?;
    let place = state.listeners.take(Holder::of(client.0)).map_err(ApiError::TooManyListenersOfOne)?;
    let subscription = state.node.events().subscribe(after)?;
    let mut opening = BytesMut::from(OPENING);
    if subscription.has_gap() {
        let reset = ResetEvent { time: now().to_utc() };
        opening.extend_from_slice(&frame(subscription.position(), event::RESET, &reset));
    }
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, body(opening.freeze(), subscription, place, state.stop.clone())).into_response())
}

fn last_event_id(headers: &HeaderMap, params: EventParams) -> Result<Option<EventId>, ApiError> {
    let header = match headers.get("last-event-id") {
        Some(value) => {
            Some(value.to_str().map_err(|_| ApiError::Query("`Last-Event-ID` is no text".into()))?.to_owned())
        }
        None => None,
    };
    let id = header.or(params.last_event_id).filter(|id| !id.is_empty());
    id.map(|id| id.parse()).transpose().map_err(|error: BadEventId| ApiError::Query(error.to_string()))
}

/// The stream: the opening, then events as they happen. It ends when the node stops or the listener has fallen behind.
fn body(opening: Bytes, subscription: Subscription<EventOf<Chapter>>, place: Place, stop: CancellationToken) -> Body {
    let start = (Some(opening), subscription, place, stop);
    Body::from_stream(stream::unfold(start, async |(opening, mut subscription, place, stop)| {
        let chunk = match opening {
            Some(opening) => opening,
            None => stop.run_until_cancelled(next_chunk(&mut subscription)).await.flatten()?,
        };
        Some((Ok::<_, Infallible>(chunk), (None, subscription, place, stop)))
    }))
}

async fn next_chunk(subscription: &mut Subscription<EventOf<Chapter>>) -> Option<Bytes> {
    let Ok(next) = timeout(KEEP_ALIVE_INTERVAL, subscription.next()).await else { return Some(COMMENT) };
    let events = next.ok()?;
    if let [event] = events.as_slice() {
        return Some(event.rendered(render));
    }
    let mut chunk = BytesMut::new();
    for event in events {
        chunk.extend_from_slice(&event.rendered(render));
    }
    Some(chunk.freeze())
}

/// The bytes of an event in the stream.
fn render(id: EventId, event: &EventOf<Chapter>) -> Bytes {
    match event {
        Event::Mined { block, trials, took, time } => {
            let data = BlockEvent { header: block.into(), tries: *trials, took_ms: milliseconds(*took), time: *time };
            frame(id, event::BLOCK, &data)
        }
        Event::Waiting { transaction, block, waiting, time } => {
            let data = PaymentEvent { transaction: transaction.into(), block: *block, pending: *waiting, time: *time };
            frame(id, event::PAYMENT, &data)
        }
        Event::Replaced { replacement, waiting, time } => {
            let data = ReplacementEvent { replacement: (&**replacement).into(), pending: *waiting, time: *time };
            frame(id, event::REPLACEMENT, &data)
        }
        Event::Peers(change) => frame(id, event::PEERS, &PeersEvent::from(change)),
        Event::Mining { mode, time } => frame(id, event::MINING, &MiningEvent { mining: (*mode).into(), time: *time }),
        Event::BeyondLimit(beyond) => frame(id, event::BEYOND_LIMIT, &BeyondLimitEvent::from(beyond)),
    }
}

/// One event of a stream (WHATWG HTML, section 9.2.5). JSON holds no line breaks, so the data is one line.
fn frame(id: EventId, name: &str, data: &impl Serialize) -> Bytes {
    let json = serde_json::to_string(data).unwrap_or_default();
    let mut text = String::with_capacity(json.len() + 64);
    // Writing to a `String` cannot fail.
    let _ = write!(text, "id: {id}\nevent: {name}\ndata: {json}\n\n");
    text.into()
}

#[cfg(test)]
mod tests {
    use bcoin_ledger::chapter::Transaction;
    use chrono::DateTime;

    use super::*;

    #[test]
    fn an_event_is_one_frame_whatever_its_texts() {
        let transaction = Transaction::coinbase("a\nid: 9\r\n\ndata: x", "b");
        let event = Event::Waiting { transaction, block: 2, waiting: 1, time: DateTime::UNIX_EPOCH };
        let frame = render("00000007-1".parse().unwrap(), &event);
        let text = std::str::from_utf8(&frame).unwrap();
        assert_eq!(text.lines().count(), 4, "{text}");
        assert!(text.starts_with("id: 00000007-1\nevent: payment\ndata: {\"transaction\":"), "{text}");
        assert!(text.ends_with("}\n\n"));
    }
}
