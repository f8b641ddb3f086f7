//! `GET /api/v1/openapi.json`, and the same document in a browsable form at `/docs`.

use axum::{
    Router,
    http::{StatusCode, header},
    response::{Html, IntoResponse as _, Response},
    routing::get,
};
use bytes::Bytes;
use swagger_ui_dist::{ApiDefinition, OpenApiSource};
use utoipa::openapi::OpenApi;

use super::super::answers::{json, json_text};
use crate::wire::v1::PREFIX;

/// The path of the files of Swagger UI.
const FILES: &str = "/docs/swagger-ui";
/// Swagger UI needs inline styles and `data:` images. Scripts come from the node alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn routes<S: Clone + Send + Sync + 'static>(document: OpenApi) -> Router<S> {
    let document = Bytes::from(json_text(&document));
    let files = ApiDefinition {
        uri_prefix: FILES.to_owned(),
        api_definition: OpenApiSource::Uri(format!("{PREFIX}/openapi.json")),
        title: Some("B-Coin".to_owned()),
    };
    let files: Router<S> = swagger_ui_dist::generate_routes(files).with_state(());
    Router::new()
        .route(&format!("{PREFIX}/openapi.json"), get(async move || json(StatusCode::OK, document)))
        .route("/docs", get(async || with_policy(Html(include_str!("docs.html")).into_response())))
        .route("/docs/start.js", get(script))
        .merge(files)
}

async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript")], include_str!("docs.js")).into_response()
}

fn with_policy(page: Response) -> Response {
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], page).into_response()
}
