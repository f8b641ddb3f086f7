//! `GET /api/v1/events`: what happens, as server-sent events (WHATWG HTML, section 9.2).

use std::{convert::Infallible, fmt::Write as _, future::pending, sync::Arc, time::Duration};

use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};
use bcoin_ledger::chapter::Chapter;
use bcoin_node::{BadEventId, Entry, Event, EventId, EventOf, NodeEvent, Subscription, now};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;

use super::{
    super::{
        error::ApiError,
        shares::{ClientAddress, Holder, Place},
        state::ChapterState,
    },
    network,
    params::Params,
};
use crate::{
    format::milliseconds,
    peers::NetworkListener,
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

/// Which events the stream has, and after which one it begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EventParams {
    /// Id of the last event that was heard, for clients that cannot send the header.
    #[param(pattern = "^[0-9a-f]{8}-[0-9]{1,18}$")]
    last_event_id: Option<String>,
    /// `true`: the stream also has the event `network`, at once and after each change. It has no id.
    #[param(default = false)]
    network: Option<bool>,
    /// The names of the wanted events, with commas between; `reset` always comes.
    #[param(
        pattern = "^(block|payment|replacement|peers|mining|beyond_limit)(,(block|payment|replacement|peers|mining|beyond_limit)){0,5}$"
    )]
    only: Option<String>,
}

/// The names of the wanted events; all when there are none.
struct Wanted(Vec<String>);

impl Wanted {
    const NAMES: [&str; 6] =
        [event::BLOCK, event::PAYMENT, event::REPLACEMENT, event::PEERS, event::MINING, event::BEYOND_LIMIT];

    fn read(only: Option<&str>) -> Result<Self, ApiError> {
        let names: Vec<String> = only.into_iter().flat_map(|names| names.split(',')).map(str::to_owned).collect();
        match names.iter().find(|name| !Self::NAMES.contains(&name.as_str())) {
            Some(unknown) => {
                let unknown: String = unknown.escape_debug().take(40).collect();
                Err(ApiError::Query(format!(
                    "`only` names events of {}, and {unknown} is none",
                    Self::NAMES.join(", ")
                )))
            }
            None => Ok(Self(names)),
        }
    }

    fn has(&self, event: &EventOf<Chapter>) -> bool {
        self.0.is_empty() || self.0.iter().any(|name| name == name_of(event))
    }
}

fn name_of(event: &EventOf<Chapter>) -> &'static str {
    match event {
        Event::Mined { .. } | Event::Received { .. } => event::BLOCK,
        Event::Left { .. } => event::LEFT,
        Event::Waiting { .. } => event::PAYMENT,
        Event::Replaced { .. } => event::REPLACEMENT,
        Event::Node(NodeEvent::Peers(_)) => event::PEERS,
        Event::Node(NodeEvent::Mining { .. }) => event::MINING,
        Event::Node(NodeEvent::BeyondLimit(_)) => event::BEYOND_LIMIT,
    }
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
    State(state): State<ChapterState>,
    Extension(client): Extension<ClientAddress>,
    headers: HeaderMap,
    Params(params): Params<EventParams>,
) -> Result<Response, ApiError> {
    let wanted = Wanted::read(params.only.as_deref())?;
    let sees_network = params.network == Some(true);
    let after = last_event_id(&headers, params)?;
    let place = state.listeners.take(Holder::of(client.0)).map_err(ApiError::TooManyListenersOfOne)?;
    let subscription = state.node.events().subscribe(after)?;
    let mut opening = BytesMut::from(OPENING);
    if subscription.has_gap() {
        let reset = ResetEvent { time: now().to_utc() };
        opening.extend_from_slice(&frame(subscription.position(), event::RESET, &reset));
    }
    let network = sees_network.then(|| state.network.listen());
    let stop = state.stop.clone();
    let listener = Listener { subscription, wanted, network, state, _place: place };
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, body(opening.freeze(), listener, stop)).into_response())
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

/// Who listens to a stream.
struct Listener {
    subscription: Subscription<EventOf<Chapter>>,
    wanted: Wanted,
    network: Option<NetworkListener>,
    state: ChapterState,
    _place: Place,
}

/// The stream: the opening, then events as they happen. It ends when the node stops or the listener has fallen behind.
fn body(opening: Bytes, listener: Listener, stop: CancellationToken) -> Body {
    let start = (Some(opening), listener, stop);
    Body::from_stream(stream::unfold(start, async |(opening, mut listener, stop)| {
        let chunk = match opening {
            Some(opening) => opening,
            None => stop.run_until_cancelled(listener.next_chunk()).await.flatten()?,
        };
        Some((Ok::<_, Infallible>(chunk), (None, listener, stop)))
    }))
}

impl Listener {
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
                    let chunk = chunk(&events.ok()?, &self.wanted);
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
fn chunk(events: &[Arc<Entry<EventOf<Chapter>>>], wanted: &Wanted) -> Bytes {
    if let [event] = events
        && wanted.has(event.event())
    {
        return event.rendered(render);
    }
    let mut chunk = BytesMut::new();
    for event in events.iter().filter(|event| wanted.has(event.event())) {
        chunk.extend_from_slice(&event.rendered(render));
    }
    chunk.freeze()
}

/// The bytes of an event in the stream.
fn render(id: EventId, event: &EventOf<Chapter>) -> Bytes {
    match event {
        Event::Mined { block, trials, took, time } => {
            let data = BlockEvent { header: block.into(), tries: *trials, took_ms: milliseconds(*took), time: *time };
            frame(id, event::BLOCK, &data)
        }
        // Blocks of the printed rules come in chains only, and their mempool lets nothing go.
        Event::Received { .. } | Event::Left { .. } => Bytes::new(),
        Event::Waiting { transaction, block, waiting, time } => {
            let data = PaymentEvent { transaction: transaction.into(), block: *block, pending: *waiting, time: *time };
            frame(id, event::PAYMENT, &data)
        }
        Event::Replaced { replacement, waiting, time } => {
            let data = ReplacementEvent { replacement: (&**replacement).into(), pending: *waiting, time: *time };
            frame(id, event::REPLACEMENT, &data)
        }
        Event::Node(NodeEvent::Peers(change)) => frame(id, event::PEERS, &PeersEvent::from(change)),
        Event::Node(NodeEvent::Mining { mode, time }) => {
            frame(id, event::MINING, &MiningEvent { mining: (*mode).into(), time: *time })
        }
        Event::Node(NodeEvent::BeyondLimit(beyond)) => frame(id, event::BEYOND_LIMIT, &BeyondLimitEvent::from(beyond)),
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
