//! `GET /api/v1/events`: what happens, as server-sent events (WHATWG HTML, section 9.2).

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use serde::Deserialize;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;

use super::{
    super::{ApiState, error::ApiError},
    params::Params,
};
use crate::{
    node::{self, EventId, Subscription},
    wire::v1::{self, Problem, ResetEvent},
};

/// How often a stream without events says that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// What it says then.
const COMMENT: Bytes = Bytes::from_static(b":\n\n");
/// What a stream begins with: how long a browser waits before it comes back, in milliseconds.
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
    description = "A stream of server-sent events: `block`, `payment`, `replacement`, `peers`, `mining`. With `Last-Event-ID` it goes \
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
    headers: HeaderMap,
    Params(params): Params<EventParams>,
) -> Result<Response, ApiError> {
    let after = last_heard(&headers, params)?;
    let subscription = state.node.events().subscribe(after)?;
    let mut opening = BytesMut::from(OPENING);
    if subscription.has_gap() {
        let event = ResetEvent { time: node::now().to_utc() };
        opening.extend_from_slice(&node::frame(subscription.position(), v1::event::RESET, &event));
    }
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, body(opening.freeze(), subscription, state.stop.clone())).into_response())
}

fn last_heard(headers: &HeaderMap, params: EventParams) -> Result<Option<EventId>, ApiError> {
    let header = match headers.get("last-event-id") {
        Some(value) => {
            Some(value.to_str().map_err(|_| ApiError::Query("`Last-Event-ID` is no text".into()))?.to_owned())
        }
        None => None,
    };
    let id = header.or(params.last_event_id).filter(|id| !id.is_empty());
    id.map(|id| id.parse()).transpose().map_err(|error: node::BadEventId| ApiError::Query(error.to_string()))
}

/// The stream: the opening, then events as they happen. It ends when the node stops or the listener has fallen behind.
fn body(opening: Bytes, subscription: Subscription, stop: CancellationToken) -> Body {
    Body::from_stream(stream::unfold((Some(opening), subscription, stop), async |(opening, mut subscription, stop)| {
        let chunk = match opening {
            Some(opening) => opening,
            None => stop.run_until_cancelled(next_chunk(&mut subscription)).await.flatten()?,
        };
        Some((Ok::<_, Infallible>(chunk), (None, subscription, stop)))
    }))
}

async fn next_chunk(subscription: &mut Subscription) -> Option<Bytes> {
    let Ok(next) = timeout(KEEP_ALIVE, subscription.next()).await else { return Some(COMMENT) };
    let events = next.ok()?;
    if let [event] = events.as_slice() {
        return Some(event.frame());
    }
    let mut chunk = BytesMut::new();
    for event in events {
        chunk.extend_from_slice(&event.frame());
    }
    Some(chunk.freeze())
}
