//! `GET /api/v1/events`: what happens, as server-sent events.

use axum::{Extension, extract::State, http::HeaderMap, response::Response};
use bcoin_ledger::sound::Sound;
use bcoin_node::{Event, EventId, EventOf};
use bytes::Bytes;
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::{
    error::ApiError,
    event_stream::{self, EventQuery, EventWords, frame},
    shares::ClientAddress,
    state::SoundState,
    v1::params::Params,
};
use crate::{
    format::milliseconds,
    wire::{
        sound::{BlockEvent, LeftEvent, ReplacementEvent, TransactionEvent, event},
        v1::{Problem, event as common},
    },
};

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
        pattern = "^(block|transaction|left|replacement|peers|mining|beyond_limit)(,(block|transaction|left|replacement|peers|mining|beyond_limit)){0,6}$"
    )]
    only: Option<String>,
}

/// What happens from now on, or after an event that was heard before.
#[utoipa::path(
    get, path = "/events", tag = "node", operation_id = "events",
    description = "A stream of server-sent events: `block`, `transaction`, `left`, `replacement`, `peers`, `mining`, `beyond_limit`. With \
                   `Last-Event-ID` it goes on after that event; when not all events since are kept, it begins with `reset`: read the \
                   status again. A listener that is too slow is cut off, and may come back with the last id it has seen.",
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
    State(state): State<SoundState>,
    Extension(client): Extension<ClientAddress>,
    headers: HeaderMap,
    Params(params): Params<EventParams>,
) -> Result<Response, ApiError> {
    let EventParams { last_event_id, network, only } = params;
    let query = EventQuery { last_event_id, network: network == Some(true), only };
    event_stream::answer(&state, client, &headers, query)
}

impl EventWords for Sound {
    const NAMES: &'static [&'static str] = &[
        common::BLOCK,
        event::TRANSACTION,
        event::LEFT,
        common::REPLACEMENT,
        common::PEERS,
        common::MINING,
        common::BEYOND_LIMIT,
    ];

    fn name_of(event: &EventOf<Self>) -> &'static str {
        match event {
            Event::Mined { .. } | Event::Received { .. } => common::BLOCK,
            Event::Left { .. } => event::LEFT,
            Event::Waiting { .. } => event::TRANSACTION,
            Event::Replaced { .. } => common::REPLACEMENT,
            Event::Node(event) => event_stream::name_of(event),
        }
    }

    fn render(id: EventId, event: &EventOf<Self>) -> Bytes {
        let name = Self::name_of(event);
        match event {
            Event::Mined { block, trials, took, time } => {
                let data = BlockEvent {
                    header: block.into(),
                    mined_here: true,
                    tries: Some(*trials),
                    took_ms: Some(milliseconds(*took)),
                    pending: None,
                    time: *time,
                };
                frame(id, name, &data)
            }
            Event::Received { block, source: _, waiting, time } => {
                let data = BlockEvent {
                    header: block.into(),
                    mined_here: false,
                    tries: None,
                    took_ms: None,
                    pending: Some(*waiting),
                    time: *time,
                };
                frame(id, name, &data)
            }
            Event::Left { transactions, why, time } => {
                let ids = transactions.iter().map(|transfer| transfer.id().to_string()).collect();
                frame(id, name, &LeftEvent { why: (*why).into(), ids, time: *time })
            }
            Event::Waiting { transaction, block, waiting, time } => {
                let transaction = transaction.into();
                frame(id, name, &TransactionEvent { transaction, block: *block, pending: *waiting, time: *time })
            }
            Event::Replaced { replacement, waiting, time } => {
                let replacement = (&**replacement).into();
                frame(id, name, &ReplacementEvent { replacement, pending: *waiting, time: *time })
            }
            Event::Node(event) => event_stream::render(id, event),
        }
    }
}
