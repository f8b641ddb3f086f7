//! HTTP in: the routes, the middleware around them, and the connections. What the node answers becomes JSON here.

mod activity;
mod answers;
mod block_id;
mod body_cache;
mod chain_stream;
mod chapter;
mod chapter_examples;
mod connections;
mod cors;
mod entity_tag;
mod error;
mod event_stream;
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
mod sound;
mod state;
mod unknown_path;
mod v1;
mod validity;
mod verbs;
mod web_origin;

use axum::{Router, extract::FromRef, http::Uri};
use tower::layer::util::Stack;
use tower_http::{CompressionLevel, compression::CompressionLayer, trace::TraceLayer};
use tracing::Level;

pub use host_check::HostNames;
pub use server::serve;
pub use state::{About, AccessRules, ApiState, Cached, ChapterState, RulesState, SoundState};
pub use web_origin::{WebOrigin, WebOriginError};

use self::{middleware::MiddlewareLayer, unknown_path::KnownPaths};

/// All routes of a node under the printed rules, in all their middleware.
pub fn chapter_router(state: ChapterState) -> Router {
    let (six, document) = chapter::routes().split_for_parts();
    let (v1, documented) = v1::assemble(v1::chapter_document(), v1::chapter_routes(), document);
    with_middleware(state, six.merge(v1), documented)
}

/// All routes of a node under the sound rules, in all their middleware.
pub fn sound_router(state: SoundState) -> Router {
    let (six, document) = sound::six_routes().split_for_parts();
    let (v1, documented) = v1::assemble(sound::document(), sound::v1_routes(), document);
    with_middleware(state, six.merge(v1), documented)
}

/// Adds the routes that every node has, and puts the middleware around all of them.
fn with_middleware<S: Clone + Send + Sync + 'static>(state: S, routes: Router<S>, documented: Vec<String>) -> Router
where
    ApiState: FromRef<S>,
{
    // A class's network is faster than the best compression.
    let compression = CompressionLayer::new().quality(CompressionLevel::Fastest);
    let known = KnownPaths::new(documented);
    let router = routes
        .merge(monitoring::routes())
        .merge(page::routes())
        .fallback(async move |uri: Uri| known.error(&uri))
        // One layer and not two: each costs every request an allocation.
        .layer(Stack::new(MiddlewareLayer(ApiState::from_ref(&state)), compression))
        .with_state(state);
    let traced = tracing::enabled!(target: "tower_http::trace", Level::DEBUG);
    if traced { router.layer(TraceLayer::new_for_http()) } else { router }
}
