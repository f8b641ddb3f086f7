//! `/api/v1`: the routes beyond the chapter's six. There is one file for each resource. The OpenAPI document is made from the
//! same list of routes that the router serves.

pub(super) mod accounts;
mod chain;
pub(super) mod convert;
mod docs;
mod events;
mod judgements;
pub(super) mod mining;
pub(super) mod network;
pub(super) mod params;
mod peers;
mod pending;
mod qr_code;
pub(super) mod replacements;
pub(super) mod status;

use axum::{
    Router,
    extract::{FromRef, OriginalUri},
    http::Method,
};
use utoipa::{OpenApi, openapi};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    error::ApiError,
    state::{ApiState, ChapterState},
};
use crate::wire::v1;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "B-Coin",
        description = "A node of the classroom's blockchain. Under /api/v1, errors are problem details (RFC 9457); lists are paged with \
                       `from` and `limit`, and name their next page; times are RFC 3339.",
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
        (name = "chapter", description = "The six routes of the chapter, letter by letter; errors are plain text"),
        (name = "node", description = "How the node is"),
        (name = "chain", description = "Its blocks"),
        (name = "pending", description = "Payments that wait"),
        (name = "accounts", description = "Who received and sent how much"),
        (name = "peers", description = "Other nodes"),
    ),
    components(schemas(
        v1::BlockJson,
        v1::BlockEvent,
        v1::PaymentEvent,
        v1::ReplacementEvent,
        v1::PeersEvent,
        v1::MiningEvent,
        v1::BeyondLimitEvent,
        v1::ResetEvent
    ))
)]
struct Document;

/// The routes that need no rules.
pub(super) fn common_routes<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    ApiState: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(qr_code::qr_code))
        .routes(routes!(peers::peers, peers::connect))
        .routes(routes!(peers::disconnect))
        .routes(routes!(network::network))
}

/// The routes under the printed rules.
pub(super) fn chapter_routes() -> OpenApiRouter<ChapterState> {
    common_routes()
        .routes(routes!(status::status))
        .routes(routes!(chain::blocks, chain::mine))
        .routes(routes!(chain::block))
        .routes(routes!(chain::text))
        .routes(routes!(chain::headers))
        .routes(routes!(chain::piece))
        .routes(routes!(pending::pending, pending::pay))
        .routes(routes!(accounts::accounts))
        .routes(routes!(accounts::account))
        .routes(routes!(judgements::judge_here))
        .routes(routes!(judgements::judge_everywhere))
        .routes(routes!(replacements::replacements, replacements::replace))
        .routes(routes!(mining::mining, mining::set_mining))
        .routes(routes!(events::events))
}

/// The OpenAPI document of a node under the printed rules, without its routes.
pub(super) fn chapter_document() -> openapi::OpenApi {
    Document::openapi()
}

/// The routes of this version, and the OpenAPI document of them and of the `six`, also in a browsable form; beside them the
/// paths that it describes.
pub(super) fn assemble<S: Clone + Send + Sync + 'static>(
    document: openapi::OpenApi,
    routes: OpenApiRouter<S>,
    six: openapi::OpenApi,
) -> (Router<S>, Vec<String>) {
    let (router, mut document) = OpenApiRouter::with_openapi(document).nest(v1::PREFIX, routes).split_for_parts();
    document.merge(six);
    let paths = document.paths.paths.keys().cloned().collect();
    (router.merge(docs::routes(document)).method_not_allowed_fallback(wrong_verb), paths)
}

/// The answer to a known path with the wrong verb; axum adds the header `Allow`.
async fn wrong_verb(method: Method, OriginalUri(uri): OriginalUri) -> ApiError {
    ApiError::WrongVerbOfV1 { method, path: uri.path().to_owned() }
}
