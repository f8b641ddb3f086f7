//! Responses in JSON.

use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::Serialize;

/// A response with a JSON body.
pub(super) fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.into()).into_response()
}

/// A value as JSON with a line break.
pub(super) fn json_text(value: &impl Serialize) -> String {
    // Only a map with keys that are not strings could fail, and no answer holds one.
    let mut text = serde_json::to_string(value).unwrap_or_default();
    text.push('\n');
    text
}

/// A value as the answer to a request that was executed.
pub(super) fn ok(value: &impl Serialize) -> Response {
    json(StatusCode::OK, json_text(value))
}
