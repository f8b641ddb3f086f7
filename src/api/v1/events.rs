//! `GET /api/v1/events`: what happens, as server-sent events (WHATWG HTML, section 9.2).

use axum::{Extension, extract::State, http::HeaderMap, response::Response};
use bcoin_ledger::chapter::Chapter;
use bcoin_node::{Event, EventId, EventOf};
use bytes::Bytes;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    super::{
        error::ApiError,
        event_stream::{self, EventQuery, EventWords, frame},
        shares::ClientAddress,
        state::ChapterState,
    },
    params::Params,
};
use crate::{
    format::milliseconds,
    wire::v1::{BlockEvent, PaymentEvent, Problem, ReplacementEvent, event},
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
        pattern = "^(block|payment|replacement|peers|mining|beyond_limit)(,(block|payment|replacement|peers|mining|beyond_limit)){0,5}$"
    )]
    only: Option<String>,
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
    let EventParams { last_event_id, network, only } = params;
    let query = EventQuery { last_event_id, network: network == Some(true), only };
    event_stream::answer(&state, client, &headers, query)
}

impl EventWords for Chapter {
    const NAMES: &'static [&'static str] =
        &[event::BLOCK, event::PAYMENT, event::REPLACEMENT, event::PEERS, event::MINING, event::BEYOND_LIMIT];

    fn name_of(event: &EventOf<Self>) -> &'static str {
        match event {
            Event::Mined { .. } | Event::Received { .. } => event::BLOCK,
            Event::Left { .. } => event::LEFT,
            Event::Waiting { .. } => event::PAYMENT,
            Event::Replaced { .. } => event::REPLACEMENT,
            Event::Node(event) => event_stream::name_of(event),
        }
    }

    fn render(id: EventId, event: &EventOf<Self>) -> Bytes {
        match event {
            Event::Mined { block, trials, took, time } => {
                let data =
                    BlockEvent { header: block.into(), tries: *trials, took_ms: milliseconds(*took), time: *time };
                frame(id, event::BLOCK, &data)
            }
            // Blocks of the printed rules come in chains only, and their mempool lets nothing go.
            Event::Received { .. } | Event::Left { .. } => Bytes::new(),
            Event::Waiting { transaction, block, waiting, time } => {
                let data =
                    PaymentEvent { transaction: transaction.into(), block: *block, pending: *waiting, time: *time };
                frame(id, event::PAYMENT, &data)
            }
            Event::Replaced { replacement, waiting, time } => {
                let data = ReplacementEvent { replacement: (&**replacement).into(), pending: *waiting, time: *time };
                frame(id, event::REPLACEMENT, &data)
            }
            Event::Node(event) => event_stream::render(id, event),
        }
    }
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
        let frame = Chapter::render("00000007-1".parse().unwrap(), &event);
        let text = std::str::from_utf8(&frame).unwrap();
        assert_eq!(text.lines().count(), 4, "{text}");
        assert!(text.starts_with("id: 00000007-1\nevent: payment\ndata: {\"transaction\":"), "{text}");
        assert!(text.ends_with("}\n\n"));
    }
}
