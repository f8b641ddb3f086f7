//! The routes of a node under the sound rules (docs/sound-rules.md section 6).

mod accounts;
mod blocks;
mod chain_stream;
mod events;
mod examples;
mod mining;
mod pieces;
mod replacements;
mod six;
mod status;
mod stored;
mod submit;
mod templates;
mod transactions;

pub(super) use templates::Templates;

use utoipa::{OpenApi as _, openapi};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) use self::six::routes as six_routes;
use super::{state::SoundState, v1 as common};
use crate::wire::{sound, v1};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "B-Coin",
        description = "A node of a network with signed payments, under the sound rules. Amounts are integers in units: 100,000,000 \
                       are 1 coin. Hashes and ids are shown with their bytes reversed. Under /api/v1, errors are problem details \
                       (RFC 9457), with a member `why` for a broken rule; lists are paged with `from` and `limit`, and name their \
                       next page; times are RFC 3339.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers(
        (url = "/", description = "The node that serves this document"),
        (
            url = "http://{host}:{port}",
            description = "Any node",
            variables(
                ("host" = (default = "127.0.0.1", description = "Its address")),
                ("port" = (default = "1001", description = "Its port; 5001 where ports below 1024 are not permitted")),
            )
        ),
    ),
    tags(
        (name = "chapter", description = "The six routes of the chapter; errors are plain text"),
        (name = "node", description = "How the node is"),
        (name = "chain", description = "Its blocks, and blocks for it"),
        (name = "pending", description = "Transfers: those that wait, and what becomes of them"),
        (name = "accounts", description = "What addresses have"),
        (name = "peers", description = "Other nodes"),
    ),
    components(schemas(
        sound::BlockJson,
        sound::BlockEvent,
        sound::TransactionEvent,
        sound::LeftEvent,
        sound::ReplacementEvent,
        v1::PeersEvent,
        v1::MiningEvent,
        v1::BeyondLimitEvent,
        v1::ResetEvent
    ))
)]
struct Document;

/// The routes of `/api/v1`.
pub(super) fn v1_routes() -> OpenApiRouter<SoundState> {
    common::common_routes()
        .routes(routes!(status::status))
        .routes(routes!(blocks::blocks, blocks::mine))
        .routes(routes!(blocks::block))
        .routes(routes!(blocks::raw))
        .routes(routes!(blocks::header_of))
        .routes(routes!(submit::submit_block))
        .routes(routes!(blocks::headers))
        .routes(routes!(pieces::piece))
        .routes(routes!(pieces::header_piece))
        .routes(routes!(transactions::pending))
        .routes(routes!(transactions::send))
        .routes(routes!(transactions::transaction))
        .routes(routes!(transactions::proof))
        .routes(routes!(accounts::accounts))
        .routes(routes!(accounts::account))
        .routes(routes!(common::mining::mining, mining::set_mining))
        .routes(routes!(mining::template))
        .routes(routes!(submit::submit_solution))
        .routes(routes!(common::replacements::replacements, replacements::replace))
        .routes(routes!(events::events))
}

/// The OpenAPI document, without its routes.
pub(super) fn document() -> openapi::OpenApi {
    Document::openapi()
}
