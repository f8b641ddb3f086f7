//! HTTP in: the routes, the middleware around them, and the connections. What the node answers becomes JSON here.

mod activity;
mod answers;
mod body_cache;
mod chain_stream;
mod chapter;
mod chapter_examples;
mod connections;
mod cors;
mod entity_tag;
mod error;
mod guests;
mod host_check;
mod judge;
mod metrics;
mod middleware;
mod monitoring;
mod origin_check;
mod page;
mod problem;
mod refusal_page;
mod request_body;
mod server;
mod shares;
mod state;
mod unknown_path;
mod v1;
mod web_origin;

use axum::{Router, http::Uri};
use tower::layer::util::Stack;
use tower_http::{CompressionLevel, compression::CompressionLayer, trace::TraceLayer};
use tracing::Level;

pub use host_check::HostNames;
pub use server::serve;
pub use state::{About, AccessRules, ApiState};
pub use web_origin::{WebOrigin, WebOriginError};

use self::{middleware::MiddlewareLayer, unknown_path::KnownPaths};

/// All routes in all their middleware.
pub fn router(state: ApiState) -> Router {
    // A class's network is faster than the best compression.
    let compression = CompressionLayer::new().quality(CompressionLevel::Fastest);
    let (chapter, document) = chapter::routes().split_for_parts();
    let (v1, documented) = v1::routes(document);
    let known = KnownPaths::new(documented);
    let router = Router::new()
        .merge(chapter)
        .merge(monitoring::routes())
        .merge(page::routes())
        .merge(v1)
        .fallback(async move |uri: Uri| known.error(&uri))
        // One layer and not two: each costs every request an allocation.
        .layer(Stack::new(MiddlewareLayer(state.clone()), compression))
        .with_state(state);
    let traced = tracing::enabled!(target: "tower_http::trace", Level::DEBUG);
    if traced { router.layer(TraceLayer::new_for_http()) } else { router }
}
