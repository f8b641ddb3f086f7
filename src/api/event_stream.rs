//! What happens in a node as a stream of server-sent events (WHATWG HTML, section 9.2), whatever its rules.

use std::{convert::Infallible, fmt::Write as _, future::pending, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};

use bcoin_node::{BadEventId, Entry, EventId, EventOf, NodeEvent, Subscription, now};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use serde::Serialize;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{
    error::ApiError,
    shares::{ClientAddress, Holder, Place},
    state::{ApiState, Cached, RulesState},
    v1::network,
};
use crate::{
    peers::NetworkListener,
    wire::v1::{BeyondLimitEvent, MiningEvent, PeersEvent, ResetEvent, event},
};

/// After how much time without events a comment is sent.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(10);
/// The comment that keeps a stream alive.
const COMMENT: Bytes = Bytes::from_static(b":\n\n");
/// The beginning of a stream: after how many milliseconds a browser reconnects.
const OPENING: Bytes = Bytes::from_static(b"retry: 1000\n\n");

/// Rules whose events are told.
pub(super) trait EventWords: Cached {
    /// The names of all events that can be asked for.
    const NAMES: &'static [&'static str];

    /// The name of an event.
    fn name_of(event: &EventOf<Self>) -> &'static str;

    /// The bytes of an event in the stream.
    fn render(id: EventId, event: &EventOf<Self>) -> Bytes;
}

/// What a listener asks for in the query.
pub(super) struct EventQuery {
    /// Id of the last event that was heard, for clients that cannot send the header.
    pub(super) last_event_id: Option<String>,
    /// Whether the stream also has the event `network`.
    pub(super) network: bool,
    /// The names of the wanted events, with commas between; all when there are none.
    pub(super) only: Option<String>,
}

/// Answers with the events from now on, or after an event that was heard before.
pub(super) fn answer<R: EventWords>(
    state: &RulesState<R>,
    client: ClientAddress,
    headers: &HeaderMap,
    query: EventQuery,
) -> Result<Response, ApiError> {
    let wanted = Wanted::read(query.only.as_deref(), R::NAMES)?;
    let sees_network = query.network;
    let after = last_event_id(headers, query)?;
    let place = state.listeners.take(Holder::of(client.0)).map_err(ApiError::TooManyListenersOfOne)?;
    let subscription = state.node.events().subscribe(after)?;
    let mut opening = BytesMut::from(OPENING);
    if subscription.has_gap() {
        let reset = ResetEvent { time: now().to_utc() };
        opening.extend_from_slice(&frame(subscription.position(), event::RESET, &reset));
    }
    let network = sees_network.then(|| state.network.listen());
    let stop = state.stop.clone();
    let listener: Listener<R> =
        Listener { subscription, wanted, network, state: state.common().clone(), _place: place };
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, body(opening.freeze(), listener, stop)).into_response())
}

/// The names of the wanted events; all when there are none.
struct Wanted(Vec<String>);

impl Wanted {
    fn read(only: Option<&str>, known: &[&str]) -> Result<Self, ApiError> {
        let names: Vec<String> = only.into_iter().flat_map(|names| names.split(',')).map(str::to_owned).collect();
        match names.iter().find(|name| !known.contains(&name.as_str())) {
            Some(unknown) => {
                let unknown: String = unknown.escape_debug().take(40).collect();
                Err(ApiError::Query(format!("`only` names events of {}, and {unknown} is none", known.join(", "))))
            }
            None => Ok(Self(names)),
        }
    }

    fn has<R: EventWords>(&self, event: &EventOf<R>) -> bool {
        self.0.is_empty() || self.0.iter().any(|name| name == R::name_of(event))
    }
}

fn last_event_id(headers: &HeaderMap, query: EventQuery) -> Result<Option<EventId>, ApiError> {
    let header = match headers.get("last-event-id") {
        Some(value) => {
            Some(value.to_str().map_err(|_| ApiError::Query("`Last-Event-ID` is no text".into()))?.to_owned())
        }
        None => None,
    };
    let id = header.or(query.last_event_id).filter(|id| !id.is_empty());
    id.map(|id| id.parse()).transpose().map_err(|error: BadEventId| ApiError::Query(error.to_string()))
}

/// Who listens to a stream.
struct Listener<R: EventWords> {
    subscription: Subscription<EventOf<R>>,
    wanted: Wanted,
    network: Option<NetworkListener>,
    state: ApiState,
    _place: Place,
}

/// The stream: the opening, then events as they happen. It ends when the node stops or the listener has fallen behind.
fn body<R: EventWords>(opening: Bytes, listener: Listener<R>, stop: CancellationToken) -> Body {
    let start = (Some(opening), listener, stop);
    Body::from_stream(stream::unfold(start, async |(opening, mut listener, stop)| {
        let chunk = match opening {
            Some(opening) => opening,
            None => stop.run_until_cancelled(listener.next_chunk()).await.flatten()?,
        };
        Some((Ok::<_, Infallible>(chunk), (None, listener, stop)))
    }))
}

impl<R: EventWords> Listener<R> {
    /// What comes next in the stream; none when it ends.
    async fn next_chunk(&mut self) -> Option<Bytes> {
        let comment = sleep(KEEP_ALIVE_INTERVAL);
        tokio::pin!(comment);
        loop {
            let network = async {
                match &mut self.network {
                    Some(network) => network.next().await,
                    None => pending().await,
                }
            };
            tokio::select! {
                events = self.subscription.next() => {
                    let chunk = chunk::<R>(&events.ok()?, &self.wanted);
                    if !chunk.is_empty() {
                        return Some(chunk);
                    }
                }
                network = network => return Some(network::frame(&self.state, &*network?)),
                () = &mut comment => return Some(COMMENT),
            }
        }
    }
}

/// The wanted ones of these events.
fn chunk<R: EventWords>(events: &[Arc<Entry<EventOf<R>>>], wanted: &Wanted) -> Bytes {
    if let [event] = events
        && wanted.has::<R>(event.event())
    {
        return event.rendered(R::render);
    }
    let mut chunk = BytesMut::new();
    for event in events.iter().filter(|event| wanted.has::<R>(event.event())) {
        chunk.extend_from_slice(&event.rendered(R::render));
    }
    chunk.freeze()
}

/// The name of an event that has nothing to do with rules.
pub(super) fn name_of(event: &NodeEvent) -> &'static str {
    match event {
        NodeEvent::Peers(_) => event::PEERS,
        NodeEvent::Mining { .. } => event::MINING,
        NodeEvent::BeyondLimit(_) => event::BEYOND_LIMIT,
    }
}

/// The bytes of such an event in the stream.
pub(super) fn render(id: EventId, event: &NodeEvent) -> Bytes {
    let name = name_of(event);
    match event {
        NodeEvent::Peers(change) => frame(id, name, &PeersEvent::from(change)),
        NodeEvent::Mining { mode, time } => frame(id, name, &MiningEvent { mining: (*mode).into(), time: *time }),
        NodeEvent::BeyondLimit(beyond) => frame(id, name, &BeyondLimitEvent::from(beyond)),
    }
}

/// One event of a stream (WHATWG HTML, section 9.2.5). JSON holds no line breaks, so the data is one line.
pub(super) fn frame(id: EventId, name: &str, data: &impl Serialize) -> Bytes {
    let json = serde_json::to_string(data).unwrap_or_default();
    let mut text = String::with_capacity(json.len() + 64);
    // Writing to a `String` cannot fail.
    let _ = write!(text, "id: {id}\nevent: {name}\ndata: {json}\n\n");
    text.into()
}
