//! The routes of a node under the sound rules (docs/sound-rules.md section 6).

use utoipa::{OpenApi as _, openapi};
use utoipa_axum::router::OpenApiRouter;

use super::{state::SoundState, v1};

#[derive(utoipa::OpenApi)]
#[openapi(info(title = "B-Coin"))]
struct Document;

/// The six routes.
pub(super) fn six_routes() -> OpenApiRouter<SoundState> {
    OpenApiRouter::new()
}

/// The routes of `/api/v1`.
pub(super) fn v1_routes() -> OpenApiRouter<SoundState> {
    v1::common_routes()
}

/// The OpenAPI document, without its routes.
pub(super) fn document() -> openapi::OpenApi {
    Document::openapi()
}
