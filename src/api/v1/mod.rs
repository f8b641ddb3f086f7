//! `/api/v1`: the routes beyond the chapter's six. There is one file for each resource. The OpenAPI document is made from the
//! same list of routes that the router serves.

mod accounts;
mod chain;
mod convert;
mod docs;
mod events;
mod judgements;
mod mining;
mod network;
mod params;
mod peers;
mod pending;
mod qr_code;
mod replacements;
mod status;

use axum::{Router, extract::OriginalUri, http::Method};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{error::ApiError, state::ApiState};
use crate::wire::v1;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "B-Coin",
        description = "A node of the classroom's blockchain. Errors are problem details (RFC 9457); lists are paged with `from` and \
                       `limit`, and name their next page; times are RFC 3339.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
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

/// The routes of this version, the OpenAPI document, and its browsable form.
pub(super) fn routes() -> Router<ApiState> {
    let routes = OpenApiRouter::new()
        .routes(routes!(status::status))
        .routes(routes!(qr_code::qr_code))
        .routes(routes!(chain::blocks, chain::mine))
        .routes(routes!(chain::block))
        .routes(routes!(chain::text))
        .routes(routes!(chain::headers))
        .routes(routes!(chain::piece))
        .routes(routes!(pending::pending, pending::pay))
        .routes(routes!(accounts::accounts))
        .routes(routes!(accounts::account))
        .routes(routes!(peers::peers, peers::connect))
        .routes(routes!(peers::disconnect))
        .routes(routes!(network::network))
        .routes(routes!(judgements::judge_here))
        .routes(routes!(judgements::judge_everywhere))
        .routes(routes!(replacements::replacements, replacements::replace))
        .routes(routes!(mining::mining, mining::set_mining))
        .routes(routes!(events::events))
        .fallback(unknown_path);
    let (router, document) =
        OpenApiRouter::with_openapi(Document::openapi()).nest(v1::PREFIX, routes).split_for_parts();
    router.merge(docs::routes(document)).method_not_allowed_fallback(wrong_verb)
}

/// The answer to an unknown path under `/api/v1`.
async fn unknown_path(OriginalUri(uri): OriginalUri) -> ApiError {
    ApiError::UnknownPathOfV1 { path: uri.path().to_owned() }
}

/// The answer to a known path with the wrong verb; axum adds the header `Allow`.
async fn wrong_verb(method: Method, OriginalUri(uri): OriginalUri) -> ApiError {
    ApiError::WrongVerbOfV1 { method, path: uri.path().to_owned() }
}
